"""A ledger that an old release wrote is still opened, read, believed and written on."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.plan import Action, InputState, decide
from radgen_assets.lineage.records import FileRecord, InputRef, State
from radgen_assets.lineage.schema import FORMAT
from radgen_assets_tests.archives.write_ledger import RECIPE

FOLDER = Path(__file__).parent
FIRST, SECOND = "site_a.P001", "site_b.P001"


def _unpack(name: str, file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((FOLDER / name / "ledger.sql").read_text(encoding="utf-8"))


def _tables(file: Path) -> set[tuple[str, str]]:
    with closing(sqlite3.connect(file)) as connection:
        return set(connection.execute("select name, sql from sqlite_master where sql is not null"))


@pytest.fixture(params=sorted(path.name for path in FOLDER.glob("ledger_*")))
def archived(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ledger]:
    """An old ledger, opened by this release."""
    file = tmp_path / "ledger.sqlite"
    _unpack(request.param, file)
    with Ledger.open(f"sqlite:///{file}") as ledger:
        yield ledger


def test_the_format_of_this_release_has_an_archive():
    assert (FOLDER / f"ledger_{FORMAT}" / "ledger.sql").is_file()


def test_tables_do_not_change_without_a_new_format(tmp_path: Path):
    """Whoever changes schema.py raises FORMAT, says what becomes of older ledgers, and adds an archive."""
    _unpack(f"ledger_{FORMAT}", tmp_path / "archived.sqlite")
    with Ledger.open(f"sqlite:///{tmp_path}/fresh.sqlite") as fresh:
        fresh.create()
    assert _tables(tmp_path / "fresh.sqlite") == _tables(tmp_path / "archived.sqlite")


def test_its_chain_holds(archived: Ledger):
    assert archived.journal_verify() is None
    assert archived.journal_head().seq == 16


def test_its_artifacts_are_read_and_reused(archived: Ledger):
    record = archived.current("imaging/volumes")[FIRST]
    assert (record.state, record.content_hash, record.path) == (
        State.done,
        "34" * 32,
        "imaging/volumes/site_a/P001/1212121212121212",
    )
    assert record.files == (FileRecord("t1ce.nii.gz", "56" * 32, 4096),)
    assert record.inputs == (
        InputRef("scans", "artifact", f"raw/scans|{FIRST}|{'78' * 32}", "9a" * 32),
        InputRef("scans:t1ce.nii.gz", "source", "site_a/sub-P001/t1ce.nii.gz", "ab" * 32),
    )
    assert record.facts == {"sequences": 1, "anchor": "t1ce", "registered": False, "noise": 0.5}
    assert archived.recipe(record.recipe_hash) == RECIPE
    snapshot = archived.snapshot(["imaging/volumes"])
    inputs = (InputState("scans", State.done, "9a" * 32),)
    assert decide("imaging/volumes", FIRST, inputs, "12" * 32, snapshot).action is Action.reuse
    assert decide("imaging/volumes", SECOND, inputs, "bc" * 32, snapshot).action is Action.failed


def test_everything_else_is_read(archived: Ledger):
    assert [(row.key, row.person) for row in archived.patients()] == [(FIRST, "person-1"), (SECOND, SECOND)]
    assert archived.aliases("site_a") == {"MR-1": FIRST}
    assert [(row.inode, row.mtime_ns) for row in archived.sources()] == [(2**64 - 1, 1_772_000_000_000_000_001)]
    assert [(each.keys, each.state) for each in archived.suspicions()] == [((FIRST, SECOND), "open")]
    assert [row.person for row in archived.persons_of_fit("first/idh/0123")] == ["person-1"]
    assert archived.tainted_fits() == {"first/idh/0123": "learnt from a person who was forgotten"}
    assert [claim.owner for claim in archived.claims()] == ["here:1:x"]
    assert archived.forgotten() == {"keyed-fingerprint"}
    assert [(row.state, row.summary) for row in archived.passes()] == [("done", {"computed": 1, "failed": 1})]
    assert [row.state for row in archived.runs()] == ["done"]


def test_it_is_written_on(archived: Ledger):
    archived.create()
    archived.make_current(list(archived.current("imaging/volumes").values()))
    archived.taint_fits([], "nothing")
    archived.forget([FIRST], "another")
    assert archived.journal_verify() is None
    assert archived.patients("site_a") == ()
