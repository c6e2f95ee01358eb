"""Equal data under two persons raise a suspicion that stays until somebody declares."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import Changes, Suspicion
from radgen_assets_tests.lineage.samples import kinds, patient

A, B, C = "site_a.P001", "site_b.P007", "site_c.P003"


@pytest.fixture
def suspected(ledger: Ledger) -> Ledger:
    """A ledger in which A and B, two persons, have the same t1ce."""
    ledger.upsert_patients([patient(A), patient(B), patient(C)])
    ledger.register_fingerprints("image", {A: {"t1ce": "same", "flair": "x"}, B: {"t1ce": "same"}, C: {"t1ce": "z"}})
    return ledger


def test_equal_fingerprints_under_two_persons_are_suspicious(suspected: Ledger):
    (found,) = suspected.suspicions()
    assert (found.kind, found.keys, found.persons) == ("image", (A, B), (A, B))
    assert (found.evidence, found.state) == ({"t1ce": "same"}, "open")


def test_equal_fingerprints_of_one_person_are_not(ledger: Ledger):
    """The same person in two cohorts, declared."""
    ledger.upsert_patients([patient(A, "tcga-1"), patient(B, "tcga-1")])
    assert ledger.register_fingerprints("image", {A: {"t1ce": "same"}, B: {"t1ce": "same"}}) == ()


def test_equal_fingerprints_of_two_kinds_are_not(ledger: Ledger):
    ledger.upsert_patients([patient(A), patient(B)])
    ledger.register_fingerprints("image", {A: {"t1ce": "same"}})
    assert ledger.register_fingerprints("expression", {B: {"counts": "same"}}) == ()


def test_registering_one_patient_compares_with_all_known_before(ledger: Ledger):
    """A night brings one new patient; the other thousands are not read again."""
    ledger.upsert_patients([patient(A), patient(B)])
    assert ledger.register_fingerprints("image", {A: {"t1ce": "same"}}) == ()
    assert len(ledger.register_fingerprints("image", {B: {"t1ce": "same"}})) == 1


def test_several_equal_scans_are_one_suspicion(ledger: Ledger):
    ledger.upsert_patients([patient(A), patient(B)])
    scans = {"t1ce": "same", "flair": "equal"}
    (found,) = ledger.register_fingerprints("image", {A: scans, B: scans})
    assert found.evidence == {"flair": "equal", "t1ce": "same"}


def test_three_alike_are_one_suspicion(suspected: Ledger):
    (found,) = suspected.register_fingerprints("image", {C: {"t1ce": "same"}})
    assert found.keys == (A, B, C)
    assert [each.state for each in suspected.suspicions(None)] == ["withdrawn", "open"]


def test_it_stays_open_while_nothing_changes(suspected: Ledger):
    head = suspected.journal_head()
    assert len(suspected.review_suspicions()) == 1
    assert suspected.journal_head() == head


def test_declaring_one_person_in_identity_csv_settles_it(suspected: Ledger):
    assert suspected.upsert_patients([patient(B, A)]) == Changes(changed=(B,))
    assert suspected.review_suspicions() == ()
    (settled,) = suspected.suspicions("declared")
    assert (settled.persons, settled.reason) == ((A,), "declared to be one person")


def test_taking_the_declaration_back_opens_it_again(suspected: Ledger):
    suspected.upsert_patients([patient(B, A)])
    suspected.review_suspicions()
    suspected.upsert_patients([patient(B)])
    assert [each.keys for each in suspected.review_suspicions()] == [(A, B)]


def test_stating_that_they_are_different_persons_settles_it_for_good(suspected: Ledger):
    (found,) = suspected.suspicions()
    suspected.declare_suspicion(found.suspicion_id, "twins scanned with the same phantom insert")
    assert suspected.review_suspicions() == ()
    (settled,) = suspected.suspicions("declared")
    assert settled.reason == "twins scanned with the same phantom insert"


def test_declaring_needs_a_reason_and_a_suspicion(suspected: Ledger):
    (found,) = suspected.suspicions()
    with pytest.raises(UsedWrongly, match="settled with a reason; state one"):
        suspected.declare_suspicion(found.suspicion_id, " ")
    with pytest.raises(UsedWrongly, match="There is no suspicion nothing"):
        suspected.declare_suspicion("nothing", "because")


def test_it_is_withdrawn_when_the_data_are_corrected(suspected: Ledger):
    assert suspected.register_fingerprints("image", {B: {"t1ce": "the right file"}}) == ()
    (settled,) = suspected.suspicions("withdrawn")
    assert "no longer equal" in settled.reason


def test_it_is_withdrawn_when_a_patient_is_gone(suspected: Ledger):
    suspected.upsert_patients([], whole_cohort="site_b")
    assert suspected.review_suspicions() == ()


def test_each_change_is_written_down_for_each_patient(suspected: Ledger):
    suspected.upsert_patients([patient(B, A)])
    suspected.review_suspicions()
    told = [kind for kind in kinds(suspected) if kind.startswith("suspicion")]
    assert told == ["suspicion open"] * 2 + ["suspicion declared"] * 2


def test_the_row_is_a_plain_value(suspected: Ledger):
    (found,) = suspected.suspicions()
    assert found == Suspicion(found.suspicion_id, "image", (A, B), (A, B), {"t1ce": "same"}, "open")
