"""Keeps Dagster's SQLite files open while events are written, which halves what an event costs.

Dagster opens and closes its files for every event. The last connection that closes moves the write-ahead log into the
database, flushes both and removes the log, and the next one makes it anew: three to four times an event. One idle
connection of ours is enough for none to be the last. It holds no lock.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

INDEX = "index"  # the file of all runs' asset events


@contextmanager
def kept_open(dagster_folder: Path, run_id: str = "") -> Iterator[int]:
    """Hold the event files that are there: the index, and the run's own; yields how many.

    None is there, and nothing is done, where Dagster's storage is Postgres.
    """
    folder = dagster_folder / "history" / "runs"
    files = [folder / f"{name}.db" for name in (INDEX, run_id) if name]
    with ExitStack() as held:
        there = [path for path in files if path.is_file()]
        for path in there:
            connection = held.enter_context(closing(sqlite3.connect(path, check_same_thread=False)))
            connection.execute("select count(*) from sqlite_master").fetchone()  # opens the write-ahead log
        yield len(there)
