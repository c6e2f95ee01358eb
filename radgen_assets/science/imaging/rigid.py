"""Finds the rigid motion between two sequences of one head with picsl_greedy; applies nothing."""

from __future__ import annotations

import ctypes
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import picsl_greedy
from numpy.typing import NDArray
from scipy import ndimage

from radgen_assets.contracts.volumes import Grid, Volume
from radgen_assets.science.imaging.foreground import foreground
from radgen_assets.science.imaging.grids import isotropic_grid, resample, to_itk
from radgen_assets.science.imaging.similarity import normalised_mutual_information

_START_SPACING_MM = 4.0
_SEED = 1  # sample points are jittered (without it equal grids lock onto each other); unseeded, no two runs agree


def rigid_transform(anchor: Volume, moving: Volume, iterations: tuple[int, ...]) -> NDArray[np.float64]:
    """The rigid (4, 4) RAS+ mm matrix that maps points of the anchor to points of the moving sequence.

    Parameters
    ----------
    anchor, moving : Volume
        Any contrasts, any grids.
    iterations : tuple of int
        Of each level of the pyramid, coarse to fine.

    Notes
    -----
    Normalised mutual information, 6 degrees of freedom. The start is the scanner's own frame or the alignment of
    the two heads' centres, whichever agrees better at 4 mm: series of one session share the frame, files that lost
    it do not. Source: Yushkevich et al., github.com/pyushkevich/greedy; its matrix maps fixed to moving in RAS mm.
    """
    start = _better_start(anchor, moving)
    greedy = picsl_greedy.Greedy3D()
    levels = "x".join(str(count) for count in iterations)
    with _quiet_stdout():
        greedy.execute(
            f"-i fixed moving -a -dof 6 -m NMI -n {levels} -ia-identity -seed {_SEED} -o found -V 0 -threads 1",
            out=io.StringIO(),
            err=io.StringIO(),
            fixed=to_itk(anchor.data, anchor.affine),
            moving=to_itk(moving.data, np.linalg.inv(start) @ moving.affine),
            found=None,
        )
    return _nearest_rigid(start @ np.asarray(greedy["found"], dtype=np.float64))


@contextmanager
def _quiet_stdout() -> Iterator[None]:
    """Nothing reaches the process's standard output inside the block: greedy's optimiser writes there from C++."""
    kept = os.dup(1)
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
    try:
        yield
    finally:
        ctypes.CDLL(None).fflush(None)  # else the buffered text comes out after the block
        os.dup2(kept, 1)
        os.close(kept)


def _better_start(anchor: Volume, moving: Volume) -> NDArray[np.float64]:
    coarse = isotropic_grid(Grid(_shape(anchor), anchor.affine), _START_SPACING_MM)
    fixed = resample(to_itk(anchor.data, anchor.affine), coarse, np.eye(4), interpolation="linear")
    head = foreground(fixed)
    image = to_itk(moving.data, moving.affine)
    best, best_similarity = np.eye(4), -1.0
    for start in (np.eye(4), _centre_to_centre(anchor, moving)):
        moved = resample(image, coarse, start, interpolation="linear")
        similarity = normalised_mutual_information(fixed, moved, head | foreground(moved))
        if similarity > best_similarity:
            best, best_similarity = start, similarity
    return best


def _centre_to_centre(anchor: Volume, moving: Volume) -> NDArray[np.float64]:
    shift = np.eye(4)
    shift[:3, 3] = _head_centre(moving) - _head_centre(anchor)
    return shift


def _head_centre(volume: Volume) -> NDArray[np.float64]:
    """Centre of mass (3,) of the foreground in RAS+ mm."""
    centre = np.array(ndimage.center_of_mass(foreground(volume.data)))
    return volume.affine[:3, :3] @ centre + volume.affine[:3, 3]


def _nearest_rigid(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The matrix without the rounding that greedy leaves in its rotation (polar decomposition)."""
    left, _, right = np.linalg.svd(matrix[:3, :3])
    rigid = np.eye(4)
    rigid[:3, :3] = left @ right
    rigid[:3, 3] = matrix[:3, 3]
    return rigid


def _shape(volume: Volume) -> tuple[int, int, int]:
    i, j, k = volume.data.shape
    return (i, j, k)
