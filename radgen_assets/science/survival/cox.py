"""Cox's proportional hazards model by Newton's method, Efron or Breslow ties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr
from scipy.stats import chi2

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.kaplan_meier import Z95
from radgen_assets.science.survival.outcome import Outcome

Ties = Literal["efron", "breslow"]
MAX_STEPS = 60
MAX_HALVINGS = 30
GRADIENT_TOLERANCE = 1e-10  # of the log likelihood per standard deviation, divided by the number of events
LARGEST_STANDARDISED = 12.0  # a hazard ratio above 160,000 per standard deviation: the likelihood has no maximum
SMALLEST_EIGENVALUE = 1e-9  # of the information per event, on the correlation scale


@dataclass(frozen=True, eq=False)
class CoxFit:
    """A fitted Cox model; arrays have one value a covariate.

    std_err, z, p : of the coefficients, from the inverse information (Wald)
    low, high : 95 % limits of the hazard ratio
    likelihood_ratio, wald, score : (statistic, P) of the global tests, `n_covariates` degrees of freedom
    event_times, cumulative_hazard : baseline at the covariates' means, one value a distinct event time
        (at covariates zero it can overflow: an age of 0 lies far from any patient)
    """

    names: tuple[str, ...]
    n: int
    n_events: int
    ties: Ties
    coefficients: NDArray[np.float64]
    std_err: NDArray[np.float64]
    variance: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]
    hazard_ratio: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    log_likelihood_null: float
    log_likelihood: float
    likelihood_ratio: tuple[float, float]
    wald: tuple[float, float]
    score: tuple[float, float]
    aic: float
    bic: float
    means: NDArray[np.float64]
    event_times: NDArray[np.float64]
    cumulative_hazard: NDArray[np.float64]
    n_steps: int

    def linear_predictor(self, covariates: ArrayLike) -> NDArray[np.float64]:
        """(m, p) covariates -> (m,) log hazard against the mean patient; higher means earlier death."""
        return (np.atleast_2d(np.asarray(covariates, dtype=float)) - self.means) @ self.coefficients

    def survival(self, covariates: ArrayLike, times_months: ArrayLike) -> NDArray[np.float64]:
        """(m, p) covariates -> (m, len(times)) predicted probability to live beyond each time."""
        place = np.searchsorted(self.event_times, np.asarray(times_months, dtype=float), side="right")
        hazard = np.append(0.0, self.cumulative_hazard)[place]
        return np.exp(-np.exp(self.linear_predictor(covariates))[:, None] * hazard[None, :])


@dataclass(frozen=True, eq=False)
class _RiskSets:
    """Patients by decreasing time, cut at each distinct event time; everything the likelihood needs."""

    order: NDArray[np.int64]
    at_risk: NDArray[np.int64]  # (k,) patients at risk: the first so many of `order`
    dead: NDArray[np.int64]  # rows of `order` that died, grouped by event time
    first_dead: NDArray[np.int64]  # (k,) where each group starts in `dead`
    n_dead: NDArray[np.int64]  # (k,)
    times: NDArray[np.float64]  # (k,) decreasing


def fit_cox(
    outcome: Outcome, covariates: ArrayLike, *, names: Sequence[str] | None = None, ties: Ties = "efron"
) -> CoxFit:
    """Fit a Cox model without penalty.

    Parameters
    ----------
    covariates : (n, p) float64 or data frame
        Finite numbers; categories must have been coded. Centred and scaled inside, reported on their own scale.
    names : sequence of str, optional
        Names of the columns, for messages and the result; a data frame brings its own.
    ties : "efron" or "breslow"
        Treatment of deaths at one time; the baseline hazard is weighted in the same way (as R, unlike lifelines).

    Raises
    ------
    UsedWrongly
        No event; a constant covariate; covariates that depend on each other linearly; a covariate that separates
        (the likelihood has no maximum, the coefficient would be infinite). The text names the covariate.

    Source: Cox 1972; Efron 1977; R survival::coxph (agreement 1e-9 in coefficients).
    """
    matrix, labels = _as_matrix(covariates, names, outcome.n)
    _refuse_what_cannot_be_fitted(outcome, matrix, labels)
    mean, scale = matrix.mean(axis=0), matrix.std(axis=0)
    standardised = (matrix - mean) / scale
    sets = _risk_sets(outcome)
    beta, null, final, steps = _newton(standardised[sets.order], sets, ties, labels)
    unscaled = np.linalg.inv(final[2])
    coefficients, variance = beta / scale, unscaled / np.outer(scale, scale)
    std_err = np.sqrt(np.diag(variance))
    z = coefficients / std_err
    times, hazard = _baseline(standardised[sets.order] @ beta, sets, ties)
    ratio = 2 * (final[0] - null[0])
    wald = float(beta @ final[2] @ beta)
    score = float(null[1] @ np.linalg.solve(null[2], null[1]))
    p = len(labels)
    return CoxFit(
        names=labels,
        n=outcome.n,
        n_events=outcome.n_events,
        ties=ties,
        coefficients=coefficients,
        std_err=std_err,
        variance=variance,
        z=z,
        p=2 * ndtr(-np.abs(z)),
        hazard_ratio=np.exp(coefficients),
        low=np.exp(coefficients - Z95 * std_err),
        high=np.exp(coefficients + Z95 * std_err),
        log_likelihood_null=null[0],
        log_likelihood=final[0],
        likelihood_ratio=(ratio, float(chi2.sf(ratio, p))),
        wald=(wald, float(chi2.sf(wald, p))),
        score=(score, float(chi2.sf(score, p))),
        aic=2 * p - 2 * final[0],
        bic=p * float(np.log(outcome.n_events)) - 2 * final[0],
        means=mean,
        event_times=times,
        cumulative_hazard=hazard,
        n_steps=steps,
    )


def _as_matrix(
    covariates: ArrayLike, names: Sequence[str] | None, n: int
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    columns = getattr(covariates, "columns", None)
    matrix = np.asarray(covariates, dtype=np.float64)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    if names is None:
        names = [f"x{j + 1}" for j in range(matrix.shape[1])] if columns is None else [str(c) for c in columns]
    if matrix.shape != (n, len(names)) or not names:
        raise UsedWrongly(f"Cox: found covariates of shape {matrix.shape}, expected ({n}, {max(len(names), 1)}).")
    return matrix, tuple(names)


def _refuse_what_cannot_be_fitted(outcome: Outcome, matrix: NDArray[np.float64], names: tuple[str, ...]) -> None:
    if not outcome.n_events:
        raise UsedWrongly(f"Cox: found no event among {outcome.n} patients, expected at least one.")
    if not np.isfinite(matrix).all():
        name = names[int(np.flatnonzero(~np.isfinite(matrix).all(axis=0))[0])]
        raise UsedWrongly(
            f"Cox: found NaN or infinity in '{name}', expected finite numbers. Handle missing values first."
        )
    constant = np.flatnonzero(np.ptp(matrix, axis=0) == 0)
    if len(constant):
        raise UsedWrongly(f"Cox: '{names[int(constant[0])]}' is constant, so it has no coefficient. Leave it out.")
    correlation = np.corrcoef(matrix, rowvar=False).reshape(len(names), len(names))
    if len(names) > 1 and np.linalg.eigvalsh(correlation)[0] < SMALLEST_EIGENVALUE:
        raise UsedWrongly(f"Cox: {', '.join(names)} depend on each other linearly. Leave one of them out.")


def _risk_sets(outcome: Outcome) -> _RiskSets:
    order = np.argsort(-outcome.time_months, kind="stable")
    time, event = outcome.time_months[order], outcome.event[order]
    dead = np.flatnonzero(event)
    times, first_dead, n_dead = np.unique(-time[dead], return_index=True, return_counts=True)
    at_risk = np.searchsorted(-time, times, side="right")
    return _RiskSets(order, at_risk, dead, first_dead, n_dead, -times)


def _newton(
    x: NDArray[np.float64], sets: _RiskSets, ties: Ties, names: tuple[str, ...]
) -> tuple[NDArray[np.float64], tuple, tuple, int]:
    """Maximise the partial likelihood; returns beta, (loglik, gradient, information) at zero and at beta, steps."""
    beta = np.zeros(x.shape[1])
    null = now = _likelihood(x, beta, sets, ties)
    for step in range(1, MAX_STEPS + 1):
        if np.linalg.eigvalsh(now[2])[0] < SMALLEST_EIGENVALUE * len(sets.dead):
            raise _no_maximum(beta, names)
        direction = np.linalg.solve(now[2], now[1])
        length = 1.0
        for _ in range(MAX_HALVINGS):
            trial = _likelihood(x, beta + length * direction, sets, ties)
            if np.isfinite(trial[0]) and trial[0] >= now[0] - 1e-12 * abs(now[0]):
                break
            length /= 2
        beta, now = beta + length * direction, trial
        if np.abs(beta).max() > LARGEST_STANDARDISED:
            raise _no_maximum(beta, names)
        if np.abs(now[1]).max() < GRADIENT_TOLERANCE * len(sets.dead) and np.abs(direction).max() < 1e-7:
            return beta, null, now, step
    raise _no_maximum(beta, names)


def _no_maximum(beta: NDArray[np.float64], names: tuple[str, ...]) -> UsedWrongly:
    name = names[int(np.argmax(np.abs(beta)))]
    return UsedWrongly(
        f"Cox: the likelihood has no maximum, the coefficient of '{name}' runs to infinity (separation: one side of it "
        "holds no event, or orders the deaths perfectly). Merge levels, leave it out, or use fit_elastic_net_cox."
    )


def _efron_weights(sets: _RiskSets, ties: Ties) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """For each death: its event time, and the share l/d of the tied deaths that has left the risk set before it."""
    group = np.repeat(np.arange(len(sets.n_dead)), sets.n_dead)
    if ties == "breslow":
        return group, np.zeros(len(group))
    return group, (np.arange(len(group)) - sets.first_dead[group]) / sets.n_dead[group]


def _likelihood(
    x: NDArray[np.float64], beta: NDArray[np.float64], sets: _RiskSets, ties: Ties
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Log partial likelihood, its gradient (p,) and information (p, p); rows of x by decreasing time."""
    n, p = x.shape
    eta = x @ beta
    shift = eta.max()
    risk = np.exp(eta - shift)
    weighted = risk[:, None] * x
    squares = (weighted[:, :, None] * x[:, None, :]).reshape(n, p * p)
    group, share = _efron_weights(sets, ties)

    def sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
        whole = np.cumsum(values, axis=0)[sets.at_risk - 1]
        tied = np.add.reduceat(values[sets.dead], sets.first_dead, axis=0)
        return whole[group] - share[:, None] * tied[group]

    s0, s1, s2 = sums(risk[:, None])[:, 0], sums(weighted), sums(squares)
    mean = s1 / s0[:, None]
    loglik = float((eta[sets.dead] - shift).sum() - np.log(s0).sum())
    gradient = x[sets.dead].sum(axis=0) - mean.sum(axis=0)
    information = (s2 / s0[:, None]).sum(axis=0).reshape(p, p) - mean.T @ mean
    return loglik, gradient, information


def _baseline(eta: NDArray[np.float64], sets: _RiskSets, ties: Ties) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Event times, increasing, and the cumulative hazard of a patient with linear predictor zero."""
    risk = np.exp(eta)
    group, share = _efron_weights(sets, ties)
    whole = np.cumsum(risk)[sets.at_risk - 1]
    tied = np.add.reduceat(risk[sets.dead], sets.first_dead)
    jump = np.bincount(group, weights=1.0 / (whole[group] - share * tied[group]))
    return sets.times[::-1], np.cumsum(jump[::-1])
