"""pyradiomics' values of the phantoms under IBSI's tags: with its own preparation, and after IBSI's."""

from __future__ import annotations

import logging
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import radiomics
import SimpleITK as sitk
from numpy.typing import NDArray
from radiomics.featureextractor import RadiomicsFeatureExtractor

from radgen_assets.science.radiomics.ibsi.configurations import CONFIGURATIONS
from radgen_assets.science.radiomics.ibsi.names import FEATURES
from radgen_assets.science.radiomics.ibsi.preparation import prepare
from radgen_assets_tests.science.radiomics.ibsi.phantoms import phantom

radiomics.logger.setLevel(logging.CRITICAL)

# the settings that come nearest to each configuration
_BINS: dict[str, dict[str, Any]] = {
    "digital_phantom": {"binWidth": 1},
    "config_A": {"binWidth": 25, "force2D": True, "force2Ddimension": 0},
    "config_C": {"binWidth": 25},
    "config_D": {"binCount": 32},
}
_PREPARATION: dict[str, dict[str, Any]] = {
    "digital_phantom": {},
    "config_A": {"resegmentRange": [-500, 400]},
    "config_C": {"resegmentRange": [-1000, 400], "resampledPixelSpacing": [2, 2, 2], "interpolator": "sitkLinear"},
    "config_D": {
        "resegmentRange": [-3, 3],
        "resegmentMode": "sigma",
        "resampledPixelSpacing": [2, 2, 2],
        "interpolator": "sitkLinear",
    },
}


def tags(name: str) -> dict[str, str]:
    """IBSI tag -> "class.Feature". In slices, pyradiomics adds slices up before it averages directions: 2.5D."""
    in_plane = _BINS[name].get("force2D", False)
    return {
        tag.replace("_3D", "_2_5D") if in_plane else tag: feature.pyradiomics
        for tag, feature in FEATURES.items()
        if feature.pyradiomics
    }


@cache
def with_its_own_preparation(ibsi_1: Path, name: str) -> dict[str, float]:
    """What a user of pyradiomics gets."""
    given = phantom(ibsi_1, name)
    found = _extract(given.image, given.mask, given.spacing_mm, _BINS[name] | _PREPARATION[name])
    return {tag: found[feature] for tag, feature in tags(name).items()}


@cache
def after_the_manuals_preparation(ibsi_1: Path, name: str) -> dict[str, float]:
    """What remains when grid, rounding and masks are IBSI's: bins and definitions."""
    given = phantom(ibsi_1, name)
    region = prepare(given.image, given.mask, given.spacing_mm, CONFIGURATIONS[name]).resegmented
    shape = _extract(region.image, region.morphological_mask, region.spacing_mm, _BINS[name], ("shape",))
    intensity = _extract(region.image, region.intensity_mask, region.spacing_mm, _BINS[name])
    found = intensity | shape
    return {tag: found[feature] for tag, feature in tags(name).items()}


def _extract(
    image: NDArray,
    mask: NDArray[np.bool_],
    spacing_mm: tuple[float, float, float],
    settings: dict[str, Any],
    classes: tuple[str, ...] = ("shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"),
) -> dict[str, float]:
    extractor = RadiomicsFeatureExtractor(additionalInfo=False, **settings)
    extractor.disableAllFeatures()
    for each in classes:
        extractor.enableFeatureClassByName(each)
    nodes = []
    for array in (image.astype(np.float64), mask.astype(np.uint8)):
        node = sitk.GetImageFromArray(np.ascontiguousarray(array))
        node.SetSpacing([float(edge) for edge in reversed(spacing_mm)])
        nodes.append(node)
    found = extractor.execute(*nodes)
    return {".".join(key.split("_")[1:]): float(value) for key, value in found.items()}
