"""What can change a radiomic value; everything here is part of the recipe."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from radgen_assets.contracts.settings import Settings
from radgen_assets.contracts.volumes import ANATOMICAL, Sequence
from radgen_assets.science.radiomics.feature_sets import FEATURE_SETS, FeatureClass, ImageType

Interpolator = Literal["nearest", "linear", "bspline", "gaussian", "lanczos"]
Weighting = Literal["none", "no_weighting", "infinity", "euclidean", "manhattan"]


class RadiomicsSettings(Settings):
    """Which features are computed, from what, and how intensities are prepared.

    Lengths are in mm where the name says so, else in voxels of the grid that features are computed on. Triples and
    axes are in the order of the voxel axes (i, j, k) of `Volume`.
    """

    engine: Literal["fast", "pyradiomics"] = "fast"  # pyradiomics 3.0.1 is the reference that it is held to
    feature_set: Literal["default", "paper_c_788"] = "default"  # a named set stands for three of the keys below
    sequences: tuple[Sequence, ...] = ANATOMICAL  # those that a patient lacks are passed over
    image_types: tuple[ImageType, ...] = ("original", "wavelet", "log")
    feature_classes: tuple[FeatureClass, ...] = ("shape", "firstorder", "glcm", "glrlm", "glszm", "gldm", "ngtdm")
    without_features: tuple[str, ...] = ()  # left out of their class: "glcm_MCC"

    normalise: bool = True  # MR intensities have no unit: without this a fixed bin width means nothing
    normalise_over: Literal["brain", "volume"] = "brain"  # over the volume, as pyradiomics: its background counts too
    normalise_scale: float = Field(default=100.0, gt=0)  # one sd = 100, so that bins of 25 are a quarter of an sd
    remove_outliers: float | None = Field(default=None, gt=0)  # in sd: z-scores beyond are set to it, before the scale
    resampled_spacing_mm: tuple[float, float, float] | None = None  # 0 keeps an axis; registered volumes have 1 mm
    interpolator: Interpolator = "bspline"  # pyradiomics' default; masks take the nearest voxel
    crop_margin_voxels: int | None = Field(default=None, ge=0)  # pyradiomics' preCrop cuts lines that filters need

    bin_width: float | None = Field(default=25.0, gt=0)  # in units of the (normalised) intensity; pyradiomics' default
    bin_count: int | None = Field(default=None, ge=1)  # in its place: bins between a region's own extremes
    energy_shift: float = 0.0  # added to intensities before squaring, pyradiomics' voxelArrayShift
    distances: tuple[int, ...] = (1,)  # to the neighbours of co-occurrence, dependence and tone difference
    weighting: Weighting = "none"  # features of each direction are averaged; else matrices are summed, weighted
    glcm_symmetric: bool = True  # a pair counts in both orders
    gldm_alpha: int = Field(default=0, ge=0)  # largest difference of levels that counts as dependence
    force_2d: bool = False  # no neighbour, run or zone crosses slices
    force_2d_axis: Literal["i", "j", "k"] = "k"  # normal of the slices; k is axial on registered volumes

    log_sigmas_mm: tuple[float, ...] = (1.0, 3.0, 5.0)  # fine, medium and coarse blobs
    wavelet: str = "coif1"  # pyradiomics' default; one level, eight sub-bands
    gradient_per_mm: bool = True  # else per voxel
    lbp_2d_radius: float = Field(default=1.0, gt=0)  # the nearest ring
    lbp_2d_samples: int = Field(default=8, ge=2)  # a point for each neighbour in the slice
    lbp_3d_radius: float = Field(default=1.0, gt=0)  # the nearest shell
    lbp_3d_levels: int = Field(default=2, ge=1)  # degrees of the spherical harmonics: 0 and 1
    lbp_3d_subdivisions: int = Field(default=1, ge=0)  # of the icosahedron: 42 points
    least_piece_of_algorithms: float = Field(default=0.0, ge=0, le=1)  # of the largest piece; 1: that one alone
    minimum_voxels: int = Field(default=27, ge=2)  # a block of 3 x 3 x 3; texture of fewer voxels is noise

    @model_validator(mode="before")
    @classmethod
    def _expanded(cls, given: Any) -> Any:
        """A bin count puts the default width aside; a named set fills in what it stands for."""
        if not isinstance(given, dict):
            return given
        filled = dict(given)
        if filled.get("bin_count") is not None:
            filled.setdefault("bin_width", None)
        chosen = FEATURE_SETS.get(filled.get("feature_set", "default"))
        if chosen and chosen.name != "default":
            for key in ("image_types", "feature_classes", "without_features"):
                filled.setdefault(key, getattr(chosen, key))
        return filled

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (self.bin_width is None) == (self.bin_count is None):
            raise ValueError(
                f"bin_width {self.bin_width}, bin_count {self.bin_count}: give exactly one (a count alone is enough)"
            )
        chosen = FEATURE_SETS[self.feature_set]
        if chosen.name != "default":
            for key in ("image_types", "feature_classes", "without_features"):
                if tuple(getattr(self, key)) != getattr(chosen, key):
                    raise ValueError(
                        f'feature_set "{chosen.name}" sets {key}; leave that key away, or feature_set = "default"'
                    )
        if not self.distances or min(self.distances) < 1:
            raise ValueError(f"distances {list(self.distances)}: expected whole numbers of at least 1")
        if "log" in self.image_types and not (self.log_sigmas_mm and min(self.log_sigmas_mm) > 0):
            raise ValueError(f"log_sigmas_mm {list(self.log_sigmas_mm)}: expected at least one, all above 0")
        if "shape2D" in self.feature_classes and not self.force_2d:
            raise ValueError('feature_classes names "shape2D", the shape of one slice: set force_2d = true')
        if self.resampled_spacing_mm is not None and not np.all(np.array(self.resampled_spacing_mm) >= 0):
            raise ValueError(f"resampled_spacing_mm {list(self.resampled_spacing_mm)}: expected 0 or more")
        if self.remove_outliers is not None and not self.normalise:
            raise ValueError("remove_outliers counts in standard deviations: set normalise = true")
        return self

    @property
    def plane_axis(self) -> int | None:
        """Axis of an array (k, j, i) that `force_2d` takes out; None in 3D."""
        return {"k": 0, "j": 1, "i": 2}[self.force_2d_axis] if self.force_2d else None

    @property
    def reads_regions_alone(self) -> bool:
        """Whether no value hangs on intensities outside the regions' box: no filter, normalisation or resampling."""
        return self.image_types == ("original",) and not self.normalise and self.resampled_spacing_mm is None
