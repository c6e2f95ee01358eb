"""What a study's report tells, collected as values: results and traces from lake, marts and ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from radgen_assets.contracts.study import ContrastDeclaration, Study
from radgen_assets.factories.study.artifacts import CONTRAST_VERSION, FIT_VERSION, post_baseline_columns, read_marts
from radgen_assets.factories.study.page import tables_of
from radgen_assets.factories.walk import load
from radgen_assets.lineage.records import ArtifactRecord, State

if TYPE_CHECKING:
    from radgen_assets.contracts.results import FitResult
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.reporting.model import (
        BaselineTable,
        ContrastReport,
        Exclusion,
        MadeFrom,
        Preview,
        Provenance,
        StudyReport,
    )
    from radgen_assets.reporting.study_flow import StudyFlow
    from radgen_assets.resources.home import Home
    from radgen_assets.science.learning.study.patients import Marts

PREVIEWS_SHOWN = 6
PATIENT_ASSETS = ("imaging/volumes", "imaging/registered_volumes", "imaging/tumour_masks", "features/radiomics")


@dataclass(frozen=True)
class ReportParts:
    """What the report tells of: records by name, and who each contrast leaves out now."""

    fits: dict[str, ArtifactRecord]
    contrasts: dict[str, ArtifactRecord]
    left_out: dict[str, tuple[tuple[str, str], ...]]

    @property
    def records(self) -> dict[str, ArtifactRecord]:
        return {**self.fits, **self.contrasts}


def collect(home: Home, ledger: Ledger, study: Study, parts: ReportParts) -> StudyReport:
    """Everything that the page prints, as values."""
    from radgen_assets.contracts.results import FitResult
    from radgen_assets.reporting.model import StudyReport

    marts = read_marts(home)
    results: list[FitResult] = [load(home.lake.path(record), FitResult, "") for record in parts.fits.values()]
    contrasts = [_contrast(home, study, marts, each, parts) for each in study.contrasts]
    times = [record.made_at for record in parts.records.values() if record.made_at is not None]
    used = sorted(
        {patient for result in results for patient in _patients_of(result)}
        | {patient for contrast in contrasts for patient in contrast.result.patients["patient"]}
    )
    reasons = [*(result.excluded for result in results), *parts.left_out.values()]
    flow = _flow(study, marts, reasons, set(used))
    return StudyReport(
        study=study,
        made_at=max(times).isoformat(timespec="seconds") if times else "",
        flow=flow.steps,
        exclusions=flow.exclusions,
        table1=_table1(marts, used, later=post_baseline_columns(home, study)),
        fits=tuple(results),
        provenance=_provenance(home, ledger, study, marts, parts, used),
        previews=_previews(home, ledger, used) if results else (),
        notes=_notes(flow.exclusions),
        contrasts=tuple(contrasts),
    )


def _contrast(
    home: Home, study: Study, marts: Marts, declared: ContrastDeclaration, parts: ReportParts
) -> ContrastReport:
    """A contrast's result, with its two groups beside each other."""
    from radgen_assets.contracts.contrasts import ContrastResult
    from radgen_assets.reporting.contrast_tables import csv_files
    from radgen_assets.reporting.contrast_wording import group_name
    from radgen_assets.reporting.model import ContrastReport
    from radgen_assets.science.agreement import baseline_table

    result: ContrastResult = load(home.lake.path(parts.contrasts[declared.name]), ContrastResult, "")
    group = result.patients.set_index("patient")["group"]
    names = [name for name in _shared_columns(marts, group.index, later=()) if name != declared.column]
    shown = marts.patients.set_index("patient_key").loc[group.index, names]
    named = group.map({level: group_name(result, level) for level in (result.level, result.reference)})
    who = baseline_table(shown, named.set_axis(shown.index))
    places = tuple((name, f"{tables_of(study)}/{name}") for name in csv_files(result))
    return ContrastReport(result, declared.title, parts.left_out[declared.name], who, places)


def _patients_of(result: FitResult) -> set[str]:
    return {patient for performance in result.performances for patient in performance.predictions.patients}


IMAGING = ("has_images", "volumes", "registered_volumes", "tumour_masks")
STEPS_OF_BLOCK = {
    "radiomics": (*IMAGING, "radiomics"),
    "deep_features": (*IMAGING, "deep_features"),
    "pathway_activity": ("has_expression", "expression_matrix", "pathway_activity"),
}
STEPS_OF_CONTRAST = ("has_expression", "expression_matrix")
ONCE = "the same person"


def _flow(study: Study, marts: Marts, left_out: Sequence[Sequence[tuple[str, str]]], used: set[str]) -> StudyFlow:
    """From everyone declared to everyone in a fit or contrast; each patient leaves once, with the full reason kept."""
    from radgen_assets.reporting.model import Exclusion
    from radgen_assets.reporting.study_flow import study_flow
    from radgen_assets.science.expression.contrasts.frame import CONTRASTED_ROLES
    from radgen_assets.science.learning.study.frame import FITTED_ROLES

    roles = (*(FITTED_ROLES if study.fits else ()), *(CONTRASTED_ROLES if study.contrasts else ()))
    cohorts = [cohort for role in dict.fromkeys(roles) for cohort in study.roles.get(role, ())]
    rows = marts.cohort_flow[marts.cohort_flow["cohort"].isin(cohorts)]
    kinds = [{study.blocks[block].kind for block in fit.blocks} for fit in study.fits]
    steps_of_parts = [{step for kind in each for step in STEPS_OF_BLOCK.get(kind, ())} for each in kinds]
    steps_of_parts += [set(STEPS_OF_CONTRAST)] * bool(study.contrasts)
    needed = set.intersection(*steps_of_parts)
    last = " or ".join(["fit"] * bool(study.fits) + ["contrast"] * bool(study.contrasts))
    order = rows.sort_values("step_order")["step"].unique()
    steps = ["declared", "not_excluded", *(step for step in order if step in needed)]
    passed = rows[rows["step"].isin(steps)].groupby("patient_key")["included"].all()
    reasons: dict[str, str] = {}
    for out in left_out:
        for patient, reason in out:
            reasons.setdefault(patient, reason)
    further = [
        Exclusion(
            key,
            key.partition(".")[0],
            "Each person once" if reason.startswith(ONCE) else f"In at least one {last}",
            reason,
        )
        for key, reason in sorted(reasons.items())
        if key not in used and bool(passed.get(key, False))
    ]
    return study_flow(rows, steps, further=sorted(further, key=lambda each: each.step))


NOT_BASELINE = ("histology", "time_months", "event")  # a word of each source's own; and what came of the patients


def _table1(marts: Marts, used: Sequence[str], *, later: Collection[str]) -> BaselineTable:
    """Table 1 by cohort, over the shared clinical and molecular columns that anyone has; none known only `later`."""
    from radgen_assets.science.agreement import baseline_table

    people = marts.patients.set_index("patient_key").loc[list(used)]
    return baseline_table(people[_shared_columns(marts, used, later=later)], people["cohort"])


def _shared_columns(marts: Marts, used: Iterable[str], *, later: Collection[str]) -> list[str]:
    """Clinical and molecular columns that any of these patients has; none of what came of them, none known `later`."""
    from radgen_assets.contracts.tables.clinical import CLINICAL_COLUMNS
    from radgen_assets.contracts.tables.molecular import MOLECULAR_COLUMNS

    people = marts.patients.set_index("patient_key").loc[list(used)]
    names = [column.name for column in (*CLINICAL_COLUMNS, *MOLECULAR_COLUMNS) if column.name in people.columns]
    return [name for name in names if name not in {*NOT_BASELINE, *later} and people[name].notna().any()]


def _notes(exclusions: Sequence[Exclusion]) -> tuple[str, ...]:
    once = [each for each in exclusions if each.reason.startswith(ONCE)]
    if not once:
        return ()
    shown = "; ".join(f"{each.patient} is {each.reason}" for each in once)
    who, are = ("1 person stands", "is") if len(once) == 1 else (f"{len(once)} persons stand", "are")
    return (f"{who} here more than once and {are} counted once: {shown}.",)


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
    home: Home, ledger: Ledger, study: Study, marts: Marts, parts: ReportParts, used: Sequence[str]
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
    for name, record in parts.records.items():
        fit = recorded.get(record.inputs_hash)
        learnt = {person.person for person in ledger.persons_of_fit(fit.fit_id)} if fit else set()
        traces.append(
            FitTrace(
                name, fit.fit_id if fit else "", len(learnt), record.content_hash, fit.mlflow_run_id if fit else ""
            )
        )
    artifacts = [MadeFrom(record.asset, "all", record.content_hash, FIT_VERSION) for record in parts.fits.values()]
    artifacts += [
        MadeFrom(record.asset, "all", record.content_hash, CONTRAST_VERSION) for record in parts.contrasts.values()
    ]
    artifacts += _matrices(parts.contrasts.values())
    settings: dict[str, str] = {}
    for asset in (*PATIENT_ASSETS, "features/deep_features", "expression/matrix", "expression/pathway_activity"):
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
        pass_id=next(iter(parts.records.values())).pass_id,
        code_version=version("radgen-assets"),
        cohorts=tuple(cohorts),
        artifacts=tuple(artifacts),
        fits=tuple(traces),
        settings=tuple(sorted(settings.items())),
        environment=(("python", python_version()), *((name, version(name)) for name in names)),
    )


def _matrices(contrasts: Iterable[ArtifactRecord]) -> list[MadeFrom]:
    """The expression matrices that contrasts were computed from, each once."""
    from radgen_assets.reporting.model import MadeFrom

    found = {}
    for record in contrasts:
        for each in record.inputs:
            asset, *rest = each.reference.split("|")
            if each.name.startswith("compared:") and rest:
                found[asset, rest[0]] = MadeFrom(asset, rest[0], each.content_hash)
    return [found[place] for place in sorted(found)]
