"""The box around a region, as slices of an array."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice, slice]


def bounding_box(inside: NDArray[np.bool_]) -> Box:
    """The smallest box that holds the region (k, j, i); of an empty mask an empty one."""
    n_k = len(inside)
    planes = inside.reshape(n_k, -1).any(axis=1) if inside.flags.c_contiguous else inside.any(axis=(1, 2))
    k = _span(np.flatnonzero(planes))
    plane = np.any(inside[k], axis=0)  # of what is left, along the axis on which numpy reads whole rows at once
    return (k, _span(np.flatnonzero(plane.any(axis=1))), _span(np.flatnonzero(plane.any(axis=0))))


def _span(places: NDArray[np.intp]) -> slice:
    return slice(int(places[0]), int(places[-1]) + 1) if len(places) else slice(0, 0)
