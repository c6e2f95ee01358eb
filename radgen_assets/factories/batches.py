"""Walk a batch of patients through assets that run on the device, in this process."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from radgen_assets.factories import walk as single
from radgen_assets.factories.declaration import AssetDeclaration
from radgen_assets.factories.walk import Outcome, Prepared, WalkTask
from radgen_assets.lineage.plan import Action


def walk_batch(tasks: Sequence[WalkTask]) -> list[Outcome]:
    """Walk all of `tasks` (which share their assets) together; outcomes key by key, asset by asset.

    A batch that raises is taken apart and tried patient by patient, so that one bad patient never stops the others.
    """
    from radgen_assets.resources.device import Device

    device = Device.open()
    outcomes: list[Outcome] = []
    records = {task.key: dict(task.upstream) for task in tasks}
    for asset in tasks[0].assets:
        made = _one_asset(tasks, asset, records, device)
        for outcome in made:
            records[outcome.key][asset.name] = (asset.produces, outcome.record)
        outcomes.extend(made)
    return sorted(outcomes, key=lambda each: each.key)


def _one_asset(
    tasks: Sequence[WalkTask], asset: AssetDeclaration, records: dict[str, dict[str, Any]], device: Any
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    to_compute: list[tuple[WalkTask, Prepared]] = []
    for task in tasks:
        prepared = single.prepare(task, asset, records[task.key])
        if prepared.decision.action is Action.compute:
            to_compute.append((task, prepared))
        else:
            outcomes.append(single.settle_without_computing(task, asset, prepared))
    loaded: list[tuple[WalkTask, Prepared, dict[str, Any]]] = []
    for task, prepared in to_compute:
        try:
            loaded.append((task, prepared, single.arguments(task, asset, records[task.key], prepared)))
        except Exception as error:  # noqa: BLE001 - kept as that patient's failure
            outcomes.append(_failed(task, asset, prepared, error))
    outcomes.extend(_compute(loaded, asset, device))
    return outcomes


def _compute(
    loaded: list[tuple[WalkTask, Prepared, dict[str, Any]]], asset: AssetDeclaration, device: Any
) -> list[Outcome]:
    if not loaded:
        return []
    started = time.perf_counter()
    try:
        columns = {name: [each[2][name] for each in loaded] for name in loaded[0][2]}
        settings = {"settings": loaded[0][0].settings[asset.key]} if asset.settings_type is not None else {}
        values = asset.function(**columns, **settings, device=device)
        seconds = (time.perf_counter() - started) / len(loaded)
        if len(values) != len(loaded):
            raise AssertionError(f"{asset.key} was given {len(loaded)} patients and returned {len(values)}")
        written = []
        for (task, prepared, _), value in zip(loaded, values, strict=True):
            record = single.write(task, asset, prepared, value, seconds=seconds)
            written.append(Outcome(asset.key, task.key, Action.compute, record, True, prepared.decision.reason))
        return written
    except Exception as error:  # noqa: BLE001 - taken apart below
        if len(loaded) == 1:
            task, prepared, _ = loaded[0]
            return [_failed(task, asset, prepared, error, seconds=time.perf_counter() - started)]
        return [outcome for each in loaded for outcome in _compute([each], asset, device)]


def _failed(
    task: WalkTask, asset: AssetDeclaration, prepared: Prepared, error: Exception, *, seconds: float = 0.0
) -> Outcome:
    record = single.failure(task, asset, prepared, error, seconds=seconds)
    return Outcome(asset.key, task.key, Action(record.state.value), record, True, prepared.decision.reason)
