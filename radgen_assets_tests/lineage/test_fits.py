"""Fits and the persons they learnt from."""

from __future__ import annotations

from datetime import UTC, datetime

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import FitPerson, FitRecord

MADE = datetime(2026, 3, 1, tzinfo=UTC)
PERSONS = (
    ("tcga-1", "site_a.P001", "train", -1),
    ("tcga-2", "site_a.P002", "train", -1),
    ("tcga-1", "site_a.P001", "train", 0),
    ("tcga-2", "site_a.P002", "test", 0),
)


def _fit(**changes) -> FitRecord:
    given = {"asset": "models/first/idh", "inputs_hash": "i", "content_hash": "c", "persons": PERSONS, "made_at": MADE}
    return FitRecord(**{"fit_id": "first/idh/0123", **given, **changes})


def test_a_fit_names_its_persons_by_role_and_fold(ledger: Ledger):
    ledger.record_fit(_fit())
    rows = [(row.person, row.key, row.role, row.fold) for row in ledger.persons_of_fit("first/idh/0123")]
    assert rows == [PERSONS[0], PERSONS[1], PERSONS[3], PERSONS[2]]


def test_fits_come_without_their_persons(ledger: Ledger):
    """Fifty folds of six hundred persons a fit would be read for a list of names."""
    ledger.record_fit(_fit(mlflow_run_id="m"))
    assert ledger.fits() == (_fit(mlflow_run_id="m", persons=()),)
    assert ledger.fits("models/first/idh") == ledger.fits()
    assert ledger.fits("models/other") == ()


def test_a_person_is_found_in_every_fit(ledger: Ledger):
    ledger.record_fit(_fit())
    ledger.record_fit(_fit(fit_id="second/os/4567", persons=PERSONS[:1]))
    assert ledger.fits_of_persons(["tcga-2", "nobody"]) == (
        FitPerson("first/idh/0123", "tcga-2", "site_a.P002", "train", -1),
        FitPerson("first/idh/0123", "tcga-2", "site_a.P002", "test", 0),
    )


def test_a_fit_made_again_has_the_new_persons_only(ledger: Ledger):
    ledger.record_fit(_fit())
    ledger.record_fit(_fit(persons=PERSONS[:1], content_hash="d"))
    assert len(ledger.persons_of_fit("first/idh/0123")) == 1
    assert [fit.content_hash for fit in ledger.fits()] == ["d"]


def test_a_tainted_fit_is_clean_once_refitted(ledger: Ledger):
    ledger.record_fit(_fit())
    ledger.taint_fits(["first/idh/0123"], "learnt from a person who was forgotten")
    assert ledger.tainted_fits() == {"first/idh/0123": "learnt from a person who was forgotten"}
    ledger.record_fit(_fit())
    assert ledger.tainted_fits() == {}


def test_the_journal_counts_persons_and_names_none(ledger: Ledger):
    """Forgetting blanks rows by patient; a fit's row must not need it."""
    import sqlalchemy as sa

    from radgen_assets.lineage.schema import journal

    ledger.record_fit(_fit())
    with ledger._database.read() as connection:
        (payload,) = connection.scalars(sa.select(journal.c.payload))
    assert '"persons":2' in payload
    assert "tcga-1" not in payload
    assert "P001" not in payload
