"""Brings every sequence of a patient onto one isotropic grid: the anchor's.

How a rigid motion is found stands in rigid.py, how voxels are carried over in grids.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.volumes import Grid, RegisteredVolumes, Sequence, Volume, Volumes
from radgen_assets.science.imaging.foreground import foreground
from radgen_assets.science.imaging.grids import is_isotropic, isotropic_grid, resample, same_grid, to_itk
from radgen_assets.science.imaging.native_threads import one_native_thread
from radgen_assets.science.imaging.settings import RegistrationSettings
from radgen_assets.science.imaging.similarity import dice, normalised_mutual_information

_CHECK_STRIDE = 2  # the check looks at every second voxel of each axis: an eighth of the work, the same answer


def register(volumes: Volumes, settings: RegistrationSettings) -> RegisteredVolumes:
    """Every sequence on the anchor's isotropic grid, after a rigid registration where one is needed.

    Parameters
    ----------
    volumes : Volumes
        Canonical orientation, native grids.
    settings : RegistrationSettings

    Returns
    -------
    RegisteredVolumes
        One grid, `settings.spacing_mm` isotropic, with the anchor's axes and whole field of view: nothing is cropped.

    Raises
    ------
    MissingByRight
        When the patient has none of the sequences that may be the anchor.

    Notes
    -----
    ======================  =========================  ==============================================
    volumes.registered      grids                      what happens
    ======================  =========================  ==============================================
    "yes"                   any                        transforms are the identity; only checked
    "auto"                  all equal the anchor's     the same
    "auto"                  some differ                every other sequence is registered, then checked
    "no"                    any                        every other sequence is registered, then checked
    ======================  =========================  ==============================================

    A sequence that already lies on the target grid is returned untouched; any other is interpolated exactly once.
    A check that falls short is a warning, not a refusal: a person has to look.
    """
    anchor = _anchor_of(volumes)
    native = {sequence: grid_of(volume) for sequence, volume in volumes.by_sequence.items()}
    came_registered = _came_registered(volumes, native, anchor, settings)
    with one_native_thread():
        transforms = _transforms(volumes, anchor, came_registered, settings)
        target = _target_grid(native[anchor], settings)
        images = {
            sequence: _onto(volume, target, transforms[sequence], settings)
            for sequence, volume in volumes.by_sequence.items()
        }
        checks = {sequence: _agreement(images[anchor], image) for sequence, image in images.items()}
    return RegisteredVolumes(
        by_sequence=images,
        anchor=anchor,
        transforms=transforms,
        native_shape=native[anchor].shape,
        native_affine=native[anchor].affine,
        came_registered=came_registered,
        similarity={sequence: check.similarity for sequence, check in checks.items()},
        warnings=(*volumes.warnings, *_doubts(checks, anchor, settings)),
        native_grids=native,
    )


def grid_of(volume: Volume) -> Grid:
    """The grid that a volume's voxels lie on."""
    i, j, k = volume.data.shape
    return Grid((i, j, k), np.asarray(volume.affine, dtype=np.float64))


@dataclass(frozen=True)
class _Agreement:
    similarity: float  # normalised mutual information, 1 to 2
    overlap: float  # Dice of the foregrounds


def _anchor_of(volumes: Volumes) -> Sequence:
    anchor = next((sequence for sequence in volumes.anchor if sequence in volumes.by_sequence), None)
    if anchor is None:
        wanted = ", ".join(sequence.value for sequence in volumes.anchor)
        found = ", ".join(sequence.value for sequence in volumes.by_sequence) or "none"
        raise MissingByRight(f"no sequence that may be the anchor: the layout names {wanted}; found {found}")
    return anchor


def _came_registered(
    volumes: Volumes, native: Mapping[Sequence, Grid], anchor: Sequence, settings: RegistrationSettings
) -> bool:
    if volumes.registered == "auto":
        return all(same_grid(grid, native[anchor], settings.same_grid_tolerance_mm) for grid in native.values())
    return volumes.registered == "yes"


def _transforms(
    volumes: Volumes, anchor: Sequence, came_registered: bool, settings: RegistrationSettings
) -> dict[Sequence, NDArray[np.float64]]:
    fixed = volumes.by_sequence[anchor]
    transforms = {sequence: np.eye(4) for sequence in volumes.by_sequence}
    if not came_registered and len(transforms) > 1:
        from radgen_assets.science.imaging.rigid import rigid_transform  # greedy is loaded only where it is needed

        for sequence, moving in volumes.by_sequence.items():
            if sequence is not anchor:
                transforms[sequence] = rigid_transform(fixed, moving, settings.iterations)
    return transforms


def _target_grid(native: Grid, settings: RegistrationSettings) -> Grid:
    if is_isotropic(native, settings.spacing_mm, settings.isotropy_tolerance_mm):
        return native
    return isotropic_grid(native, settings.spacing_mm)


def _onto(
    volume: Volume, target: Grid, target_to_volume: NDArray[np.float64], settings: RegistrationSettings
) -> Volume:
    on_target = same_grid(grid_of(volume), target, settings.same_grid_tolerance_mm)
    if on_target and np.array_equal(target_to_volume, np.eye(4)):
        return replace(volume, affine=target.affine)
    image = to_itk(np.asarray(volume.data, dtype=np.float32), volume.affine)
    data = resample(image, target, target_to_volume, interpolation=settings.interpolation)
    return Volume(data, target.affine, volume.sequence)


def _agreement(anchor: Volume, other: Volume) -> _Agreement:
    fixed, moved = (image.data[::_CHECK_STRIDE, ::_CHECK_STRIDE, ::_CHECK_STRIDE] for image in (anchor, other))
    head, other_head = foreground(fixed), foreground(moved)
    return _Agreement(normalised_mutual_information(fixed, moved, head | other_head), dice(head, other_head))


def _doubts(checks: Mapping[Sequence, _Agreement], anchor: Sequence, settings: RegistrationSettings) -> tuple[str, ...]:
    doubts = []
    for sequence, check in checks.items():
        if sequence is anchor:
            continue
        if check.similarity < settings.minimum_similarity:
            doubts.append(
                f"{sequence.value}: normalised mutual information with {anchor.value} is {check.similarity:.3f}, "
                f"expected at least {settings.minimum_similarity:g}: look whether the two show the same anatomy."
            )
        if check.overlap < settings.minimum_overlap:
            doubts.append(
                f"{sequence.value}: its head overlaps that of {anchor.value} with a Dice of {check.overlap:.2f}, "
                f"expected at least {settings.minimum_overlap:g}: part of it may be missing or displaced."
            )
    return tuple(doubts)
