"""Rows about artifacts: recording them with their inputs, and reading them back one by one or in bulk."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from radgen_assets.lineage import journal
from radgen_assets.lineage.database import one_of, upsert
from radgen_assets.lineage.records import ArtifactRecord, Recipe, State
from radgen_assets.lineage.schema import artifacts, current, inputs, recipes
from radgen_assets.lineage.stored import read_records, row_of, rows_of_inputs

# A try that did no work and ends as the one before says nothing new; a patient who lacks a sequence would otherwise
# gather a row an asset and night.
_WITHOUT_WORK = (State.skipped, State.blocked)


def register_recipes(connection: sa.Connection, rows: Iterable[tuple[str, Recipe]], at: datetime) -> None:
    """Remember what each recipe's hash stands for; known ones are left as they are."""
    known = [
        {
            "recipe_hash": recipe_hash,
            "asset": recipe.asset,
            "code_version": recipe.code_version,
            "settings": recipe.settings,
            "first_seen": at,
        }
        for recipe_hash, recipe in rows
    ]
    upsert(connection, recipes, known, update=())


def recipe(connection: sa.Connection, recipe_hash: str) -> Recipe | None:
    """What a recipe's hash stands for, if it was registered."""
    row = connection.execute(sa.select(recipes).where(recipes.c.recipe_hash == recipe_hash)).first()
    return None if row is None else Recipe(row.asset, row.code_version, row.settings)


def record(connection: sa.Connection, records: Sequence[ArtifactRecord], at: datetime) -> int:
    """Write `records` down with their inputs, and make each the current one of its (asset, key), the last one last.

    A skipped or blocked record equal to the current one is passed over. Returns how many were written.
    """
    fresh = _unsaid(connection, [_writable(each) for each in records])
    first = journal.append(connection, [journal.Entry("artifact", each.key, _gist(each)) for each in fresh], at)
    if not fresh:
        return 0
    numbered = list(enumerate(fresh, start=first))
    connection.execute(
        sa.insert(artifacts), [row_of(number, replace(each, made_at=each.made_at or at)) for number, each in numbered]
    )
    refs = [ref for number, each in numbered for ref in rows_of_inputs(number, each)]
    if refs:
        connection.execute(sa.insert(inputs), refs)
    _point(connection, [(each.asset, each.key, number, each.state) for number, each in numbered])
    return len(fresh)


def make_current(connection: sa.Connection, records: Sequence[ArtifactRecord], at: datetime) -> int:
    """Let `current` point again at artifacts that were made before (a setting was put back); how many moved."""
    wanted = {(each.asset, each.key): each.inputs_hash for each in records}
    if not wanted:
        return 0
    rows = connection.execute(
        sa.select(artifacts.c.asset, artifacts.c.key, artifacts.c.inputs_hash, sa.func.max(artifacts.c.id))
        .where(
            one_of(connection, artifacts.c.asset, {asset for asset, _ in wanted}),
            one_of(connection, artifacts.c.key, {key for _, key in wanted}),
            artifacts.c.state == State.done,
        )
        .group_by(artifacts.c.asset, artifacts.c.key, artifacts.c.inputs_hash)
    )
    ids = {(asset, key): number for asset, key, hashed, number in rows if wanted.get((asset, key)) == hashed}
    now = _current_ids(connection, wanted)
    moved = [(pair, number) for pair, number in ids.items() if now.get(pair) != number]
    journal.append(
        connection,
        [journal.Entry("current", key, {"asset": asset, "artifact": number}) for (asset, key), number in moved],
        at,
    )
    _point(connection, [(asset, key, number, State.done) for (asset, key), number in moved])
    return len(moved)


def read_current(connection: sa.Connection, asset: str, keys: Collection[str] | None) -> dict[str, ArtifactRecord]:
    """The current record of each key of one asset, by key."""
    query = sa.select(artifacts).join(current, current.c.artifact_id == artifacts.c.id).where(current.c.asset == asset)
    if keys is not None:
        query = query.where(one_of(connection, current.c.key, keys))
    return {each.key: each for _, each in read_records(connection, query)}


def history(connection: sa.Connection, asset: str, key: str) -> tuple[ArtifactRecord, ...]:
    """Every try for one (asset, key), the oldest first."""
    query = sa.select(artifacts).where(artifacts.c.asset == asset, artifacts.c.key == key)
    return tuple(each for _, each in read_records(connection, query))


def used_by(connection: sa.Connection, references: Collection[str]) -> tuple[ArtifactRecord, ...]:
    """Every artifact that names one of `references` among its inputs, the oldest first."""
    ids = sa.select(inputs.c.artifact_id).where(one_of(connection, inputs.c.reference, references))
    return tuple(each for _, each in read_records(connection, sa.select(artifacts).where(artifacts.c.id.in_(ids))))


def counts(connection: sa.Connection, cohort: str | None) -> dict[tuple[str, State], int]:
    """How many keys of each asset stand in which state, of one cohort or of all."""
    query = sa.select(current.c.asset, current.c.state, sa.func.count()).group_by(current.c.asset, current.c.state)
    if cohort is not None:
        of_cohort = current.c.key.startswith(f"{cohort}.", autoescape=True)
        query = query.where(sa.or_(of_cohort, current.c.key == cohort))
    return {(asset, State(state)): number for asset, state, number in connection.execute(query)}


def _writable(each: ArtifactRecord) -> ArtifactRecord:
    """Spell out what no database takes in reasons and warnings: NUL, and bytes of file names that are not UTF-8."""
    spelt = [_spelt_out(text) for text in (each.reason, *each.warnings)]
    if spelt == [each.reason, *each.warnings]:
        return each
    return replace(each, reason=spelt[0], warnings=tuple(spelt[1:]))


def _spelt_out(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _unsaid(connection: sa.Connection, records: Sequence[ArtifactRecord]) -> list[ArtifactRecord]:
    """Leave out the tries without work that say what `current` says already."""
    idle = {(each.asset, each.key) for each in records if each.state in _WITHOUT_WORK}
    if not idle:
        return list(records)
    rows = connection.execute(
        sa.select(artifacts.c.asset, artifacts.c.key, artifacts.c.state, artifacts.c.inputs_hash, artifacts.c.reason)
        .join(current, current.c.artifact_id == artifacts.c.id)
        .where(
            one_of(connection, current.c.asset, {asset for asset, _ in idle}),
            one_of(connection, current.c.key, {key for _, key in idle}),
        )
    )
    said = {(row.asset, row.key): (row.state, row.inputs_hash, row.reason) for row in rows}
    fresh = []
    for each in records:
        pair, says = (each.asset, each.key), (each.state, each.inputs_hash, each.reason)
        if each.state not in _WITHOUT_WORK or said.get(pair) != says:
            fresh.append(each)
            said[pair] = says
    return fresh


def _current_ids(connection: sa.Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The artifact that is current for each of `pairs`, and perhaps for some others."""
    pairs = list(pairs)
    rows = connection.execute(
        sa.select(current.c.asset, current.c.key, current.c.artifact_id).where(
            one_of(connection, current.c.asset, {asset for asset, _ in pairs}),
            one_of(connection, current.c.key, {key for _, key in pairs}),
        )
    )
    return {(asset, key): number for asset, key, number in rows}


def _point(connection: sa.Connection, pointers: Iterable[tuple[str, str, int, State]]) -> None:
    """Let `current` point at the given artifacts; of several for one (asset, key) at the last."""
    last = {
        (asset, key): {"asset": asset, "key": key, "artifact_id": number, "state": str(state)}
        for asset, key, number, state in pointers
    }
    upsert(connection, current, list(last.values()), update=("artifact_id", "state"))


def _gist(each: ArtifactRecord) -> dict[str, Any]:
    """What the journal keeps of an artifact: enough to prove it, not its whole row."""
    return {
        "asset": each.asset,
        "recipe": each.recipe_hash,
        "inputs": each.inputs_hash,
        "content": each.content_hash,
        "path": each.path,
        "state": each.state,
        "reason": each.reason,
        "run": each.run_id,
        "pass": each.pass_id,
    }
