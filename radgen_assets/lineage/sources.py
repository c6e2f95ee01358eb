"""Rows about source files: what was found where, with which bytes, and which hashes need not be computed again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from radgen_assets.lineage import journal
from radgen_assets.lineage.database import one_of, upsert
from radgen_assets.lineage.records import Changes, SourceRow
from radgen_assets.lineage.schema import sources

_FOUND = ("key", "role", "size", "mtime_ns", "inode", "sha256", "last_seen", "gone")


def register_sources(
    connection: sa.Connection, rows: Sequence[SourceRow], whole_cohort: str | None, at: datetime
) -> Changes:
    """Write source files down as they were found now.

    `whole_cohort` says that `rows` are all there are of that cohort: its other files are marked gone. A file that was
    touched but kept its bytes is not changed; one that came back is new.
    """
    cohorts = {row.cohort for row in rows} | ({whole_cohort} if whole_cohort is not None else set())
    before = {(each.cohort, each.path): each for cohort in sorted(cohorts) for each in read_sources(connection, cohort)}
    found = {(row.cohort, row.path) for row in rows}
    new, changed = [], []
    for row in rows:
        known = before.get((row.cohort, row.path))
        if known is None or known.gone:
            new.append(row)
        elif (known.sha256, known.key, known.role) != (row.sha256, row.key, row.role):
            changed.append(row)
    gone = [
        each for place, each in before.items() if each.cohort == whole_cohort and place not in found and not each.gone
    ]
    upsert(connection, sources, [_values(row, at) for row in rows], update=_FOUND)
    if gone:
        connection.execute(
            sa.update(sources)
            .where(sources.c.cohort == whole_cohort, one_of(connection, sources.c.path, [each.path for each in gone]))
            .values(gone=True)
        )
    entries = [journal.Entry("source new", row.key, _gist(row)) for row in new]
    entries += [journal.Entry("source changed", row.key, _gist(row)) for row in changed]
    entries += [journal.Entry("source gone", each.key, _gist(each)) for each in gone]
    journal.append(connection, entries, at)
    return Changes(_sorted(new), _sorted(changed), _sorted(gone))


def read_sources(connection: sa.Connection, cohort: str | None, key: str | None = None) -> tuple[SourceRow, ...]:
    """Source files of a cohort, of a key or of all, also those gone, in the order of cohort and path."""
    query = sa.select(sources)
    if cohort is not None:
        query = query.where(sources.c.cohort == cohort)
    if key is not None:
        query = query.where(sources.c.key == key)
    rows = sorted(connection.execute(query).all(), key=lambda row: (row.cohort, row.path))
    return tuple(SourceRow(**{**row._mapping, "inode": int(row.inode)}) for row in rows)


def _values(row: SourceRow, at: datetime) -> dict[str, object]:
    return {
        "cohort": row.cohort,
        "path": row.path,
        "key": row.key,
        "role": row.role,
        "size": row.size,
        "mtime_ns": row.mtime_ns,
        "inode": str(row.inode),
        "sha256": row.sha256,
        "first_seen": at,
        "last_seen": at,
        "gone": False,
    }


def _gist(row: SourceRow) -> dict[str, object]:
    return {"cohort": row.cohort, "path": row.path, "role": row.role, "size": row.size, "sha256": row.sha256}


def _sorted(rows: Sequence[SourceRow]) -> tuple[str, ...]:
    return tuple(sorted(row.path for row in rows))
