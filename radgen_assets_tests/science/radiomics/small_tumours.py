"""A small patient with nested regions for the tests of this room."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from radgen_assets.contracts.volumes import (
    MakerKind,
    Region,
    RegionMask,
    RegisteredVolumes,
    Sequence,
    TumourMasks,
    Volume,
)
from radgen_assets_tests.science.imaging.small_heads import blurred_noise

SHAPE = (34, 37, 40)


def patient(*sequences: Sequence, spacing_mm: float = 1.0) -> RegisteredVolumes:
    """A stripped brain of random texture in each sequence, on one grid."""
    affine = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
    centre = (np.array(SHAPE) - 1) / 2
    distance = ((np.stack(np.indices(SHAPE), axis=-1) - centre) / (centre * 0.98)) ** 2
    inside = distance.sum(axis=-1) < 1
    volumes = {}
    for seed, sequence in enumerate(sequences):
        data = np.where(inside, 500 + blurred_noise(SHAPE, seed), 0).astype(np.float32)
        volumes[sequence] = Volume(data, affine, sequence)
    identity = {sequence: np.eye(4) for sequence in sequences}
    return RegisteredVolumes(volumes, sequences[0], identity, SHAPE, affine, True, dict.fromkeys(sequences, 2.0))


def ball(centre: tuple[int, int, int], radius: float) -> NDArray[np.bool_]:
    return ((np.stack(np.indices(SHAPE), axis=-1) - centre) ** 2).sum(axis=-1) <= radius**2


def masks(regions: dict[Region, NDArray[np.bool_]], *, primary: bool = True, spacing_mm: float = 1.0) -> TumourMasks:
    drawn = [RegionMask(region, "expert", MakerKind.reader, primary, data) for region, data in regions.items()]
    return TumourMasks(tuple(drawn), np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0]))


def node(array: NDArray, spacing_mm: float = 1.0) -> sitk.Image:
    """An array (i, j, k) as the image that pyradiomics takes."""
    image = sitk.GetImageFromArray(np.ascontiguousarray(array.transpose(2, 1, 0)))
    image.SetSpacing((spacing_mm,) * 3)
    return image
