"""Harrell's concordance of a risk score with survival, its standard error, and the paired comparison of two scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.kaplan_meier import Z95
from radgen_assets.science.survival.outcome import Outcome

BLOCK = 512  # rows compared with all others at once: 512 x n booleans in memory


@dataclass(frozen=True, eq=False)
class Concordance:
    """Harrell's C with what it was counted from.

    value : share of comparable pairs in the right order, tied risks count one half
    std_err : infinitesimal jackknife (over persons where `harrell_c` was told them)
    low, high : value +- 1.96 standard errors, cut at 0 and 1
    influence : (n,) derivative of C by each patient's weight; `std_err` is the root of its sum of squares
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


@dataclass(frozen=True)
class ConcordanceDifference:
    """C of one score minus C of another on the same patients."""

    value: float
    std_err: float
    low: float
    high: float
    z: float
    p: float


def harrell_c(outcome: Outcome, risk: ArrayLike, *, persons: ArrayLike | None = None) -> Concordance:
    """Harrell's concordance of a risk score with right-censored survival.

    Parameters
    ----------
    risk : (n,) float64
        Higher means earlier death; not a survival probability.
    persons : (n,) labels, optional
        Patients of one person are one unit of the standard error.

    Raises
    ------
    UsedWrongly
        For NaN in `risk`, and when no pair can be ordered (all censored, or no one outlives an event).

    Notes
    -----
    A pair is comparable when the earlier time is an event; a patient censored at the time of an event outlives it;
    two events at one time are no pair.
    Source: Harrell, Lee & Mark 1996; R survival::concordance(reverse = TRUE), whose variance is the same jackknife.
    """
    score = _as_risk(risk, outcome.n)
    concordant, discordant, tied = _pairs_of_each_patient(outcome, score)
    n_pairs = (concordant.sum() + discordant.sum() + tied.sum()) / 2  # each pair was counted at both patients
    if not n_pairs:
        raise UsedWrongly(
            f"concordance: no pair of patients can be ordered ({outcome.n} patients, {outcome.n_events} events)."
        )
    right = concordant + tied / 2
    value = right.sum() / 2 / n_pairs
    influence = (right - value * (concordant + discordant + tied)) / n_pairs
    std_err = float(np.sqrt((by_person(influence, persons) ** 2).sum()))
    return Concordance(
        value=float(value),
        std_err=std_err,
        low=max(0.0, float(value) - Z95 * std_err),
        high=min(1.0, float(value) + Z95 * std_err),
        n=outcome.n,
        n_events=outcome.n_events,
        n_concordant=int(concordant.sum() // 2),
        n_discordant=int(discordant.sum() // 2),
        n_tied_risk=int(tied.sum() // 2),
        influence=influence,
    )


def compare_concordance(
    outcome: Outcome, risk: ArrayLike, other_risk: ArrayLike, *, persons: ArrayLike | None = None
) -> ConcordanceDifference:
    """C of `risk` minus C of `other_risk`, paired: the patients' influences are subtracted before squaring.

    Source: Therneau & Atkinson, the concordance vignette of R survival; equals R's concordance(fit1, fit2).
    """
    first = harrell_c(outcome, risk)
    second = harrell_c(outcome, other_risk)
    return difference_from_influence(first.value - second.value, by_person(first.influence - second.influence, persons))


def difference_from_influence(value: float, influence: NDArray[np.float64]) -> ConcordanceDifference:
    """Interval and two-sided P of a difference from the influence of each independent unit on it."""
    std_err = float(np.sqrt((influence**2).sum()))
    z = value / std_err if std_err > 0 else 0.0 if value == 0 else float(np.copysign(np.inf, value))
    return ConcordanceDifference(
        value=float(value),
        std_err=std_err,
        low=value - Z95 * std_err,
        high=value + Z95 * std_err,
        z=z,
        p=float(2 * ndtr(-abs(z))),
    )


def by_person(influence: NDArray[np.float64], persons: ArrayLike | None) -> NDArray[np.float64]:
    """Sum the influence of the patients of each person; unchanged without persons."""
    if persons is None:
        return influence
    _, code = np.unique(np.asarray(persons).astype(str), return_inverse=True)
    return np.bincount(code, weights=influence).astype(np.float64)


def _pairs_of_each_patient(
    outcome: Outcome, score: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """How many concordant, discordant and risk-tied pairs each patient stands in, as either member."""
    time, event = outcome.time_months, outcome.event
    counts = np.zeros((3, outcome.n))
    for start in range(0, outcome.n, BLOCK):
        rows = np.arange(start, min(start + BLOCK, outcome.n))
        rows = rows[event[rows]]
        if not len(rows):
            continue
        later = (time[None, :] > time[rows, None]) | ((time[None, :] == time[rows, None]) & ~event[None, :])
        for kind, ordered in enumerate(
            (score[rows, None] > score, score[rows, None] < score, score[rows, None] == score)
        ):
            pairs = later & ordered
            counts[kind, rows] += pairs.sum(axis=1)
            counts[kind] += pairs.sum(axis=0)
    return counts[0], counts[1], counts[2]


def _as_risk(values: ArrayLike, n: int) -> NDArray[np.float64]:
    score = np.asarray(values, dtype=np.float64)
    if score.shape != (n,):
        raise UsedWrongly(f"concordance: found a risk of shape {score.shape}, expected ({n},), one a patient.")
    if np.isnan(score).any():
        raise UsedWrongly(f"concordance: found {int(np.isnan(score).sum())} risks that are NaN, expected none.")
    return score
