"""Every feature of IBSI chapter 1 of one region, by the reference files' tags."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.ibsi.configurations import IbsiConfiguration
from radgen_assets.science.radiomics.ibsi.cooccurrence import cooccurrence_features
from radgen_assets.science.radiomics.ibsi.intensity import histogram, local_peaks, statistics, volume_histogram
from radgen_assets.science.radiomics.ibsi.morphology import morphology
from radgen_assets.science.radiomics.ibsi.preparation import (
    IbsiRegion,
    Prepared,
    Spacing,
    distance_to_border,
    grey_levels,
    prepare,
)
from radgen_assets.science.radiomics.ibsi.sizes import (
    dependence_features,
    distance_zone_features,
    run_length_features,
    size_zone_features,
)
from radgen_assets.science.radiomics.ibsi.tone_difference import tone_difference_features
from radgen_assets.science.radiomics.texture_region import TextureRegion


def ibsi_features(
    image: NDArray, mask: NDArray[np.bool_], spacing_mm: Spacing, configuration: IbsiConfiguration
) -> dict[str, float]:
    """Features of a region in the IBSI convention.

    Parameters
    ----------
    image, mask : (k, j, i)
        On one grid.
    spacing_mm : (3,) float
        In the arrays' order.
    configuration : IbsiConfiguration
        How the region is prepared, and in which dimensions texture is looked for.

    Returns
    -------
    dict
        Value by tag; `names.FEATURES` has name and code of each. Diagnostics of the preparation stand there too. NaN
        where the region does not define a feature (an ellipsoid of a flat region, a variation of one intensity); a
        family of which nothing can be counted (pairs in a single voxel) is left out.

    Raises
    ------
    MaskOffGrid, BadMask
        When the shapes differ; when the region is empty, or is so after re-segmentation.
    BadInput
        When intensities are to be levels already, and are not.
    """
    prepared = prepare(image, mask, spacing_mm, configuration)
    region = prepared.resegmented
    levels = grey_levels(region, configuration)
    inside = levels[region.intensity_mask].astype(np.float64)
    found = diagnostics(prepared)
    found |= morphology(region)
    found |= local_peaks(region)
    found |= statistics(region.intensities)
    found |= histogram(inside, configuration.bin_count or int(inside.max()))
    found |= volume_histogram(region.intensities, configuration)
    for dimension in configuration.dimensions:
        found |= texture(levels, region.morphological_mask, in_plane=dimension == "2D")
    return found


def texture(levels: NDArray[np.int32], morphological_mask: NDArray[np.bool_], *, in_plane: bool) -> dict[str, float]:
    """The six families of texture: in slices (2D and 2.5D) or in the volume (3D)."""
    region = TextureRegion.of(levels)
    distance = distance_to_border(morphological_mask, in_plane)
    return {
        **cooccurrence_features(region, in_plane=in_plane),
        **run_length_features(region, in_plane=in_plane),
        **size_zone_features(region, in_plane=in_plane),
        **distance_zone_features(levels, distance, in_plane=in_plane),
        **tone_difference_features(region, in_plane=in_plane),
        **dependence_features(region, in_plane=in_plane),
    }


def diagnostics(prepared: Prepared) -> dict[str, float]:
    """Sizes, masks and intensities before and after each step, by the reference files' tags."""
    found: dict[str, float] = {}
    for when, region in (("init_img", prepared.initial), ("interp_img", prepared.interpolated)):
        for axis, size, edge in zip("zyx", region.image.shape, region.spacing_mm, strict=True):
            found[f"img_dim_{axis}_{when}"] = size
            found[f"vox_dim_{axis}_{when}"] = edge
        found[f"mean_int_{when}"] = float(region.image.mean())
        found[f"min_int_{when}"] = float(region.image.min())
        found[f"max_int_{when}"] = float(region.image.max())
    stages = (
        ("init_roi", prepared.initial),
        ("interp_roi", prepared.interpolated),
        ("reseg_roi", prepared.resegmented),
    )
    for when, region in stages:
        found |= _of_masks(region, when)
    return found


def _of_masks(region: IbsiRegion, when: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for axis, size in zip("zyx", region.image.shape, strict=True):
        found[f"int_mask_dim_{axis}_{when}"] = size
    for kind, mask in (("int", region.intensity_mask), ("morph", region.morphological_mask)):
        places = np.nonzero(mask)
        for axis, place in zip("zyx", places, strict=True):
            found[f"{kind}_mask_bb_dim_{axis}_{when}"] = int(place.max() - place.min()) + 1
        found[f"{kind}_mask_vox_count_{when}"] = len(places[0])
    values = region.intensities
    found[f"int_mask_mean_int_{when}"] = float(values.mean())
    found[f"int_mask_min_int_{when}"] = float(values.min())
    found[f"int_mask_max_int_{when}"] = float(values.max())
    return found
