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
    flat = region.ranks.ravel()
    multiplicity = np.bincount(flat, minlength=len(region.grey_levels) + 1)[1:]
    # a run is no longer than the box, and has no more voxels than its level: so a row is cut to what can be
    longest = np.minimum(multiplicity, max(region.shape))
    row = np.concatenate([[0], np.cumsum(longest)])
    row_of_rank = np.concatenate([[0], row[:-1] + 1]).astype(np.int32)
    # directions in which the first voxel comes before: then a run is met from its beginning
    reached, has_lines = _runs(row_of_rank[flat], region.offsets(steps), np.flatnonzero(flat), int(row[-1]))
    has_lines |= every_direction
    for empty in np.flatnonzero(~has_lines):
        has_lines[empty] = _any_line(region.ranks, steps[empty], region.rim)
    counts = reached[has_lines]
    if not len(counts):
        return None
    ends = np.ones(int(row[-1]), dtype=bool)
    ends[row[1:] - 1] = False
    counts[:, :-1] -= np.where(ends[:-1], counts[:, 1:], 0)  # those that reach a length less those that go on
    place = np.flatnonzero(counts)
    direction, within = np.divmod(place, int(row[-1]))
    rank_of_place = np.repeat(np.arange(len(longest)), longest)
    rank = rank_of_place[within]
    matrix = SizeMatrix(
        direction,
        rank,
        within - row[rank] + 1,
        counts.ravel()[place].astype(np.float64),
        region.grey_levels,
        len(counts),
    )
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
    row: NDArray[np.int32], offsets: NDArray[np.int64], inside: NDArray[np.int64], n_places: int
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:  # pragma: no cover
    """Runs that reach each place (direction, place), and which directions have two neighbours inside.

    `row` holds for each voxel the first place of its level, from 1, and 0 outside. Every voxel adds itself at the
    place of its level and of the run's length so far, so nothing depends on where a run begins or ends: branches that
    guess this cost more than the counting.
    """
    reached = np.zeros((len(offsets), n_places + 1), np.int32)
    has_lines = np.zeros(len(offsets), np.bool_)
    so_far = np.zeros(len(row), np.int32)
    for direction in range(len(offsets)):
        step = offsets[direction]
        counts = reached[direction]
        any_before = 0
        for voxel in inside:
            here = row[voxel]
            before = row[voxel - step]
            any_before |= before
            length = so_far[voxel - step] + 1 if before == here else 0
            so_far[voxel] = length
            counts[here + length] += 1
        has_lines[direction] = any_before != 0
    return reached[:, 1:], has_lines


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
