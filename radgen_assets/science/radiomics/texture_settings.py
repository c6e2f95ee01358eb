"""What can change a texture matrix, and the directions that follow from it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly

Weighting = Literal["none", "no_weighting", "infinity", "euclidean", "manhattan"]


@dataclass(frozen=True)
class TextureSettings:
    """How neighbours are chosen and matrices are merged.

    Attributes
    ----------
    distances : tuple of int
        Chebyshev distances of neighbours in voxels (GLCM, GLDM, NGTDM; runs and zones always take 1).
    force_2d_axis : int, optional
        Axis of the array (k, j, i) along which no neighbour is taken; None: 3D.
    alpha : int
        Largest difference of grey levels that counts as dependence (GLDM).
    symmetric : bool
        Whether a pair counts in both orders (GLCM).
    weighting : str
        "none": features of each direction are averaged. Otherwise the matrices are summed before (GLCM, GLRLM), each
        weighted by its distance in this norm, or by 1 ("no_weighting").
    spacing_mm : (3,) float
        In the order (k, j, i); enters the weights alone.
    """

    distances: tuple[int, ...] = (1,)
    force_2d_axis: int | None = None
    alpha: int = 0
    symmetric: bool = True
    weighting: Weighting = "none"
    spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0)

    def __post_init__(self) -> None:
        if not self.distances or min(self.distances) < 1:
            raise UsedWrongly(f"distances {self.distances}: expected whole numbers of at least 1")
        if self.force_2d_axis not in (None, 0, 1, 2):
            raise UsedWrongly(f"force_2d_axis {self.force_2d_axis}: expected None, 0 (k), 1 (j) or 2 (i)")
        if self.alpha < 0:
            raise UsedWrongly(f"alpha {self.alpha}: expected at least 0")


DEFAULT = TextureSettings()


def directions(
    shape: tuple[int, ...], distances: tuple[int, ...] = (1,), force_2d_axis: int | None = None
) -> NDArray[np.int64]:
    """Steps (n, 3) in the order (k, j, i) to one half of the neighbours; the other half lies opposite.

    A step that is as long as the box is left out, as pyradiomics leaves it out: 13 steps at distance 1 in a volume,
    4 in a single slice, 1 in a line, none in a single voxel.
    """
    return _directions(tuple(shape), tuple(distances), force_2d_axis).copy()


@lru_cache(maxsize=64)
def _directions(shape: tuple[int, ...], distances: tuple[int, ...], force_2d_axis: int | None) -> NDArray[np.int64]:
    reach = max(distances)
    axes = []
    for axis, size in enumerate(shape):
        furthest = 0 if axis == force_2d_axis else min(reach, size - 1)
        axes.append(range(furthest, -furthest - 1, -1))
    steps = [step for step in product(*axes) if max(map(abs, step)) in set(distances) and step > (0, 0, 0)]
    return np.array(steps, dtype=np.int64).reshape(len(steps), 3)


def direction_weights(steps: NDArray[np.int64], settings: TextureSettings) -> NDArray[np.float64]:
    """Distance of each step in the norm of `settings.weighting`, in mm; 1 where distance does not count."""
    lengths = np.abs(steps) * np.array(settings.spacing_mm)
    if settings.weighting == "infinity":
        return lengths.max(axis=1)
    if settings.weighting == "euclidean":
        return np.sqrt((lengths**2).sum(axis=1))
    if settings.weighting == "manhattan":
        return lengths.sum(axis=1)
    return np.ones(len(steps))
