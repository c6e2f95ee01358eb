"""What every significance test of this room returns: statistic, degrees of freedom, P, estimate with interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from radgen_assets.contracts.errors import BadInput, UsedWrongly

Z95 = float(ndtri(0.975))


@dataclass(frozen=True)
class SignificanceTest:
    """A test by name; P is two-sided unless `method` says otherwise.

    df : degrees of freedom, none, one or two
    estimate, low, high : what is estimated, with its 95 % interval, where the test has one
    """

    method: str
    statistic: float | None
    df: tuple[float, ...]
    p: float
    estimate: float | None = None
    low: float | None = None
    high: float | None = None


def sample(name: str, values: ArrayLike, *, smallest: int = 2) -> NDArray[np.float64]:
    """(n,) float64 without NaN or infinity.

    Raises
    ------
    UsedWrongly
        For another shape or fewer than `smallest` values.
    BadInput
        For NaN or infinity.
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or len(x) < smallest:
        raise UsedWrongly(f"{name}: found values of shape {x.shape}, expected at least {smallest} in one row.")
    if not np.isfinite(x).all():
        raise BadInput(
            name, "values", f"{int((~np.isfinite(x)).sum())} NaN or infinite", "numbers", "Leave the missing ones out."
        )
    return x


def pair(name: str, first: ArrayLike, second: ArrayLike, *, smallest: int = 2) -> tuple[NDArray, NDArray]:
    """Two samples of one length, value beside value.

    Raises
    ------
    UsedWrongly
        When the lengths differ.
    """
    x, y = sample(name, first, smallest=smallest), sample(name, second, smallest=smallest)
    if len(x) != len(y):
        raise UsedWrongly(f"{name}: found {len(x)} and {len(y)} values, expected pairs.")
    return x, y


def refuse_constant(name: str, *samples: NDArray[np.float64]) -> None:
    """Raise BadInput when no sample varies: the test has no P then."""
    if all(np.ptp(x) == 0 for x in samples):
        raise BadInput(name, "values", "no value that differs within a group", "some spread", "Leave the variable out.")
