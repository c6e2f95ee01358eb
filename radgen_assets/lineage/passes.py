"""Rows about passes and their runs: when each began and ended, and what came of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.settings import canonical_json
from radgen_assets.lineage import journal
from radgen_assets.lineage.records import PassRow, RunRow
from radgen_assets.lineage.schema import passes, runs


def begin_pass(connection: sa.Connection, trigger: str, pass_id: str | None, at: datetime) -> str:
    """Open a pass; its id, which begins with the moment so that ids sort by time."""
    pass_id = pass_id or f"{at.astimezone(UTC):%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:8]}"
    row = {"pass_id": pass_id, "trigger": trigger, "started_at": at, "state": "running", "summary": "{}"}
    journal.append(connection, [journal.Entry("pass begun", pass_id, {"trigger": trigger})], at)
    connection.execute(sa.insert(passes), [row])
    return pass_id


def end_pass(connection: sa.Connection, pass_id: str, summary: Mapping[str, Any], state: str, at: datetime) -> None:
    """Close a pass with its summary and how it ended: done, failed or abandoned."""
    text = canonical_json(dict(summary))
    result = connection.execute(
        sa.update(passes).where(passes.c.pass_id == pass_id).values(ended_at=at, state=state, summary=text)
    )
    if result.rowcount == 0:
        raise UsedWrongly(f"There is no pass {pass_id} in this ledger; begin it first.")
    journal.append(connection, [journal.Entry("pass ended", pass_id, {"state": state, "summary": text})], at)


def read_passes(connection: sa.Connection, limit: int | None) -> tuple[PassRow, ...]:
    """Passes, the newest first."""
    query = sa.select(passes).order_by(passes.c.started_at.desc(), passes.c.pass_id.desc()).limit(limit)
    return tuple(
        PassRow(row.pass_id, row.trigger, row.started_at, row.ended_at, row.state, json.loads(row.summary))
        for row in connection.execute(query)
    )


def begin_run(connection: sa.Connection, run_id: str, pass_id: str, link: str, at: datetime) -> None:
    """Write down that a run works on one link of a pass; begun again (a retry), it is running again."""
    row = {"pass_id": pass_id, "link": link, "started_at": at, "ended_at": None, "state": "running"}
    known = connection.execute(sa.update(runs).where(runs.c.run_id == run_id).values(row)).rowcount
    if not known:
        connection.execute(sa.insert(runs), [{"run_id": run_id, **row}])
    journal.append(connection, [journal.Entry("run begun", run_id, {"pass": pass_id, "link": link})], at)


def end_run(connection: sa.Connection, run_id: str, state: str, at: datetime) -> None:
    """Write down how a run ended: done, failed or abandoned."""
    result = connection.execute(sa.update(runs).where(runs.c.run_id == run_id).values(ended_at=at, state=state))
    if result.rowcount == 0:
        raise UsedWrongly(f"There is no run {run_id} in this ledger; begin it first.")
    journal.append(connection, [journal.Entry("run ended", run_id, {"state": state})], at)


def read_runs(connection: sa.Connection, pass_id: str | None) -> tuple[RunRow, ...]:
    """Runs of one pass or of all, the oldest first."""
    query = sa.select(runs)
    if pass_id is not None:
        query = query.where(runs.c.pass_id == pass_id)
    return tuple(RunRow(**row._mapping) for row in connection.execute(query.order_by(runs.c.started_at, runs.c.run_id)))
