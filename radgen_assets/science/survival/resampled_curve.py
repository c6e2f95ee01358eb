"""Survival and censoring curves under many weightings of the same patients at once: what a bootstrap repeats."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.outcome import Outcome

CELLS = 2_000_000  # numbers of one block of samples: 16 MB, so that any cohort and any count of samples fit


@dataclass(frozen=True, eq=False)
class SortedCohort:
    """Patients by time, cut at distinct times; every method takes weights (b, n) in the patients' own order."""

    order: NDArray[np.int64]
    event: NDArray[np.float64]
    first: NDArray[np.int64]  # (k,) where each distinct time starts in `order`
    times: NDArray[np.float64]  # (k,)
    place: NDArray[np.int64]  # (n,) distinct time of each patient, in the patients' own order

    @classmethod
    def of(cls, outcome: Outcome) -> SortedCohort:
        order = np.argsort(outcome.time_months, kind="stable")
        times, first = np.unique(outcome.time_months[order], return_index=True)
        place = np.searchsorted(times, outcome.time_months)
        return cls(order, outcome.event[order].astype(np.float64), first, times, place)

    def survival_at(self, weights: NDArray[np.float64], time_months: float) -> NDArray[np.float64]:
        """(b,) Kaplan-Meier survival at a time; 1 for a weighting without patients.

        A curve that ends before the time keeps its last value.
        """
        n_risk, n_event, _ = self._counts(weights)
        known = self.times <= time_months
        result: NDArray[np.float64] = _kept(n_event[:, known], n_risk[:, known]).prod(axis=1)
        return result

    def observed_before(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """(b, n) G(T-), the probability to be observed until each patient's time; ties as in `censoring_curve`."""
        n_risk, n_event, n_all = self._counts(weights)
        curve = np.cumprod(_kept(n_all - n_event, n_risk - n_event), axis=1)
        return np.concatenate([np.ones((len(curve), 1)), curve], axis=1)[:, self.place]

    def _counts(
        self, weights: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """(b, k) weight at risk, of events, and of all patients, at each distinct time."""
        sorted_weights = weights[:, self.order]
        n_all = np.add.reduceat(sorted_weights, self.first, axis=1)
        n_event = np.add.reduceat(sorted_weights * self.event, self.first, axis=1)
        n_risk = np.cumsum(n_all[:, ::-1], axis=1)[:, ::-1]
        return n_risk, n_event, n_all


def bootstrap_counts(
    n: int, n_bootstraps: int, seed: int, *, persons: ArrayLike | None = None
) -> Iterator[NDArray[np.float64]]:
    """Blocks (b, n) of how often each patient stands in each bootstrap sample; persons are drawn whole.

    Raises
    ------
    UsedWrongly
        For fewer than 0 samples, and when `persons` has not one label a patient.
    """
    if n_bootstraps < 0:
        raise UsedWrongly(f"bootstrap: found {n_bootstraps} samples, expected 0 or more.")
    unit = np.arange(n)
    if persons is not None:
        labels = np.asarray(persons).astype(str)
        if labels.shape != (n,):
            raise UsedWrongly(f"bootstrap: found persons of shape {labels.shape}, expected ({n},), one a patient.")
        unit = np.unique(labels, return_inverse=True)[1]
    n_units = int(unit.max()) + 1
    random = np.random.default_rng(seed)
    block = max(1, CELLS // n)
    for start in range(0, n_bootstraps, block):
        size = min(block, n_bootstraps - start)
        drawn = random.integers(n_units, size=(size, n_units)) + n_units * np.arange(size)[:, None]
        counts = np.bincount(drawn.ravel(), minlength=size * n_units).reshape(size, n_units)
        yield counts[:, unit].astype(np.float64)


def _kept(lost: NDArray[np.float64], at_risk: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share that remains at each time; 1 where nobody is at risk."""
    return 1.0 - np.divide(lost, at_risk, out=np.zeros_like(lost), where=at_risk > 0)
