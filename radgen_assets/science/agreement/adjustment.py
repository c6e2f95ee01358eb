"""P values adjusted for the number of tests; what was not tested stays NaN and is not counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly

Adjustment = Literal["BH", "BY", "holm", "bonferroni", "hochberg", "hommel", "none"]


def adjust_p_values(p: ArrayLike, method: Adjustment = "BH") -> NDArray[np.float64]:
    """Adjusted P values, in the shape and order of `p`.

    Parameters
    ----------
    p : array of float64 in 0 .. 1
        NaN = not tested: stays NaN and is not counted.
    method : str
        "BH" (false discovery rate, Benjamini-Hochberg), "BY" (the same under any dependence, Benjamini-Yekutieli);
        family-wise: "holm", "bonferroni", "hochberg" and "hommel" (these two for independent or positively dependent
        tests); "none".

    Raises
    ------
    UsedWrongly
        For an unknown method.
    BadInput
        For a P outside 0 .. 1.

    Source: R p.adjust. Cost: n log n; "hommel" n^2 (20,000 tests: about a second).
    """
    values = np.asarray(p, dtype=np.float64)
    if method not in _METHODS:
        raise UsedWrongly(f"adjusting P: found the method '{method}', expected one of {', '.join(_METHODS)}.")
    tested = values[~np.isnan(values)]
    outside = tested[(tested < 0) | (tested > 1)]
    if len(outside):
        raise BadInput("P values", "p", f"{outside[0]:g}", "numbers in 0 .. 1", "Correct the test that gave it.")
    adjusted = np.full(values.shape, np.nan)
    adjusted[~np.isnan(values)] = _METHODS[method](tested) if len(tested) else tested
    return adjusted


def _step_up(p: NDArray[np.float64], factor: NDArray[np.float64]) -> NDArray[np.float64]:
    """Smallest of factor x P from each P upwards; `factor` belongs to the P in rising order."""
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate((factor * p[order])[::-1])[::-1])
    return adjusted


def _benjamini_hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return _step_up(p, len(p) / np.arange(1.0, len(p) + 1))


def _benjamini_yekutieli(p: NDArray[np.float64]) -> NDArray[np.float64]:
    ranks = np.arange(1.0, len(p) + 1)
    return _step_up(p, (1 / ranks).sum() * len(p) / ranks)


def _hochberg(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return _step_up(p, np.arange(float(len(p)), 0, -1))


def _holm(p: NDArray[np.float64]) -> NDArray[np.float64]:
    order = np.argsort(p, kind="stable")
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(np.arange(float(len(p)), 0, -1) * p[order]))
    return adjusted


def _bonferroni(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.minimum(1.0, len(p) * p)


def _hommel(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hommel 1988 in the form of Wright 1992, as R."""
    n = len(p)
    order = np.argsort(p, kind="stable")
    ordered, ranks = p[order], np.arange(1.0, n + 1)
    smallest = (n * ordered / ranks).min()
    q, found = np.full(n, smallest), np.full(n, smallest)
    for size in range(n - 1, 1, -1):
        lower = n - size + 1  # this many P values stand below the block of `size` that is looked at
        upper = ordered[lower:]
        bound = (size * upper / ranks[1:size]).min()
        q[:lower] = np.minimum(size * ordered[:lower], bound)
        q[lower:] = q[lower - 1]
        np.maximum(found, q, out=found)
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(1.0, np.maximum(found, ordered))
    return adjusted


def _none(p: NDArray[np.float64]) -> NDArray[np.float64]:
    return p


_METHODS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "BH": _benjamini_hochberg,
    "BY": _benjamini_yekutieli,
    "holm": _holm,
    "bonferroni": _bonferroni,
    "hochberg": _hochberg,
    "hommel": _hommel,
    "none": _none,
}
