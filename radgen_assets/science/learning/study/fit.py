"""One fit of a study from patients to FitResult: the same walk for classification and survival."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Estimate, FitResult, Performance, Predictions
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.nested.cross_validation import FittedModel
from radgen_assets.science.learning.nested.design_matrix import DesignMatrix
from radgen_assets.science.learning.nested.learners import N_LAMBDAS
from radgen_assets.science.learning.nested.preparation import LARGEST_MISSING_SHARE, REDUNDANT_CORRELATION
from radgen_assets.science.learning.nested.stored_models import store_model
from radgen_assets.science.learning.study.data import StudyData
from radgen_assets.science.learning.study.effect_rows import effect_rows
from radgen_assets.science.learning.study.endpoint import (
    BASELINE,
    CENTRE_ONLY,
    CROSS_VALIDATED,
    FULL,
    Endpoint,
    Scored,
)
from radgen_assets.science.learning.study.models import (
    StudyModel,
    coefficients_of,
    designs_of,
    fit_models,
    penalty_path_of,
    splits_of,
)
from radgen_assets.science.learning.study.warnings import external_warnings, model_warnings


def fit_study(data: StudyData, external: Mapping[str, StudyData], endpoint: Endpoint, fit: FitDeclaration) -> FitResult:
    """Nested cross-validation of every model, the final models, and their trial in each external setting."""
    with threadpool_limits(1):  # the matrices are small, and equal bytes on every machine come before speed
        return _fit_study(data, external, endpoint, fit)


def _fit_study(
    data: StudyData, external: Mapping[str, StudyData], endpoint: Endpoint, fit: FitDeclaration
) -> FitResult:
    _refuse_shared_persons(data, external)
    models = fit_models(data, endpoint, fit)
    performances, scored = _performances(data, external, models, endpoint, fit)
    settings = {CROSS_VALIDATED: data, **external}
    comparison = {
        setting: endpoint.compare(where, scored[FULL, setting], scored[BASELINE, setting])
        for setting, where in settings.items()
    }
    differences = {
        setting: endpoint.differences(where, scored[FULL, setting], scored[BASELINE, setting], fit.seed)
        for setting, where in settings.items()
    }
    unadjusted, adjusted, effect_warnings = effect_rows(data.clinical, data.target)
    warnings = [
        *data.warnings,
        *endpoint.warnings(data),
        *model_warnings(data, models, comparison[CROSS_VALIDATED]),
        *(line for setting, where in external.items() for line in external_warnings(setting, where, models)),
        *effect_warnings,
    ]
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
        coefficients=tuple(row for name in (FULL, BASELINE) for row in coefficients_of(models[name])),
        unadjusted=unadjusted,
        adjusted=adjusted,
        missing=data.missing,
        splits=splits_of(data, models[FULL].nested),
        excluded=data.excluded + tuple(item for where in external.values() for item in where.excluded),
        seed=fit.seed,
        warnings=tuple(dict.fromkeys(warnings)),
        models={name: store_model(models[name].final, models[name].design, fit.l1_ratio) for name in (FULL, BASELINE)},
        settings=_settings(fit, endpoint),
        differences={setting: told for setting, told in differences.items() if told},
        penalty_path=penalty_path_of(models[FULL]),
        **endpoint.described(data, models[FULL].final),
    )


def _performances(
    data: StudyData,
    external: Mapping[str, StudyData],
    models: Mapping[str, StudyModel],
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
    model: StudyModel, data: StudyData, endpoint: Endpoint, estimates: Mapping[str, Estimate]
) -> dict[str, Estimate]:
    measure = "auc" if endpoint.kind == "classification" else "concordance"
    apparent = endpoint.optimism(data, model.final.score(model.design.values), estimates[measure])
    return {} if apparent is None else {"optimism": apparent}


def _design_of(name: str, where: StudyData, fit: FitDeclaration) -> DesignMatrix | None:
    return where.centre_design if name == CENTRE_ONLY else designs_of(where, fit)[name]


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
