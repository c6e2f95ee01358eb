"""Turns images and labels to canonical (RAS+) axes without touching a value.

Only axes are flipped and exchanged; nothing is interpolated, and an oblique scan stays oblique.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from nibabel.orientations import apply_orientation, inv_ornt_aff, io_orientation
from numpy.typing import NDArray

from radgen_assets.contracts.volumes import LabelVolume, Volume, Volumes

_CANONICAL = np.array([[0, 1], [1, 1], [2, 1]])


def to_canonical(volume: Volume) -> Volume:
    """The volume with its voxel axes as near to right, anterior, superior as a flip or exchange brings them.

    Parameters
    ----------
    volume : Volume
        data (i, j, k), any affine of full rank.

    Returns
    -------
    Volume
        float32 data and the affine that belongs to it: every voxel keeps its place in RAS+ mm.

    Notes
    -----
    As `nibabel.as_closest_canonical`, on arrays.
    """
    data, affine = _closest_canonical(volume.data, volume.affine)
    return replace(volume, data=np.ascontiguousarray(data, dtype=np.float32), affine=affine)


def labels_to_canonical(labels: LabelVolume) -> LabelVolume:
    """As `to_canonical`, for labels (uint8)."""
    data, affine = _closest_canonical(labels.labels, labels.affine)
    return replace(labels, labels=np.ascontiguousarray(data, dtype=np.uint8), affine=affine)


def canonical_volumes(volumes: Volumes) -> Volumes:
    """As `to_canonical`, for every sequence of a patient."""
    return replace(volumes, by_sequence={name: to_canonical(each) for name, each in volumes.by_sequence.items()})


def _closest_canonical(data: NDArray, affine: NDArray[np.float64]) -> tuple[NDArray, NDArray[np.float64]]:
    orientation = io_orientation(affine)
    if np.array_equal(orientation, _CANONICAL):
        return data, np.asarray(affine, dtype=np.float64)
    return apply_orientation(data, orientation), np.asarray(affine @ inv_ornt_aff(orientation, data.shape), np.float64)
