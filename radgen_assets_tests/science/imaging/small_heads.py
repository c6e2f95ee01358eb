"""Small synthetic heads for the tests of this room: a stripped brain with anatomy, in any contrast and on any grid."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radgen_assets.contracts.volumes import (
    Grid,
    LabelConvention,
    LabelVolume,
    MakerKind,
    RegisteredVolumes,
    Sequence,
    Volume,
    Volumes,
)
from radgen_assets.science.imaging import RegistrationSettings, register

ANCHORS = (Sequence.t1ce, Sequence.flair, Sequence.t1w, Sequence.t2w)


def anatomy(points: NDArray[np.float64], contrast: int) -> NDArray[np.float32]:
    """Intensity at points (..., 3) in RAS+ mm of a brain of 60 x 76 x 60 mm around the origin; 0 outside.

    A map of tissue, the same for all contrasts, is given other grey values in each, as in MR: inverted in some.
    """
    blobs = np.random.default_rng(7)
    tissue = np.zeros(points.shape[:-1])
    for _ in range(80):
        centre, width, weight = blobs.uniform(-32, 32, 3), blobs.uniform(3, 8), blobs.uniform(-1, 1)
        tissue += weight * np.exp(-((points - centre) ** 2).sum(axis=-1) / (2 * width**2))
    curve = (tissue, -tissue, np.tanh(2 * tissue), -np.tanh(tissue) + 0.3 * tissue**2)[contrast % 4]
    inside = ((points / [30, 38, 30]) ** 2).sum(axis=-1) < 1
    return np.where(inside, np.clip(400 + 150 * curve, 20, None), 0).astype(np.float32)


def head(
    sequence: Sequence,
    *,
    shape: tuple[int, int, int] = (36, 44, 36),
    spacing_mm: float | tuple[float, float, float] = 2.0,
    moved: NDArray[np.float64] | None = None,
) -> Volume:
    """The brain in one contrast; `moved` maps points of the brain's frame to where they lie in this volume."""
    affine = centred(shape, spacing_mm)
    points = np.stack(np.indices(shape), axis=-1) @ affine[:3, :3].T + affine[:3, 3]
    back = np.eye(4) if moved is None else np.linalg.inv(moved)
    data = anatomy(points @ back[:3, :3].T + back[:3, 3], list(Sequence).index(sequence))
    return Volume(data, affine, sequence)


def centred(shape: tuple[int, int, int], spacing_mm: float | tuple[float, float, float]) -> NDArray[np.float64]:
    """RAS+ affine with the grid's centre at the origin."""
    affine = np.diag([*np.broadcast_to(spacing_mm, 3), 1.0]).astype(np.float64)
    affine[:3, 3] = -affine[:3, :3] @ ((np.array(shape) - 1) / 2)
    return affine


def volumes(*sequences: Sequence, registered: str = "auto", **shape: object) -> Volumes:
    """The same head in several sequences on one grid."""
    heads: Mapping[Sequence, Volume] = {sequence: head(sequence, **shape) for sequence in sequences}  # type: ignore[arg-type]
    return Volumes(heads, ANCHORS, registered)


def isotropic(*sequences: Sequence) -> RegisteredVolumes:
    """Registered volumes at 1 mm that came so."""
    return register(volumes(*sequences, shape=(66, 82, 66), spacing_mm=1.0), RegistrationSettings())


def ball(grid: Grid, centre_mm: tuple[float, float, float], radius_mm: float) -> NDArray[np.bool_]:
    """Voxels within a radius of a point."""
    points = np.stack(np.indices(grid.shape), axis=-1) @ grid.affine[:3, :3].T + grid.affine[:3, 3]
    return ((points - centre_mm) ** 2).sum(axis=-1) < radius_mm**2


def labels(
    array: NDArray[np.integer],
    affine: NDArray[np.float64],
    *,
    maker: str = "expert",
    convention: LabelConvention = LabelConvention.brats_2017,
    drawn_on: Sequence = Sequence.t1ce,
    is_primary: bool = True,
) -> LabelVolume:
    """A given mask; its file is named after its maker."""
    kind = MakerKind.reader if is_primary else MakerKind.algorithm
    return LabelVolume(
        array.astype(np.uint8), affine, maker, kind, convention, drawn_on, is_primary, f"{maker}_seg.nii.gz"
    )


def nested_tumour(grid: Grid, centre_mm: tuple[float, float, float] = (8.0, 4.0, 2.0)) -> NDArray[np.uint8]:
    """Labels of BraTS 2017: oedema around an enhancing rim around necrosis."""
    drawn = np.zeros(grid.shape, dtype=np.uint8)
    for radius, label in ((14.0, 2), (9.0, 4), (5.0, 1)):
        drawn[ball(grid, centre_mm, radius)] = label
    return drawn


def blurred_noise(shape: tuple[int, int, int], seed: int = 0) -> NDArray[np.float32]:
    """Smooth random texture around 0 with an sd of about 100."""
    rough = ndimage.gaussian_filter(np.random.default_rng(seed).normal(size=shape), 1.5)
    return (rough / rough.std() * 100).astype(np.float32)
