"""One fit of a study from patients to FitResult: the same walk for classification and survival."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import (
    Coefficient,
    Estimate,
    FitResult,
    PenaltyPath,
    Performance,
    Predictions,
)
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.nested.cross_validation import (
    FittedModel,
    NestedPredictions,
    fit_model,
    nested_cross_validation,
)
from radgen_assets.science.learning.nested.design_matrix import DesignMatrix
from radgen_assets.science.learning.nested.learners import N_LAMBDAS, Learner
from radgen_assets.science.learning.nested.preparation import LARGEST_MISSING_SHARE, REDUNDANT_CORRELATION
from radgen_assets.science.learning.nested.stored_models import store_model
from radgen_assets.science.learning.nested.unpenalised import UnpenalisedCox
from radgen_assets.science.learning.study.data import StudyData
from radgen_assets.science.learning.study.effect_rows import effect_rows

FULL, BASELINE, CENTRE_ONLY = "full", "baseline", "centre_only"
CROSS_VALIDATED = "cross_validated"
FEW_EVENTS_A_CANDIDATE = 10


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of one model in one setting: (repeats, n); fold -1 and one repeat outside cross-validation.

    curve : (repeats, n, len(endpoint.curve_months)) probability to live beyond each time; survival only
    """

    score: NDArray[np.float64]
    probability: NDArray[np.float64]
    curve: NDArray[np.float64]
    fold: NDArray[np.int64]


class Endpoint(Protocol):
    """What differs between a classification and a survival fit."""

    @property
    def kind(self) -> Literal["classification", "survival"]:
        """Which of the two."""

    @property
    def horizon_months(self) -> float | None:
        """Survival: the time at which probabilities of death are given."""

    @property
    def curve_months(self) -> tuple[float, ...]:
        """Survival: the times at which predicted curves are kept, for measures over time."""

    def learner(self, data: StudyData, model: str) -> Learner | UnpenalisedCox:
        """The model family of full, baseline or centre_only, holding the outcome of these patients."""

    def estimates(self, data: StudyData, scored: Scored, seed: tuple[int, ...]) -> dict[str, Estimate]:
        """Measures with intervals."""

    def compare(self, data: StudyData, full: Scored, baseline: Scored) -> Estimate:
        """Full minus baseline, paired."""

    def differences(self, data: StudyData, full: Scored, baseline: Scored, seed: int) -> dict[str, Estimate]:
        """Full against baseline by further measures."""

    def optimism(self, data: StudyData, apparent: NDArray[np.float64], measured: Estimate) -> Estimate | None:
        """How much better the final model looks on the patients that it learnt from (their scores) than out of fold."""

    def described(self, data: StudyData, final: FittedModel) -> dict[str, Any]:
        """Further fields of FitResult about the clinical factors and the final full model."""

    def outcome_fields(self, data: StudyData) -> dict[str, Any]:
        """The outcome as the fields of Predictions."""

    def warnings(self, data: StudyData) -> list[str]:
        """What a reader must know about outcome, centre and predictors."""


@dataclass(frozen=True, eq=False)
class _Model:
    """One of full, baseline, centre_only: its columns, out-of-fold predictions, and the fit on all patients."""

    name: str
    design: DesignMatrix
    nested: NestedPredictions
    final: FittedModel


def fit_study(data: StudyData, external: Mapping[str, StudyData], endpoint: Endpoint, fit: FitDeclaration) -> FitResult:
    """Nested cross-validation of every model, the final models, and their trial in each external setting."""
    with threadpool_limits(1):  # the matrices are small, and equal bytes on every machine come before speed
        return _fit_study(data, external, endpoint, fit)


def _fit_study(
    data: StudyData, external: Mapping[str, StudyData], endpoint: Endpoint, fit: FitDeclaration
) -> FitResult:
    _refuse_shared_persons(data, external)
    models = {name: _model(name, design, data, endpoint, fit) for name, design in _designs(data, fit).items()}
    performances, scored = _performances(data, external, models, endpoint, fit)
    comparison = {
        setting: endpoint.compare(where, scored[FULL, setting], scored[BASELINE, setting])
        for setting, where in {CROSS_VALIDATED: data, **external}.items()
    }
    unadjusted, adjusted, effect_warnings = effect_rows(data.clinical, data.target)
    return FitResult(
        fit=fit.name,
        kind=endpoint.kind,
        outcome=fit.outcome,
        positive=fit.positive,
        n=len(data.patients),
        n_events=data.n_events,
        n_persons=len(set(data.persons)),
        performances=performances,
        comparison=comparison,
        coefficients=tuple(row for name in (FULL, BASELINE) for row in _coefficients(models[name])),
        unadjusted=unadjusted,
        adjusted=adjusted,
        missing=data.missing,
        splits=_splits(data, models[FULL].nested),
        excluded=data.excluded + tuple(item for where in external.values() for item in where.excluded),
        seed=fit.seed,
        warnings=tuple(
            dict.fromkeys(
                [
                    *data.warnings,
                    *endpoint.warnings(data),
                    *_model_warnings(data, models, comparison[CROSS_VALIDATED]),
                    *(
                        line
                        for setting, where in external.items()
                        for line in _external_warnings(setting, where, models)
                    ),
                    *effect_warnings,
                ]
            )
        ),
        models={name: store_model(models[name].final, models[name].design, fit.l1_ratio) for name in (FULL, BASELINE)},
        settings=_settings(fit, endpoint),
        differences={
            setting: told
            for setting, where in {CROSS_VALIDATED: data, **external}.items()
            if (told := endpoint.differences(where, scored[FULL, setting], scored[BASELINE, setting], fit.seed))
        },
        penalty_path=_penalty_path(models[FULL]),
        **endpoint.described(data, models[FULL].final),
    )


def _model(name: str, design: DesignMatrix, data: StudyData, endpoint: Endpoint, fit: FitDeclaration) -> _Model:
    learner = endpoint.learner(data, name)
    nested = nested_cross_validation(
        design,
        learner,
        data.persons,
        fit,
        horizon_months=endpoint.horizon_months,
        curve_months=endpoint.curve_months,
    )
    final = fit_model(design, learner, data.persons, np.arange(len(data.patients)), fit, seed=(fit.seed,))
    return _Model(name, design, nested, final)


def _designs(data: StudyData, fit: FitDeclaration) -> dict[str, DesignMatrix]:
    of_baseline = np.array([column.block == fit.baseline for column in data.design.columns], dtype=bool)
    designs = {FULL: data.design, BASELINE: data.design.part(of_baseline)}
    if data.centre_design is not None:
        designs[CENTRE_ONLY] = data.centre_design
    return designs


def _performances(
    data: StudyData,
    external: Mapping[str, StudyData],
    models: Mapping[str, _Model],
    endpoint: Endpoint,
    fit: FitDeclaration,
) -> tuple[tuple[Performance, ...], dict[tuple[str, str], Scored]]:
    performances, kept = [], {}
    for name, model in models.items():
        settings: dict[str, tuple[StudyData, Scored]] = {
            CROSS_VALIDATED: (
                data,
                Scored(model.nested.score, model.nested.probability, model.nested.curve, model.nested.fold),
            )
        }
        for setting, where in external.items():
            design = _design_of(name, where, fit)
            if design is not None:
                settings[setting] = (where, _apply(model.final, design, endpoint))
        for number, (setting, (where, scored)) in enumerate(settings.items()):
            kept[name, setting] = scored
            estimates = endpoint.estimates(where, scored, (fit.seed, 7, number))
            if setting == CROSS_VALIDATED and name != CENTRE_ONLY:
                estimates |= _optimism(model, data, endpoint, estimates)
            performances.append(Performance(name, setting, estimates, _predictions(where, scored, endpoint)))
    return tuple(performances), kept


def _optimism(
    model: _Model, data: StudyData, endpoint: Endpoint, estimates: Mapping[str, Estimate]
) -> dict[str, Estimate]:
    measure = "auc" if endpoint.kind == "classification" else "concordance"
    apparent = endpoint.optimism(data, model.final.score(model.design.values), estimates[measure])
    return {} if apparent is None else {"optimism": apparent}


def _design_of(name: str, where: StudyData, fit: FitDeclaration) -> DesignMatrix | None:
    return where.centre_design if name == CENTRE_ONLY else _designs(where, fit)[name]


def _apply(model: FittedModel, design: DesignMatrix, endpoint: Endpoint) -> Scored:
    score = model.score(design.values)
    times = np.asarray(endpoint.curve_months, dtype=float)
    curve = model.linear.survival(score, times) if len(times) else np.empty((len(score), 0))
    return Scored(
        score[None, :],
        model.linear.probability(score, endpoint.horizon_months)[None, :],
        curve[None, :],
        np.full((1, len(score)), -1, dtype=np.int64),
    )


def _predictions(data: StudyData, scored: Scored, endpoint: Endpoint) -> Predictions:
    """With repeats: the mean of a patient's out-of-fold scores, and the folds of the first repeat."""
    if scored.score.shape[1] != len(data.patients):
        raise UsedWrongly(f"found {scored.score.shape[1]} predictions for {len(data.patients)} patients.")
    return Predictions(
        patients=data.patients,
        persons=tuple(str(person) for person in data.persons),
        fold=tuple(int(f) for f in scored.fold[0]),
        score=tuple(float(s) for s in scored.score.mean(axis=0)),
        probability=tuple(float(p) for p in scored.probability.mean(axis=0)),
        horizon_months=endpoint.horizon_months,
        **endpoint.outcome_fields(data),
    )


def _coefficients(model: _Model) -> list[Coefficient]:
    """Terms of the final model or of any outer fold, largest first."""
    value = np.zeros(len(model.design.columns))
    value[model.final.preparation.columns] = model.final.linear.coefficients
    frequency = model.nested.selection_frequency
    told = np.flatnonzero((value != 0) | (frequency > 0))
    order = told[np.lexsort((told, -frequency[told], -np.abs(value[told])))]
    return [
        Coefficient(
            model.name,
            model.design.columns[j].block,
            model.design.columns[j].name,
            float(value[j]),
            float(frequency[j]),
        )
        for j in order
    ]


def _penalty_path(model: _Model) -> PenaltyPath | None:
    """The path of the final model, of the terms that enter it anywhere; None for a model without penalty."""
    path = model.final.path
    if path is None:
        return None
    entered = np.flatnonzero((path.coefficients != 0).any(axis=0))
    columns = model.final.preparation.columns
    return PenaltyPath(
        lambdas=tuple(map(float, path.lambdas)),
        terms=tuple(model.design.columns[columns[k]].name for k in entered),
        coefficients=tuple(tuple(map(float, path.coefficients[:, k])) for k in entered),
        deviance=tuple(map(float, path.deviance)),
        deviance_error=tuple(map(float, path.deviance_error)),
        chosen=path.chosen,
    )


def _splits(data: StudyData, nested: NestedPredictions) -> tuple[tuple[str, int, int], ...]:
    return tuple(
        (patient, repeat, int(nested.fold[repeat, i]))
        for repeat in range(len(nested.fold))
        for i, patient in enumerate(data.patients)
    )


def _model_warnings(data: StudyData, models: Mapping[str, _Model], difference: Estimate) -> list[str]:
    lines = []
    rarer = min(data.n_events, len(data.patients) - data.n_events)
    candidates = len(data.design.columns)
    if rarer < FEW_EVENTS_A_CANDIDATE * candidates:
        lines.append(
            f"{data.n_events} events among {len(data.patients)} patients for {candidates} candidate columns: "
            "single coefficients are not to be trusted, only the out-of-fold performance."
        )
    if difference.value is not None and difference.value < 0:
        lines.append(
            "Out of fold the full model did not do better than the clinical baseline "
            f"(difference {difference.value:+.3f}): the added blocks brought nothing that these patients can show."
        )
    for name, model in models.items():
        nested, named = model.nested, name.replace("_", "-")
        if nested.n_empty:
            lines.append(
                f"The {named} model kept no predictor in {nested.n_empty} of {nested.n_fits} outer folds; "
                "there it gives every patient the same score."
            )
        unconverged = nested.n_unconverged + (not model.final.converged)
        if unconverged:
            fits = "1 fit" if unconverged == 1 else f"{unconverged} fits"
            lines.append(f"The {named} model's solver did not reach its threshold in {fits}.")
    return lines


def _external_warnings(setting: str, where: StudyData, models: Mapping[str, _Model]) -> list[str]:
    lines = [f"{setting}: {line}" for line in where.warnings]
    used = models[FULL].final.selected
    absent = [where.design.columns[j].name for j in used if np.isnan(where.design.values[:, j]).all()]
    if absent:
        lines.append(
            f"{setting}: {len(absent)} of {len(used)} predictors of the full model are absent and stand at the "
            f"training median: {', '.join(absent[:5])}{', ...' if len(absent) > 5 else ''}."
        )
    return lines


def optimism_of(apparent: float, measured: Estimate, name: str) -> Estimate:
    """Apparent minus out-of-fold performance, with the apparent value in the note."""
    assert measured.value is not None
    return Estimate(
        apparent - measured.value,
        None,
        None,
        measured.n,
        measured.n_events,
        f"{name} of the final model on the patients it learnt from, minus the one out of fold",
        note=f"{apparent:.3f} where it learnt",
    )


def _refuse_shared_persons(data: StudyData, external: Mapping[str, StudyData]) -> None:
    for setting, where in external.items():
        shared = sorted(set(where.persons) & set(data.persons))
        if shared:
            raise UsedWrongly(
                f"{setting}: {len(shared)} of its persons are in the training cohorts too. A person has one role: "
                "leave these patients out of one of the two."
            )


def _settings(fit: FitDeclaration, endpoint: Endpoint) -> dict[str, Any]:
    return {
        **fit.model_dump(mode="json"),
        "penalties": N_LAMBDAS,
        "largest_missing_share": LARGEST_MISSING_SHARE,
        "redundant_correlation": REDUNDANT_CORRELATION,
        "horizon_months": endpoint.horizon_months,
        "screen": "absolute correlation" if endpoint.kind == "classification" else "score test of a Cox model",
    }
