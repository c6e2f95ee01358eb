"""Tell Dagster what came of each (asset, key): one materialisation a pair, with decision, hash and preview.

The only module that touches Dagster's internal calls: the batch of events (without it every event is its own database
write) and the planned event that turns a scattered patient red.
"""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from radgen_assets.factories.column_schema import ROW_COUNT, row_count, table_of
from radgen_assets.factories.declaration import HOME_KEY, AssetDeclaration
from radgen_assets.factories.walk import Outcome
from radgen_assets.lineage.plan import Action
from radgen_assets.lineage.records import State

DATA_VERSION = "dagster/data_version"
# Not Dagster's own tag: with that it takes every event to name the versions of its inputs, as only its own events can,
# and calls each patient "unsynced". Without it, it compares times.
CODE_VERSION = "radgen/code_version"
DECISION = "radgen/decision"
FINGERPRINTS = ("voxels_", "sample_")  # facts for the ledger alone: one a sample would drown the rest
WORDS = {Action.reuse: "reused", Action.compute: "computed"}
BATCH_SWITCH = "DAGSTER_EVENT_BATCH_SIZE"  # Dagster's own switch; with it events are sent in batches
PREVIEW = "preview.png"
PREVIEW_BYTES = 12_000  # base64 makes it 16 kB, in every event of such an asset
MAX_WARNINGS = 5
MAX_TEXT = 240

Context = dg.AssetExecutionContext | dg.OpExecutionContext


def materialisation(asset: AssetDeclaration, outcome: Outcome, lake_root: Path) -> dg.AssetMaterialization:
    """The event of a pair that stands: computed now or reused."""
    record = outcome.record
    folder = lake_root / record.path
    metadata: dict[str, Any] = {
        **_preview(folder),
        "decision": WORDS[outcome.action],
        "because": _short(outcome.decided_because),
        "sha256": record.content_hash,
        "seconds": record.seconds,
        "bytes": record.bytes,
    }
    if record.warnings:
        metadata["warnings"] = dg.MetadataValue.md(_listed(record.warnings))
    metadata |= {_label(name): fact for name, fact in record.facts.items() if not name.startswith(FINGERPRINTS)}
    if table_of(asset) is not None and (folder / "table.parquet").is_file():
        metadata[ROW_COUNT] = row_count([folder / "table.parquet"])
    metadata["folder"] = dg.MetadataValue.path(str(folder))
    metadata["why"] = dg.MetadataValue.md(f"`radgen audit why {asset.key} {outcome.key}`")
    return dg.AssetMaterialization(
        asset_key=dg.AssetKey(asset.key.split("/")),
        partition=None if outcome.key == HOME_KEY else outcome.key,
        description=f"{WORDS[outcome.action]}: {_short(outcome.decided_because)}",
        metadata=metadata,
        tags={DATA_VERSION: record.content_hash, CODE_VERSION: asset.code_version, DECISION: WORDS[outcome.action]},
    )


def _preview(folder: Path) -> dict[str, dg.MarkdownMetadataValue]:
    """The artifact's picture, small enough for an event; nothing when it has none."""
    from radgen_assets.formats.thumbnail import thumbnail

    path = folder / PREVIEW
    if not path.is_file():
        return {}
    picture = base64.b64encode(thumbnail(path.read_bytes(), max_bytes=PREVIEW_BYTES)).decode()
    return {"preview": dg.MetadataValue.md(f"![preview](data:image/png;base64,{picture})")}


def _label(name: str) -> str:
    """A fact's name as a person reads it; fingerprints of voxels are hashes, and say so."""
    return f"sha256 of {name.replace('_', ' ')}" if name.startswith("voxels_") else name.replace("_", " ")


def _listed(warnings: Sequence[str]) -> str:
    lines = [f"- {_short(each)}" for each in warnings[:MAX_WARNINGS]]
    rest = len(warnings) - MAX_WARNINGS
    return "\n".join(lines + ([f"- and {rest} more"] if rest > 0 else []))


def _short(text: str) -> str:
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


def reporter(
    context: Context, assets: Mapping[str, AssetDeclaration], lake_root: Path
) -> Callable[[Sequence[Outcome]], None]:
    """A listener for `run_chain` that logs materialisations for pairs that stand.

    In a job of scattered keys, which Dagster knows no partitions of, it also marks what failed, so that it turns red.
    """
    scattered = not isinstance(context, dg.AssetExecutionContext)

    def tell(outcomes: Sequence[Outcome]) -> None:
        events = [
            materialisation(assets[each.asset], each, lake_root)
            for each in outcomes
            if each.record.state is State.done and each.action in WORDS
        ]
        log_events(context, events)
        if scattered:
            mark_failed(context, [each for each in outcomes if each.record.state in (State.failed, State.blocked)])

    return tell


def log_events(context: Context, events: Sequence[dg.AssetMaterialization]) -> None:
    """Write events: one by one by default, in batches when Dagster's batch switch is set.

    The batch call is internal to Dagster; where a release has changed it, the events are written one by one.
    """
    if not events:
        return
    if int(os.environ.get(BATCH_SWITCH, "0")) > 0 and log_batch(context, events):
        return
    for event in events:
        context.log_event(event)


def log_batch(context: Context, events: Sequence[dg.AssetMaterialization]) -> bool:
    """Send all events to the storage in one call; False, with nothing written, where Dagster has no such call."""
    try:
        from dagster._core.events import DagsterEvent, DagsterEventBatchMetadata

        batch = uuid.uuid4().hex
        ends = [DagsterEventBatchMetadata(batch, position == len(events) - 1) for position in range(len(events))]
    except (ImportError, TypeError):
        return False
    step = _step(context)
    for event, end in zip(events, ends, strict=True):
        DagsterEvent.asset_materialization(step, event, end)
    return True


def mark_failed(context: Context, outcomes: Sequence[Outcome]) -> bool:
    """Say that this run meant to make these pairs: when it fails, they turn red, as in a run over a range.

    False, with nothing written, where Dagster has no such call: then they stay without colour.
    """
    try:
        from dagster._core.events import AssetMaterializationPlannedData, DagsterEvent

        build = DagsterEvent.build_asset_materialization_planned_event
    except (ImportError, AttributeError):
        return False
    job = context.job_name if isinstance(context, dg.OpExecutionContext) else context.job_def.name
    for outcome in outcomes:
        partition = None if outcome.key == HOME_KEY else outcome.key
        planned = AssetMaterializationPlannedData(dg.AssetKey(outcome.asset.split("/")), partition=partition)
        context.instance.report_dagster_event(build(job, _step(context).step.key, planned), run_id=context.run.run_id)
    return True


def _step(context: Context) -> Any:
    op_context = context.op_execution_context if isinstance(context, dg.AssetExecutionContext) else context
    return op_context.get_step_execution_context()


def failures_table(troubles: Sequence[Outcome]) -> dg.TableMetadataValue:
    """The failed and blocked pairs as a table for the UI."""
    return dg.MetadataValue.table(
        [
            dg.TableRecord(
                {"key": each.key, "asset": each.asset, "state": each.record.state.value, "reason": each.record.reason}
            )
            for each in troubles
        ],
        schema=dg.TableSchema(
            [dg.TableColumn("key"), dg.TableColumn("asset"), dg.TableColumn("state"), dg.TableColumn("reason")]
        ),
    )
