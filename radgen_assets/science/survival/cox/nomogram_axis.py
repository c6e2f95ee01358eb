"""The axes of a nomogram as plain values, and how a patient's value is read on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import CubicSpline

from radgen_assets.contracts.errors import UsedWrongly

BIAS, BIAS_TO_FIVE = 1.5, 2.75  # how far R's pretty prefers the larger step, and a step of 5 over one of 2
ROUNDING = 1e-10


@dataclass(frozen=True)
class NomogramAxis:
    """One factor: where its values lie on the points ruler.

    labels : "60", "grade 3": one a tick
    values : the numeric value, or 0..k-1 for the levels of a category
    points : one a tick, >= 0; more points mean earlier death
    knots, points_at_knots : of a factor that entered as a spline; empty for a straight line and for a category
    """

    term: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    points: tuple[float, ...]
    kind: Literal["number", "category"]
    knots: tuple[float, ...] = ()
    points_at_knots: tuple[float, ...] = ()

    def read(self, column: pd.Series) -> NDArray[np.float64]:
        """(n,) values of the factor -> (n,) points; beyond the axis the line is continued.

        Raises
        ------
        UsedWrongly
            For a missing value, and for a level that the axis does not hold.
        """
        if column.isna().any():
            raise UsedWrongly(
                f"nomogram: '{self.term}' lacks {int(column.isna().sum())} of {len(column)} values, expected none."
            )
        if self.kind == "category":
            place = dict(zip(self.labels, self.points, strict=True))
            labels = column.astype(str)
            unknown = sorted(set(labels) - set(place))
            if unknown:
                raise UsedWrongly(
                    f"nomogram: '{self.term}': found the level '{unknown[0]}', expected one of {', '.join(place)}."
                )
            return labels.map(place).to_numpy(dtype=np.float64)
        value = column.to_numpy(dtype=np.float64)
        if self.knots:
            return _natural_spline(self.knots, self.points_at_knots, value)
        slope = (self.points[-1] - self.points[0]) / (self.values[-1] - self.values[0])
        return self.points[0] + slope * (value - self.values[0])


@dataclass(frozen=True)
class SurvivalAxis:
    """Survival probability at one time against total points: ticks of falling survival, rising totals."""

    time_months: float
    survival: tuple[float, ...]
    total_points: tuple[float, ...]


def tidy_ticks(low: float, high: float, *, n_steps: int = 10) -> NDArray[np.float64]:
    """About `n_steps` equal steps of 1, 2 or 5 times a power of ten that cover low to high, as R's pretty."""
    cell = (high - low) / n_steps
    base = 10.0 ** np.floor(np.log10(cell))
    unit = base
    for factor, bias in ((2, BIAS), (5, BIAS_TO_FIVE), (10, BIAS)):
        if factor * base - cell >= bias * (cell - unit):
            break
        unit = factor * base
    first, last = np.floor(low / unit + ROUNDING), np.ceil(high / unit - ROUNDING)
    ticks: NDArray[np.float64] = np.arange(first, last + 1) * unit
    return ticks


def _natural_spline(knots: ArrayLike, values: ArrayLike, at: NDArray[np.float64]) -> NDArray[np.float64]:
    """A restricted cubic spline is the natural spline through its values at the knots, straight beyond them."""
    t = np.asarray(knots, dtype=np.float64)
    spline = CubicSpline(t, np.asarray(values, dtype=np.float64), bc_type="natural")
    inside = np.clip(at, t[0], t[-1])
    result: NDArray[np.float64] = spline(inside) + (at - inside) * spline(inside, 1)
    return result
