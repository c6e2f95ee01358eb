"""Smooth random fields and soft edges, in head coordinates, so that the same seed gives the same head on any grid.

Head coordinates run from -1 to 1 over the field of view along x (to the right), y (to the front), z (up).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# standard deviation of a cubic B-spline field with independent standard normal coefficients, averaged over a cell
_SPLINE_SD = (151 / 315) ** 1.5


def axis_of(n: int) -> NDArray[np.float64]:
    """(n,) head coordinates of the voxel centres along one axis."""
    return (np.arange(n) + 0.5) * 2 / n - 1


def smooth_field(rng: np.random.Generator, shape: tuple[int, int, int], n_cells: int) -> NDArray[np.float32]:
    """A random field of about unit variance whose waves are about two cells long.

    Parameters
    ----------
    shape : voxels along each axis
    n_cells : cells of the random lattice along each axis of the field of view
    """
    values = rng.standard_normal((n_cells + 3,) * 3) / _SPLINE_SD
    for n in shape:  # each pass interpolates the first axis and moves it to the end
        values = np.tensordot(values, _spline_weights(n, n_cells), axes=(0, 1))
    return values.astype(np.float32)


def soft(distance: NDArray, width: float) -> NDArray[np.float32]:
    """1 inside (distance > 0), 0 outside, linear over `width` around the border: the partial volume of a voxel."""
    return np.clip(0.5 + distance / width, 0, 1).astype(np.float32)


def _spline_weights(n: int, n_cells: int) -> NDArray[np.float64]:
    """(n, n_cells + 3) weights of uniform cubic B-splines at the voxel centres."""
    place = (axis_of(n) + 1) / 2 * n_cells
    cell = np.minimum(place.astype(int), n_cells - 1)
    t = place - cell
    weights = np.zeros((n, n_cells + 3))
    parts = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    for offset, part in enumerate(parts):
        weights[np.arange(n), cell + offset] = part / 6
    return weights
