"""Rows about forgotten persons: who must not come back, and what the ledger says no longer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from radgen_assets.lineage import journal
from radgen_assets.lineage.database import one_of, upsert
from radgen_assets.lineage.schema import (
    aliases,
    artifacts,
    claims,
    current,
    fingerprints,
    fit_persons,
    forgotten,
    inputs,
    patients,
    sources,
    suspicions,
)


def forget(connection: sa.Connection, keys: Collection[str], fingerprint: str, at: datetime) -> dict[str, int]:
    """Remove every row about the patients `keys` (all of one person) and refuse the person from now on.

    Of the journal the digests stay. `fingerprint` is keyed (HMAC), so that the list of the forgotten names nobody.
    Returns how many rows went from each table; tainting fits comes first, and files are not the ledger's business.
    """
    of_artifacts = sa.select(artifacts.c.id).where(one_of(connection, artifacts.c.key, keys))
    named = [inputs.c.reference.contains(f"|{key}|", autoescape=True) for key in keys]  # by artifacts about many
    told_of = sa.or_(inputs.c.artifact_id.in_(of_artifacts), *named)
    gone = {"inputs": connection.execute(sa.delete(inputs).where(told_of)).rowcount}
    for table in (current, artifacts, sources, aliases, fingerprints, fit_persons, claims, patients):
        gone[table.name] = connection.execute(sa.delete(table).where(one_of(connection, table.c.key, keys))).rowcount
    listed = sa.or_(*(suspicions.c["keys"].contains(f'"{key}"', autoescape=True) for key in keys))
    gone["suspicions"] = connection.execute(sa.delete(suspicions).where(listed)).rowcount
    gone["journal"] = journal.redact(connection, keys)
    upsert(connection, forgotten, [{"fingerprint": fingerprint, "forgotten_at": at}], update=())
    journal.append(connection, [journal.Entry("forgotten", fingerprint, {"rows": gone})], at)
    return gone


def read_forgotten(connection: sa.Connection) -> frozenset[str]:
    """Keyed fingerprints of the persons that must not come back."""
    return frozenset(connection.scalars(sa.select(forgotten.c.fingerprint)))
