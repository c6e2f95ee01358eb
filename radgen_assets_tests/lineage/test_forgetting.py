"""A forgotten person leaves no row; the journal keeps its digests and the rest of the ledger its sense."""

from __future__ import annotations

import sqlalchemy as sa

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import FitRecord, InputRef
from radgen_assets.lineage.schema import metadata
from radgen_assets_tests.lineage.samples import artifact, hashed, patient, source

FORGOTTEN, STAYS = "site_a.P001", "site_a.P002"


def _fill(ledger: Ledger) -> None:
    ledger.upsert_patients([patient(FORGOTTEN, "person-1"), patient(STAYS, "person-2")])
    ledger.set_aliases("site_a", {"MR-1": FORGOTTEN, "MR-2": STAYS})
    ledger.register_sources(
        [source("sub-P001.nii", key=FORGOTTEN), source("sub-P002.nii", key=STAYS), source("all.csv", key="site_a")]
    )
    ledger.register_fingerprints("image", {FORGOTTEN: {"t1ce": "x"}, STAYS: {"t1ce": "x"}})
    ledger.record([artifact(key=FORGOTTEN, inputs=()), artifact(key=STAYS, inputs=())])
    gathered = tuple(
        InputRef(f"rows:{key}", "artifact", f"imaging/volumes|{key}|{hashed(key)}", hashed(key))
        for key in (FORGOTTEN, STAYS)
    )
    ledger.record([artifact("tables/gathered", "site_a", inputs=gathered)])
    ledger.record_fit(
        FitRecord("f", "m", "i", "c", persons=(("person-1", FORGOTTEN, "train", -1), ("person-2", STAYS, "train", -1)))
    )
    ledger.claim([FORGOTTEN, STAYS], "here:1:x", 60)


def test_no_row_tells_of_a_forgotten_patient(ledger: Ledger):
    """Every text of every table is searched for the patient's key, the person, the alias and the file."""
    _fill(ledger)
    ledger.forget([FORGOTTEN], "keyed-fingerprint")
    with ledger._database.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(sa.select(table)):
                for word in ("P001", "person-1", "MR-1"):
                    assert word not in repr(tuple(row)), f"{table.name}: {row}"


def test_the_others_stay(ledger: Ledger):
    _fill(ledger)
    ledger.forget([FORGOTTEN], "keyed-fingerprint")
    assert [row.key for row in ledger.patients()] == [STAYS]
    assert ledger.aliases("site_a") == {"MR-2": STAYS}
    assert [row.path for row in ledger.sources()] == ["all.csv", "sub-P002.nii"]
    assert set(ledger.current("imaging/volumes")) == {STAYS}
    assert [ref.name for ref in ledger.current("tables/gathered")["site_a"].inputs] == [f"rows:{STAYS}"]
    assert [row.person for row in ledger.persons_of_fit("f")] == ["person-2"]
    assert [claim.key for claim in ledger.claims()] == [STAYS]


def test_the_journal_holds_and_tells_how_many_rows_went(ledger: Ledger):
    _fill(ledger)
    before = ledger.journal_head().seq
    gone = ledger.forget([FORGOTTEN], "keyed-fingerprint")
    assert ledger.journal_verify() is None
    assert ledger.journal_head().seq == before + 1
    assert (gone["patients"], gone["artifacts"], gone["sources"], gone["suspicions"]) == (1, 1, 1, 1)


def test_a_forgotten_person_is_recognised_by_keyed_fingerprint(ledger: Ledger):
    ledger.forget([FORGOTTEN], "keyed-fingerprint")
    ledger.forget([FORGOTTEN], "keyed-fingerprint")
    assert ledger.forgotten() == {"keyed-fingerprint"}


def test_numbers_of_artifacts_are_never_used_again(ledger: Ledger):
    """An artifact's number is its journal row's: with numbers used twice the journal would tell of another one."""
    from radgen_assets.lineage.schema import artifacts

    _fill(ledger)
    ledger.forget([FORGOTTEN, STAYS], "keyed-fingerprint")
    ledger.record([artifact(key="site_a.P003")])
    with ledger._database.read() as connection:
        assert connection.scalars(sa.select(sa.func.max(artifacts.c.id))).one() == ledger.journal_head().seq
