"""Bring one study's report up to date: decide by what it tells of, render, put in place."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from radgen_assets.contracts.errors import NotReady, RadgenError
from radgen_assets.contracts.settings import canonical_digest, canonical_json
from radgen_assets.contracts.study import Study
from radgen_assets.factories.study.artifacts import (
    REPORT_VERSION,
    PlannedStudyArtifact,
    RunOf,
    StudyOutcome,
    part_key,
    plan_artifact,
    record_of,
    report_key,
)
from radgen_assets.factories.study.contrasts import contrast_frame
from radgen_assets.factories.study.page import PAGE, is_published, page_of, publish, tables_of
from radgen_assets.factories.study.report_contents import ReportParts, collect
from radgen_assets.lineage.fingerprints import content_hash
from radgen_assets.lineage.plan import Action
from radgen_assets.lineage.records import ArtifactRecord, InputRef, Recipe, State

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.reporting.model import StudyReport
    from radgen_assets.resources.home import Home


def report_is_stale(home: Home, ledger: Ledger, study: Study) -> bool:
    """Whether the report was made from other fits or contrasts than those that stand, or never."""
    try:
        planned, _ = _plan(home, ledger, study, force=False)
    except RadgenError:
        return False  # fits and contrasts come first, and say what is wrong
    record = planned.decision.artifact
    if not planned.stands or record is None:
        return True
    return not is_published(home.lake.path(record), home, study)


def bring_report_up_to_date(home: Home, ledger: Ledger, study: Study, *, run: RunOf, force: bool) -> StudyOutcome:
    """Write the report unless what stands was made from the same fits and contrasts."""
    try:
        planned, parts = _plan(home, ledger, study, force=force)
    except RadgenError as error:
        return StudyOutcome("", {}, failure=str(error))
    page = page_of(home, study)
    if planned.decision.action is Action.reuse and planned.decision.artifact is not None:
        record = planned.decision.artifact
        ledger.make_current([record])
        publish(home.lake.path(record), home, study)
        return StudyOutcome(record.content_hash, {"decision": "reused", "report": dg.MetadataValue.path(str(page))})
    from radgen_assets.reporting.page import report_page

    started = time.perf_counter()
    report = collect(home, ledger, study, parts)
    html, tables = report_page(report), _tables(report)
    place, files = home.lake.write(
        planned.asset, "all", planned.inputs_hash, lambda folder: _write(folder, html, tables_of(study), tables)
    )
    digest = content_hash(files)
    seconds = time.perf_counter() - started
    ledger.record(
        [record_of(planned, State.done, run, seconds=seconds, content_hash=digest, path=place, files=files)],
        [planned.recipe],
    )
    publish(home.lake.root / place, home, study)
    metadata = {"decision": "computed", "sha256": digest, "report": dg.MetadataValue.path(str(page))}
    return StudyOutcome(digest, metadata)


def _write(folder: Path, html: str, beside: str, tables: Mapping[str, bytes]) -> None:
    (folder / PAGE).write_text(html, encoding="utf-8")
    if tables:
        (folder / beside).mkdir()
    for name, content in tables.items():
        (folder / beside / name).write_bytes(content)


def _tables(report: StudyReport) -> dict[str, bytes]:
    """Every contrast's whole tables, to stand beside the page."""
    from radgen_assets.reporting.contrast_tables import csv_files

    return {name: content for each in report.contrasts for name, content in csv_files(each.result).items()}


def _plan(home: Home, ledger: Ledger, study: Study, *, force: bool) -> tuple[PlannedStudyArtifact, ReportParts]:
    """The report's inputs are the artifacts of its parts, whom contrasts leave out, and the study's own text.

    Raises
    ------
    NotReady
        When a fit or contrast of the study does not stand.
    """
    fits = {fit.name: _standing(ledger, study, "Fit", fit.name) for fit in study.fits}
    contrasts = {each.name: _standing(ledger, study, "Contrast", each.name) for each in study.contrasts}
    left_out = {each.name: contrast_frame(home, ledger, study, each).excluded for each in study.contrasts}
    parts = ReportParts(fits, contrasts, left_out)
    recipe = Recipe(report_key(study.name), REPORT_VERSION, canonical_json(study.model_dump(mode="json")))
    inputs = [
        InputRef(name, "artifact", f"{record.asset}|all|{record.inputs_hash}", record.content_hash)
        for name, record in parts.records.items()
    ]
    inputs += [
        InputRef(f"left out of {name}", "artifact", "tables", canonical_digest([list(each) for each in out]))
        for name, out in left_out.items()
    ]
    return plan_artifact(home, ledger, recipe, inputs, force=force, retry_failed=True), parts


def _standing(ledger: Ledger, study: Study, word: str, name: str) -> ArtifactRecord:
    record = ledger.current(part_key(study.name, name), ["all"]).get("all")
    if record is None or record.state is not State.done:
        reason = f": {record.reason}" if record is not None and record.reason else ""
        raise NotReady(f"{word} {name} of study {study.name} does not stand{reason}. Make it with: radgen run")
    return record
