"""Bring one fit of a study up to date: assemble, decide, learn, log to MLflow, write down who it learnt from."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import dagster as dg

from radgen_assets.contracts.errors import RadgenError, UsedWrongly
from radgen_assets.contracts.settings import canonical_json
from radgen_assets.contracts.study import FitDeclaration, Role, Study
from radgen_assets.factories.study_artifacts import (
    FIT_VERSION,
    PlannedStudyArtifact,
    RunOf,
    StudyOutcome,
    fit_key,
    plan_artifact,
    post_baseline_columns,
    read_marts,
    record_of,
)
from radgen_assets.factories.study_page import mark_outdated
from radgen_assets.lineage.fingerprints import content_hash
from radgen_assets.lineage.plan import Action
from radgen_assets.lineage.records import FitRecord, InputRef, Recipe, State, Suspicion

if TYPE_CHECKING:
    import pandas as pd

    from radgen_assets.contracts.results import FitResult
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home
    from radgen_assets.science.learning.study.frame import StudyFrame


@dataclass(frozen=True)
class Standing:
    """Whether a fit has something to do; `failed` is the reason of a last try that would only fail again."""

    stale: bool
    failed: str = ""


def standing_of_fit(
    home: Home, ledger: Ledger, study: Study, fit: FitDeclaration, *, retry_failed: bool = False
) -> Standing:
    """Stale: it was never made or its data changed. Failed: the last try on the same data failed, and nobody asks."""
    from radgen_assets.contracts.errors import NotReady

    try:
        planned = _plan(home, ledger, study, fit, force=False, retry_failed=retry_failed)[0]
    except NotReady:
        return Standing(False)  # no marts yet: the tables come first
    except RadgenError:
        return Standing(True)  # the run says what is wrong, in a check that blocks
    if planned.decision.action is Action.failed and planned.is_current:
        return Standing(False, planned.decision.reason)
    return Standing(not planned.stands)


def bring_fit_up_to_date(
    home: Home, ledger: Ledger, study: Study, fit_name: str, *, run: RunOf, force: bool, retry_failed: bool = False
) -> StudyOutcome:
    """Fit unless what stands was made from the same data; the outcome tells the UI what came of it."""
    fit = next(each for each in study.fits if each.name == fit_name)
    try:
        planned, frame = _plan(home, ledger, study, fit, force=force, retry_failed=retry_failed)
    except UsedWrongly as error:
        two_roles = "two roles" in str(error)
        failed = (("no_person_in_two_roles", not two_roles, str(error)), ("no_open_suspicion", True, "not looked at"))
        return StudyOutcome("", {}, failed, failure=str(error))
    suspicions = open_suspicions(ledger, frame.people.index)
    checks = _checks(suspicions)
    if suspicions:
        return StudyOutcome("", {}, checks, failure=checks[1][2])
    if planned.decision.action is Action.reuse and planned.decision.artifact is not None:
        record = planned.decision.artifact
        ledger.make_current([record])
        return StudyOutcome(record.content_hash, {"decision": "reused", **record.facts}, checks)
    if planned.decision.action is Action.failed and planned.decision.artifact is not None:
        reason = planned.decision.reason
        if not planned.is_current:  # other data were tried meanwhile
            ledger.record([record_of(planned, State.failed, run, seconds=0.0, reason=reason)], [planned.recipe])
        mark_outdated(home, study, f"Fit {fit.name} failed: {reason}")
        return StudyOutcome(
            "", {}, checks, failure=f"{reason} Nothing changed since. To try all the same: retry_failed"
        )
    started = time.perf_counter()
    try:
        result = learn(study, fit, frame)
    except RadgenError as error:
        mark_outdated(home, study, f"Fit {fit.name} failed: {error}")
        ledger.record(
            [record_of(planned, State.failed, run, seconds=time.perf_counter() - started, reason=str(error))],
            [planned.recipe],
        )
        return StudyOutcome("", {}, checks, failure=str(error))
    fitted = _Fitted(study, fit, planned, frame, result, time.perf_counter() - started)
    digest, metadata = _keep(home, ledger, fitted, run)
    return StudyOutcome(digest, metadata, checks)


def _plan(
    home: Home, ledger: Ledger, study: Study, fit: FitDeclaration, *, force: bool, retry_failed: bool
) -> tuple[PlannedStudyArtifact, StudyFrame]:
    from radgen_assets.science.learning.study.frame import assemble

    frame = assemble(study, fit, read_marts(home), post_baseline=post_baseline_columns(home, study))
    settings = {
        "fit": fit.model_dump(mode="json"),
        "blocks": {name: study.blocks[name].model_dump(mode="json") for name in fit.blocks},
    }
    recipe = Recipe(fit_key(study.name, fit.name), FIT_VERSION, canonical_json(settings))
    inputs = [InputRef("frame", "artifact", "tables", frame.digest())]
    return plan_artifact(home, ledger, recipe, inputs, force=force, retry_failed=retry_failed), frame


def learn(study: Study, fit: FitDeclaration, frame: StudyFrame) -> FitResult:
    """Nested cross-validation in the training role, the final model on all of it, and every other role's patients."""
    from radgen_assets.science import learning

    train = frame.of_role(Role.train).union(frame.of_role(Role.tune))
    persons = _labels_of_persons(frame)
    external, unusable = {}, []
    for role in (Role.internal_validation, Role.external):
        for cohort in study.roles.get(role, ()):
            keys = frame.people.index[(frame.people["cohort"] == cohort)]
            if fit.kind == "classification" and frame.outcome.loc[keys, "outcome"].eq(fit.positive).nunique() < 2:
                unusable.append(f"{role.value}: {cohort}: all {len(keys)} patients are of one class; not evaluated")
            elif len(keys):
                external[f"{role.value}: {cohort}"] = learning.ExternalData(
                    predictors={name: block.loc[keys] for name, block in frame.predictors.items()},
                    outcome=frame.outcome.loc[keys] if fit.kind == "survival" else frame.outcome.loc[keys, "outcome"],
                    persons=persons.loc[keys],
                    centre=frame.people.loc[keys, "centre"],
                )
    outcome = frame.outcome.loc[train]
    common: dict[str, Any] = {
        "predictors": {name: block.loc[train] for name, block in frame.predictors.items()},
        "block_kinds": {name: study.blocks[name].kind for name in fit.blocks},
        "persons": persons.loc[train],
        "fit": fit,
        "centre": frame.people.loc[train, "centre"],
        "external": external,
    }
    if fit.kind == "survival":
        result = learning.fit_study_survival(outcome=outcome, groups=frame.groups.reindex(train), **common)
    else:
        result = learning.fit_study_classification(outcome=outcome["outcome"], **common)
    return replace(
        result,
        excluded=tuple(sorted({*frame.excluded, *result.excluded})),
        warnings=(*result.warnings, *frame.notes, *unusable),
    )


def _labels_of_persons(frame: StudyFrame) -> pd.Series:
    """Each patient's person, called by the first of the person's patient keys.

    Folds are dealt in the order of these labels. Pseudonyms hang on the home's secret: by them, the same data with the
    same seed would fall into other folds in every home, and no number could be found again.
    """
    keys = frame.people.index.to_series().sort_index()
    return keys.groupby(frame.people["person"]).transform("first").reindex(frame.people.index)


def open_suspicions(ledger: Ledger, keys: Iterable[str]) -> list[Suspicion]:
    """Open suspicions that touch the study's patients."""
    mine = set(keys)
    return [each for each in ledger.suspicions() if mine & set(each.keys)]


def _checks(suspicions: list[Suspicion]) -> tuple[tuple[str, bool, str], ...]:
    text = "No patient of this fit shares images with another person."
    if suspicions:
        first = suspicions[0]
        text = (
            f"{len(suspicions)} suspicions are open: {' and '.join(first.keys)} share equal {first.kind}s but are "
            "declared as different persons. Declare them in identity.csv (radgen status names all)."
        )
    return (
        ("no_person_in_two_roles", True, "Every person stands in one role, and in one fold of each split."),
        ("no_open_suspicion", not suspicions, text),
    )


@dataclass(frozen=True)
class _Fitted:
    """A fit that was just made, before it is kept."""

    study: Study
    fit: FitDeclaration
    planned: PlannedStudyArtifact
    frame: StudyFrame
    result: FitResult
    seconds: float


def _keep(home: Home, ledger: Ledger, made: _Fitted, run: RunOf) -> tuple[str, dict[str, Any]]:
    """Write the fit into the lake, MLflow and the ledger; returns its content hash and what the UI shows."""
    study, fit, planned, frame, result = made.study, made.fit, made.planned, made.frame, made.result
    from radgen_assets.formats import registry
    from radgen_assets.reporting.fit_pictures import fit_pictures
    from radgen_assets.resources.tracker import FitLog

    facts = headline(result)
    kind = registry.kind_named("FitResult")
    place, files = home.lake.write(planned.asset, "all", planned.inputs_hash, lambda folder: kind.write(result, folder))
    digest = content_hash(files)
    folder = home.lake.root / place
    run_id = home.tracker().record_fit(
        study.name,
        fit.name,
        planned.inputs_hash,
        FitLog(
            params=fit.model_dump(mode="json"),
            metrics={name: value for name, value in facts.items() if isinstance(value, float)},
            files={each.name: folder / each.name for each in files}
            | {f"figures/{name}": data for name, data in fit_pictures(result).items()},
            tags={"radgen/content_hash": digest, "radgen/pass": run.pass_id, "radgen/asset": planned.asset},
        ),
    )
    facts["mlflow_run_id"] = run_id
    facts |= _register(home, f"{study.name}__{fit.name}", run_id, result)
    record = record_of(
        planned,
        State.done,
        run,
        seconds=made.seconds,
        content_hash=digest,
        path=place,
        files=files,
        warnings=result.warnings,
        facts=facts,
    )
    ledger.record([record], [planned.recipe])
    ledger.record_fit(
        FitRecord(
            fit_id=f"{study.name}/{fit.name}/{planned.inputs_hash[:16]}",
            asset=planned.asset,
            inputs_hash=planned.inputs_hash,
            content_hash=digest,
            mlflow_run_id=run_id,
            persons=_persons(frame, result),
        )
    )
    metadata: dict[str, Any] = {
        "decision": "computed",
        "because": planned.decision.reason,
        "sha256": digest,
        "mlflow_run_id": run_id,
        **{name: value for name, value in facts.items() if name != "mlflow_run_id"},
    }
    if result.warnings:
        metadata["warnings"] = dg.MetadataValue.md("\n".join(f"- {each}" for each in result.warnings))
    return digest, metadata


def _register(home: Home, name: str, run_id: str, result: FitResult) -> dict[str, Any]:
    """Register the final models; the newest is the challenger, and champion only when it beats its baseline."""
    from radgen_assets.resources.tracker import CheckResult

    tracker = home.tracker()
    version = tracker.register_model(name, run_id, {"models.json": canonical_json(result.models).encode()})
    told = f"{result.n} patients, {result.n_events} events; every prediction out of fold"
    tracker.promote(name, version, CheckResult(True, f"fitted: {told}"), alias="challenger")
    gain = result.comparison.get("cross_validated")
    if gain is None or gain.low is None or gain.low <= 0:
        return {"model_version": version, "beats_baseline": False}
    described = f"the full model beats its baseline out of fold by {gain.value:.3f} ({gain.low:.3f} to {gain.high:.3f})"
    tracker.promote(name, version, CheckResult(True, described))
    return {"model_version": version, "beats_baseline": True}


def headline(result: FitResult) -> dict[str, Any]:
    """The numbers that one wants to see first: n, events, and each model's main estimate with its interval."""
    measure = "auc" if result.kind == "classification" else "concordance"
    facts: dict[str, Any] = {"n": result.n, "n_events": result.n_events, "n_persons": result.n_persons}
    for performance in result.performances:
        estimate = performance.estimates.get(measure)
        if estimate is None or estimate.value is None:
            continue
        name = f"{measure}_{performance.model}_{performance.setting.replace(': ', '_')}"
        facts[name] = float(estimate.value)
        if estimate.low is not None and estimate.high is not None:
            facts[f"{name}_low"], facts[f"{name}_high"] = float(estimate.low), float(estimate.high)
    return facts


def _persons(frame: StudyFrame, result: FitResult) -> tuple[tuple[str, str, str, int], ...]:
    """Who the fit learnt from or was tried on: the final fit (fold -1) and the outer folds of the first repeat."""
    rows = [
        (str(row.person), str(key), str(row.role), -1)
        for key, row in zip(frame.people.index, frame.people.itertuples(), strict=True)
    ]
    person_of = frame.people["person"]
    rows += [
        (str(person_of[patient]), patient, "held_out", fold)
        for patient, repeat, fold in result.splits
        if repeat == 0 and patient in person_of.index
    ]
    return tuple(sorted(set(rows)))
