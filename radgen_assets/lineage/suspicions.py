"""Fingerprints of patients' data, and the suspicion that two persons are one because theirs are equal.

An open suspicion blocks studies. It is settled by declaration: identity.csv says that the patients are one person
(then it closes by itself), or somebody states why they are not.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.settings import canonical_digest, canonical_json
from radgen_assets.lineage import journal
from radgen_assets.lineage.database import one_of, upsert
from radgen_assets.lineage.records import Suspicion
from radgen_assets.lineage.schema import fingerprints, patients, suspicions


def register_fingerprints(
    connection: sa.Connection, kind: str, by_key: Mapping[str, Mapping[str, str]], at: datetime
) -> tuple[Suspicion, ...]:
    """Replace the fingerprints of the given patients (key -> name -> fingerprint); the suspicions then open."""
    connection.execute(
        sa.delete(fingerprints).where(fingerprints.c.kind == kind, one_of(connection, fingerprints.c.key, list(by_key)))
    )
    rows = [
        {"kind": kind, "key": key, "name": name, "value": value}
        for key, named in by_key.items()
        for name, value in named.items()
    ]
    if rows:
        connection.execute(sa.insert(fingerprints), rows)
    return review(connection, at)


def review(connection: sa.Connection, at: datetime) -> tuple[Suspicion, ...]:
    """Look again at all fingerprints and persons, as after a change of identity.csv; the suspicions then open."""
    before = {each.suspicion_id: each for each in read_suspicions(connection, None)}
    found = {each.suspicion_id: each for each in _find(connection)}
    now: list[Suspicion] = []
    for number, each in found.items():
        known = before.get(number)
        if known is not None and known.state == "declared" and known.persons == each.persons:
            continue
        if known != each:
            now.append(each)
    for number, known in before.items():
        if number not in found and known.state == "open":
            now.append(_settled(connection, known))
    _write(connection, now, at)
    return read_suspicions(connection, "open")


def declare(connection: sa.Connection, suspicion_id: str, reason: str, at: datetime) -> None:
    """Settle a suspicion by stating why the patients are different persons all the same."""
    known = [each for each in read_suspicions(connection, None) if each.suspicion_id == suspicion_id]
    if not known:
        raise UsedWrongly(f"There is no suspicion {suspicion_id} in this ledger; `radgen status` lists them.")
    if not reason.strip():
        raise UsedWrongly("A suspicion is settled with a reason; state one.")
    _write(connection, [replace(known[0], state="declared", reason=reason)], at)


def read_suspicions(connection: sa.Connection, state: str | None) -> tuple[Suspicion, ...]:
    """Suspicions in one state or in any, in the order of kind and patients."""
    query = sa.select(suspicions)
    if state is not None:
        query = query.where(suspicions.c.state == state)
    rows = [
        Suspicion(
            row.suspicion_id,
            row.kind,
            tuple(json.loads(row._mapping[suspicions.c["keys"]])),
            tuple(json.loads(row.persons)),
            json.loads(row.evidence),
            row.state,
            row.reason,
        )
        for row in connection.execute(query)
    ]
    return tuple(sorted(rows, key=lambda each: (each.kind, each.keys)))


def _find(connection: sa.Connection) -> Iterable[Suspicion]:
    """Every set of present patients that share a fingerprint and are not one person."""
    of_present = sa.and_(patients.c.key == fingerprints.c.key, patients.c.state == "present")
    shared = (
        sa.select(fingerprints.c.kind, fingerprints.c.value)
        .join(patients, of_present)
        .group_by(fingerprints.c.kind, fingerprints.c.value)
        .having(sa.func.count(sa.distinct(patients.c.person)) > 1)
        .subquery()
    )
    rows = connection.execute(
        sa.select(fingerprints.c.kind, fingerprints.c.value, fingerprints.c.name, patients.c.key, patients.c.person)
        .join(patients, of_present)
        .join(shared, sa.and_(shared.c.kind == fingerprints.c.kind, shared.c.value == fingerprints.c.value))
    ).all()
    alike: dict[tuple[str, str], list[sa.Row[Any]]] = defaultdict(list)
    for row in rows:
        alike[row.kind, row.value].append(row)
    found: dict[str, Suspicion] = {}
    for (kind, value), holders in sorted(alike.items()):
        keys = tuple(sorted({row.key for row in holders}))
        number = canonical_digest([kind, keys])[:16]
        evidence = dict.fromkeys(sorted({row.name for row in holders}), value)
        if number in found:
            evidence |= found[number].evidence
        persons = tuple(sorted({row.person for row in holders}))
        found[number] = Suspicion(number, kind, keys, persons, evidence, "open")
    return found.values()


def _settled(connection: sa.Connection, known: Suspicion) -> Suspicion:
    """An open suspicion that no longer holds: its patients were declared one person, or look different now."""
    persons = set(
        connection.scalars(sa.select(patients.c.person).where(one_of(connection, patients.c.key, known.keys)))
    )
    if len(persons) == 1:
        return replace(known, state="declared", reason="declared to be one person", persons=tuple(persons))
    return replace(known, state="withdrawn", reason="their data are no longer equal, or a patient is gone")


def _write(connection: sa.Connection, rows: Sequence[Suspicion], at: datetime) -> None:
    upsert(
        connection,
        suspicions,
        [
            {
                "suspicion_id": each.suspicion_id,
                "kind": each.kind,
                "keys": canonical_json(each.keys),
                "persons": canonical_json(each.persons),
                "evidence": canonical_json(each.evidence),
                "state": each.state,
                "reason": each.reason,
                "first_seen": at,
                "last_seen": at,
            }
            for each in rows
        ],
        update=("persons", "evidence", "state", "reason", "last_seen"),
    )
    # a row a patient, so that forgetting one of them blanks what is said of them
    entries = [
        journal.Entry(f"suspicion {each.state}", key, {"suspicion": each.suspicion_id, "reason": each.reason})
        for each in rows
        for key in each.keys
    ]
    journal.append(connection, entries, at)
