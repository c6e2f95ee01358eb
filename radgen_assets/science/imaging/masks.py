"""Tumour regions on the registered grid, from masks as they were given.

What the labels of each convention mean (whole tumour, tumour core and enhancing tumour in the BraTS sense):

================  ==============================================================  =========  ========  ====
convention        labels                                                          WT         TC        ET
================  ==============================================================  =========  ========  ====
whole_tumour      1 whole tumour                                                  1          not told  not told
brats_2013        1 necrosis, 2 oedema, 3 non-enhancing, 4 enhancing              1 2 3 4    1 3 4     4
brats_2017        1 necrosis and non-enhancing, 2 oedema, 4 enhancing             1 2 4      1 4       4
brats_2023        1 necrosis and non-enhancing, 2 oedema, 3 enhancing             1 2 3      1 3       3
================  ==============================================================  =========  ========  ====
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from collections.abc import Sequence as ListOf
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadMask, MaskOffGrid, MissingByRight
from radgen_assets.contracts.volumes import (
    Grid,
    LabelConvention,
    LabelVolume,
    Region,
    RegionMask,
    RegisteredVolumes,
    TumourMasks,
)
from radgen_assets.science.imaging.grids import corners, resample, same_grid, to_itk
from radgen_assets.science.imaging.native_threads import one_native_thread
from radgen_assets.science.imaging.orientation import labels_to_canonical

LABEL_NAMES: Mapping[LabelConvention, Mapping[int, str]] = MappingProxyType(
    {
        LabelConvention.whole_tumour: {1: "whole tumour"},
        LabelConvention.brats_2013: {1: "necrosis", 2: "oedema", 3: "non-enhancing", 4: "enhancing"},
        LabelConvention.brats_2017: {1: "necrosis and non-enhancing", 2: "oedema", 4: "enhancing"},
        LabelConvention.brats_2023: {1: "necrosis and non-enhancing", 2: "oedema", 3: "enhancing"},
    }
)
REGION_LABELS: Mapping[LabelConvention, Mapping[Region, tuple[int, ...]]] = MappingProxyType(
    {
        LabelConvention.whole_tumour: {Region.whole_tumour: (1,)},
        LabelConvention.brats_2013: {
            Region.whole_tumour: (1, 2, 3, 4),
            Region.tumour_core: (1, 3, 4),
            Region.enhancing_tumour: (4,),
        },
        LabelConvention.brats_2017: {
            Region.whole_tumour: (1, 2, 4),
            Region.tumour_core: (1, 4),
            Region.enhancing_tumour: (4,),
        },
        LabelConvention.brats_2023: {
            Region.whole_tumour: (1, 2, 3),
            Region.tumour_core: (1, 3),
            Region.enhancing_tumour: (3,),
        },
    }
)
_GRID_TOLERANCE_MM = 0.1  # headers written by other tools repeat an affine to a few hundredths of a mm


def tumour_masks(labels: ListOf[LabelVolume], registered: RegisteredVolumes) -> TumourMasks:
    """All regions of all makers on the registered grid.

    Parameters
    ----------
    labels : sequence of LabelVolume
        As given, any axis order. Each lies on the native grid of the sequence it was drawn on (the transform of that
        sequence then applies) or on the anchor's.
    registered : RegisteredVolumes

    Returns
    -------
    TumourMasks
        A region without voxels, or of which the labels say nothing, is not there; the former is a warning.

    Raises
    ------
    MissingByRight
        When no mask was given.
    BadMask
        When a mask holds a label that its convention does not know, is empty, or lies outside the field of view.
    MaskOffGrid
        When a mask lies on neither grid.

    Notes
    -----
    On equal grids nothing is resampled. Else each region is interpolated linearly and cut at one half (ties go to the
    background), so that the regions stay nested and their volumes unbiased.
    """
    if not labels:
        raise MissingByRight("no mask of this patient was given")
    target = _grid(registered)
    found: list[RegionMask] = []
    warnings: list[str] = []
    with one_native_thread():
        for given in labels:
            _check_labels(given)
            canonical = labels_to_canonical(given)
            transform = _transform_of(canonical, given, registered)
            for region, members in REGION_LABELS[given.convention].items():
                data = _onto(np.isin(canonical.labels, members), canonical.affine, target, transform)
                if data.any():
                    found.append(RegionMask(region, given.maker, given.maker_kind, given.is_primary, data))
                elif region is Region.whole_tumour:
                    raise _outside(given)
                else:
                    warnings.append(_absent(given, region, members))
    if not any(given.is_primary for given in labels):
        makers = ", ".join(given.maker for given in labels)
        warnings.append(f"no primary mask: {makers} are compared only. Set primary = true for one maker of the cohort.")
    return TumourMasks(tuple(found), target.affine, tuple(warnings))


def _check_labels(given: LabelVolume) -> None:
    known = LABEL_NAMES[given.convention]
    present = [int(label) for label in np.unique(given.labels) if label != 0]
    unknown = [label for label in present if label not in known]
    meaning = ", ".join(f"{label} {name}" for label, name in known.items())
    if unknown:
        raise BadMask(
            given.file or given.maker,
            "labels",
            f"{_listed(unknown)} among {_listed(present)}",
            f"labels of {given.convention.value} (0 background, {meaning})",
            "Declare the convention that the file follows in the cohort's TOML, or correct the mask.",
        )
    if not present:
        raise BadMask(
            given.file or given.maker,
            "labels",
            "background only",
            f"at least one voxel of {meaning}",
            "Correct the mask, remove it, or exclude the patient with a reason.",
        )


def _transform_of(canonical: LabelVolume, given: LabelVolume, registered: RegisteredVolumes) -> NDArray[np.float64]:
    """The matrix that maps points of the registered grid to points of the mask's grid."""
    own = Grid(_shape(canonical.labels), canonical.affine)
    anchor = Grid(registered.native_shape, registered.native_affine)
    drawn_on = registered.native_grids.get(given.drawn_on)
    if drawn_on is not None and same_grid(own, drawn_on, _GRID_TOLERANCE_MM):
        return registered.transforms[given.drawn_on]
    if same_grid(own, anchor, _GRID_TOLERANCE_MM):
        return np.eye(4)
    expected = drawn_on or anchor
    where = f"{given.drawn_on.value}, which it was drawn on" if drawn_on else f"the anchor, {registered.anchor.value}"
    if own.shape != expected.shape:
        field, found, wanted = "shape", str(own.shape), f"{expected.shape} as {where}"
    else:
        apart = np.sqrt(((corners(own) - corners(expected)) ** 2).sum(axis=1)).max()
        field = "affine"
        found = f"{_affine_text(own.affine)} (up to {apart:.1f} mm off)"
        wanted = f"{_affine_text(expected.affine)} as {where}"
    raise MaskOffGrid(
        given.file or given.maker,
        field,
        found,
        wanted,
        "Resample the mask to its image, or correct `drawn_on` in the cohort's TOML.",
    )


def _onto(
    inside: NDArray[np.bool_], affine: NDArray[np.float64], target: Grid, transform: NDArray[np.float64]
) -> NDArray[np.bool_]:
    if np.array_equal(transform, np.eye(4)) and same_grid(Grid(_shape(inside), affine), target, _GRID_TOLERANCE_MM):
        return inside
    carried = np.zeros(target.shape, dtype=bool)
    reach = _reach(inside, affine, target, transform)
    if reach is not None:
        part = target.affine.copy()
        part[:3, 3] += target.affine[:3, :3] @ [axis.start for axis in reach]
        shape = (reach[0].stop - reach[0].start, reach[1].stop - reach[1].start, reach[2].stop - reach[2].start)
        image = to_itk(inside.astype(np.float32), affine)
        carried[reach] = resample(image, Grid(shape, part), transform, interpolation="linear") > 0.5
    return carried


def _reach(
    inside: NDArray[np.bool_], affine: NDArray[np.float64], target: Grid, transform: NDArray[np.float64]
) -> tuple[slice, slice, slice] | None:
    """The box of target voxels that the mask can reach: only there is it interpolated. None: outside the target."""
    box = np.argwhere(inside)
    if box.size == 0:
        return None
    low, high = box.min(axis=0) - 1, box.max(axis=0) + 1
    part = affine.copy()
    part[:3, 3] += affine[:3, :3] @ low
    edges = corners(Grid(_triple(high - low + 1), part))
    to_target = np.linalg.inv(transform @ target.affine)
    indices = edges @ to_target[:3, :3].T + to_target[:3, 3]
    first = np.clip(np.floor(indices.min(axis=0)), 0, None).astype(int)
    last = np.minimum(np.ceil(indices.max(axis=0)) + 1, target.shape).astype(int)
    if (last <= first).any():
        return None
    return (slice(first[0], last[0]), slice(first[1], last[1]), slice(first[2], last[2]))


def _outside(given: LabelVolume) -> BadMask:
    return BadMask(
        given.file or given.maker,
        "position",
        "no voxel inside the field of view of the registered volumes",
        "a tumour inside it",
        "Check the mask's affine and the transform of the sequence it was drawn on.",
    )


def _absent(given: LabelVolume, region: Region, members: Iterable[int]) -> str:
    return (
        f"{given.file or given.maker}: no voxel of {region.value} (label {_listed(members)}); "
        f"the region is left out for maker {given.maker}."
    )


def _grid(registered: RegisteredVolumes) -> Grid:
    return Grid(_shape(registered.by_sequence[registered.anchor].data), registered.affine)


def _shape(data: NDArray) -> tuple[int, int, int]:
    return _triple(data.shape)


def _triple(values: Iterable[int]) -> tuple[int, int, int]:
    i, j, k = (int(value) for value in values)
    return (i, j, k)


def _listed(values: Iterable[int]) -> str:
    return ", ".join(str(value) for value in values)


def _affine_text(affine: NDArray[np.float64]) -> str:
    return "[" + "; ".join(" ".join(f"{value:.4g}" for value in row) for row in affine[:3]) + "]"
