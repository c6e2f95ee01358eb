"""pyradiomics' own classes on one region, as the tests of the fast engine compare with them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from radiomics import featureextractor

from radgen_assets.science.radiomics.fast_engine import intensity_features
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

CLASSES = ("firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
Found = dict[tuple[str, str], float]


def cropped(image: NDArray, mask: NDArray[np.bool_]) -> tuple[NDArray, NDArray[np.bool_]]:
    """To the mask's box, as the extractor crops."""
    box = tuple(slice(places.min(), places.max() + 1) for places in np.nonzero(mask))
    return np.ascontiguousarray(image[box]), np.ascontiguousarray(mask[box])


def of_pyradiomics(image: NDArray, mask: NDArray[np.bool_], spacing_mm: tuple[float, ...], **settings: Any) -> Found:
    """Every class and feature of a cropped region, with pyradiomics' names of settings."""
    node = sitk.GetImageFromArray(image)
    node.SetSpacing([float(edge) for edge in reversed(spacing_mm)])
    label = sitk.GetImageFromArray(mask.astype(np.uint8))
    label.CopyInformation(node)
    found: Found = {}
    for name in CLASSES:
        features = featureextractor.getFeatureClasses()[name](node, label, label=1, **settings)
        features.enableAllFeatures()
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            found.update({(name, feature): float(np.real(value)) for feature, value in features.execute().items()})
    return found


def of_ours(
    image: NDArray,
    mask: NDArray[np.bool_],
    spacing_mm: tuple[float, ...],
    *,
    texture: TextureSettings = DEFAULT,
    **bins: Any,
) -> Found:
    rows = intensity_features(image, mask, spacing_mm, CLASSES, texture=texture, **bins)
    return {(name, feature): value for name, feature, value in rows}


def assert_equal(found: Found, expected: Found) -> None:
    """Same names in the same order; values within 1e-6, MCC within 1e-5; NaN where pyradiomics has NaN."""
    assert list(found) == list(expected)
    for key, value in expected.items():
        tolerance = 1e-5 if key[1] == "MCC" else 1e-6
        assert np.isclose(found[key], value, rtol=tolerance, atol=1e-9, equal_nan=True), (key, found[key], value)
