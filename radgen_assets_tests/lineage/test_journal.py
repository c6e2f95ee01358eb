"""The journal: append-only, chained, and forgetful on purpose only."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from radgen_assets.lineage import journal
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.schema import journal as table
from radgen_assets_tests.lineage.samples import artifact, kinds, patient, source


@pytest.fixture
def written(ledger: Ledger) -> Ledger:
    """A ledger whose journal has five rows: three of P001, two of P002."""
    ledger.record([artifact(key="site_a.P001"), artifact(key="site_a.P002")])
    ledger.record([artifact(key="site_a.P001", version=2)])
    ledger.upsert_patients([patient("site_a.P001"), patient("site_a.P002")])
    return ledger


def _tamper(ledger: Ledger, statement: str) -> None:
    """What someone with a SQL prompt and no scruples would do: take the guard away, then change a row."""
    with ledger._database.write() as connection:
        if ledger._database.is_sqlite:
            connection.exec_driver_sql("drop trigger journal_keeps_rows")
            connection.exec_driver_sql("drop trigger journal_keeps_words")
        else:
            connection.exec_driver_sql("drop trigger journal_keeps_rows on journal")
        connection.exec_driver_sql(statement)


def test_an_empty_journal_holds(ledger: Ledger):
    assert ledger.journal_verify() is None
    assert ledger.journal_head() == journal.Head(0, journal.START)


def test_a_journal_that_nobody_touched_holds(written: Ledger):
    assert written.journal_verify() is None
    assert written.journal_head().seq == 5


def test_rows_are_chained_across_transactions(written: Ledger):
    with written._database.read() as connection:
        rows = connection.execute(sa.select(table).order_by(table.c.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert [row.previous for row in rows] == [journal.START, *(row.digest for row in rows[:-1])]


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("update journal set payload = '{}' where seq = 3", "its payload is not the one that was written"),
        ("update journal set subject = 'site_b.P009' where seq = 3", "its payload is not the one that was written"),
        ("update journal set payload = null where seq = 3", "its payload is not the one that was written"),
        ("update journal set kind = 'forgotten' where seq = 3", "its digest is not that of its time, kind and payload"),
        (
            "update journal set at = '2020-01-01T00:00:00.000000+00:00' where seq = 3",
            "its digest is not that of its time, kind and payload digest",
        ),
        ("update journal set digest = previous where seq = 2", "its digest is not that of"),
        ("update journal set previous = digest where seq = 3", "it is not chained to the row before it"),
        ("delete from journal where seq = 2", "row 2 is missing"),
    ],
)
def test_the_first_row_that_was_tampered_with_is_named(written: Ledger, statement: str, problem: str):
    _tamper(written, statement)
    broken = written.journal_verify()
    assert broken is not None
    assert broken.seq == (2 if "seq = 2" in statement and "delete" not in statement else 3)
    assert broken.problem.startswith(problem)


def test_rows_cut_off_at_the_end_show_in_the_head(written: Ledger):
    """The chain alone cannot tell; a head that was written down in a report can."""
    noted = written.journal_head()
    _tamper(written, "delete from journal where seq = 5")
    assert written.journal_verify() is None
    assert written.journal_head() != noted


@pytest.mark.parametrize(
    "statement",
    [
        "delete from journal where seq = 2",
        "update journal set payload = '{}' where seq = 2",
        "update journal set kind = 'x' where seq = 2",
        "update journal set subject = null, payload = null, salt = null, digest = 'x' where seq = 2",
    ],
)
def test_the_database_refuses_to_change_or_remove_rows(written: Ledger, statement: str):
    with pytest.raises(sa.exc.DBAPIError, match="the journal is append-only"), written._database.write() as connection:
        connection.exec_driver_sql(statement)
    assert written.journal_verify() is None


def test_redaction_blanks_the_rows_of_one_subject_and_the_chain_holds(written: Ledger):
    before = written.journal_head()
    with written._database.write() as connection:
        assert journal.redact(connection, ["site_a.P001"]) == 3
    assert written.journal_verify() is None
    assert written.journal_head() == before
    with written._database.read() as connection:
        rows = connection.execute(sa.select(table).order_by(table.c.seq)).all()
    assert [row.subject for row in rows] == [None, "site_a.P002", None, None, "site_a.P002"]
    assert [row.payload is None and row.salt is None for row in rows] == [True, False, True, True, False]


def test_equal_payloads_leave_digests_that_cannot_be_compared(ledger: Ledger):
    """What stays after redaction must not be matched against a guess, or against another row."""
    entry = journal.Entry("patient new", "site_a.P001", {"person": "x"})
    with ledger._database.write() as connection:
        journal.append(connection, [entry, entry], _moment())
        digests = list(connection.scalars(sa.select(table.c.payload_digest)))
    assert len(set(digests)) == 2


def test_nothing_that_changed_nothing_is_written_down(written: Ledger):
    head = written.journal_head()
    written.upsert_patients([patient("site_a.P001"), patient("site_a.P002")])
    written.make_current([artifact(key="site_a.P001", version=2)])
    written.record([])
    assert written.journal_head() == head


def test_every_deed_is_written_down(ledger: Ledger):
    ledger.upsert_patients([patient("site_a.P001", "x"), patient("site_b.P001", "y")])
    ledger.upsert_patients([patient("site_b.P001", "z")], whole_cohort="site_a")
    ledger.set_aliases("site_a", {"MR-1": "site_a.P001"})
    ledger.set_aliases("site_a", {})
    ledger.register_sources([source("t1.nii.gz")])
    ledger.register_sources([source("t1.nii.gz", "b")])
    ledger.register_sources([], whole_cohort="site_a")
    pass_id = ledger.begin_pass("cli")
    ledger.begin_run("run-1", pass_id, "patients")
    ledger.end_run("run-1")
    ledger.end_pass(pass_id, {})
    assert kinds(ledger) == [
        *("patient new", "patient new", "patient changed", "patient gone", "alias", "alias gone"),
        *("source new", "source changed", "source gone", "pass begun", "run begun", "run ended", "pass ended"),
    ]


def _moment():
    from datetime import UTC, datetime

    return datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)
