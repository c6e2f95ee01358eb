"""Grey level run length matrix: how long the runs of equal level are, in each direction."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from radgen_assets.science.radiomics.size_matrix import SizeMatrix, weighted
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings, direction_weights

NAMES = {
    "GrayLevelNonUniformity": "grey_nonuniformity",
    "GrayLevelNonUniformityNormalized": "grey_nonuniformity_normalised",
    "GrayLevelVariance": "grey_variance",
    "HighGrayLevelRunEmphasis": "high",
    "LongRunEmphasis": "large",
    "LongRunHighGrayLevelEmphasis": "large_high",
    "LongRunLowGrayLevelEmphasis": "large_low",
    "LowGrayLevelRunEmphasis": "low",
    "RunEntropy": "entropy",
    "RunLengthNonUniformity": "size_nonuniformity",
    "RunLengthNonUniformityNormalized": "size_nonuniformity_normalised",
    "RunPercentage": "percentage",
    "RunVariance": "size_variance",
    "ShortRunEmphasis": "small",
    "ShortRunHighGrayLevelEmphasis": "small_high",
    "ShortRunLowGrayLevelEmphasis": "small_low",
}


def features_of_runs(region: TextureRegion, settings: TextureSettings = DEFAULT) -> dict[str, float]:
    """Each feature's mean over the directions in which any line holds more than one voxel; NaN when none does.

    Source: pyradiomics 3.0.1, glrlm; Galloway 1975.
    """
    matrix = run_lengths(region, settings)
    if matrix is None:
        none: dict[str, float] = dict.fromkeys(NAMES, np.nan)
        n_directions = len(region.steps(settings, distances=(1,)))
        if n_directions == 1 or (n_directions and settings.weighting != "none"):
            # of one empty matrix pyradiomics sums nothing; of several it keeps none
            none["RunEntropy"] = none["RunVariance"] = 0.0
        return none
    found = matrix.features()
    return {name: float(found[common].mean()) for name, common in NAMES.items()}


def run_lengths(
    region: TextureRegion, settings: TextureSettings = DEFAULT, *, every_direction: bool = False
) -> SizeMatrix | None:
    """Runs by direction, level and length; a single, weighted matrix when the settings weight; None without runs.

    A direction in which no line holds two voxels has no matrix, as in pyradiomics; with `every_direction` it has one,
    of runs of one voxel, as IBSI counts them.
    """
    steps = region.steps(settings, distances=(1,))
    if not len(steps):
        return None
    # a run is no longer than the box, and has no more voxels than its level: so a row is cut to what can be
    longest = np.minimum(region.rank_counts, max(region.shape))
    row = np.concatenate([[0], np.cumsum(longest)])
    offsets = region.offsets(steps)
    counts = _runs(region.narrow, region.places, offsets, row, region.rank_counts)
    has_lines = np.full(len(steps), every_direction)
    for place in np.flatnonzero(~has_lines):
        has_lines[place] = _any_pair(region.narrow, region.places, offsets[place]) or _any_line(
            region.ranks, steps[place], region.rim
        )
    counts = counts[has_lines] if not has_lines.all() else counts
    if not len(counts):
        return None
    direction, rank, size, count = _ending(counts, row)
    matrix = SizeMatrix(direction, rank, size, count, region.grey_levels, len(counts))
    if settings.weighting == "none":
        return matrix
    return _merged(matrix, direction_weights(steps, settings)[has_lines])


def _merged(matrix: SizeMatrix, weights: NDArray[np.float64]) -> SizeMatrix:
    largest = int(matrix.size.max())
    place, inverse = np.unique(matrix.rank * largest + matrix.size - 1, return_inverse=True)
    rank, size = np.divmod(place, largest)
    count = weighted(inverse, matrix.count * weights[matrix.direction], len(place))
    return replace(matrix, direction=np.zeros_like(rank), rank=rank, size=size + 1, count=count, n_directions=1)


@njit(cache=True, nogil=True, error_model="numpy")
def _runs(
    flat: NDArray[np.integer],
    inside: NDArray[np.int64],
    offsets: NDArray[np.int64],
    row: NDArray[np.int64],
    multiplicity: NDArray[np.int64],
) -> NDArray[np.int32]:  # pragma: no cover
    """Runs that reach each length (direction, place); `row` has the first place of each rank, from length 1.

    First the voxels that go on a run are put together, without a branch; of textured images that is one in five, and
    only these are counted. A run is a voxel that goes on none, so their number follows.
    """
    reached = np.zeros((len(offsets), row[-1]), np.int32)
    so_far = np.zeros(len(flat), np.int32)
    going_on = np.empty(len(inside) + 1, np.int64)
    for direction in range(len(offsets)):
        step = offsets[direction]
        counts = reached[direction]
        n = np.uintp(0)
        for voxel in inside:
            going_on[n] = voxel
            n += np.uintp(flat[np.uintp(voxel)] == flat[np.uintp(voxel - step)])
        for voxel in going_on[:n]:
            length = so_far[np.uintp(voxel - step)] + 1
            so_far[np.uintp(voxel)] = length
            counts[np.uintp(row[np.uintp(flat[np.uintp(voxel)]) - np.uintp(1)] + length)] += 1
        for voxel in going_on[:n]:
            so_far[np.uintp(voxel)] = 0
        for rank in np.flatnonzero(multiplicity):
            counts[row[rank]] = multiplicity[rank] - counts[row[rank] : row[rank + 1]].sum()
    return reached


@njit(cache=True, nogil=True, error_model="numpy")
def _ending(
    reached: NDArray[np.int32], row: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:  # pragma: no cover
    """Direction, rank, length and number of runs that end there: those that reach a length less those that go on."""
    most = 0
    for count in reached.ravel():
        most += count != 0
    direction, rank, size = np.empty(most, np.int64), np.empty(most, np.int64), np.empty(most, np.int64)
    n_runs = np.empty(most)
    n = 0
    for of in range(len(reached)):
        for level in range(len(row) - 1):
            for place in range(row[level], row[level + 1]):
                count = reached[of, place]
                if count == 0:
                    break
                if place + 1 < row[level + 1]:
                    count -= reached[of, place + 1]
                if count != 0:
                    direction[n], rank[n], size[n], n_runs[n] = of, level, place - row[level] + 1, count
                    n += 1
    return direction[:n], rank[:n], size[:n], n_runs[:n]


@njit(cache=True, nogil=True, error_model="numpy")
def _any_pair(flat: NDArray[np.integer], inside: NDArray[np.int64], step: int) -> bool:  # pragma: no cover
    """Whether any two voxels inside are a step apart."""
    for voxel in inside:  # noqa: SIM110 - a generator would not be compiled
        if flat[np.uintp(voxel - step)] != 0:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def _any_line(ranks: NDArray[np.int32], step: NDArray[np.int64], rim: int) -> bool:  # pragma: no cover
    """Whether any line along a step holds two voxels with a gap between: rare, so looked for only when needed."""
    n_k, n_j, n_i = ranks.shape
    for k in range(rim, n_k - rim):
        for j in range(rim, n_j - rim):
            for i in range(rim, n_i - rim):
                if ranks[k, j, i] == 0:
                    continue
                at_k, at_j, at_i = k + step[0], j + step[1], i + step[2]
                while 0 <= at_k < n_k and 0 <= at_j < n_j and 0 <= at_i < n_i:
                    if ranks[at_k, at_j, at_i] != 0:
                        return True
                    at_k, at_j, at_i = at_k + step[0], at_j + step[1], at_i + step[2]
    return False
