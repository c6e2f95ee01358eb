"""Who works on what, until when: claims keep two runs from doing one thing twice.

Claims are working state, not history: they come and go without a word in the journal.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime, timedelta

import psutil
import sqlalchemy as sa

from radgen_assets.lineage.database import one_of, upsert
from radgen_assets.lineage.records import ClaimRow
from radgen_assets.lineage.schema import claims


def new_owner() -> str:
    """A name for this process as an owner of claims: host:pid:uuid."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex}"


def owner_is_alive(owner: str) -> bool:
    """Whether the owner's process runs; one of another host is taken to, until its claim expires.

    A process id that was given to another process since counts as alive: then, too, the claim's expiry decides.
    """
    host, pid, _ = owner.rsplit(":", 2)
    if host != socket.gethostname():
        return True
    try:
        return bool(psutil.Process(int(pid)).status() != psutil.STATUS_ZOMBIE)  # killed, and not yet collected
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:  # it runs, as somebody else
        return True


def claim(connection: sa.Connection, keys: Iterable[str], owner: str, seconds: float, scope: str) -> list[str]:
    """Claim what nobody else holds; the keys obtained, in the order asked for, those held already included."""
    wanted = list(dict.fromkeys(keys))
    now = _now(connection)
    held_by_others = set(
        connection.scalars(
            sa.select(claims.c.key).where(
                claims.c.scope == scope,
                one_of(connection, claims.c.key, wanted),
                claims.c.owner != owner,
                claims.c.expires_at > now,
            )
        )
    )
    obtained = [key for key in wanted if key not in held_by_others]
    until = now + timedelta(seconds=seconds)
    rows = [{"scope": scope, "key": key, "owner": owner, "claimed_at": now, "expires_at": until} for key in obtained]
    upsert(connection, claims, rows, update=("owner", "claimed_at", "expires_at"))
    return obtained


def heartbeat(connection: sa.Connection, owner: str, seconds: float) -> int:
    """Extend all claims of `owner` from now on; how many it still holds."""
    until = _now(connection) + timedelta(seconds=seconds)
    result = connection.execute(sa.update(claims).where(claims.c.owner == owner).values(expires_at=until))
    return int(result.rowcount)


def release(connection: sa.Connection, owner: str, keys: Collection[str] | None, scope: str | None) -> int:
    """Give up the claims of `owner` on `keys` (None: on all) in `scope` (None: in all); how many."""
    query = sa.delete(claims).where(claims.c.owner == owner)
    if keys is not None:
        query = query.where(one_of(connection, claims.c.key, keys))
    if scope is not None:
        query = query.where(claims.c.scope == scope)
    return int(connection.execute(query).rowcount)


def reap(connection: sa.Connection, is_alive: Callable[[str], bool]) -> list[ClaimRow]:
    """Remove claims that expired or whose owner is dead; those removed."""
    now = _now(connection)
    alive: dict[str, bool] = {}
    dead: list[ClaimRow] = []
    for each in read_claims(connection):
        if each.expires_at > now and each.owner not in alive:
            alive[each.owner] = is_alive(each.owner)
        if each.expires_at <= now or not alive[each.owner]:
            dead.append(each)
    for each in dead:
        connection.execute(sa.delete(claims).where(claims.c.scope == each.scope, claims.c.key == each.key))
    return dead


def read_claims(connection: sa.Connection) -> tuple[ClaimRow, ...]:
    """All claims, expired ones too, in the order of scope and key."""
    rows = sorted(connection.execute(sa.select(claims)).all(), key=lambda row: (row.scope, row.key))
    return tuple(ClaimRow(**row._mapping) for row in rows)


def _now(connection: sa.Connection) -> datetime:
    """One clock for all who claim: the server's, or this machine's where the database is a file on it."""
    if connection.dialect.name == "sqlite":
        return datetime.now(UTC)
    return connection.scalars(sa.text("select clock_timestamp()")).one()
