"""Walk one key down a chain of assets: decide, load, call, write. Runs in a worker; touches no ledger.

What is computed for one asset stays in memory for those that follow in the same walk.
"""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from radgen_assets.contracts.errors import MissingByRight, RadgenError
from radgen_assets.contracts.settings import Settings, canonical_digest, canonical_json
from radgen_assets.factories.declaration import AssetDeclaration, Parameter
from radgen_assets.lineage import fingerprints
from radgen_assets.lineage.plan import Action, Decision, InputState, Snapshot, decide
from radgen_assets.lineage.records import ArtifactRecord, FileRecord, InputRef, Recipe, State
from radgen_assets.resources.lake import Lake


@dataclass(frozen=True)
class ExternalInput:
    """An input from outside: its value, what its content hashes to, and what the ledger should know of it."""

    value: Any
    content_hash: str
    references: tuple[InputRef, ...] = ()
    state: State = State.done
    reason: str = ""


@dataclass(frozen=True)
class WalkTask:
    """Everything a worker needs for one key.

    assets : what is to be walked, upstream first
    upstream : current records of assets that are not walked, by asset key
    snapshot : the ledger's slice for this key
    """

    key: str
    assets: tuple[AssetDeclaration, ...]
    settings: Mapping[str, Settings | None]
    external: Mapping[str, Mapping[str, ExternalInput]]
    upstream: Mapping[str, tuple[type, ArtifactRecord]]
    snapshot: Snapshot
    lake: Lake
    source_root: str
    force: bool = False
    retry_failed: bool = False
    run_id: str = ""
    pass_id: str = ""


@dataclass(frozen=True)
class Outcome:
    """What came of one (asset, key).

    `record` describes the artifact that stands now, or why there is none; `is_new` says whether the ledger has it yet.
    """

    asset: str
    key: str
    action: Action
    record: ArtifactRecord
    is_new: bool
    decided_because: str = ""


@dataclass
class _Walk:
    task: WalkTask
    records: dict[str, tuple[type, ArtifactRecord]]
    values: dict[str, Any] = field(default_factory=dict)


def walk(task: WalkTask) -> list[Outcome]:
    """Walk `task.key` down `task.assets`; one Outcome an asset, in their order. Never raises for a bad patient."""
    state = _Walk(task, dict(task.upstream))
    outcomes = []
    for position, asset in enumerate(task.assets):
        outcome = _one(state, asset)
        outcomes.append(outcome)
        state.records[asset.name] = (asset.produces, outcome.record)
        _forget_values(state, task.assets[position + 1 :])
    return outcomes


def _one(walk_state: _Walk, asset: AssetDeclaration) -> Outcome:
    task = walk_state.task
    prepared = prepare(task, asset, walk_state.records)
    if prepared.decision.action is not Action.compute:
        return settle_without_computing(task, asset, prepared)
    started = time.perf_counter()
    try:
        given = arguments(task, asset, walk_state.records, prepared, walk_state.values)
        if asset.settings_type is not None:
            given["settings"] = task.settings[asset.key]
        value = asset.function(**given)
        record = write(task, asset, prepared, value, seconds=time.perf_counter() - started)
        walk_state.values[asset.name] = value
    except Exception as error:  # noqa: BLE001 - one bad patient never stops the others; the text is kept
        record = failure(task, asset, prepared, error, seconds=time.perf_counter() - started)
    return Outcome(
        asset.key, task.key, _action_of(record), record, is_new=True, decided_because=prepared.decision.reason
    )


@dataclass(frozen=True)
class Prepared:
    """An asset's inputs and the decision over them."""

    states: tuple[InputState, ...]
    references: tuple[InputRef, ...]
    recipe: str
    inputs_hash: str
    decision: Decision


def prepare(task: WalkTask, asset: AssetDeclaration, records: Mapping[str, tuple[type, ArtifactRecord]]) -> Prepared:
    """Collect the states of all inputs and decide."""
    recipe = fingerprints.recipe_hash(recipe_of(asset, task.settings.get(asset.key)))
    states: list[InputState] = []
    references: list[InputRef] = []
    for parameter in asset.parameters:
        state, refs = _state(task, asset, parameter, records)
        states.append(state)
        references.extend(refs)
    inputs_hash = fingerprints.inputs_hash(recipe, {each.name: _marked(each) for each in states})
    unmade = any(each.state is None and not each.tolerated for each in states)
    decided_hash = None if unmade else inputs_hash
    decision = decide(
        asset.key,
        task.key,
        tuple(states),
        decided_hash,
        task.snapshot,
        force=task.force,
        retry_failed=task.retry_failed,
    )
    from_outside = [each for each, given in zip(states, asset.parameters, strict=True) if given.is_external]
    unusable = next((each for each in from_outside if each.state is State.failed and not each.tolerated), None)
    if unusable is not None:  # there is no artifact upstream that could be the failed one
        decision = Decision(Action.failed, unusable.reason)
    if decision.action is Action.pending:  # nobody will make it in this walk
        missing = ", ".join(each.name for each in states if each.state is None and not each.tolerated)
        decision = Decision(Action.blocked, f"{missing} has not been made yet")
    return Prepared(tuple(states), tuple(references), recipe, inputs_hash, decision)


def recipe_of(asset: AssetDeclaration, settings: Settings | None) -> Recipe:
    """Asset, code version and settings: what turns inputs into an artifact."""
    text = canonical_json(settings.model_dump(mode="json")) if settings is not None else "{}"
    return Recipe(asset.key, asset.code_version, text)


def _marked(state: InputState) -> str:
    """Content hash of an input, or a mark of why it has none, so that a changed reason is a changed input."""
    return state.content_hash or f"{state.state}:{canonical_digest(state.reason)}"


def _state(
    task: WalkTask, asset: AssetDeclaration, parameter: Parameter, records: Mapping[str, tuple[type, ArtifactRecord]]
) -> tuple[InputState, tuple[InputRef, ...]]:
    if parameter.is_external:
        given = task.external[asset.key][parameter.name]
        content = given.content_hash if given.state is State.done else None
        return InputState(parameter.name, given.state, content, given.reason, *_leniency(parameter)), given.references
    if parameter.name not in records:
        return InputState(parameter.name, None, None, "", *_leniency(parameter)), ()
    kind, record = records[parameter.name]
    if record.state is not State.done:
        return InputState(parameter.name, record.state, None, record.reason, *_leniency(parameter)), ()
    content = part_hash(record, kind, parameter.value_type)
    reference = InputRef(parameter.name, "artifact", f"{record.asset}|{record.key}|{record.inputs_hash}", content)
    return InputState(parameter.name, State.done, content, "", *_leniency(parameter)), (reference,)


def _leniency(parameter: Parameter) -> tuple[bool, bool]:
    return parameter.optional, parameter.tolerated


def part_hash(record: ArtifactRecord, made_as: type, read_as: type) -> str:
    """Content hash of those files of an artifact that a parameter of type `read_as` reads.

    A changed mask changes masks.json of raw/scans alone, so volumes, which read scans.json, stand.
    """
    from radgen_assets.formats import registry

    if made_as is read_as:
        return record.content_hash
    names = registry.parts_of(registry.kind_of(made_as), read_as)
    return fingerprints.content_hash(each for each in record.files if each.name in names)


def arguments(
    task: WalkTask,
    asset: AssetDeclaration,
    records: Mapping[str, tuple[type, ArtifactRecord]],
    prepared: Prepared,
    in_memory: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Values of all inputs by parameter name: from memory where this walk made or read them, else from the lake."""
    held = {} if in_memory is None else in_memory
    values: dict[str, Any] = {}
    for parameter, state in zip(asset.parameters, prepared.states, strict=True):
        if state.state is not State.done:
            values[parameter.name] = None  # optional and skipped
        elif parameter.is_external:
            values[parameter.name] = task.external[asset.key][parameter.name].value
        else:
            values[parameter.name] = _from_artifact(task, parameter, records[parameter.name], held)
    return values


def _from_artifact(
    task: WalkTask, parameter: Parameter, made: tuple[type, ArtifactRecord], held: dict[str, Any]
) -> Any:
    made_as, record = made
    whole = made_as is parameter.value_type
    if whole and parameter.name in held:
        return held[parameter.name]
    value = load(task.lake.path(record), parameter.value_type, task.source_root)
    if whole:
        held[parameter.name] = value
    return value


def load(folder: Path, read_as: type, source_root: str) -> Any:
    """Read an artifact, or the part of it that `read_as` stands for, from its folder."""
    from radgen_assets.formats import registry

    return registry.kind_of(read_as).read(folder, registry.ReadContext(root=Path(source_root)))


def write(task: WalkTask, asset: AssetDeclaration, prepared: Prepared, value: Any, *, seconds: float) -> ArtifactRecord:
    """Put a value in its place in the lake; returns the record that the ledger gets."""
    from radgen_assets.formats import registry

    kind = registry.kind_of(asset.produces)
    place, files = task.lake.write(asset.key, task.key, prepared.inputs_hash, lambda folder: kind.write(value, folder))
    return replace(
        _record(task, asset, prepared, State.done, seconds),
        content_hash=fingerprints.content_hash(files),
        path=place,
        files=_in_order(files),
        warnings=tuple(getattr(value, "warnings", ())),
        facts=dict(asset.facts(value)) if asset.facts else {},
    )


def failure(
    task: WalkTask, asset: AssetDeclaration, prepared: Prepared, error: Exception, *, seconds: float = 0.0
) -> ArtifactRecord:
    """The record of a computation that raised: skipped where an input is missing by right, else failed."""
    if isinstance(error, MissingByRight):
        return replace(_record(task, asset, prepared, State.skipped, seconds), reason=str(error))
    reason = str(error) if isinstance(error, RadgenError) else _unexpected(error)
    return replace(_record(task, asset, prepared, State.failed, seconds), reason=reason)


def settle_without_computing(task: WalkTask, asset: AssetDeclaration, prepared: Prepared) -> Outcome:
    """The outcome of a decision that needs no computation: reuse, skipped, blocked, failed before."""
    decision = prepared.decision
    if decision.artifact is not None:
        current = task.snapshot.current.get((asset.key, task.key))
        moved = current is None or current.inputs_hash != decision.artifact.inputs_hash
        return Outcome(
            asset.key, task.key, decision.action, decision.artifact, is_new=moved, decided_because=decision.reason
        )
    record = replace(_record(task, asset, prepared, State(decision.action.value), 0.0), reason=decision.reason)
    before = task.snapshot.current.get((asset.key, task.key))
    known = before is not None and (before.state, before.reason, before.inputs_hash) == (
        record.state,
        record.reason,
        record.inputs_hash,
    )
    return Outcome(asset.key, task.key, decision.action, record, is_new=not known, decided_because=decision.reason)


def _record(
    task: WalkTask, asset: AssetDeclaration, prepared: Prepared, state: State, seconds: float
) -> ArtifactRecord:
    return ArtifactRecord(
        asset=asset.key,
        key=task.key,
        recipe_hash=prepared.recipe,
        inputs_hash=prepared.inputs_hash,
        state=state,
        seconds=round(seconds, 4),
        inputs=prepared.references,
        run_id=task.run_id,
        pass_id=task.pass_id,
    )


def _unexpected(error: Exception) -> str:
    """Text for an error that nobody foresaw: its type, message and the innermost line of radgen."""
    frames = [each for each in traceback.extract_tb(error.__traceback__) if "radgen_assets" in each.filename]
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"unexpected {type(error).__name__}{where}: {error}. This is a defect in radgen: please report it."


def _action_of(record: ArtifactRecord) -> Action:
    return Action.compute if record.state is State.done else Action(record.state.value)


def _in_order(files: tuple[FileRecord, ...]) -> tuple[FileRecord, ...]:
    return tuple(sorted(files, key=lambda each: each.name))


def _forget_values(walk_state: _Walk, rest: tuple[AssetDeclaration, ...]) -> None:
    """Drop volumes and masks that nothing further down this walk reads."""
    needed = {parameter.name for asset in rest for parameter in asset.parameters}
    for name in [name for name in walk_state.values if name not in needed]:
        del walk_state.values[name]
