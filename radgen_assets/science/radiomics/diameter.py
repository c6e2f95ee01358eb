"""Largest distance between vertices of a region's mesh, in the volume and within planes.

Only a point that is the outermost of its line can be an end of the largest distance, and of the ends of neighbouring
lines only those on their convex hull; of these, only pairs are looked at that can still beat the best so far.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

Points = NDArray[np.float64]
Lines = NDArray[np.int32]


@dataclass(frozen=True)
class Diameters:
    """In mm. A plane is named by the axis that it is normal to: (k, j, i)."""

    volume: float
    planes: tuple[float, float, float]


def diameters(mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> Diameters:
    """Of a mask (k, j, i) with at least one voxel; vertices lie midway between a voxel inside and one outside."""
    inside = np.ascontiguousarray(mask)
    of_k, of_j, of_i = _line_ends(inside.view(np.uint8))
    k, j, i = spacing_mm
    across = _across(inside)
    planes = (
        _largest_in_planes(of_i, of_j, inside.ravel(), across[0], (j, i)),
        _largest_in_planes(_turned(of_i), of_k, inside.ravel(), across[1], (k, i)),
        _largest_in_planes(_turned(of_j), _turned(of_k), inside.ravel(), across[2], (k, j)),
    )
    volume = np.sqrt(_largest_in_volume(of_k, of_j, of_i, np.asarray(spacing_mm, dtype=np.float64)))
    return Diameters(float(volume), (float(planes[0]), float(planes[1]), float(planes[2])))


def plane_diameter(mask: NDArray[np.bool_], spacing_mm: tuple[float, float]) -> float:
    """Of a flat mask (j, i)."""
    one = np.ascontiguousarray(mask[None])
    _, of_j, of_i = _line_ends(one.view(np.uint8))
    return float(_largest_in_planes(of_i, of_j, one.ravel(), _across(one)[0], spacing_mm))


def _turned(ends: Lines) -> Lines:
    return np.ascontiguousarray(ends.transpose(0, 2, 1))


def _across(mask: NDArray[np.bool_]) -> tuple[tuple[int, int, int], ...]:
    """For planes normal to each axis: steps in the flat mask to the next plane, to its next row and along a row."""
    _, n_j, n_i = mask.shape
    return (n_j * n_i, n_i, 1), (n_i, n_j * n_i, 1), (1, n_j * n_i, n_i)


@njit(cache=True, nogil=True, error_model="numpy")
def _line_ends(mask: NDArray[np.uint8]) -> tuple[Lines, Lines, Lines]:  # pragma: no cover
    """First and last voxel of every line: along k (2, j, i), along j (2, k, i), along i (2, k, j).

    A line without a voxel has its first after its last.
    """
    n_k, n_j, n_i = mask.shape
    of_k, of_j, of_i = (
        np.empty((2, n_j, n_i), np.int32),
        np.empty((2, n_k, n_i), np.int32),
        np.empty((2, n_k, n_j), np.int32),
    )
    of_k[0], of_j[0], of_i[0] = n_k, n_j, n_i
    of_k[1], of_j[1], of_i[1] = -1, -1, -1
    for k in range(n_k):
        for j in range(n_j):
            row = mask[k, j]
            begin, end = 0, n_i
            while begin < n_i and row[begin] == 0:
                begin += 1
            if begin == n_i:
                continue
            while row[end - 1] == 0:
                end -= 1
            of_i[0, k, j], of_i[1, k, j] = begin, end - 1
            inside = row[begin:end]
            first_k, last_k, first_j, last_j = (
                of_k[0, j, begin:end],
                of_k[1, j, begin:end],
                of_j[0, k, begin:end],
                of_j[1, k, begin:end],
            )
            at_k, at_j = np.int32(k), np.int32(j)
            for i in range(np.uintp(end - begin)):
                first_k[i] = min(first_k[i], at_k if inside[i] != 0 else np.int32(n_k))
                last_k[i] = at_k if inside[i] != 0 else last_k[i]
                first_j[i] = min(first_j[i], at_j if inside[i] != 0 else np.int32(n_j))
                last_j[i] = at_j if inside[i] != 0 else last_j[i]
    return of_k, of_j, of_i


@njit(cache=True, nogil=True, error_model="numpy")
def _largest_in_planes(
    rows: Lines, columns: Lines, mask: NDArray[np.bool_], across: tuple[int, int, int], spacing: tuple[float, float]
) -> float:  # pragma: no cover
    """Largest distance between two vertices of one plane; rows (2, plane, row), columns (2, plane, place in the row).

    A plane through voxels holds the vertices on its own edges; one midway between two holds a vertex wherever a voxel
    is inside in the one and outside in the other. The latter are looked for only where the two planes together reach
    further than the best so far.
    """
    _, n_planes, n_rows = rows.shape
    points = np.zeros((2 * (n_rows + columns.shape[2]), 3))
    radius = np.empty(len(points))
    best = 0.0
    for plane in range(n_planes):
        n = _hull_of_lines(rows[:, plane], 0.5, spacing[0], spacing[1], points, 0, 1, 2)
        n = _hull_of_lines(columns[:, plane], 0.5, spacing[1], spacing[0], points, n, 2, 1)
        best = _largest_squared(points, radius, n, best)
    both = np.empty((2, n_rows), np.int32)
    for plane in range(n_planes - 1):
        for row in range(n_rows):
            both[0, row] = min(rows[0, plane, row], rows[0, plane + 1, row])
            both[1, row] = max(rows[1, plane, row], rows[1, plane + 1, row])
        n = _hull_of_lines(both, 0.0, spacing[0], spacing[1], points, 0, 1, 2)
        if _largest_squared(points, radius, n, best) > best:
            _differing(mask, plane * across[0], across, both)
            n = _hull_of_lines(both, 0.0, spacing[0], spacing[1], points, 0, 1, 2)
            best = _largest_squared(points, radius, n, best)
    return np.sqrt(best)


@njit(cache=True, nogil=True, error_model="numpy")
def _differing(
    mask: NDArray[np.bool_], start: int, across: tuple[int, int, int], both: Lines
) -> None:  # pragma: no cover
    """Narrows each row to the first and last place at which the plane at `start` and the next one differ."""
    plane, row, place = across
    for number in range(both.shape[1]):
        at = start + number * row
        first, last = both[0, number], both[1, number]
        while first <= last and mask[at + first * place] == mask[at + plane + first * place]:
            first += 1
        while last >= first and mask[at + last * place] == mask[at + plane + last * place]:
            last -= 1
        both[0, number], both[1, number] = first, last


@njit(cache=True, nogil=True, error_model="numpy")
def _largest_in_volume(of_k: Lines, of_j: Lines, of_i: Lines, spacing: Points) -> float:  # pragma: no cover
    """Largest squared distance between two ends of lines."""
    points = np.empty((2 * (of_k[0].size + of_j[0].size + of_i[0].size), 3))
    n = 0
    for k in range(of_i.shape[1]):
        before = n
        n = _hull_of_lines(of_i[:, k], 0.5, spacing[1], spacing[2], points, n, 1, 2)
        n = _hull_of_lines(of_j[:, k], 0.5, spacing[2], spacing[1], points, n, 2, 1)
        points[before:n, 0] = k * spacing[0]
    for j in range(of_k.shape[1]):
        before = n
        n = _hull_of_lines(of_k[:, j], 0.5, spacing[2], spacing[0], points, n, 2, 0)
        points[before:n, 1] = j * spacing[1]
    return _largest_squared(points, np.empty(n), n, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _hull_of_lines(
    ends: Lines, beyond: float, of_lines: float, within: float, points: Points, n: int, axis: int, other: int
) -> int:  # pragma: no cover
    """Ends of parallel lines (2, line), moved outward by `beyond`, that lie on their hull; how many points are there.

    Written to points from n on, `axis` of them being the number of the line. Whole numbers, so no corner is lost.
    """
    n_lines = ends.shape[1]
    at, height = np.empty(n_lines, np.int64), np.empty(n_lines, np.int64)
    for side in range(2):
        sign = 1 - 2 * side
        top = -1
        for line in range(n_lines):
            if ends[1, line] < ends[0, line]:
                continue
            new = np.int64(ends[side, line]) * sign
            while top > 0:
                last, before = np.uintp(top), np.uintp(top - 1)
                rise, run = height[last] - height[before], at[last] - at[before]
                if rise * (line - at[before]) < (new - height[before]) * run:
                    break
                top -= 1
            top += 1
            at[np.uintp(top)], height[np.uintp(top)] = line, new
        for corner in range(top + 1):
            points[n, axis] = at[corner] * of_lines
            points[n, other] = (height[corner] - beyond) * sign * within
            n += 1
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def _largest_squared(points: Points, radius: Points, n: int, best: float) -> float:  # pragma: no cover
    """The larger of `best` and the largest squared distance between the first n points (n, 3); `radius` is scratch.

    From the point farthest from the middle of their box to the farthest, and again: nearly the diameter. Around that
    middle, two points are at most the sum of their radii apart, and only those that can beat it are measured.
    """
    if n < 2:
        return best
    middle = np.empty((1, 3))
    for axis in range(3):
        middle[0, axis] = (points[:n, axis].min() + points[:n, axis].max()) / 2
    one, widest = 0, -1.0
    for q in range(n):
        radius[q] = np.sqrt(_squared(middle, points, 0, q))
        if radius[q] > widest:
            one, widest = q, radius[q]
    for _ in range(3):
        farthest, one = _farthest(points, n, one)
        best = max(best, farthest)
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
            best = max(best, _squared(points, points, q, r))
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _farthest(points: Points, n: int, one: int) -> tuple[float, int]:  # pragma: no cover
    """Squared distance from one point to the farthest of the first n, and that one's number."""
    farthest, other = -1.0, one
    for q in range(n):
        apart = _squared(points, points, one, q)
        if apart > farthest:
            farthest, other = apart, q
    return farthest, other


@njit(cache=True, nogil=True, error_model="numpy")
def _squared(points: Points, others: Points, one: int, other: int) -> float:  # pragma: no cover
    a = points[one, 0] - others[other, 0]
    b = points[one, 1] - others[other, 1]
    c = points[one, 2] - others[other, 2]
    return a * a + b * b + c * c
