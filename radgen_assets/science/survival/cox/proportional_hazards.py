"""Do hazard ratios change with time? The score test of R's cox.zph (survival 3), by term or by coefficient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc
from scipy.stats import rankdata

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.covariates import as_matrix
from radgen_assets.science.survival.cox.model import fit_cox
from radgen_assets.science.survival.cox.risk_sets import RiskSets, Ties, is_efron, risk_sets
from radgen_assets.science.survival.curves.kaplan_meier import kaplan_meier
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.terms import CodedTerms

SMALLEST_EIGENVALUE = 1e-10  # of the information on the correlation scale
TimeScale = Literal["km", "identity", "log", "rank"]


@dataclass(frozen=True, eq=False)
class ProportionalHazards:
    """Test of proportional hazards; k tests (terms or coefficients) and d deaths.

    names, statistic, degrees_of_freedom, p : (k,) a small P says that the hazard ratio changes with time
    global_statistic, global_degrees_of_freedom, global_p : all at once
    transform : the scale of time on which a trend was looked for
    time_months, time_scaled : (d,) of the deaths, increasing, and on that scale
    residuals : (d, k) scaled Schoenfeld residuals: smoothed over time they draw the log hazard ratio as it changes; a
        category of several levels has one column, in units of its own linear predictor (constant at 1 where hazards
        are proportional)
    """

    names: tuple[str, ...]
    statistic: NDArray[np.float64]
    degrees_of_freedom: NDArray[np.int64]
    p: NDArray[np.float64]
    global_statistic: float
    global_degrees_of_freedom: int
    global_p: float
    transform: TimeScale
    time_months: NDArray[np.float64]
    time_scaled: NDArray[np.float64]
    residuals: NDArray[np.float64]
    n: int
    n_events: int

    def to_frame(self) -> pd.DataFrame:
        """One row a test, GLOBAL last."""
        return pd.DataFrame(
            {
                "name": [*self.names, "GLOBAL"],
                "statistic": [*self.statistic, self.global_statistic],
                "degrees_of_freedom": [*self.degrees_of_freedom, self.global_degrees_of_freedom],
                "p": [*self.p, self.global_p],
            }
        )


def proportional_hazards_test(
    outcome: Outcome,
    covariates: ArrayLike | CodedTerms,
    *,
    names: Sequence[str] | None = None,
    ties: Ties = "efron",
    strata: ArrayLike | None = None,
    transform: TimeScale = "km",
) -> ProportionalHazards:
    """Fit a Cox model and test whether each coefficient is constant over time.

    Parameters
    ----------
    covariates, names, ties, strata : as in fit_cox
        CodedTerms are tested term by term, so that a category of k levels is one test with k - 1 degrees of freedom;
        anything else (their `.matrix` too) coefficient by coefficient.
    transform : "km", "identity", "log" or "rank"
        Scale of time: one minus the Kaplan-Meier curve before each death, the months, their logarithm, their ranks.

    Raises
    ------
    UsedWrongly
        Whatever fit_cox refuses; deaths at fewer than two times, or too few to tell a trend from the coefficient
        itself; deaths at time 0 on the logarithmic scale.

    Notes
    -----
    The score test for adding covariate x g(time) to the model, with the information of both sets of coefficients. It is
    not lifelines' test, which has the formula of cox.zph before survival 3.0 (residuals scaled by an average variance).
    Source: Grambsch & Therneau 1994; R survival 3.5 cox.zph.
    """
    matrix, labels = as_matrix(covariates, names, outcome.n)
    terms, places = _tests(covariates, labels)
    fit = fit_cox(outcome, matrix, names=labels, ties=ties, strata=strata)
    sets = risk_sets(outcome, strata)
    time = sets.times[sets.block_of_deaths]
    scaled = _on_scale(outcome, time, transform)
    if np.ptp(scaled) == 0:
        raise UsedWrongly("proportional hazards: all deaths share one time, expected two or more. No change can show.")
    residuals, spread = _schoenfeld(sets, (matrix - fit.means)[sets.order], fit.coefficients, ties)
    g = scaled - scaled.mean()
    p = len(labels)
    score = np.concatenate([np.zeros(p), g @ residuals])
    still, mixed, moving = (np.tensordot(g**power, spread, axes=1) for power in (0, 1, 2))
    information = np.block([[still, mixed], [mixed, moving]])
    tested = [*places, np.arange(p)]
    _refuse_too_few_deaths(information, labels)
    statistic = np.array([_score_test(score, information, p, columns) for columns in tested])
    freedom = np.array([len(columns) for columns in tested])
    p_values = chdtrc(freedom, statistic)
    order = np.argsort(time, kind="stable")
    return ProportionalHazards(
        names=terms,
        statistic=statistic[:-1],
        degrees_of_freedom=freedom[:-1],
        p=p_values[:-1],
        global_statistic=float(statistic[-1]),
        global_degrees_of_freedom=p,
        global_p=float(p_values[-1]),
        transform=transform,
        time_months=time[order],
        time_scaled=scaled[order],
        residuals=_scaled_residuals(residuals, still, fit.coefficients, places)[order],
        n=outcome.n,
        n_events=outcome.n_events,
    )


def _tests(
    covariates: ArrayLike | CodedTerms, labels: tuple[str, ...]
) -> tuple[tuple[str, ...], list[NDArray[np.int64]]]:
    """Names of the tests, and the columns of each."""
    if isinstance(covariates, CodedTerms):
        return covariates.terms, [covariates.columns_of(term) for term in covariates.terms]
    return labels, [np.array([j]) for j in range(len(labels))]


def _on_scale(outcome: Outcome, time: NDArray[np.float64], transform: TimeScale) -> NDArray[np.float64]:
    if transform == "identity":
        return time
    if transform == "rank":
        ranks = dict(zip(outcome.time_months.tolist(), rankdata(outcome.time_months).tolist(), strict=True))
        return np.array([ranks[value] for value in time.tolist()])
    if transform == "log":
        if not (time > 0).all():
            raise UsedWrongly("proportional hazards: found a death at time 0, which has no logarithm. Use 'km'.")
        return np.log(time)
    if transform == "km":
        curve = kaplan_meier(outcome)
        before = np.searchsorted(curve.time_months, time, side="left")
        return 1.0 - np.append(1.0, curve.survival)[before]
    raise UsedWrongly(f"proportional hazards: found the transform '{transform}', expected km, identity, log or rank.")


def _schoenfeld(
    sets: RiskSets, centred: NDArray[np.float64], coefficients: NDArray[np.float64], ties: Ties
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each death: covariates minus their mean among those at risk (d, p), and their covariance there (d, p, p)."""
    from radgen_assets.science.survival.cox.likelihood import moments_at_deaths

    p = len(coefficients)
    x = np.ascontiguousarray(centred)
    spread = np.zeros((int(sets.n_dead.sum()), p, p))
    weight = np.ones(len(x))
    _, means, _, _ = moments_at_deaths(
        x, weight, sets.start, sets.n_dead, sets.first, is_efron(ties), coefficients, spread
    )
    begins = np.cumsum(sets.n_dead) - sets.n_dead
    shared = np.add.reduceat(means, begins, axis=0) / sets.n_dead[:, None]  # tied deaths see the mean of their means
    return x[sets.dead] - shared[sets.block_of_deaths], spread


def _refuse_too_few_deaths(information: NDArray[np.float64], names: tuple[str, ...]) -> None:
    """A trend needs risk sets that vary at two times or more, for all covariates at once."""
    size = np.sqrt(np.diag(information))
    p = len(names)
    if not (size > 0).all() or np.linalg.eigvalsh(information / np.outer(size, size))[0] < SMALLEST_EIGENVALUE:
        moving = information[p:, p:] - information[p:, :p] @ np.linalg.solve(information[:p, :p], information[:p, p:])
        weakest = names[int(np.argmin(np.diag(moving) / np.diag(information)[p:].clip(min=1e-300)))]
        raise UsedWrongly(
            f"proportional hazards: too few deaths among patients who differ in '{weakest}' to tell a trend from "
            "its coefficient. Test fewer covariates, or more patients."
        )


def _score_test(
    score: NDArray[np.float64], information: NDArray[np.float64], p: int, columns: NDArray[np.int64]
) -> float:
    kept = np.concatenate([np.arange(p), p + columns])
    return float(score[kept] @ np.linalg.solve(information[np.ix_(kept, kept)], score[kept]))


def _scaled_residuals(
    residuals: NDArray[np.float64],
    information: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    places: list[NDArray[np.int64]],
) -> NDArray[np.float64]:
    """Residuals times the variance and the number of deaths, plus the coefficient (Grambsch & Therneau).

    A term of several columns is first made one covariate, its part of the linear predictor, whose coefficient is 1.
    """
    merge = np.zeros((len(coefficients), len(places)))
    for k, columns in enumerate(places):
        parts = coefficients[columns]
        merge[columns, k] = parts if len(columns) > 1 and parts.any() else 1.0
    level = [1.0 if len(columns) > 1 else coefficients[columns[0]] for columns in places]
    variance = np.linalg.inv(merge.T @ information @ merge)
    return residuals @ merge @ variance * len(residuals) + np.array(level)
