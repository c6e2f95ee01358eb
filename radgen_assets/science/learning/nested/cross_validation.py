"""Nested cross-validation: what is learnt is learnt again in every fold; each patient is predicted once a repeat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.folds import person_folds
from radgen_assets.science.learning.nested.design_matrix import DesignMatrix
from radgen_assets.science.learning.nested.learners import Learner, LinearPath, LinearScore
from radgen_assets.science.learning.nested.preparation import Preparation, fit_preparation
from radgen_assets.science.learning.nested.unpenalised import UnpenalisedCox

SMALLEST_PER_FOLD = 2  # persons of each class (or events and censored) in every outer fold


@dataclass(frozen=True, eq=False)
class ChosenPath:
    """How a penalty was chosen: solutions (L, k), deviance a held-out event and its standard error over inner folds."""

    lambdas: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    deviance: NDArray[np.float64]
    deviance_error: NDArray[np.float64]
    chosen: int


@dataclass(frozen=True, eq=False)
class FittedModel:
    """A preparation and a linear score, learnt on the same rows."""

    preparation: Preparation
    linear: LinearScore
    converged: bool
    path: ChosenPath | None = None

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
    curve : (repeats, n, len(times)) probability to live beyond each of the asked times; survival only
    n_fits, n_empty, n_unconverged : outer fits; those that kept no column; those whose solver did not converge
    """

    score: NDArray[np.float64]
    probability: NDArray[np.float64]
    curve: NDArray[np.float64]
    fold: NDArray[np.int64]
    selection_frequency: NDArray[np.float64]
    n_fits: int
    n_empty: int
    n_unconverged: int


def nested_cross_validation(
    design: DesignMatrix,
    learner: Learner | UnpenalisedCox,
    persons: ArrayLike,
    fit: FitDeclaration,
    *,
    horizon_months: float | None = None,
    curve_months: Sequence[float] = (),
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
    times = np.asarray(curve_months, dtype=float)
    curve = np.full((fit.repeats, n, len(times)), np.nan)
    times_selected = np.zeros(len(design.columns))
    n_empty = n_unconverged = 0
    for repeat in range(fit.repeats):
        fold[repeat] = outer_folds(learner, persons, fit, repeat)
        for each in range(fit.outer_folds):
            test = fold[repeat] == each
            model = fit_model(design, learner, persons, np.flatnonzero(~test), fit, seed=(fit.seed, repeat, each))
            score[repeat, test] = model.score(design.values[test])
            probability[repeat, test] = model.linear.probability(score[repeat, test], horizon_months)
            if len(times):
                curve[repeat, test] = model.linear.survival(score[repeat, test], times)
            times_selected[model.selected] += 1
            n_empty += not len(model.selected)
            n_unconverged += not model.converged
    if not np.isfinite(score).all() or not np.isfinite(probability).all():
        raise UsedWrongly(f"nested cross-validation: {int((~np.isfinite(score)).sum())} patients came out unpredicted.")
    n_fits = fit.repeats * fit.outer_folds
    return NestedPredictions(score, probability, curve, fold, times_selected / n_fits, n_fits, n_empty, n_unconverged)


def outer_folds(
    learner: Learner | UnpenalisedCox, persons: NDArray[np.str_], fit: FitDeclaration, repeat: int
) -> NDArray[np.int64]:
    """(n,) outer fold of each patient in one repeat; the same for every model of the fit."""
    return person_folds(persons, learner.strata, fit.outer_folds, seed=(fit.seed, repeat), smallest=SMALLEST_PER_FOLD)


def fit_model(
    design: DesignMatrix,
    learner: Learner | UnpenalisedCox,
    persons: NDArray[np.str_],
    rows: NDArray[np.int64],
    fit: FitDeclaration,
    *,
    seed: tuple[int, ...],
) -> FittedModel:
    """Fit on `rows` alone, lambda by inner cross-validation among them."""
    preparation = _prepare(design, learner, rows, fit)
    x = preparation.transform(design.values[rows])
    if isinstance(learner, UnpenalisedCox):
        columns = [design.columns[j] for j in preparation.columns]
        linear = learner.fit(x, rows, [each.name for each in columns], [each.source for each in columns])
        return FittedModel(preparation, linear, converged=True)
    path = learner.path(x, rows, fit.l1_ratio, None)
    place, told = 0, None
    if x.shape[1]:
        inner = person_folds(persons[rows], learner.strata[rows], fit.inner_folds, seed=(*seed, 1))
        loss = _held_out_loss(design, learner, rows, inner, path.lambdas, fit)
        place = int(np.argmin(loss.sum(axis=0)))  # the strongest of equals
        told = _chosen_path(path, loss, inner, learner.strata[rows], place)
    return FittedModel(preparation, learner.finish(path, place, x, rows), bool(path.converged[place]), told)


def _prepare(
    design: DesignMatrix, learner: Learner | UnpenalisedCox, rows: NDArray[np.int64], fit: FitDeclaration
) -> Preparation:
    return fit_preparation(
        design.values[rows],
        design.category,
        design.clinical,
        lambda standardised: learner.relevance(standardised, rows),
        fit.max_features,
        ordered=design.ordered,
    )


def _held_out_loss(
    design: DesignMatrix,
    learner: Learner,
    rows: NDArray[np.int64],
    inner: NDArray[np.int64],
    lambdas: NDArray[np.float64],
    fit: FitDeclaration,
) -> NDArray[np.float64]:
    """(inner folds, L) deviance that the held-out patients of each inner fold add."""
    loss = np.zeros((fit.inner_folds, len(lambdas)))
    for each in range(fit.inner_folds):
        held_out = inner == each
        train = rows[~held_out]
        preparation = _prepare(design, learner, train, fit)
        x = preparation.transform(design.values[rows])
        path = learner.path(x[~held_out], train, fit.l1_ratio, lambdas)
        loss[each] = learner.loss(path, x, rows, held_out)
    return loss


def _chosen_path(
    path: LinearPath, loss: NDArray[np.float64], inner: NDArray[np.int64], strata: NDArray[np.str_], place: int
) -> ChosenPath:
    """Deviance a patient (Cox: a death) with its standard error over inner folds, as cv.glmnet weights them."""
    counted = strata == "event" if "event" in strata else np.ones(len(strata), dtype=bool)
    weight = np.array([max(1, int(counted[inner == each].sum())) for each in range(len(loss))], dtype=float)
    each_fold = loss / weight[:, None]
    mean = np.average(each_fold, axis=0, weights=weight)
    spread = np.average((each_fold - mean) ** 2, axis=0, weights=weight)
    error = np.sqrt(spread / max(1, len(loss) - 1))
    return ChosenPath(path.lambdas, path.coefficients, mean, error, place)
