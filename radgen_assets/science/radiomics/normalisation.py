"""Intensities of one sequence on a scale that sequences and scanners share."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from radgen_assets.science.imaging.foreground import foreground
from radgen_assets.science.radiomics.settings import RadiomicsSettings


def normalised(data: NDArray[np.float32], settings: RadiomicsSettings) -> NDArray:
    """Z-scores times `normalise_scale`, float32 (over the volume float64); `data` itself where `normalise` is off.

    Parameters
    ----------
    data : (i, j, k) float32
        Finite.
    settings : RadiomicsSettings
        `normalise_over` "brain": mean and standard deviation of the brain (or head), so that the amount of empty
        background does not set the scale; a flat image becomes 0. "volume": of every voxel, as pyradiomics'
        `normalize` (SimpleITK's Normalize). `remove_outliers`: z-scores beyond are set to it, before the scale.
    """
    if not settings.normalise:
        return data
    if settings.normalise_over == "volume":
        return _over_the_volume(data, settings.normalise_scale, settings.remove_outliers)
    return _over_the_brain(data, settings.normalise_scale, settings.remove_outliers)


def _over_the_brain(data: NDArray[np.float32], scale: float, outliers: float | None) -> NDArray[np.float32]:
    inside = data[foreground(data)].astype(np.float64)
    spread = float(inside.std())
    if spread == 0:
        return np.zeros_like(data, dtype=np.float32)
    mean = inside.mean()
    scaled = np.empty_like(data, dtype=np.float32)  # as it lies in memory, and so are its planes
    lies = slice(None, None, -1) if data.flags.f_contiguous else slice(None)
    planes = (array.transpose(range(3)[lies]) for array in (scaled, data))
    for plane, values in zip(*planes, strict=True):  # plane by plane: float64 of the whole volume leaves the cache
        scores = (values - mean) / spread
        if outliers is not None:
            np.clip(scores, -outliers, outliers, out=scores)
        np.multiply(scores, scale, out=plane, casting="same_kind")
    return scaled


def _over_the_volume(data: NDArray[np.float32], scale: float, outliers: float | None) -> NDArray[np.float64]:
    if float(data.min()) == float(data.max()):
        return np.zeros_like(data, dtype=np.float64)
    image = sitk.Normalize(sitk.GetImageFromArray(np.ascontiguousarray(data.transpose(2, 1, 0))))
    if outliers is not None:
        scores = sitk.GetArrayFromImage(image)
        image = sitk.GetImageFromArray(np.clip(scores, -outliers, outliers))
    image *= scale
    return sitk.GetArrayFromImage(image).transpose(2, 1, 0)
