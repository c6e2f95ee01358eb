"""Intensities of a region in grey levels, as pyradiomics bins them.

A level is decided by comparing with the same edges in the same precision as pyradiomics: a value that lands on the
other side of an edge moves a voxel, and texture then changes in steps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly

_MOST_LEVELS = 2**31 - 2


@dataclass(frozen=True, eq=False)
class Binned:
    """A region in grey levels.

    Attributes
    ----------
    mask : (k, j, i) bool
    values : (n,) float64
        Intensities inside, in the array's order.
    levels_inside : (n,) int32
        Level of each value, from 1.
    """

    mask: NDArray[np.bool_]
    values: NDArray[np.float64]
    levels_inside: NDArray[np.int32]

    @property
    def levels(self) -> NDArray[np.int32]:
        """Levels on the grid (k, j, i), 0 outside."""
        grid = np.zeros(self.mask.shape, dtype=np.int32)
        grid[self.mask] = self.levels_inside
        return grid


def binned(
    image: NDArray,
    mask: NDArray[np.bool_],
    *,
    bin_width: float | None = None,
    bin_count: int | None = None,
) -> Binned:
    """Grey levels of a region.

    Parameters
    ----------
    image : (k, j, i) number
        Edges are computed in its precision.
    mask : (k, j, i) bool
    bin_width : float, optional
        Edges are its multiples, and the lowest bin that holds a voxel is level 1 (IBSI counts from the minimum).
    bin_count : int, optional
        As many bins of equal width between the extremes; the maximum lies in the last.

    Raises
    ------
    UsedWrongly
        When not exactly one of width and count is given, or it is not above 0.
    BadInput
        When the mask is empty, or a value inside is not finite.
    """
    if (bin_width is None) == (bin_count is None):
        raise UsedWrongly(f"bin_width {bin_width}, bin_count {bin_count}: give exactly one of them")
    inside = image[mask]
    if not inside.size:
        raise BadInput("mask", "voxels", "none inside", "at least one", "Leave the region out.")
    extremes = np.array([inside.min(), inside.max()])
    if not np.isfinite(extremes).all():  # NaN is found too: it is the minimum of what holds it
        n_bad = int(np.count_nonzero(~np.isfinite(inside)))
        raise BadInput(
            "image",
            "intensities",
            f"{n_bad} of {inside.size} in the region that are not finite",
            "numbers",
            "Correct the image or the mask.",
        )
    edges = bin_edges(extremes, bin_width=bin_width, bin_count=bin_count)
    values = inside.astype(np.float64)
    return Binned(mask, values, _levels(values, np.asarray(edges, dtype=np.float64)))


def bin_edges(extremes: NDArray, *, bin_width: float | None = None, bin_count: int | None = None) -> NDArray:
    """Edges of half-open bins that hold the two extremes (2,), in the extremes' precision.

    Source: pyradiomics 3.0.1, imageoperations.getBinEdges.
    """
    lowest, highest = extremes
    if bin_count is not None:
        if bin_count < 1:
            raise UsedWrongly(f"bin_count {bin_count}: expected at least 1")
        edges = np.histogram_bin_edges(extremes, bins=bin_count)
        edges[-1] += 1  # so that the maximum lies in the last bin
        return edges
    if bin_width is None or not bin_width > 0:
        raise UsedWrongly(f"bin_width {bin_width}: expected above 0")
    if (float(highest) - float(lowest)) / bin_width > _MOST_LEVELS:
        raise UsedWrongly(
            f"bin_width {bin_width}: intensities from {lowest} to {highest} would need over two thousand million "
            "levels; give a wider bin, or normalise"
        )
    edges = np.arange(lowest - lowest % bin_width, highest + 2 * bin_width, bin_width)
    return edges if len(edges) > 1 else np.array([edges[0] - 0.5, edges[0] + 0.5])


@njit(cache=True, nogil=True, error_model="numpy")
def _levels(values: NDArray[np.float64], edges: NDArray[np.float64]) -> NDArray[np.int32]:  # pragma: no cover
    """The number of edges at or below each value: guessed from the mean width, then corrected against the edges."""
    last = len(edges) - 1
    per_unit = last / (edges[last] - edges[0])
    levels = np.empty(len(values), np.int32)
    for place in range(np.uintp(len(values))):
        value = values[place]
        below = min(max(int((value - edges[0]) * per_unit), 0), last)
        while below < last and edges[np.uintp(below + 1)] <= value:
            below += 1
        while below > 0 and edges[np.uintp(below)] > value:
            below -= 1
        levels[place] = below + 1
    return levels
