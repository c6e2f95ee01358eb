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
    """Patients by time, cut at the k distinct times; every method takes weights (b, n) in the patients' own order."""

    order: NDArray[np.int64]
    event: NDArray[np.bool_]  # (n,) by time
    first: NDArray[np.int64]  # (k,) where each distinct time starts
    times: NDArray[np.float64]  # (k,)
    place: NDArray[np.int64]  # (n,) distinct time of each patient, in the patients' own order

    @classmethod
    def of(cls, outcome: Outcome) -> SortedCohort:
        """Sort the patients of an outcome."""
        order = np.argsort(outcome.time_months, kind="stable")
        times, first = np.unique(outcome.time_months[order], return_index=True)
        place = np.searchsorted(times, outcome.time_months)
        return cls(order, outcome.event[order], first, times, place)

    def survival_at(self, weights: NDArray[np.float64], time_months: float) -> NDArray[np.float64]:
        """(b,) Kaplan-Meier survival at a time; 1 for a weighting without patients.

        A curve that ends before the time keeps its last value.
        """
        by_time = weights[:, self.order]
        n_seen = int(np.searchsorted(self.times, time_months, side="right"))
        last = int(self.first[n_seen]) if n_seen < len(self.times) else len(self.order)
        n_event, first = _summed(by_time, self.event, self.first[:n_seen], last)
        result: NDArray[np.float64] = _kept(n_event, _at_risk(by_time, first, last)).prod(axis=1)
        return result

    def observed_before(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """(b, n) G(T-), the probability to be observed until each patient's time; ties as in `censoring_curve`."""
        by_time = weights[:, self.order]
        n_censored, first = _summed(by_time, ~self.event, self.first, len(self.order))
        n_dead = np.add.reduceat(by_time * self.event, self.first, axis=1)[:, np.isin(self.first, first)]
        curve = np.cumprod(_kept(n_censored, _at_risk(by_time, first, len(self.order)) - n_dead), axis=1)
        steps = np.searchsorted(first, self.first, side="left")  # censoring times before each distinct time
        return np.concatenate([np.ones((len(curve), 1)), curve], axis=1)[:, steps][:, self.place]


def _summed(
    by_time: NDArray[np.float64], which: NDArray[np.bool_], first: NDArray[np.int64], last: int
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Weight of `which` patients before column `last` at each time that has any (b, j), and where these times start."""
    rows = np.flatnonzero(which[:last])
    if not len(rows):
        return np.zeros((len(by_time), 0)), rows
    start, at = np.unique(first[np.searchsorted(first, rows, side="right") - 1], return_index=True)
    return np.add.reduceat(by_time[:, rows], at, axis=1), start


def _at_risk(by_time: NDArray[np.float64], first: NDArray[np.int64], last: int) -> NDArray[np.float64]:
    """(b, j) weight of the patients from each column `first` onwards."""
    gone = np.cumsum(by_time[:, :last], axis=1)
    total = by_time.sum(axis=1, keepdims=True)
    return total - np.where(first > 0, gone[:, first - 1], 0.0)


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
