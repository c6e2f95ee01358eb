"""Largest distance between vertices of a region's mesh, in the volume and within planes.

Only a point that is the outermost of its line can be an end of the largest distance, so only those are looked at; and
of these, only pairs that can still beat the best so far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Diameters:
    """In mm. A plane is named by the axis that it is normal to: (k, j, i)."""

    volume: float
    planes: tuple[float, float, float]


def diameters(mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> Diameters:
    """Of a mask (k, j, i) with at least one voxel; vertices lie midway between a voxel inside and one outside."""
    padded = np.pad(mask, 1)
    spacing = np.asarray(spacing_mm, dtype=np.float64)
    planes = []
    for axis in range(3):
        order = [axis, *(other for other in range(3) if other != axis)]
        turned = np.ascontiguousarray(padded.transpose(order))
        planes.append(float(np.sqrt(_largest_in_planes(turned, spacing[order[1]], spacing[order[2]]))))
    ends = np.concatenate([_line_ends(padded, axis) for axis in range(3)]) / 2 * spacing
    volume = float(np.sqrt(_largest_squared(ends, np.zeros(len(ends)), len(ends), 0.0)))
    return Diameters(volume, (planes[0], planes[1], planes[2]))


def plane_diameter(mask: NDArray[np.bool_], spacing_mm: tuple[float, float]) -> float:
    """Of a flat mask (j, i)."""
    one = np.ascontiguousarray(np.pad(mask, 1)[None])
    return float(np.sqrt(_largest_in_planes(one, spacing_mm[0], spacing_mm[1])))


def _line_ends(padded: NDArray[np.bool_], axis: int) -> Points:
    """First and last vertex of every line along an axis, in half voxels, (n, 3)."""
    lines = padded.any(axis=axis)
    first = padded.argmax(axis=axis)[lines]
    last = padded.shape[axis] - 1 - np.flip(padded, axis=axis).argmax(axis=axis)[lines]
    others = [2.0 * place for place in np.nonzero(lines)]
    ends = [
        np.insert(np.stack(others, axis=1), axis, 2 * place + side, axis=1) for place, side in ((first, -1), (last, 1))
    ]
    return np.concatenate(ends)


@njit(cache=True, nogil=True, error_model="numpy")
def _largest_squared(points: Points, radius: Points, n: int, best: float) -> float:  # pragma: no cover
    """The larger of `best` and the largest squared distance between the first n points (n, 3); `radius` is scratch.

    From any point to the farthest, and from there to the farthest: nearly the diameter. Around its middle, two points
    are at most the sum of their radii apart, and only those that can beat it are measured.
    """
    if n < 2:
        return best
    one = 0
    for _ in range(3):
        farthest, other = -1.0, one
        for q in range(n):
            apart = _squared(points, one, q)
            if apart > farthest:
                farthest, other = apart, q
        best = max(best, farthest)
        last, one = one, other
    middle = (points[one] + points[last]) / 2
    for q in range(n):
        radius[q] = np.sqrt(
            (points[q, 0] - middle[0]) ** 2 + (points[q, 1] - middle[1]) ** 2 + (points[q, 2] - middle[2]) ** 2
        )
    widest = radius[:n].max()
    reach = np.sqrt(best) * (1 - 1e-12)
    n_far = 0
    for q in range(n):
        n_far += radius[q] + widest > reach
    far = np.empty(n_far, np.int64)
    place = 0
    for q in range(n):
        if radius[q] + widest > reach:
            far[place] = q
            place += 1
    far = far[np.argsort(-radius[far])]
    for place in range(1, n_far):
        q = far[place]
        for before in range(place):
            r = far[before]
            if radius[q] + radius[r] <= np.sqrt(best) * (1 - 1e-12):
                break
            best = max(best, _squared(points, q, r))
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _squared(points: Points, one: int, other: int) -> float:  # pragma: no cover
    a = points[one, 0] - points[other, 0]
    b = points[one, 1] - points[other, 1]
    c = points[one, 2] - points[other, 2]
    return a * a + b * b + c * c


@njit(cache=True, nogil=True, error_model="numpy")
def _largest_in_planes(mask: NDArray[np.bool_], spacing_j: float, spacing_i: float) -> float:  # pragma: no cover
    """Largest squared distance between two vertices of one plane, planes along the first axis, padded with outside.

    A plane through voxels holds the vertices on its own edges; one midway between two holds a vertex wherever a voxel
    is inside in the one and outside in the other.
    """
    n_k, n_j, n_i = mask.shape
    points = np.zeros((2 * (n_j + n_i), 3))
    radius = np.empty(len(points))
    best = 0.0
    for k in range(n_k):
        n = _row_ends(mask[k], 0.5, spacing_j, spacing_i, 1, points, 0)
        if n > 0:
            n = _row_ends(mask[k].T, 0.5, spacing_i, spacing_j, 2, points, n)
            best = _largest_squared(points, radius, n, best)
        if k + 1 < n_k:
            n = _row_ends(mask[k] != mask[k + 1], 0.0, spacing_j, spacing_i, 1, points, 0)
            best = _largest_squared(points, radius, n, best)
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _row_ends(
    plane: NDArray[np.bool_], beyond: float, of_rows: float, within: float, axis: int, points: Points, n: int
) -> int:  # pragma: no cover
    """First and last place of every row, moved outward by `beyond`, written to points from n on; how many are there."""
    for row in range(plane.shape[0]):
        first, last = plane.shape[1], -1
        for place in range(plane.shape[1]):
            if plane[row, place]:
                first, last = min(first, place), place
        if last >= 0:
            points[n : n + 2, axis] = row * of_rows
            points[n, 3 - axis] = (first - beyond) * within
            points[n + 1, 3 - axis] = (last + beyond) * within
            n += 2
    return n
