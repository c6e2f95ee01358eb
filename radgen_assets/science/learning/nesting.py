"""Nested cross-validation: what is learnt is learnt again in every fold; each patient is predicted once a repeat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.design_matrix import DesignMatrix
from radgen_assets.science.learning.folds import person_folds
from radgen_assets.science.learning.learners import Learner, LinearScore
from radgen_assets.science.learning.preparation import Preparation, fit_preparation

SMALLEST_PER_FOLD = 2  # persons of each class (or events and censored) in every outer fold


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A preparation and a linear score, learnt on the same rows."""

    preparation: Preparation
    linear: LinearScore
    converged: bool

    def score(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(m, p) raw design values -> (m,) score."""
        return self.linear.score(self.preparation.transform(values))

    @property
    def selected(self) -> NDArray[np.int64]:
        """Columns of the design with a coefficient."""
        return self.preparation.columns[self.linear.coefficients != 0]


@dataclass(frozen=True, eq=False)
class NestedPredictions:
    """Out-of-fold predictions of one model.

    score, probability, fold : (repeats, n)   each patient once a repeat, from a model without any of its person
    selection_frequency : (p,) share of the outer fits that gave the design column a coefficient
    n_fits, n_empty, n_unconverged : outer fits; those that kept no column; those whose solver did not converge
    """

    score: NDArray[np.float64]
    probability: NDArray[np.float64]
    fold: NDArray[np.int64]
    selection_frequency: NDArray[np.float64]
    n_fits: int
    n_empty: int
    n_unconverged: int


def nested_cross_validation(
    design: DesignMatrix,
    learner: Learner,
    persons: ArrayLike,
    fit: FitDeclaration,
    *,
    horizon_months: float | None = None,
) -> NestedPredictions:
    """Predict every patient from models that did not see its person.

    In each outer fold, on its training patients alone: reference levels, imputation, scale, constant columns, the
    univariate screen and lambda (by inner folds, in which all of that is repeated) are learnt, then the model.

    Raises
    ------
    UsedWrongly
        When an outer fold would hold fewer than two persons of a class (or with an event), or an inner fold none.
    """
    persons = np.asarray(persons).astype(str)
    n = len(persons)
    score = np.full((fit.repeats, n), np.nan)
    probability, fold = np.full_like(score, np.nan), np.empty((fit.repeats, n), dtype=np.int64)
    times_selected = np.zeros(len(design.columns))
    n_empty = n_unconverged = 0
    for repeat in range(fit.repeats):
        fold[repeat] = outer_folds(learner, persons, fit, repeat)
        for each in range(fit.outer_folds):
            test = fold[repeat] == each
            model = fit_model(design, learner, persons, np.flatnonzero(~test), fit, seed=(fit.seed, repeat, each))
            score[repeat, test] = model.score(design.values[test])
            probability[repeat, test] = model.linear.probability(score[repeat, test], horizon_months)
            times_selected[model.selected] += 1
            n_empty += not len(model.selected)
            n_unconverged += not model.converged
    if not np.isfinite(score).all() or not np.isfinite(probability).all():
        raise UsedWrongly(f"nested cross-validation: {int((~np.isfinite(score)).sum())} patients came out unpredicted.")
    n_fits = fit.repeats * fit.outer_folds
    return NestedPredictions(score, probability, fold, times_selected / n_fits, n_fits, n_empty, n_unconverged)


def outer_folds(learner: Learner, persons: NDArray[np.str_], fit: FitDeclaration, repeat: int) -> NDArray[np.int64]:
    """(n,) outer fold of each patient in one repeat; the same for every model of the fit."""
    return person_folds(persons, learner.strata, fit.outer_folds, seed=(fit.seed, repeat), smallest=SMALLEST_PER_FOLD)


def fit_model(
    design: DesignMatrix,
    learner: Learner,
    persons: NDArray[np.str_],
    rows: NDArray[np.int64],
    fit: FitDeclaration,
    *,
    seed: tuple[int, ...],
) -> FittedModel:
    """Fit on `rows` alone, lambda by inner cross-validation among them."""
    preparation = _prepare(design, learner, rows, fit)
    x = preparation.transform(design.values[rows])
    path = learner.path(x, rows, fit.l1_ratio, None)
    place = 0
    if x.shape[1]:
        inner = person_folds(persons[rows], learner.strata[rows], fit.inner_folds, seed=(*seed, 1))
        place = _best_penalty(design, learner, rows, inner, path.lambdas, fit)
    return FittedModel(preparation, learner.finish(path, place, x, rows), bool(path.converged[place]))


def _prepare(design: DesignMatrix, learner: Learner, rows: NDArray[np.int64], fit: FitDeclaration) -> Preparation:
    return fit_preparation(
        design.values[rows],
        design.category,
        design.clinical,
        lambda standardised: learner.relevance(standardised, rows),
        fit.max_features,
    )


def _best_penalty(
    design: DesignMatrix,
    learner: Learner,
    rows: NDArray[np.int64],
    inner: NDArray[np.int64],
    lambdas: NDArray[np.float64],
    fit: FitDeclaration,
) -> int:
    """Place of the penalty with the smallest deviance summed over inner folds; the strongest of equals."""
    loss = np.zeros(len(lambdas))
    for each in range(fit.inner_folds):
        held_out = inner == each
        train = rows[~held_out]
        preparation = _prepare(design, learner, train, fit)
        x = preparation.transform(design.values[rows])
        path = learner.path(x[~held_out], train, fit.l1_ratio, lambdas)
        loss += learner.loss(path, x, rows, held_out)
    return int(np.argmin(loss))
