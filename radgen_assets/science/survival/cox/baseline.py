"""Baseline hazards of a Cox fit, one a stratum, and survival predicted from them with its standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.survival.cox.risk_sets import RiskSets, Ties, is_efron


@dataclass(frozen=True, eq=False)
class BaselineHazard:
    """Hazard of the mean patient of a stratum, summed up to each of its k event times.

    event_times : (k,) months, increasing; empty when no one of the stratum died (then nobody's hazard is above zero)
    cumulative_hazard : (k,)
    hazard_variance : (k,) its variance, coefficients taken as known
    drift : (k, p) integral of the mean covariates of those at risk (against the means of all) by the hazard
    """

    stratum: str
    event_times: NDArray[np.float64]
    cumulative_hazard: NDArray[np.float64]
    hazard_variance: NDArray[np.float64]
    drift: NDArray[np.float64]

    def at(self, times_months: NDArray[np.float64]) -> NDArray[np.float64]:
        """Cumulative hazard at any times."""
        return np.append(0.0, self.cumulative_hazard)[self._place(times_months)]

    def predict(
        self,
        centred: NDArray[np.float64],
        coefficients: NDArray[np.float64],
        variance: NDArray[np.float64],
        times_months: NDArray[np.float64],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """One patient's cumulative hazard at the times, and its standard error; `centred` (p,) minus the means."""
        place = self._place(times_months)
        risk = np.exp(centred @ coefficients)
        hazard = np.append(0.0, self.cumulative_hazard)[place]
        drift = np.vstack([np.zeros(len(centred)), self.drift])[place]
        direction = hazard[:, None] * centred - drift
        spread = np.append(0.0, self.hazard_variance)[place] + np.einsum("ij,jk,ik->i", direction, variance, direction)
        return risk * hazard, risk * np.sqrt(spread)

    def _place(self, times_months: NDArray[np.float64]) -> NDArray[np.int64]:
        return np.searchsorted(self.event_times, times_months, side="right")


@dataclass(frozen=True, eq=False)
class PredictedSurvival:
    """Probability of m patients to live beyond each of t times, with 95 % limits; all (m, t)."""

    time_months: NDArray[np.float64]
    survival: NDArray[np.float64]
    std_err: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def baseline_hazards(
    sets: RiskSets,
    centred: NDArray[np.float64],
    weights: NDArray[np.float64],
    coefficients: NDArray[np.float64],
    ties: Ties,
) -> tuple[BaselineHazard, ...]:
    """Baseline hazards at covariates zero of `centred` (m, p), rows in the order of `sets`."""
    from radgen_assets.science.survival.cox.likelihood import moments_at_deaths

    p = len(coefficients)
    none = np.zeros((0, p, p))
    data = (np.ascontiguousarray(centred), weights, sets.start, sets.n_dead, sets.first)
    s0, means, _, each = moments_at_deaths(*data, is_efron(ties), coefficients, none)
    first_death = np.cumsum(sets.n_dead) - sets.n_dead
    step = each / s0
    jump, variance = np.add.reduceat(step, first_death), np.add.reduceat(step / s0, first_death)
    drift = np.add.reduceat(step[:, None] * means, first_death, axis=0)
    found = []
    for place, label in enumerate(sets.labels):
        mine = sets.blocks_of(place)
        hazard, spread, path = _forwards(jump[mine]), _forwards(variance[mine]), _forwards(drift[mine])
        found.append(BaselineHazard(label, sets.times[mine][::-1], hazard, spread, path))
    return tuple(found)


def _forwards(jumps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Jumps by decreasing time -> their sums by increasing time."""
    return np.asarray(np.cumsum(jumps[::-1], axis=0), dtype=np.float64)
