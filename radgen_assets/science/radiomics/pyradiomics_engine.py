"""pyradiomics' feature classes on one region of one image, binned once instead of once a class.

Values equal those of `RadiomicsFeatureExtractor.execute` exactly; checks, hashes and diagnostics are left out.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import radiomics
import SimpleITK as sitk
from numpy.typing import NDArray
from radiomics import base, featureextractor, imageoperations

from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings

radiomics.logger.setLevel(logging.CRITICAL)  # what fails is told by the values (see extraction.py), not by a log


def shape_features(mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float]) -> Iterator[tuple[str, float]]:
    """Name and value of the shape features of a mask (k, j, i)."""
    node = _itk(mask.astype(np.uint32), spacing_mm)
    yield from _values(_class("shape")(node, node, label=1))


def plane_shape_features(
    mask: NDArray[np.bool_], spacing_mm: tuple[float, float, float], axis: int
) -> Iterator[tuple[str, float]]:
    """Name and value of the shape features of a region of one slice (k, j, i), `axis` its normal."""
    node = _itk(mask.astype(np.uint32), spacing_mm)
    yield from _values(_class("shape2D")(node, node, label=1, force2D=True, force2Ddimension=axis))


def intensity_features(
    image: NDArray,
    mask: NDArray[np.bool_],
    spacing_mm: tuple[float, float, float],
    feature_classes: tuple[str, ...],
    bin_width: float | None = None,
    *,
    bin_count: int | None = None,
    texture: TextureSettings = DEFAULT,
    energy_shift: float = 0.0,
) -> Iterator[tuple[str, str, float]]:
    """Class, name and value of every first-order and texture feature.

    Parameters
    ----------
    image : (k, j, i) number
        Cropped to the region's box.
    mask : (k, j, i) bool
        At least two voxels.
    spacing_mm : (3,) float
        In the order of the array's axes (k, j, i).
    feature_classes : tuple of str
        Without shape, which depends on the mask alone.
    bin_width : float, optional
        Edges are multiples of it, as pyradiomics has them (IBSI counts from the region's minimum).
    bin_count : int, optional
        In place of the width: as many bins between the region's extremes.
    texture : TextureSettings
        Distances, plane, dependence and weighting.
    energy_shift : float
        Added to intensities before they are squared (pyradiomics' voxelArrayShift).
    """
    image_node, mask_node = _itk(image, spacing_mm), _itk(mask.astype(np.uint32), spacing_mm)
    chosen = {
        "binWidth": bin_width,
        "binCount": bin_count,
        "voxelArrayShift": energy_shift,
        "distances": list(texture.distances),
        "force2D": texture.force_2d_axis is not None,
        "force2Ddimension": texture.force_2d_axis or 0,
        "gldm_a": texture.alpha,
        "symmetricalGLCM": texture.symmetric,
        "weightingNorm": None if texture.weighting == "none" else texture.weighting,
        "binned": _Binned(image, mask, bin_width, bin_count),
    }
    for name in feature_classes:
        features = _class(name)(image_node, mask_node, label=1, **chosen)
        for feature, value in _values(features):
            yield name, feature, value


class _Binned:
    """The image in bins, as `RadiomicsFeaturesBase._applyBinning` makes it for every class anew."""

    def __init__(self, image: NDArray, mask: NDArray[np.bool_], bin_width: float | None, bin_count: int | None) -> None:
        inside = image[mask]
        # the edges depend on the extremes alone; pyradiomics looks for them with Python's min and max, voxel by voxel
        extremes = np.array([inside.min(), inside.max()])
        edges = imageoperations.getBinEdges(extremes, binWidth=bin_width, binCount=bin_count)
        levels = np.digitize(inside, edges)
        self.matrix = np.zeros(image.shape, dtype="int")
        self.matrix[mask] = levels
        self.grey_levels = np.unique(levels)


@cache
def _class(name: str) -> type:
    """The pyradiomics class `name`, made to take its bins from outside."""
    original: Any = featureextractor.getFeatureClasses()[name]
    if name == "shape":
        return original

    def _apply_binning(self: Any, matrix: NDArray) -> NDArray:
        binned: _Binned = self.settings["binned"]
        self.coefficients["grayLevels"] = binned.grey_levels
        self.coefficients["Ng"] = int(binned.grey_levels.max())
        return binned.matrix

    return type(original.__name__, (original,), {"_applyBinning": _apply_binning, "__module__": original.__module__})


def _values(features: base.RadiomicsFeaturesBase) -> Iterator[tuple[str, float]]:
    features.enableAllFeatures()
    with np.errstate(all="ignore"):  # a value that is not finite is reported by name in extraction.py
        found = features.execute()
    for name, value in found.items():
        yield name, float(np.real(value))  # by rounding, the axes of two voxels may come back complex


def _itk(array: NDArray, spacing_mm: tuple[float, float, float]) -> sitk.Image:
    node = sitk.GetImageFromArray(np.ascontiguousarray(array))
    node.SetSpacing([float(edge) for edge in reversed(spacing_mm)])
    return node
