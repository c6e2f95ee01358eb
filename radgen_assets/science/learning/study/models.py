"""The models of a fit - full, baseline, centre only - and what is told of the final ones: terms, path, folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from radgen_assets.contracts.results import Coefficient, PenaltyPath
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.nested.cross_validation import (
    FittedModel,
    NestedPredictions,
    fit_model,
    nested_cross_validation,
)
from radgen_assets.science.learning.nested.design_matrix import DesignMatrix
from radgen_assets.science.learning.study.data import StudyData
from radgen_assets.science.learning.study.endpoint import BASELINE, CENTRE_ONLY, FULL, Endpoint


@dataclass(frozen=True, eq=False)
class StudyModel:
    """One of full, baseline, centre_only: its columns, out-of-fold predictions, and the fit on all patients."""

    name: str
    design: DesignMatrix
    nested: NestedPredictions
    final: FittedModel


def fit_models(data: StudyData, endpoint: Endpoint, fit: FitDeclaration) -> dict[str, StudyModel]:
    """Name -> its out-of-fold predictions, and its fit on all patients."""
    return {name: _model(name, design, data, endpoint, fit) for name, design in designs_of(data, fit).items()}


def designs_of(data: StudyData, fit: FitDeclaration) -> dict[str, DesignMatrix]:
    """Model -> its columns: all, those of the baseline block, and the centre alone where there are several."""
    of_baseline = np.array([column.block == fit.baseline for column in data.design.columns], dtype=bool)
    designs = {FULL: data.design, BASELINE: data.design.part(of_baseline)}
    if data.centre_design is not None:
        designs[CENTRE_ONLY] = data.centre_design
    return designs


def coefficients_of(model: StudyModel) -> list[Coefficient]:
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


def penalty_path_of(model: StudyModel) -> PenaltyPath | None:
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


def splits_of(data: StudyData, nested: NestedPredictions) -> tuple[tuple[str, int, int], ...]:
    """(patient, repeat, outer fold) of every patient in every repeat."""
    return tuple(
        (patient, repeat, int(nested.fold[repeat, i]))
        for repeat in range(len(nested.fold))
        for i, patient in enumerate(data.patients)
    )


def _model(name: str, design: DesignMatrix, data: StudyData, endpoint: Endpoint, fit: FitDeclaration) -> StudyModel:
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
    return StudyModel(name, design, nested, final)
