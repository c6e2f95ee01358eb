"""Rows about patients: who is there, which person each is, and the sources' own names for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from radgen_assets.lineage import journal
from radgen_assets.lineage.database import one_of, upsert
from radgen_assets.lineage.records import Changes, PatientRow
from radgen_assets.lineage.schema import aliases, patients


def upsert_patients(
    connection: sa.Connection, rows: Sequence[PatientRow], whole_cohort: str | None, at: datetime
) -> Changes:
    """Write patients down as they were found now.

    `whole_cohort` says that `rows` are all there are of that cohort: its other patients are marked gone.
    """
    before = {each.key: each for each in read_patients(connection, None, {row.key for row in rows})}
    new = [row for row in rows if row.key not in before]
    changed = [row for row in rows if row.key in before and _said(before[row.key]) != _said(row)]
    gone: list[PatientRow] = []
    if whole_cohort is not None:
        found = {row.key for row in rows}
        absent = [each for each in read_patients(connection, whole_cohort, None) if each.key not in found]
        gone = [each for each in absent if each.state != "gone"]
    upsert(
        connection,
        patients,
        [
            {
                "key": row.key,
                "cohort": row.cohort,
                "patient": row.patient,
                "person": row.person,
                "state": row.state,
                "reason": row.reason,
                "first_seen": at,
                "last_seen": at,
            }
            for row in rows
        ],
        update=("person", "state", "reason", "last_seen"),
    )
    if gone:
        connection.execute(
            sa.update(patients)
            .where(one_of(connection, patients.c.key, [each.key for each in gone]))
            .values(state="gone", reason="no longer among the sources")
        )
    told = [("patient new", row) for row in new] + [("patient changed", row) for row in changed]
    entries = [
        journal.Entry(kind, row.key, {"person": row.person, "state": row.state, "reason": row.reason})
        for kind, row in told
    ]
    entries += [journal.Entry("patient gone", each.key, {}) for each in gone]
    journal.append(connection, entries, at)
    return Changes(_sorted(new), _sorted(changed), _sorted(gone))


def read_patients(
    connection: sa.Connection, cohort: str | None, keys: set[str] | None = None
) -> tuple[PatientRow, ...]:
    """Patients of one cohort or of all, in any state, in the order of their keys."""
    query = sa.select(patients)
    if cohort is not None:
        query = query.where(patients.c.cohort == cohort)
    if keys is not None:
        query = query.where(one_of(connection, patients.c.key, keys))
    # sorted here: Postgres orders text by the rules of its locale, and the two must not differ
    rows = sorted(connection.execute(query).all(), key=lambda row: row.key)
    return tuple(PatientRow(**row._mapping) for row in rows)


def set_aliases(connection: sa.Connection, cohort: str, keys: Mapping[str, str], at: datetime) -> None:
    """Replace the aliases of a cohort: the source's own id -> patient key."""
    before = read_aliases(connection, cohort)
    if before == dict(keys):
        return
    connection.execute(sa.delete(aliases).where(aliases.c.cohort == cohort))
    upsert(
        connection,
        aliases,
        [{"cohort": cohort, "alias": alias, "key": key} for alias, key in keys.items()],
        update=(),
    )
    entries = [
        journal.Entry("alias", key, {"alias": alias}) for alias, key in sorted(keys.items()) if before.get(alias) != key
    ]
    entries += [
        journal.Entry("alias gone", key, {"alias": alias}) for alias, key in sorted(before.items()) if alias not in keys
    ]
    journal.append(connection, entries, at)


def read_aliases(connection: sa.Connection, cohort: str) -> dict[str, str]:
    """The source's own id -> patient key, of one cohort."""
    rows = connection.execute(sa.select(aliases.c.alias, aliases.c.key).where(aliases.c.cohort == cohort))
    return dict(rows.tuples().all())


def _said(row: PatientRow) -> tuple[str, str, str]:
    """What can change about a patient."""
    return (row.person, row.state, row.reason)


def _sorted(rows: Sequence[PatientRow]) -> tuple[str, ...]:
    return tuple(sorted(row.key for row in rows))
