"""Residuals of a Cox model: martingale, deviance, score and Schoenfeld."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.covariates import as_matrix, as_weights
from radgen_assets.science.survival.cox.risk_sets import Ties, is_efron, risk_sets
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.terms import CodedTerms


@dataclass(frozen=True, eq=False)
class CoxResiduals:
    """Residuals of n patients.

    martingale : (n,) observed minus expected deaths; negative for those who outlived the model's expectation
    deviance : (n,) the same, made symmetric; beyond +-2.5 is far from the model
    score : (n, p) each patient's part of the gradient; times the variance it is the influence on the coefficients
    """

    martingale: NDArray[np.float64]
    deviance: NDArray[np.float64]
    score: NDArray[np.float64]


def cox_residuals(
    outcome: Outcome,
    covariates: ArrayLike | CodedTerms,
    coefficients: ArrayLike,
    *,
    ties: Ties = "efron",
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
) -> CoxResiduals:
    """Residuals of patients at given coefficients.

    Parameters
    ----------
    covariates : (n, p) float64, data frame of numbers, or CodedTerms
    coefficients : (p,) float64
        Of a fit on these patients, with the same ties, strata and weights (`fit.coefficients`).

    Raises
    ------
    UsedWrongly
        No event, and shapes that do not fit.

    Source: Therneau, Grambsch & Fleming 1990; R residuals.coxph (not multiplied by the weights, as there).
    """
    from radgen_assets.science.survival.cox.likelihood import moments_at_deaths

    matrix, beta = as_matrix(covariates, None, outcome.n)[0], np.asarray(coefficients, dtype=np.float64)
    if beta.shape != (matrix.shape[1],):
        raise UsedWrongly(
            f"Cox: found coefficients of shape {beta.shape}, expected ({matrix.shape[1]},), one a column."
        )
    if not outcome.n_events:
        raise UsedWrongly(f"Cox: found no event among {outcome.n} patients, expected at least one.")
    sets = risk_sets(outcome, strata)
    given = as_weights(weights, outcome.n)
    x = np.ascontiguousarray((matrix - matrix.mean(axis=0))[sets.order])
    p = len(beta)
    data = (x, given[sets.order], sets.start, sets.n_dead, sets.first, is_efron(ties), beta)
    s0, means, left, each = moments_at_deaths(*data, np.zeros((0, p, p)))
    step = np.column_stack([each / s0, (each / s0)[:, None] * means])  # hazard, and hazard times the mean covariates
    cut = np.add.reduceat(left[:, None] * step, np.cumsum(sets.n_dead) - sets.n_dead, axis=0)
    jumps = np.add.reduceat(step, np.cumsum(sets.n_dead) - sets.n_dead, axis=0)
    for place in range(len(sets.labels)):
        mine = sets.blocks_of(place)
        jumps[mine] = np.cumsum(jumps[mine][::-1], axis=0)[::-1]  # a patient is at risk from its block on
    block, dead = sets.block_of_rows, sets.dead
    lived = jumps[block]
    lived[dead] -= cut[block[dead]]  # a tied death has in part left the risk set (Efron)
    risk = np.exp(x @ beta)[:, None]
    martingale = -risk[:, 0] * lived[:, 0]
    martingale[dead] += 1.0
    score = -risk * (x * lived[:, :1] - lived[:, 1:])
    mean_at_death = np.add.reduceat(means, np.cumsum(sets.n_dead) - sets.n_dead, axis=0) / sets.n_dead[:, None]
    score[dead] += x[dead] - mean_at_death[block[dead]]

    all_martingale, all_score = np.zeros(outcome.n), np.zeros((outcome.n, p))
    all_martingale[sets.order], all_score[sets.order] = martingale, score
    return CoxResiduals(all_martingale, _deviance(all_martingale, outcome.event), all_score)


def _deviance(martingale: NDArray[np.float64], event: NDArray[np.bool_]) -> NDArray[np.float64]:
    expected = np.where(event, 1.0 - martingale, 1.0)
    inner = martingale + np.where(event, np.log(expected), 0.0)
    return np.sign(martingale) * np.sqrt(np.maximum(0.0, -2.0 * inner))


def sum_by_person(influence: NDArray[np.float64], persons: ArrayLike, p: int) -> NDArray[np.float64]:
    """(n, p) influences of patients -> (persons, p); refuses fewer persons than a variance of p needs."""
    labels = np.asarray(persons)
    if labels.shape != (len(influence),):
        raise UsedWrongly(f"Cox: found persons of shape {labels.shape}, expected ({len(influence)},), one a patient.")
    found, code = np.unique(labels.astype(str), return_inverse=True)
    if len(found) <= p:
        raise UsedWrongly(f"Cox: found {len(found)} persons, expected more than the {p} covariates for a variance.")
    summed = np.zeros((len(found), influence.shape[1]))
    np.add.at(summed, code, influence)
    return summed
