"""Texture matrices by slice and direction, and the six ways in which the manual puts them together.

The counting is that of the engine's own kernels (glcm, glrlm, glszm, gldm), slice by slice or in the volume.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import TextureSettings

Places = NDArray[np.int64]
Values = NDArray[np.float64]
IN_VOLUME = TextureSettings()
IN_PLANE = TextureSettings(force_2d_axis=0)


@dataclass(frozen=True, eq=False)
class Entries:
    """The non-zero entries of one matrix for each slice (or the volume) and direction.

    Attributes
    ----------
    unit, direction : (n,) int
        Slice, 0 for the volume; direction, 0 where the matrix has none.
    row, column : (n,) int
        Place in the matrix; the row is the rank of a grey level, from 0.
    count : (n,) float64
    voxels : (n,) float64
        That the counted runs, zones or voxels cover, for the percentages.
    grey_levels : (n_levels,) float64
        Level of each rank.
    """

    unit: Places
    direction: Places
    row: Places
    column: Places
    count: Values
    voxels: Values
    grey_levels: Values

    def put_together(self, aggregation: str) -> Merged:
        """One matrix for each slice and direction, slice, direction, or one for all, as the aggregation says."""
        separate_units = aggregation in ("2D", "2D_avg", "2D_comb", "3D", "3D_avg", "3D_comb")  # 3D has one unit
        separate_directions = aggregation.endswith("_avg")
        n_directions = int(self.direction.max()) + 1
        unit = self.unit if separate_units else np.zeros_like(self.unit)
        direction = self.direction if separate_directions else np.zeros_like(self.direction)
        _, matrix = np.unique(unit * n_directions + direction, return_inverse=True)
        n_rows, n_columns = len(self.grey_levels), int(self.column.max()) + 1
        code = (matrix * n_rows + self.row) * n_columns + self.column
        found, inverse = np.unique(code, return_inverse=True)
        count = np.asarray(np.bincount(inverse, self.count), dtype=np.float64)
        voxels = np.asarray(np.bincount(inverse, self.voxels), dtype=np.float64)
        place, column = np.divmod(found, n_columns)
        matrix, row = np.divmod(place, n_rows)
        return Merged(matrix, row, column, count, voxels, self.grey_levels, int(matrix[-1]) + 1)


@dataclass(frozen=True, eq=False)
class Merged:
    """Entries of the matrices whose features are averaged; `matrix` rises, and each occurs."""

    matrix: Places
    row: Places
    column: Places
    count: Values
    voxels: Values
    grey_levels: Values
    n_matrices: int

    def total(self, values: Values) -> Values:
        """Sum of entries' values in each matrix."""
        return np.asarray(np.bincount(self.matrix, values, self.n_matrices), dtype=np.float64)


def units(region: TextureRegion, *, in_plane: bool) -> Iterator[TextureRegion]:
    """The region, or its slices that hold a voxel, each with the ranks of the whole region."""
    if not in_plane:
        yield region
        return
    for k in range(region.rim, region.ranks.shape[0] - region.rim):
        if region.ranks[k].any():
            ranks = np.zeros((1 + 2 * region.rim, *region.ranks.shape[1:]), dtype=np.int32)
            ranks[region.rim] = region.ranks[k]
            places = np.flatnonzero(ranks)
            yield TextureRegion(ranks, region.grey_levels, (1, *region.shape[1:]), region.rim, places)


def entries(
    region: TextureRegion,
    count: Callable[[TextureRegion, TextureSettings], tuple[NDArray, NDArray, NDArray, NDArray]],
    *,
    in_plane: bool,
) -> Entries:
    """Direction, row, column and count of each unit's matrices, as `count` finds them; one voxel for each count."""
    settings = IN_PLANE if in_plane else IN_VOLUME
    parts = [count(each, settings) for each in units(region, in_plane=in_plane)]
    unit = np.repeat(np.arange(len(parts)), [len(part[0]) for part in parts])
    direction, row, column, counts = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    counts = counts.astype(np.float64)
    return Entries(unit, direction, row, column, counts, counts, region.grey_levels)
