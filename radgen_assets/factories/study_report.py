"""Bring one study's report up to date: collect results and traces from lake, marts and ledger, render, put in place."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from radgen_assets.contracts.errors import NotReady, RadgenError
from radgen_assets.contracts.settings import canonical_json
from radgen_assets.contracts.study import Study
from radgen_assets.factories.study_artifacts import (
    FIT_VERSION,
    REPORT_VERSION,
    PlannedStudyArtifact,
    RunOf,
    StudyOutcome,
    fit_key,
    plan_artifact,
    post_baseline_columns,
    read_marts,
    record_of,
    report_key,
)
from radgen_assets.factories.study_page import is_published, page_of, publish
from radgen_assets.factories.walk import load
from radgen_assets.lineage.fingerprints import content_hash
from radgen_assets.lineage.plan import Action
from radgen_assets.lineage.records import ArtifactRecord, InputRef, Recipe, State

if TYPE_CHECKING:
    from radgen_assets.contracts.results import FitResult
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.reporting.model import BaselineTable, Exclusion, Preview, Provenance, StudyReport
    from radgen_assets.reporting.study_flow import StudyFlow
    from radgen_assets.resources.home import Home
    from radgen_assets.science.learning.study.patients import Marts

PREVIEWS_SHOWN = 6
PATIENT_ASSETS = ("imaging/volumes", "imaging/registered_volumes", "imaging/tumour_masks", "features/radiomics")


def report_is_stale(home: Home, ledger: Ledger, study: Study) -> bool:
    """Whether the report was made from other fits than those that stand, or never."""
    try:
        planned, _ = _plan(home, ledger, study, force=False)
    except RadgenError:
        return False  # the fits come first, and say what is wrong
    record = planned.decision.artifact
    if not planned.stands or record is None:
        return True
    return not is_published(home.lake.path(record) / "report.html", page_of(home, study))


def bring_report_up_to_date(home: Home, ledger: Ledger, study: Study, *, run: RunOf, force: bool) -> StudyOutcome:
    """Write the report unless what stands was made from the same fits."""
    try:
        planned, fits = _plan(home, ledger, study, force=force)
    except RadgenError as error:
        return StudyOutcome("", {}, failure=str(error))
    page = page_of(home, study)
    if planned.decision.action is Action.reuse and planned.decision.artifact is not None:
        record = planned.decision.artifact
        ledger.make_current([record])
        publish(home.lake.path(record) / "report.html", page)
        return StudyOutcome(record.content_hash, {"decision": "reused", "report": dg.MetadataValue.path(str(page))})
    from radgen_assets.reporting.page import report_page

    started = time.perf_counter()
    html = report_page(collect(home, ledger, study, fits))
    place, files = home.lake.write(
        planned.asset, "all", planned.inputs_hash, lambda folder: _write(folder / "report.html", html)
    )
    digest = content_hash(files)
    seconds = time.perf_counter() - started
    ledger.record(
        [record_of(planned, State.done, run, seconds=seconds, content_hash=digest, path=place, files=files)],
        [planned.recipe],
    )
    publish(home.lake.root / place / "report.html", page)
    metadata = {"decision": "computed", "sha256": digest, "report": dg.MetadataValue.path(str(page))}
    return StudyOutcome(digest, metadata)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _plan(
    home: Home, ledger: Ledger, study: Study, *, force: bool
) -> tuple[PlannedStudyArtifact, dict[str, ArtifactRecord]]:
    """The report's inputs are its fits' artifacts and the study's own text.

    Raises
    ------
    NotReady
        When a fit of the study does not stand.
    """
    fits: dict[str, ArtifactRecord] = {}
    for fit in study.fits:
        record = ledger.current(fit_key(study.name, fit.name), ["all"]).get("all")
        if record is None or record.state is not State.done:
            reason = f": {record.reason}" if record is not None and record.reason else ""
            raise NotReady(f"Fit {fit.name} of study {study.name} does not stand{reason}. Make it with: radgen run")
        fits[fit.name] = record
    recipe = Recipe(report_key(study.name), REPORT_VERSION, canonical_json(study.model_dump(mode="json")))
    inputs = [
        InputRef(name, "artifact", f"{record.asset}|all|{record.inputs_hash}", record.content_hash)
        for name, record in fits.items()
    ]
    return plan_artifact(home, ledger, recipe, inputs, force=force, retry_failed=True), fits


def collect(home: Home, ledger: Ledger, study: Study, fits: dict[str, ArtifactRecord]) -> StudyReport:
    """Everything that the page prints, as values."""
    from radgen_assets.contracts.results import FitResult
    from radgen_assets.reporting.model import StudyReport

    marts = read_marts(home)
    results: list[FitResult] = [load(home.lake.path(record), FitResult, "") for record in fits.values()]
    made_at = max((record.made_at for record in fits.values() if record.made_at is not None), default=None)
    used = sorted({patient for result in results for patient in _patients_of(result)})
    flow = _flow(study, marts, results, set(used))
    return StudyReport(
        study=study,
        made_at=made_at.isoformat(timespec="seconds") if made_at else "",
        flow=flow.steps,
        exclusions=flow.exclusions,
        table1=_table1(marts, used, later=post_baseline_columns(home, study)),
        fits=tuple(results),
        provenance=_provenance(home, ledger, study, marts, fits, used),
        previews=_previews(home, ledger, used),
        notes=_notes(flow.exclusions),
    )


def _patients_of(result: FitResult) -> set[str]:
    return {patient for performance in result.performances for patient in performance.predictions.patients}


IMAGING = ("has_images", "volumes", "registered_volumes", "tumour_masks")
STEPS_OF_BLOCK = {
    "radiomics": (*IMAGING, "radiomics"),
    "deep_features": (*IMAGING, "deep_features"),
    "pathway_activity": ("has_expression", "expression_matrix", "pathway_activity"),
}
ONCE = "the same person"


def _flow(study: Study, marts: Marts, results: Sequence[FitResult], used: set[str]) -> StudyFlow:
    """From everyone declared to everyone in a fit; each patient leaves once, with the full reason kept."""
    from radgen_assets.reporting.model import Exclusion
    from radgen_assets.reporting.study_flow import study_flow
    from radgen_assets.science.learning.study.frame import FITTED_ROLES

    cohorts = [cohort for role in FITTED_ROLES for cohort in study.roles.get(role, ())]
    rows = marts.cohort_flow[marts.cohort_flow["cohort"].isin(cohorts)]
    kinds = [{study.blocks[block].kind for block in fit.blocks} for fit in study.fits]
    needed = {step for kind in set.intersection(*kinds) for step in STEPS_OF_BLOCK.get(kind, ())}
    order = rows.sort_values("step_order")["step"].unique()
    steps = ["declared", "not_excluded", *(step for step in order if step in needed)]
    passed = rows[rows["step"].isin(steps)].groupby("patient_key")["included"].all()
    reasons: dict[str, str] = {}
    for result in results:
        for patient, reason in result.excluded:
            reasons.setdefault(patient, reason)
    further = [
        Exclusion(
            key, key.partition(".")[0], "Each person once" if reason.startswith(ONCE) else "In at least one fit", reason
        )
        for key, reason in sorted(reasons.items())
        if key not in used and bool(passed.get(key, False))
    ]
    return study_flow(rows, steps, further=sorted(further, key=lambda each: each.step))


NOT_BASELINE = ("histology", "time_months", "event")  # a word of each source's own; and what came of the patients


def _table1(marts: Marts, used: Sequence[str], *, later: Collection[str]) -> BaselineTable:
    """Table 1 by cohort, over the shared clinical and molecular columns that anyone has; none known only `later`."""
    from radgen_assets.contracts.tables.clinical import CLINICAL_COLUMNS
    from radgen_assets.contracts.tables.molecular import MOLECULAR_COLUMNS
    from radgen_assets.science.agreement import baseline_table

    people = marts.patients.set_index("patient_key").loc[list(used)]
    names = [column.name for column in (*CLINICAL_COLUMNS, *MOLECULAR_COLUMNS) if column.name in people.columns]
    names = [name for name in names if name not in {*NOT_BASELINE, *later} and people[name].notna().any()]
    return baseline_table(people[names], people["cohort"])


def _notes(exclusions: Sequence[Exclusion]) -> tuple[str, ...]:
    once = [each for each in exclusions if each.reason.startswith(ONCE)]
    if not once:
        return ()
    shown = "; ".join(f"{each.patient} is {each.reason}" for each in once)
    who, are = ("1 person stands", "is") if len(once) == 1 else (f"{len(once)} persons stand", "are")
    return (f"{who} in more than one cohort and {are} counted once: {shown}.",)


def _previews(home: Home, ledger: Ledger, used: Sequence[str]) -> tuple[Preview, ...]:
    """Three-plane pictures: patients with warnings first, then evenly from the others."""
    from radgen_assets.reporting.model import Preview

    records = {
        key: record
        for key, record in ledger.current("imaging/quality", list(used)).items()
        if record.state is State.done
    }
    warned = [key for key in sorted(records) if records[key].warnings][: PREVIEWS_SHOWN // 2]
    others = [key for key in sorted(records) if key not in warned]
    step = max(1, len(others) // max(1, PREVIEWS_SHOWN - len(warned)))
    chosen = warned + others[::step][: PREVIEWS_SHOWN - len(warned)]
    return tuple(
        Preview(key, (home.lake.path(records[key]) / "preview.png").read_bytes(), "; ".join(records[key].warnings))
        for key in chosen
    )


def _provenance(
    home: Home, ledger: Ledger, study: Study, marts: Marts, fits: dict[str, ArtifactRecord], used: Sequence[str]
) -> Provenance:
    from importlib.metadata import version
    from platform import python_version

    from radgen_assets.reporting.model import FitTrace, MadeFrom, Provenance, SourceCohort

    people = marts.patients.set_index("patient_key").loc[list(used)]
    declared = home.cohorts()
    cohorts = [
        SourceCohort(
            name=name,
            title=declared[name].title,
            role=role.value,
            source=declared[name].source,
            consent=declared[name].consent,
            n_patients=int((people["cohort"] == name).sum()),
            n_persons=int(people.loc[people["cohort"] == name, "person"].nunique()),
        )
        for role, names in study.roles.items()
        for name in names
        if name in declared
    ]
    recorded = {record.inputs_hash: record for record in ledger.fits()}
    traces = []
    for name, record in fits.items():
        fit = recorded.get(record.inputs_hash)
        learnt = {person.person for person in ledger.persons_of_fit(fit.fit_id)} if fit else set()
        traces.append(
            FitTrace(
                name, fit.fit_id if fit else "", len(learnt), record.content_hash, fit.mlflow_run_id if fit else ""
            )
        )
    artifacts = [MadeFrom(record.asset, "all", record.content_hash, FIT_VERSION) for record in fits.values()]
    settings: dict[str, str] = {}
    for asset in (*PATIENT_ASSETS, "features/deep_features", "expression/pathway_activity"):
        for record in ledger.current(asset).values():
            recipe = ledger.recipe(record.recipe_hash)
            if recipe is not None and record.state is State.done:
                settings[asset] = recipe.settings
                break
    marts_record = ledger.current("tables/marts", ["all"]).get("all")
    if marts_record is not None:
        artifacts.append(MadeFrom(marts_record.asset, "all", marts_record.content_hash))
    names = ("radgen-assets", "dagster", "numpy", "scipy", "numba", "pandas", "pyradiomics", "torch")
    return Provenance(
        pass_id=next(iter(fits.values())).pass_id,
        code_version=version("radgen-assets"),
        cohorts=tuple(cohorts),
        artifacts=tuple(artifacts),
        fits=tuple(traces),
        settings=tuple(sorted(settings.items())),
        environment=(("python", python_version()), *((name, version(name)) for name in names)),
    )
