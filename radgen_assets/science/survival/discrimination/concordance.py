"""Concordance of a risk score with survival, its standard error, and the paired comparison of scores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.censoring import censoring_curve
from radgen_assets.science.survival.curves.kaplan_meier import Z95, kaplan_meier
from radgen_assets.science.survival.discrimination.concordance_pairs import count_pairs
from radgen_assets.science.survival.discrimination.influence import by_person, z_and_p
from radgen_assets.science.survival.outcome import Outcome

Weighting = Literal["n", "S", "S/G", "n/G2", "I"]  # R's `timewt`


@dataclass(frozen=True, eq=False)
class Concordance:
    """C with what it was counted from.

    value : share of comparable pairs in the right order, tied risks count one half
    std_err : infinitesimal jackknife (over persons where the function was told them); 0 for a perfect order, whose
        interval says nothing
    low, high : value +- 1.96 standard errors, cut at 0 and 1
    n_events : events up to `tau_months`
    n_concordant, n_discordant, n_tied_risk : pairs, each counted once whatever it weighs
    influence : (n,) derivative of C by each patient's weight; `std_err` is the root of its sum of squares
    weighting : what a pair counts for; "n" is Harrell's C, "n/G2" Uno's
    tau_months : events later than this form no pairs; None where all do
    """

    value: float
    std_err: float
    low: float
    high: float
    n: int
    n_events: int
    n_concordant: int
    n_discordant: int
    n_tied_risk: int
    influence: NDArray[np.float64]
    weighting: Weighting = "n"
    tau_months: float | None = None


@dataclass(frozen=True)
class ConcordanceDifference:
    """C of one score minus C of another on the same patients."""

    value: float
    std_err: float
    low: float
    high: float
    z: float
    p: float


@dataclass(frozen=True, eq=False)
class JointConcordance:
    """C of k scores on the same patients with their covariance.

    names : k names
    value, std_err : (k,)
    covariance : (k, k)
    chi_squared, degrees_of_freedom, p : test that all k are equal; scores in the same order count once
    """

    names: tuple[str, ...]
    value: NDArray[np.float64]
    std_err: NDArray[np.float64]
    covariance: NDArray[np.float64]
    chi_squared: float
    degrees_of_freedom: int
    p: float

    def difference(self, first: str, other: str) -> ConcordanceDifference:
        """C of `first` minus C of `other`."""
        unknown = [name for name in (first, other) if name not in self.names]
        if unknown:
            raise UsedWrongly(f"concordance: found no score {unknown[0]!r}, expected one of {', '.join(self.names)}.")
        a, b = self.names.index(first), self.names.index(other)
        variance = self.covariance[a, a] + self.covariance[b, b] - 2 * self.covariance[a, b]
        return _difference(float(self.value[a] - self.value[b]), float(np.sqrt(max(variance, 0.0))))


def harrell_c(
    outcome: Outcome, risk: ArrayLike, *, persons: ArrayLike | None = None, tau_months: float | None = None
) -> Concordance:
    """Harrell's concordance of a risk score with right-censored survival.

    Parameters
    ----------
    risk : (n,) float64
        Higher means earlier death; not a survival probability.
    persons : (n,) labels, optional
        Patients of one person are one unit of the standard error.
    tau_months : float, optional
        Events later than this form no pairs.

    Raises
    ------
    UsedWrongly
        For NaN in `risk`, and when no pair can be ordered (all censored, or no one outlives an event).

    Notes
    -----
    A pair is comparable when the earlier time is an event; a patient censored at the time of an event outlives it;
    two events at one time are no pair. What C estimates depends on the censoring; `uno_c` takes that away.
    Source: Harrell, Lee & Mark 1996; R survival::concordance(reverse = TRUE), whose variance is the same jackknife.
    """
    return weighted_concordance(outcome, risk, weighting="n", persons=persons, tau_months=tau_months)


def weighted_concordance(
    outcome: Outcome,
    risk: ArrayLike,
    *,
    weighting: Weighting,
    persons: ArrayLike | None = None,
    tau_months: float | None = None,
) -> Concordance:
    """Concordance whose pairs count by the time of their event, as R's `timewt` has it.

    With n(t) at risk, S the survival and G the censoring curve, both just before the event, a pair counts for
    1 ("n", Harrell), 1 / G^2 ("n/G2", Uno), S / n ("S", Schemper), S / (G n) ("S/G", Peto-Wilcoxon) or 1 / n ("I",
    each event alike). The standard error takes the weights as known, as R does.

    Parameters and errors are those of `harrell_c`. Source: R survival::concordance(timewt = ), its vignette.
    """
    score = _as_risk(risk, outcome.n)
    weight = _weights(outcome, weighting)
    if tau_months is not None:
        weight = np.where(outcome.time_months <= tau_months, weight, 0.0)
    (concordant, discordant, tied), plain = count_pairs(outcome.time_months, outcome.event, score, weight)
    total = concordant + discordant + tied
    n_pairs = total.sum() / 2  # each pair was counted at both patients
    used = outcome.event if tau_months is None else outcome.event & (outcome.time_months <= tau_months)
    if not plain.sum():
        until = "" if tau_months is None else f" until {tau_months:g} months"
        raise UsedWrongly(
            f"concordance: no pair of patients can be ordered ({outcome.n} patients, {int(used.sum())} events{until})."
        )
    right = concordant + tied / 2
    value = float(right.sum() / total.sum())
    influence = (right - value * total) / n_pairs
    std_err = float(np.sqrt((by_person(influence, persons) ** 2).sum()))
    return Concordance(
        value=value,
        std_err=std_err,
        low=max(0.0, value - Z95 * std_err),
        high=min(1.0, value + Z95 * std_err),
        n=outcome.n,
        n_events=int(used.sum()),
        n_concordant=int(plain[0]),
        n_discordant=int(plain[1]),
        n_tied_risk=int(plain[2]),
        influence=influence,
        weighting=weighting,
        tau_months=tau_months,
    )


def compare_concordance(
    outcome: Outcome,
    risk: ArrayLike,
    other_risk: ArrayLike,
    *,
    weighting: Weighting = "n",
    persons: ArrayLike | None = None,
    tau_months: float | None = None,
) -> ConcordanceDifference:
    """C of `risk` minus C of `other_risk`, paired: the patients' influences are subtracted before squaring.

    `weighting="n/G2"` compares Uno's C. Two scores of the same order differ by 0 with P = 1.
    Source: Therneau & Atkinson, the concordance vignette of R survival; equals R's concordance(fit1, fit2).
    """
    first = weighted_concordance(outcome, risk, weighting=weighting, tau_months=tau_months)
    second = weighted_concordance(outcome, other_risk, weighting=weighting, tau_months=tau_months)
    return difference_from_influence(first.value - second.value, by_person(first.influence - second.influence, persons))


def joint_concordance(
    outcome: Outcome,
    risks: Mapping[str, ArrayLike],
    *,
    weighting: Weighting = "n",
    persons: ArrayLike | None = None,
    tau_months: float | None = None,
) -> JointConcordance:
    """C of several named scores with their covariance, and the test that all are equal.

    Source: R survival::concordance(fit1, fit2, ...), whose `var` is this covariance; Wald's test of its contrasts.
    """
    if not risks:
        raise UsedWrongly("concordance: found no score, expected at least one.")
    parts = [weighted_concordance(outcome, risk, weighting=weighting, tau_months=tau_months) for risk in risks.values()]
    influence = by_person(np.array([part.influence for part in parts]), persons)
    covariance = influence @ influence.T
    value = np.array([part.value for part in parts])
    contrast = value[1:] - value[0]
    spread = covariance[1:, 1:] - covariance[1:, :1] - covariance[:1, 1:] + covariance[0, 0]
    df = int(np.linalg.matrix_rank(spread, tol=1e-10 * covariance.max(), hermitian=True)) if len(spread) else 0
    chi_squared = float(contrast @ np.linalg.pinv(spread, rcond=1e-10, hermitian=True) @ contrast) if df else 0.0
    return JointConcordance(
        names=tuple(risks),
        value=value,
        std_err=np.sqrt(np.diag(covariance)),
        covariance=covariance,
        chi_squared=chi_squared,
        degrees_of_freedom=df,
        p=float(chi2.sf(chi_squared, df)) if df else 1.0,
    )


def difference_from_influence(value: float, influence: NDArray[np.float64]) -> ConcordanceDifference:
    """Interval and two-sided P of a difference from the influence of each independent unit on it."""
    return _difference(float(value), float(np.sqrt((influence**2).sum())))


def _difference(value: float, std_err: float) -> ConcordanceDifference:
    z, p = z_and_p(value, std_err)
    return ConcordanceDifference(value, std_err, value - Z95 * std_err, value + Z95 * std_err, float(z), float(p))


def _weights(outcome: Outcome, weighting: Weighting) -> NDArray[np.float64]:
    """What a pair with its event at each patient's time counts for."""
    time = outcome.time_months
    if weighting == "n":
        return np.ones(outcome.n)
    if weighting == "n/G2":
        return _where_event(outcome, censoring_curve(outcome).before(time)) ** -2.0
    n_risk = outcome.n - np.searchsorted(np.sort(time), time, side="left")
    if weighting == "I":
        return 1.0 / n_risk
    curve = kaplan_meier(outcome)
    survival = np.append(1.0, curve.survival)[np.searchsorted(curve.time_months, time, side="left")]
    if weighting == "S":
        return np.asarray(survival / n_risk)
    if weighting == "S/G":
        return np.asarray(survival / n_risk / _where_event(outcome, censoring_curve(outcome).before(time)))
    raise UsedWrongly(f"concordance: found weighting {weighting!r}, expected one of n, S, S/G, n/G2, I.")


def _where_event(outcome: Outcome, curve: NDArray[np.float64]) -> NDArray[np.float64]:
    """G at the events, 1 elsewhere: only events weigh, and G is above 0 at each of them."""
    return np.where(outcome.event, curve, 1.0)


def _as_risk(values: ArrayLike, n: int) -> NDArray[np.float64]:
    score = np.asarray(values, dtype=np.float64)
    if score.shape != (n,):
        raise UsedWrongly(f"concordance: found a risk of shape {score.shape}, expected ({n},), one a patient.")
    if np.isnan(score).any():
        raise UsedWrongly(f"concordance: found {int(np.isnan(score).sum())} risks that are NaN, expected none.")
    return score
