"""Restricted cubic splines: a smooth factor that is a straight line beyond its outer knots."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly

SMALL_SAMPLE = 100  # below it the outer knots are the fifth smallest and the fifth largest value, as Hmisc


def knots_at_quantiles(values: ArrayLike, n_knots: int) -> tuple[float, ...]:
    """Knots at Harrell's quantiles: 0.1 to 0.9 for three, 0.05 to 0.95 for four to six, 0.025 to 0.975 for more.

    Raises
    ------
    UsedWrongly
        With fewer than three knots asked for, or too few distinct values to hold them apart.

    Source: Harrell, Regression Modeling Strategies, table 2.3; R Hmisc::rcspline.eval.
    """
    if n_knots < 3:
        raise UsedWrongly(f"spline: found {n_knots} knots, expected at least 3. A straight line needs no spline.")
    v = np.sort(np.asarray(values, dtype=np.float64))
    if len(np.unique(v)) < n_knots + 2:
        raise UsedWrongly(
            f"spline: found {len(np.unique(v))} distinct values, expected at least {n_knots + 2} for {n_knots} knots. "
            "Take fewer knots, or the factor as it is."
        )
    outer = 0.1 if n_knots == 3 else 0.05 if n_knots <= 6 else 0.025
    knots = np.quantile(v, np.linspace(outer, 1 - outer, n_knots))
    if len(v) < SMALL_SAMPLE and len(v) >= 10:
        knots[0], knots[-1] = v[4], v[-5]
    if not (np.diff(knots) > 0).all():
        raise UsedWrongly(f"spline: {n_knots} knots fall together, because values are tied. Take fewer knots.")
    return tuple(float(knot) for knot in knots)


def restricted_cubic_spline(values: ArrayLike, knots: Sequence[float]) -> NDArray[np.float64]:
    """(n,) values -> (n, k - 1) columns of a spline with k knots, the first the value itself.

    The other columns are divided by the squared distance of the outer knots, so that all are in the value's unit.
    Source: Stone & Koo 1985; R Hmisc::rcspline.eval(norm = 2).
    """
    x, t = np.asarray(values, dtype=np.float64), np.asarray(knots, dtype=np.float64)

    def cubed(knot: float) -> NDArray[np.float64]:
        return np.maximum(x - knot, 0) ** 3 / (t[-1] - t[0]) ** 2

    tail = t[-1] - t[-2]
    bends = [
        cubed(knot) - cubed(t[-2]) * (t[-1] - knot) / tail + cubed(t[-1]) * (t[-2] - knot) / tail for knot in t[:-2]
    ]
    return np.column_stack([x, *bends])
