"""Dagster's SQLite files stay open while events are written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from radgen_assets.factories.event_storage import kept_open


@pytest.fixture
def dagster_folder(tmp_path: Path) -> Path:
    """A folder as Dagster makes it: the index and one run's file, both with a write-ahead log."""
    folder = tmp_path / "history" / "runs"
    folder.mkdir(parents=True)
    for name in ("index", "run_1"):
        write(folder / f"{name}.db")
    return tmp_path


def write(path: Path) -> None:
    """What Dagster does an event: open, write, close."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("create table if not exists events (id integer)")
        connection.execute("insert into events values (1)")


@pytest.mark.parametrize(("run_id", "n_files"), [("run_1", 2), ("", 1), ("run_of_another_storage", 1)])
def test_the_index_and_the_runs_own_file_are_held(dagster_folder: Path, run_id: str, n_files: int):
    with kept_open(dagster_folder, run_id) as held:
        assert held == n_files


def test_a_closing_writer_leaves_the_log_for_the_next_one(dagster_folder: Path):
    """That is what saves the time: alone, the writer would fold the log into the database and remove it."""
    index = dagster_folder / "history" / "runs" / "index.db"
    log = index.with_name("index.db-wal")
    write(index)
    assert not log.exists()
    with kept_open(dagster_folder):
        write(index)
        assert log.stat().st_size > 0
    assert not log.exists(), "the last one to close cleans up"


def test_holding_blocks_no_writer(dagster_folder: Path):
    """An idle connection has no lock."""
    with (
        kept_open(dagster_folder, "run_1"),
        closing(sqlite3.connect(dagster_folder / "history/runs/run_1.db", timeout=0)) as other,
        other,
    ):
        other.execute("begin exclusive")


def test_without_files_of_sqlite_nothing_is_held(tmp_path: Path):
    """Dagster's storage may be Postgres."""
    with kept_open(tmp_path, "run_1") as held:
        assert held == 0
