"""From the influence of each patient on an estimate to its standard error, its interval and the P of a difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.curves.kaplan_meier import Z95


@dataclass(frozen=True, eq=False)
class DifferenceOverTime:
    """A measure of one model minus that of another on the same patients; (k,) float64, one value a time.

    p : two-sided, of no difference at that time; nothing is adjusted for looking at k times
    """

    time_months: NDArray[np.float64]
    value: NDArray[np.float64]
    std_err: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    z: NDArray[np.float64]
    p: NDArray[np.float64]


def by_person(influence: NDArray[np.float64], persons: ArrayLike | None) -> NDArray[np.float64]:
    """Sum the influence (..., n) of the patients of each person; unchanged without persons."""
    if persons is None:
        return influence
    labels = np.asarray(persons).astype(str)
    if labels.shape != influence.shape[-1:]:
        raise UsedWrongly(f"persons: found labels of shape {labels.shape}, expected {influence.shape[-1:]}.")
    known, code = np.unique(labels, return_inverse=True)
    summed = np.zeros((*influence.shape[:-1], len(known)))
    np.add.at(np.moveaxis(summed, -1, 0), code, np.moveaxis(influence, -1, 0))
    return summed


def centred_std_err(influence: NDArray[np.float64], persons: ArrayLike | None) -> NDArray[np.float64]:
    """Standard error over the last axis, by the sample's standard deviation (n - 1) as riskRegression has it."""
    units = by_person(influence, persons)
    count = units.shape[-1]
    if count < 2:
        raise UsedWrongly(f"standard error: found {count} independent person, expected at least 2.")
    return np.asarray(np.std(units, axis=-1, ddof=1) * np.sqrt(count))


def z_and_p(value: ArrayLike, std_err: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """z and two-sided P of no difference; without spread, z is 0 for no difference and infinite otherwise."""
    size, spread = np.asarray(value, dtype=np.float64), np.asarray(std_err, dtype=np.float64)
    certain = np.where(size == 0, 0.0, np.copysign(np.inf, size))
    z = np.divide(size, spread, out=certain, where=spread > 0)
    return z, 2 * ndtr(-np.abs(z))


def difference_over_time(
    time_months: NDArray[np.float64],
    value: NDArray[np.float64],
    influence: NDArray[np.float64],
    persons: ArrayLike | None,
) -> DifferenceOverTime:
    """Interval and P of k paired differences from their influence (k, n)."""
    std_err = centred_std_err(influence, persons)
    z, p = z_and_p(value, std_err)
    return DifferenceOverTime(time_months, value, std_err, value - Z95 * std_err, value + Z95 * std_err, z, p)
