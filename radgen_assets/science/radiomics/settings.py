"""What can change a radiomic value; everything here is part of the recipe."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from radgen_assets.contracts.settings import Settings
from radgen_assets.contracts.volumes import ANATOMICAL, Sequence

ImageType = Literal["original", "wavelet", "log"]
FeatureClass = Literal["shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm"]


class RadiomicsSettings(Settings):
    """Which features are computed, from what, and how intensities are prepared."""

    engine: Literal["pyradiomics"] = "pyradiomics"  # 3.0.1, the reference that other engines are held to
    sequences: tuple[Sequence, ...] = ANATOMICAL  # those that a patient lacks are passed over
    image_types: tuple[ImageType, ...] = ("original", "wavelet", "log")
    feature_classes: tuple[FeatureClass, ...] = ("shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
    normalise: bool = True  # MR intensities have no unit: without this a fixed bin width means nothing
    normalise_scale: float = Field(default=100.0, gt=0)  # one sd = 100, so that bins of 25 are a quarter of an sd
    bin_width: float = Field(default=25.0, gt=0)  # in units of the (normalised) intensity; pyradiomics' default
    log_sigmas_mm: tuple[float, ...] = (1.0, 3.0, 5.0)  # fine, medium and coarse blobs
    wavelet: str = "coif1"  # pyradiomics' default; one level, eight sub-bands
    minimum_voxels: int = Field(default=27, ge=2)  # a block of 3 x 3 x 3; texture of fewer voxels is noise
