"""Patients come, change and go; nobody is deleted for having gone."""

from __future__ import annotations

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import Changes
from radgen_assets_tests.lineage.samples import patient


def test_what_changed_is_told(ledger: Ledger):
    first = [patient("site_a.P002"), patient("site_a.P001"), patient("site_a.P003")]
    assert ledger.upsert_patients(first) == Changes(new=("site_a.P001", "site_a.P002", "site_a.P003"))
    second = [patient("site_a.P001"), patient("site_a.P002", "tcga-1"), patient("site_a.P004")]
    assert ledger.upsert_patients(second, whole_cohort="site_a") == Changes(
        new=("site_a.P004",), changed=("site_a.P002",), gone=("site_a.P003",)
    )
    assert ledger.upsert_patients(second, whole_cohort="site_a") == Changes()


def test_a_patient_who_is_gone_is_kept_with_the_reason(ledger: Ledger):
    ledger.upsert_patients([patient("site_a.P001")])
    ledger.upsert_patients([], whole_cohort="site_a")
    (row,) = ledger.patients()
    assert (row.state, row.reason) == ("gone", "no longer among the sources")


def test_a_patient_who_comes_back_is_changed_not_new(ledger: Ledger):
    """Its artifacts stand; it only counts again."""
    ledger.upsert_patients([patient("site_a.P001")])
    ledger.upsert_patients([], whole_cohort="site_a")
    assert ledger.upsert_patients([patient("site_a.P001")]) == Changes(changed=("site_a.P001",))
    assert ledger.patients()[0].state == "present"


def test_without_the_whole_cohort_nobody_goes(ledger: Ledger):
    ledger.upsert_patients([patient("site_a.P001"), patient("site_a.P002")])
    assert ledger.upsert_patients([patient("site_a.P001")]).gone == ()


def test_other_cohorts_are_left_alone(ledger: Ledger):
    ledger.upsert_patients([patient("site_a.P001"), patient("site_b.P001")])
    ledger.upsert_patients([], whole_cohort="site_a")
    assert [row.state for row in ledger.patients("site_b")] == ["present"]


def test_first_and_last_sight_are_kept(ledger: Ledger):
    ledger.upsert_patients([patient("site_a.P001")])
    (first,) = ledger.patients()
    ledger.upsert_patients([patient("site_a.P001")])
    (second,) = ledger.patients()
    assert second.first_seen == first.first_seen
    assert second.last_seen > first.last_seen


def test_patients_come_in_the_order_of_their_keys_in_every_database(ledger: Ledger):
    """A locale's order, which Postgres would use, puts a before B and ignores punctuation."""
    keys = ["a.B1", "a.a1", "a.P-2", "a.P_1", "a.P1", "a.P10", "a.P2"]
    ledger.upsert_patients([patient(key) for key in keys])
    assert [row.key for row in ledger.patients()] == sorted(keys)


def test_aliases_are_replaced_as_a_whole(ledger: Ledger):
    ledger.set_aliases("site_a", {"MR-1": "site_a.P001", "MR-2": "site_a.P002"})
    ledger.set_aliases("site_a", {"MR-2": "site_a.P003"})
    assert ledger.aliases("site_a") == {"MR-2": "site_a.P003"}


def test_the_same_alias_may_stand_for_others_in_another_cohort(ledger: Ledger):
    ledger.set_aliases("site_a", {"1": "site_a.P001"})
    ledger.set_aliases("site_b", {"1": "site_b.P009"})
    assert (ledger.aliases("site_a"), ledger.aliases("site_b")) == ({"1": "site_a.P001"}, {"1": "site_b.P009"})
