"""A brain without skull: white matter, grey matter and fluid as partial volumes, different in every person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.phantom.fields import axis_of, smooth_field, soft

Field = NDArray[np.float32]
_CORTEX = 0.055  # thickness of the grey ribbon in head coordinates
# the lateral ventricle of one side as a tube: (x, y, z) and radius at each bend; front horn to back horn, then temporal
_VENTRICLE = (
    (0.10, 0.36, 0.10, 0.050),
    (0.07, 0.10, 0.17, 0.050),
    (0.11, -0.22, 0.14, 0.055),
    (0.20, -0.56, 0.02, 0.030),
)
_TEMPORAL_HORN = ((0.16, -0.32, 0.08, 0.045), (0.36, -0.16, -0.20, 0.020))
# deep grey nuclei of one side: centre and radii
_NUCLEI = (
    ((0.12, -0.06, 0.00), (0.09, 0.15, 0.09)),  # thalamus
    ((0.29, 0.10, 0.00), (0.06, 0.19, 0.11)),  # putamen and pallidum
    ((0.15, 0.27, 0.07), (0.05, 0.11, 0.08)),  # head of the caudate
)


@dataclass(frozen=True, eq=False)
class Brain:
    """Tissue shares of each voxel, (i, j, k) float32 in [0, 1]; they add up to `brain`.

    depth : about the distance below the brain's surface, in head coordinates
    """

    white: Field
    grey: Field
    fluid: Field
    brain: Field
    fissure: Field
    depth: Field


def draw_brain(rng: np.random.Generator, n: int, *, ventricle_scale: float) -> Brain:
    """The brain of one person on n x n x n voxels.

    Parameters
    ----------
    ventricle_scale : factor on the ventricles' radii (they widen with age)
    """
    x, y, z = _warped_axes(rng, n)
    voxel = 2.0 / n
    side: Field = np.abs(x)
    cerebrum = np.minimum(_ellipsoid(x / (1 - 0.08 * y), y, z - 0.06, (0.70, 0.87, 0.66)), (z + 0.30) * 0.9)
    temporal = _ellipsoid(side - 0.38, y - 0.06, z + 0.27, (0.25, 0.44, 0.21))
    cerebellum = _ellipsoid(side - 0.18, y + 0.48, z + 0.42, (0.34, 0.32, 0.25))
    stem = _ellipsoid(x, y + 0.17, z + 0.42, (0.12, 0.14, 0.34))
    upper = np.maximum(cerebrum, temporal)
    depth = np.maximum(np.maximum(upper, cerebellum), stem)
    brain = soft(depth, voxel)
    gap = 0.012 + 0.5 * np.clip(0.06 - depth, 0, None)
    in_fissure = (z > 0.24) | (np.abs(y) > 0.50)
    to_fissure = np.where(in_fissure & (upper > 0), side - gap, 1.0)
    surface = np.minimum(depth, to_fissure)
    folds = np.abs(smooth_field(rng, (n, n, n), 15))
    below = np.minimum(surface, 0.11 * folds + 0.30 * surface - 0.042)  # sulci: where the fold field changes sign
    below = np.where(stem > upper, depth + _CORTEX, below)
    leaves = 0.5 + 0.5 * np.sin(70 * np.hypot(y + 0.22, z + 0.30))
    below = np.where(
        cerebellum > np.maximum(upper, stem), np.minimum(depth + 0.02, _CORTEX * (0.4 + 1.2 * leaves)), below
    )
    inner = soft(below - _CORTEX, voxel)
    tissue = np.minimum(soft(below, voxel), brain)
    deep = _union(_ellipsoid(side - c[0], y - c[1], z - c[2], r) for c, r in _NUCLEI)
    nuclei = 0.85 * soft(deep, 1.5 * voxel)
    ventricles = _ventricles(side, x, y, z, ventricle_scale, voxel)
    white = np.minimum(inner, tissue) * (1 - nuclei) * (1 - ventricles)
    grey = tissue * (1 - ventricles) - white
    return Brain(
        white=white,
        grey=grey,
        fluid=brain - white - grey,
        brain=brain,
        fissure=soft(-to_fissure, voxel) * brain,
        depth=depth.astype(np.float32),
    )


def _warped_axes(rng: np.random.Generator, n: int) -> tuple[Field, Field, Field]:
    """Head coordinates of each voxel, bent and scaled a little, so that no two heads are alike."""
    scale = 1 + 0.04 * rng.uniform(-1, 1, size=3)
    axis = axis_of(n).astype(np.float32)
    grids = np.meshgrid(axis, axis, axis, indexing="ij")
    bent = [grid * s + 0.022 * smooth_field(rng, (n, n, n), 5) for grid, s in zip(grids, scale, strict=True)]
    return bent[0], bent[1], bent[2]


def _ellipsoid(x: Field, y: Field, z: Field, radii: tuple[float, float, float]) -> Field:
    """About the distance inside an ellipsoid around the origin; negative outside."""
    radius = np.sqrt((x / radii[0]) ** 2 + (y / radii[1]) ** 2 + (z / radii[2]) ** 2)
    return (1 - radius) * float(np.prod(radii)) ** (1 / 3)


def _ventricles(side: Field, x: Field, y: Field, z: Field, scale: float, voxel: float) -> Field:
    bends = [*pairwise(_VENTRICLE), *pairwise(_TEMPORAL_HORN)]
    tubes = [_tube(side, y, z, start, end, scale) for start, end in bends]
    third = _ellipsoid(x, y + 0.04, z + 0.06, (0.022 * scale, 0.13, 0.10))
    fourth = _ellipsoid(x, y + 0.31, z + 0.42, (0.05 * scale, 0.04, 0.08))
    return soft(_union([*tubes, third, fourth]), voxel)


def _tube(x: Field, y: Field, z: Field, start: tuple, end: tuple, scale: float) -> Field:
    """Distance inside a straight tube whose radius changes evenly from start to end."""
    along = np.array(end[:3]) - np.array(start[:3])
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1] + (z - start[2]) * along[2]) / (along @ along)
    share = np.clip(share, 0, 1)
    distance = np.sqrt(
        (x - start[0] - share * along[0]) ** 2
        + (y - start[1] - share * along[1]) ** 2
        + (z - start[2] - share * along[2]) ** 2
    )
    return scale * (start[3] + share * (end[3] - start[3])) - distance


def _union(distances: Iterable[Field]) -> Field:
    """Distance inside the union of several shapes."""
    return np.maximum.reduce(list(distances))
