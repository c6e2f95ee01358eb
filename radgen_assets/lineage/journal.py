"""The journal: every change of the ledger, append-only, each row chained to the one before it.

One row tells of one change of one subject (a patient, a fit, a pass), not of a batch, so that forgetting a person
blanks their rows and nobody else's. A row's digest covers the digest of its payload, not the payload: with subject,
payload and salt gone the chain still verifies. The salt is what keeps the digest that stays from being matched
against guesses at what it stood for.

What the chain shows: a row changed, removed from the middle, slipped in or moved. What it cannot show by itself: rows
cut off at the end; for that compare `head` with one that was written down elsewhere (a report, a backup).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from radgen_assets.contracts.settings import canonical_json
from radgen_assets.lineage.database import one_of
from radgen_assets.lineage.schema import journal

START = "0" * 64  # what the first row is chained to
_SALT_BYTES = 16
_ROWS_AT_A_TIME = 10_000


@dataclass(frozen=True)
class Entry:
    """One change to be written down: its kind, whom it is about, and what there is to say."""

    kind: str
    subject: str
    payload: dict[str, Any]


@dataclass(frozen=True)
class Head:
    """The last row: its number (0: none yet) and its digest."""

    seq: int
    digest: str


@dataclass(frozen=True)
class BrokenRow:
    """The first row at which the chain does not hold, and what is wrong with it."""

    seq: int
    problem: str


def head(connection: sa.Connection) -> Head:
    """The journal's last row."""
    row = connection.execute(sa.select(journal.c.seq, journal.c.digest).order_by(journal.c.seq.desc()).limit(1)).first()
    return Head(0, START) if row is None else Head(row.seq, row.digest)


def append(connection: sa.Connection, entries: Sequence[Entry], at: datetime) -> int:
    """Write `entries` down at the end of the chain; the number of the first one.

    The transaction holds the writer's lock (database.py), so that no one else appends between head and insert.
    """
    last = head(connection)
    if not entries:
        return last.seq + 1
    salts = os.urandom(_SALT_BYTES * len(entries)).hex()
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    rows: list[dict[str, Any]] = []
    seq, previous = last.seq, last.digest
    for index, entry in enumerate(entries):
        seq += 1
        salt = salts[index * 2 * _SALT_BYTES : (index + 1) * 2 * _SALT_BYTES]
        payload = canonical_json(entry.payload)
        payload_digest = _payload_digest(salt, entry.subject, payload)
        digest = _row_digest(seq, moment, entry.kind, payload_digest, previous)
        rows.append(
            {
                "seq": seq,
                "at": at,
                "kind": entry.kind,
                "subject": entry.subject,
                "payload": payload,
                "salt": salt,
                "payload_digest": payload_digest,
                "previous": previous,
                "digest": digest,
            }
        )
        previous = digest
    connection.execute(sa.insert(journal), rows)
    return last.seq + 1


def verify(connection: sa.Connection) -> BrokenRow | None:
    """Walk the whole chain; the first row that does not hold, or None."""
    expected = Head(0, START)
    while True:
        rows = connection.execute(
            sa.select(journal).where(journal.c.seq > expected.seq).order_by(journal.c.seq).limit(_ROWS_AT_A_TIME)
        ).all()
        for row in rows:
            problem = _problem(row, expected)
            if problem is not None:
                return BrokenRow(row.seq, problem)
            expected = Head(row.seq, row.digest)
        if len(rows) < _ROWS_AT_A_TIME:
            return None


def redact(connection: sa.Connection, subjects: Collection[str]) -> int:
    """Blank what the journal says about `subjects`; how many rows. Digests stay, the chain still verifies."""
    result = connection.execute(
        sa.update(journal)
        .where(one_of(connection, journal.c.subject, subjects))
        .values(subject=None, payload=None, salt=None)
    )
    return int(result.rowcount)


def _problem(row: sa.Row[Any], before: Head) -> str | None:
    """What is wrong with `row`, which should follow `before`."""
    if row.seq != before.seq + 1:
        return f"row {before.seq + 1} is missing"
    if row.previous != before.digest:
        return "it is not chained to the row before it"
    moment = row.at.astimezone(UTC).isoformat(timespec="microseconds")
    if row.digest != _row_digest(row.seq, moment, row.kind, row.payload_digest, row.previous):
        return "its digest is not that of its time, kind and payload digest"
    blanked = [row.subject is None, row.payload is None, row.salt is None]
    if all(blanked):
        return None
    if any(blanked) or row.payload_digest != _payload_digest(row.salt, row.subject, row.payload):
        return "its payload is not the one that was written"
    return None


def _payload_digest(salt: str, subject: str, payload: str) -> str:
    return hashlib.sha256("\n".join((salt, subject, payload)).encode()).hexdigest()


def _row_digest(seq: int, moment: str, kind: str, payload_digest: str, previous: str) -> str:
    return hashlib.sha256("\n".join((str(seq), moment, kind, payload_digest, previous)).encode()).hexdigest()
