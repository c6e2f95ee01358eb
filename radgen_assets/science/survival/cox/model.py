"""Cox's proportional hazards model by Newton's method: Efron or Breslow ties, strata, weights, persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtr

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.baseline import BaselineHazard, PredictedSurvival, baseline_hazards
from radgen_assets.science.survival.cox.covariates import as_matrix, as_weights
from radgen_assets.science.survival.cox.residuals import cox_residuals, sum_by_person
from radgen_assets.science.survival.cox.risk_sets import RiskSets, Ties, is_efron, risk_sets
from radgen_assets.science.survival.curves.kaplan_meier import Z95
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.terms import CodedTerms

SMALLEST_EIGENVALUE = 1e-9  # of the correlation matrix of the covariates


@dataclass(frozen=True, eq=False)
class CoxFit:
    """A fitted Cox model; arrays have one value a covariate. It holds no patient's data, so it may be stored.

    std_err, z, p : of the coefficients (Wald), over persons where `fit_cox` was told them
    model_std_err : from the inverse information; equal to std_err without persons
    low, high : 95 % limits of the hazard ratio
    likelihood_ratio, wald, score : (statistic, P) of the global tests, `n_covariates` degrees of freedom; only Wald's
        takes persons into account
    means : of the covariates (weighted), where the baseline hazards stand
        (at covariates zero they can overflow: an age of 0 lies far from any patient)
    baselines : one a stratum, sorted by label; one without strata
    """

    names: tuple[str, ...]
    n: int
    n_events: int
    ties: Ties
    coefficients: NDArray[np.float64]
    std_err: NDArray[np.float64]
    model_std_err: NDArray[np.float64]
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
    baselines: tuple[BaselineHazard, ...]
    n_steps: int

    @property
    def event_times(self) -> NDArray[np.float64]:
        """(k,) distinct event times, increasing; of a fit without strata."""
        return self._only_baseline().event_times

    @property
    def cumulative_hazard(self) -> NDArray[np.float64]:
        """(k,) baseline hazard at the covariates' means, summed up to each event time; of a fit without strata."""
        return self._only_baseline().cumulative_hazard

    def linear_predictor(self, covariates: ArrayLike) -> NDArray[np.float64]:
        """(m, p) covariates -> (m,) log hazard against the mean patient; higher means earlier death."""
        return self._centred(covariates) @ self.coefficients

    def survival(
        self, covariates: ArrayLike, times_months: ArrayLike, *, strata: ArrayLike | None = None
    ) -> NDArray[np.float64]:
        """(m, p) covariates -> (m, len(times)) predicted probability to live beyond each time.

        strata : (m,) stratum of each patient, needed when the fit has strata
        """
        score = self.linear_predictor(covariates)
        times = np.atleast_1d(np.asarray(times_months, dtype=float))
        hazard = np.stack([one.at(times) for one in self._baselines_of(strata, len(score))])
        return np.exp(-np.exp(score)[:, None] * hazard)

    def predict_survival(
        self, covariates: ArrayLike, times_months: ArrayLike, *, strata: ArrayLike | None = None
    ) -> PredictedSurvival:
        """As `survival`, with standard errors and 95 % limits (on the log scale, cut at 1).

        Source: Tsiatis 1981, Link 1984; R summary(survfit(coxph, newdata)).
        """
        x = self._centred(covariates)
        times = np.atleast_1d(np.asarray(times_months, dtype=float))
        baselines = self._baselines_of(strata, len(x))
        parts = [one.predict(x[i], self.coefficients, self.variance, times) for i, one in enumerate(baselines)]
        survival = np.exp(-np.stack([hazard for hazard, _ in parts]))
        error = np.stack([std_err for _, std_err in parts])  # of the log survival
        low, high = survival * np.exp(-Z95 * error), np.minimum(1.0, survival * np.exp(Z95 * error))
        return PredictedSurvival(times, survival, survival * error, low, high)

    def _centred(self, covariates: ArrayLike) -> NDArray[np.float64]:
        x = np.atleast_2d(np.asarray(covariates, dtype=np.float64))
        if x.ndim != 2 or x.shape[1] != len(self.names) or not np.isfinite(x).all():
            raise UsedWrongly(
                f"Cox: found new patients of shape {x.shape}, expected (m, {len(self.names)}) finite numbers: "
                f"{', '.join(self.names)}."
            )
        return x - self.means

    def _only_baseline(self) -> BaselineHazard:
        if len(self.baselines) > 1:
            labels = ", ".join(one.stratum for one in self.baselines)
            raise UsedWrongly(f"Cox: the fit has a baseline for each stratum ({labels}). Choose one of `.baselines`.")
        return self.baselines[0]

    def _baselines_of(self, strata: ArrayLike | None, n: int) -> list[BaselineHazard]:
        if strata is None:
            return [self._only_baseline()] * n
        known = {one.stratum: one for one in self.baselines}
        labels = [str(label) for label in np.atleast_1d(np.asarray(strata)).tolist()]
        unknown = sorted(set(labels) - set(known))
        if unknown or len(labels) != n:
            found = f"the stratum '{unknown[0]}'" if unknown else f"{len(labels)} strata for {n} patients"
            raise UsedWrongly(f"Cox: found {found}, expected one of {', '.join(known)} for each patient.")
        return [known[label] for label in labels]


def fit_cox(
    outcome: Outcome,
    covariates: ArrayLike | CodedTerms,
    *,
    names: Sequence[str] | None = None,
    ties: Ties = "efron",
    strata: ArrayLike | None = None,
    weights: ArrayLike | None = None,
    persons: ArrayLike | None = None,
) -> CoxFit:
    """Fit a Cox model without penalty.

    Parameters
    ----------
    covariates : (n, p) float64, data frame of numbers, or CodedTerms
        Finite numbers; categories must have been coded. Centred and scaled inside, reported on their own scale.
    names : sequence of str, optional
        Names of the columns, for messages and the result; a data frame and CodedTerms bring their own.
    ties : "efron" or "breslow"
        Treatment of deaths at one time; the baseline hazard is weighted in the same way (as R, unlike lifelines).
    strata : (n,) labels, optional
        Each stratum has its own baseline hazard; the coefficients are common.
    weights : (n,) > 0, optional
        Case weights. The standard errors take a patient of weight 2 for two patients; where weights are not counts,
        give `persons` as well.
    persons : (n,) labels, optional
        Standard errors from the spread of the persons' influences (sandwich): the patients of one person are one unit.

    Raises
    ------
    UsedWrongly
        No event; a constant covariate; covariates that depend on each other linearly; a covariate that separates
        (the likelihood has no maximum, the coefficient would be infinite). The text names the covariate.

    Source: Cox 1972; Efron 1977; Lin & Wei 1989 (persons); R survival::coxph (agreement 1e-9 in coefficients).
    """
    matrix, labels = as_matrix(covariates, names, outcome.n)
    case_weights = as_weights(weights, outcome.n)
    _refuse_what_cannot_be_fitted(outcome, matrix, labels)
    sets = risk_sets(outcome, strata)
    found = _maximum(matrix, labels, case_weights, sets, ties)
    variance = found.model_variance
    if persons is not None:
        inside = cox_residuals(outcome, matrix, found.coefficients, ties=ties, strata=strata, weights=case_weights)
        influence = sum_by_person(case_weights[:, None] * inside.score @ found.model_variance, persons, len(labels))
        variance = influence.T @ influence
    centred, in_order = matrix[sets.order] - found.mean, case_weights[sets.order]
    baselines = baseline_hazards(sets, centred, in_order, found.coefficients, ties)
    return _told(outcome, labels, ties, found, variance, baselines)


@dataclass(frozen=True, eq=False)
class _Maximum:
    """Where the likelihood is largest, on the covariates' own scale; gradient and information at zero, standardised."""

    mean: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    model_variance: NDArray[np.float64]
    log_likelihood_null: float
    log_likelihood: float
    gradient_at_zero: NDArray[np.float64]
    information_at_zero: NDArray[np.float64]
    n_steps: int


def _maximum(
    matrix: NDArray[np.float64], names: tuple[str, ...], weights: NDArray[np.float64], sets: RiskSets, ties: Ties
) -> _Maximum:
    """Newton's method from zero on centred and scaled covariates; refuses a likelihood without a maximum."""
    from radgen_assets.science.survival.cox.likelihood import evaluate, maximise

    mean = np.average(matrix, axis=0, weights=weights)
    scale = np.sqrt(np.average((matrix - mean) ** 2, axis=0, weights=weights))
    x = np.ascontiguousarray(((matrix - mean) / scale)[sets.order])
    data = (x, weights[sets.order], sets.start, sets.n_dead, sets.first, is_efron(ties))
    p = len(names)
    beta, gradient, information = np.zeros(p), np.zeros(p), np.zeros((p, p))
    null = evaluate(*data, beta, gradient, information)
    at_zero = gradient.copy(), information.copy()
    loglik, steps, ending = maximise(*data, beta, gradient, information)
    _refuse_without_maximum(ending, beta, at_zero[1], names)
    variance = np.linalg.inv(information) / np.outer(scale, scale)
    return _Maximum(mean, beta / scale, variance, null, loglik, *at_zero, steps)


def _told(
    outcome: Outcome,
    names: tuple[str, ...],
    ties: Ties,
    found: _Maximum,
    variance: NDArray[np.float64],
    baselines: tuple[BaselineHazard, ...],
) -> CoxFit:
    """The fit with its standard errors, limits and tests; `variance` is the model's or the one over persons."""
    p, coefficients = len(names), found.coefficients
    std_err = np.sqrt(np.diag(variance))
    z = coefficients / std_err
    hazard_ratio, low, high = hazard_ratios(coefficients, std_err)
    ratio = 2 * (found.log_likelihood - found.log_likelihood_null)
    wald = float(coefficients @ np.linalg.solve(variance, coefficients))
    score = float(found.gradient_at_zero @ np.linalg.solve(found.information_at_zero, found.gradient_at_zero))
    return CoxFit(
        names=names,
        n=outcome.n,
        n_events=outcome.n_events,
        ties=ties,
        coefficients=coefficients,
        std_err=std_err,
        model_std_err=np.sqrt(np.diag(found.model_variance)),
        variance=variance,
        z=z,
        p=2 * ndtr(-np.abs(z)),
        hazard_ratio=hazard_ratio,
        low=low,
        high=high,
        log_likelihood_null=found.log_likelihood_null,
        log_likelihood=found.log_likelihood,
        likelihood_ratio=(ratio, float(chdtrc(p, ratio))),
        wald=(wald, float(chdtrc(p, wald))),
        score=(score, float(chdtrc(p, score))),
        aic=2 * p - 2 * found.log_likelihood,
        bic=p * float(np.log(outcome.n_events)) - 2 * found.log_likelihood,
        means=found.mean,
        baselines=baselines,
        n_steps=found.n_steps,
    )


def hazard_ratios(
    coefficients: NDArray[np.float64], std_err: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Hazard ratios for one unit with 95 % limits; infinite beyond 1e308, as one mm2/s of diffusivity may give."""
    with np.errstate(over="ignore"):
        return np.exp(coefficients), np.exp(coefficients - Z95 * std_err), np.exp(coefficients + Z95 * std_err)


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


def _refuse_without_maximum(
    ending: int, beta: NDArray[np.float64], information_at_zero: NDArray[np.float64], names: tuple[str, ...]
) -> None:
    from radgen_assets.science.survival.cox.likelihood import FLAT, FOUND

    if ending == FOUND:
        return
    if ending == FLAT:
        flat = np.diag(information_at_zero) <= SMALLEST_EIGENVALUE
        told = f"'{names[int(np.argmax(flat))]}' does not vary" if flat.any() else f"{', '.join(names)} depend linearly"
        raise UsedWrongly(f"Cox: {told} among the patients at risk at an event (of each stratum). Leave one out.")
    name = names[int(np.argmax(np.abs(beta)))]
    raise UsedWrongly(
        f"Cox: the likelihood has no maximum, the coefficient of '{name}' runs to infinity (separation: one side of it "
        "holds no event, or orders the deaths perfectly). Merge levels, leave it out, or use fit_elastic_net_cox."
    )
