"""The two penalised learners of a study: elastic-net logistic regression and elastic-net Cox.

A learner holds the outcome of all patients and is always told which rows it may look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit

from radgen_assets.science.learning.penalised.coordinate_descent import cox_derivatives
from radgen_assets.science.learning.penalised.logistic import logistic_path
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.selection.elastic_net import added_deviance, cox_path

N_LAMBDAS = 40
SMALLEST_RATIO_WIDE = 0.05  # more columns than patients: below this the path is nearly saturated
SMALLEST_RATIO_TALL = 0.01  # fewer columns than patients: down to about 1 % shrinkage


@dataclass(frozen=True, eq=False)
class LinearPath:
    """Solutions along the penalties: lambdas (L,), intercepts (L,), coefficients (L, k), converged (L,)."""

    lambdas: NDArray[np.float64]
    intercepts: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    converged: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class LinearScore:
    """A score linear in standardised columns, and what turns it into a probability.

    coefficients : (k,); shift : the score is x @ coefficients + shift
    base_log_odds : logistic; probability = expit(score + base_log_odds)
    hazard_times, cumulative_hazard : Cox; probability of death by t = 1 - exp(-H(t) exp(score))
    """

    coefficients: NDArray[np.float64]
    shift: float
    lambda_: float
    base_log_odds: float | None = None
    hazard_times: NDArray[np.float64] | None = None
    cumulative_hazard: NDArray[np.float64] | None = None

    def score(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """(m, k) -> (m,); higher = more likely positive, or earlier death; 0 = the training patients' own middle."""
        return x @ self.coefficients + self.shift

    def probability(self, score: NDArray[np.float64], horizon_months: float | None = None) -> NDArray[np.float64]:
        """Probability of the positive class, or of death within `horizon_months`."""
        if self.base_log_odds is not None:
            return expit(score + self.base_log_odds)
        assert self.hazard_times is not None
        assert self.cumulative_hazard is not None
        return 1 - np.exp(-hazard_at(self.hazard_times, self.cumulative_hazard, horizon_months) * np.exp(score))

    def survival(self, score: NDArray[np.float64], times_months: NDArray[np.float64]) -> NDArray[np.float64]:
        """(m,) scores of a Cox model -> (m, len(times)) probability to live beyond each time."""
        assert self.hazard_times is not None
        assert self.cumulative_hazard is not None
        hazard = hazard_at(self.hazard_times, self.cumulative_hazard, times_months)
        return np.exp(-np.exp(score)[:, None] * hazard[None, :])


class Learner(Protocol):
    """What nested cross-validation needs of a model family."""

    @property
    def strata(self) -> NDArray[np.str_]:
        """(n,) label by which folds are balanced."""

    def relevance(self, standardised: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Univariate relevance of each column for the outcome of `rows`; higher = more relevant."""

    def path(
        self, x: NDArray[np.float64], rows: NDArray[np.int64], l1_ratio: float, lambdas: NDArray[np.float64] | None
    ) -> LinearPath:
        """Fit along the penalties on `rows`, whose prepared columns are x."""

    def loss(
        self, path: LinearPath, x: NDArray[np.float64], rows: NDArray[np.int64], held_out: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """(L,) deviance that the held-out among `rows` add; x = prepared columns of all `rows`."""

    def finish(self, path: LinearPath, place: int, x: NDArray[np.float64], rows: NDArray[np.int64]) -> LinearScore:
        """The model at one penalty, with its score centred on the training patients `rows`."""


@dataclass(frozen=True, eq=False)
class LogisticLearner:
    """Elastic-net logistic regression of a 0/1 outcome (n,). Score 0 = the prevalence among the training patients."""

    outcome: NDArray[np.int64]

    @property
    def strata(self) -> NDArray[np.str_]:
        """Negative or positive."""
        return np.where(self.outcome == 1, "positive", "negative")

    def relevance(self, standardised: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Absolute correlation with the outcome: the gradient of the likelihood where nothing has entered yet."""
        y = self.outcome[rows]
        return np.abs((y - y.mean()) @ standardised)

    def path(
        self, x: NDArray[np.float64], rows: NDArray[np.int64], l1_ratio: float, lambdas: NDArray[np.float64] | None
    ) -> LinearPath:
        """See Learner."""
        return LinearPath(
            *logistic_path(
                self.outcome[rows],
                x,
                l1_ratio=l1_ratio,
                lambdas=lambdas,
                n_lambdas=N_LAMBDAS,
                smallest_ratio=_smallest_ratio(x),
            )
        )

    def loss(
        self, path: LinearPath, x: NDArray[np.float64], rows: NDArray[np.int64], held_out: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Minus twice the log likelihood of the held-out patients."""
        eta = x[held_out] @ path.coefficients.T + path.intercepts
        y = self.outcome[rows[held_out]][:, None]
        return 2 * (np.logaddexp(0, eta) - y * eta).sum(axis=0)

    def finish(self, path: LinearPath, place: int, x: NDArray[np.float64], rows: NDArray[np.int64]) -> LinearScore:
        """See Learner; the score is the log odds minus those of the training prevalence."""
        del x
        base = float(logit(self.outcome[rows].mean()))
        return LinearScore(
            path.coefficients[place].copy(), float(path.intercepts[place]) - base, float(path.lambdas[place]), base
        )


@dataclass(frozen=True, eq=False)
class CoxLearner:
    """Elastic-net Cox regression. Score 0 = the median log hazard of the training patients."""

    outcome: Outcome

    @property
    def strata(self) -> NDArray[np.str_]:
        """Censored or event."""
        return np.where(self.outcome.event, "event", "censored")

    def relevance(self, standardised: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Univariate score test at coefficient zero: |gradient| over the root of its information."""
        outcome = self.outcome.of(rows)
        zero = np.zeros(outcome.n)
        _, residual, _ = cox_derivatives(zero, outcome.time_months, outcome.event)
        return np.abs(residual @ standardised) / np.sqrt(np.maximum(_information_at_zero(outcome, standardised), 1e-12))

    def path(
        self, x: NDArray[np.float64], rows: NDArray[np.int64], l1_ratio: float, lambdas: NDArray[np.float64] | None
    ) -> LinearPath:
        """See Learner; a Cox model has no intercept."""
        used, coefficients, converged = cox_path(
            self.outcome.of(rows),
            x,
            l1_ratio=l1_ratio,
            lambdas=lambdas,
            n_lambdas=N_LAMBDAS,
            smallest_ratio=_smallest_ratio(x),
        )
        return LinearPath(used, np.zeros(len(used)), coefficients, converged)

    def loss(
        self, path: LinearPath, x: NDArray[np.float64], rows: NDArray[np.int64], held_out: NDArray[np.bool_]
    ) -> NDArray[np.float64]:
        """Partial-likelihood deviance of all `rows` minus that without the held-out (van Houwelingen et al. 2006)."""
        return added_deviance(self.outcome.of(rows), x, np.flatnonzero(~held_out), path.coefficients)

    def finish(self, path: LinearPath, place: int, x: NDArray[np.float64], rows: NDArray[np.int64]) -> LinearScore:
        """See Learner; the baseline hazard is Breslow's at score 0."""
        coefficients = path.coefficients[place].copy()
        shift = -float(np.median(x @ coefficients)) if x.shape[1] else 0.0
        times, hazard = breslow_hazard(self.outcome.of(rows), x @ coefficients + shift)
        return LinearScore(
            coefficients, shift, float(path.lambdas[place]), hazard_times=times, cumulative_hazard=hazard
        )


def breslow_hazard(outcome: Outcome, score: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distinct event times and the cumulative hazard of a patient of score 0 (Breslow)."""
    times, deaths = np.unique(outcome.time_months[outcome.event], return_counts=True)
    order = np.argsort(outcome.time_months, kind="stable")
    remaining = np.append(np.cumsum(np.exp(score[order])[::-1])[::-1], 0.0)
    at_risk = remaining[np.searchsorted(outcome.time_months[order], times, side="left")]
    return times, np.cumsum(deaths / at_risk)


def hazard_at(times: NDArray[np.float64], hazard: NDArray[np.float64], when: ArrayLike | None) -> NDArray[np.float64]:
    """Value of a cumulative hazard at given times; at its end when None."""
    if when is None:
        return np.asarray(hazard[-1])
    return np.append(0.0, hazard)[np.searchsorted(times, np.asarray(when, dtype=float), side="right")]


def _smallest_ratio(x: NDArray[np.float64]) -> float:
    return SMALLEST_RATIO_WIDE if x.shape[1] >= x.shape[0] else SMALLEST_RATIO_TALL


def _information_at_zero(outcome: Outcome, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over deaths of the variance of each column in the risk set, as one matrix product (Breslow ties)."""
    order = np.argsort(-outcome.time_months, kind="stable")
    times, deaths = np.unique(-outcome.time_months[outcome.event], return_counts=True)
    size = np.searchsorted(-outcome.time_months[order], times, side="right")
    in_risk_set = (np.arange(outcome.n)[None, :] < size[:, None]).astype(float) / size[:, None]
    ordered = x[order]
    return (deaths @ in_risk_set) @ ordered**2 - deaths @ (in_risk_set @ ordered) ** 2
