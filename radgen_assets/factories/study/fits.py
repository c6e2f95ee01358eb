"""A fit of a study: what it learns from, how it is learnt and tried, what is told of it, who it learnt from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from radgen_assets.contracts.settings import canonical_json
from radgen_assets.contracts.study import FitDeclaration, Role, Study
from radgen_assets.factories.study.artifacts import FIT_VERSION, post_baseline_columns, read_marts
from radgen_assets.factories.study.part import Gathered, Made
from radgen_assets.lineage.records import InputRef

if TYPE_CHECKING:
    import pandas as pd

    from radgen_assets.contracts.results import FitResult
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home
    from radgen_assets.science.learning.study.frame import StudyFrame


@dataclass(frozen=True)
class FitPart:
    """A fit as a part of its study."""

    study: Study
    fit: FitDeclaration
    word: ClassVar[str] = "fit"
    kind: ClassVar[str] = "FitResult"
    version: ClassVar[str] = FIT_VERSION

    @property
    def name(self) -> str:
        """Its name in the study."""
        return self.fit.name

    @property
    def told(self) -> str:
        """What it asks."""
        fit = self.fit
        return f"{fit.kind} of {fit.outcome} from {', '.join(fit.blocks)}, beside {fit.baseline}."

    @property
    def settings(self) -> Mapping[str, Any]:
        """The fit, and the blocks that it names."""
        blocks = {name: self.study.blocks[name].model_dump(mode="json") for name in self.fit.blocks}
        return {"fit": self.fit.model_dump(mode="json"), "blocks": blocks}

    def gather(self, home: Home, ledger: Ledger) -> Gathered:
        """Everyone of the study whom the fit can use."""
        from radgen_assets.science.learning.study.frame import assemble

        frame = assemble(self.study, self.fit, read_marts(home), post_baseline=post_baseline_columns(home, self.study))
        return Gathered((InputRef("frame", "artifact", "tables", frame.digest()),), frame.people, frame)

    def make(self, home: Home, data: StudyFrame) -> Made:
        """Fit, and try what was fitted on every other role."""
        from radgen_assets.reporting.fit_pictures import fit_pictures

        result = learn(self.study, self.fit, data)
        facts = headline(result)
        metrics = {name: value for name, value in facts.items() if isinstance(value, float)}
        return Made(result, facts, metrics, _persons(data, result), fit_pictures(result))

    def register(self, home: Home, run_id: str, value: FitResult) -> Mapping[str, Any]:
        """Its models, in MLflow's registry."""
        return _register(home, f"{self.study.name}__{self.name}", run_id, value)


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
