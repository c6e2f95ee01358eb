"""The grid that features are computed on: the volume's own, resampled to another spacing, or cropped around a region.

Grid, interpolators and rounding as in pyradiomics 3.0.1 (imageoperations.resampleImage): the resampled grid shares the
volume's corner, masks take the nearest voxel, and with a margin only the region's box and that margin are resampled.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from radgen_assets.science.radiomics.boxes import Box
from radgen_assets.science.radiomics.settings import RadiomicsSettings

_INTERPOLATORS = {
    "nearest": sitk.sitkNearestNeighbor,
    "linear": sitk.sitkLinear,
    "bspline": sitk.sitkBSpline,
    "gaussian": sitk.sitkGaussian,
    "lanczos": sitk.sitkLanczosWindowedSinc,
}


@dataclass(frozen=True)
class FeatureGrid:
    """Where features are computed, in array order (k, j, i); two equal grids serve several regions.

    Attributes
    ----------
    spacing_mm : (3,) float
    native_spacing_mm : (3,) float
        Of the volume.
    start, size : (3,) int
        The first voxel and their number, on the volume's own or on the resampled grid.
    interpolator : str
    """

    spacing_mm: tuple[float, float, float]
    native_spacing_mm: tuple[float, float, float]
    start: tuple[int, int, int]
    size: tuple[int, int, int]
    interpolator: str

    @property
    def is_native(self) -> bool:
        """Whether voxels are taken as they are."""
        return _alike(self.native_spacing_mm, self.spacing_mm)

    def image(self, values: NDArray) -> NDArray:
        """A volume (k, j, i) on this grid."""
        return self._on_grid(values, _INTERPOLATORS[self.interpolator])

    def mask(self, inside: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A mask (k, j, i) on this grid."""
        if self.is_native:
            return inside[self.box]
        return self._on_grid(inside.astype(np.uint32), sitk.sitkNearestNeighbor) == 1

    @property
    def box(self) -> Box:
        """The part of the volume, where voxels are taken as they are."""
        k, j, i = (slice(first, first + count) for first, count in zip(self.start, self.size, strict=True))
        return (k, j, i)

    def _on_grid(self, values: NDArray, interpolator: int) -> NDArray:
        if self.is_native:
            return np.ascontiguousarray(values[self.box])
        node = sitk.GetImageFromArray(np.ascontiguousarray(values))
        node.SetSpacing([float(edge) for edge in reversed(self.native_spacing_mm)])
        native, new = np.array(node.GetSpacing()), np.array(self.spacing_mm[::-1])
        first = np.array(self.start[::-1]) / (native / new) + 0.5 * (new - native) / native
        resample = sitk.ResampleImageFilter()
        resample.SetOutputSpacing(new.tolist())
        resample.SetSize(list(self.size[::-1]))
        resample.SetOutputOrigin(node.TransformContinuousIndexToPhysicalPoint(first.tolist()))
        resample.SetOutputPixelType(node.GetPixelID())
        resample.SetInterpolator(interpolator)
        return sitk.GetArrayFromImage(resample.Execute(node))


def feature_grid(
    box: Box, shape: tuple[int, ...], spacing_mm: tuple[float, float, float], settings: RadiomicsSettings
) -> FeatureGrid:
    """The grid of a region's box in a volume (k, j, i): the volume's unless `crop_margin_voxels` cuts a part out of it.

    An axis on which the region is one voxel thick keeps its spacing, as in pyradiomics.
    """
    native = np.array(spacing_mm)
    new = native
    if settings.resampled_spacing_mm is not None:
        wanted = np.array(settings.resampled_spacing_mm[::-1], dtype=np.float64)
        thick = np.array([span.stop - span.start > 1 for span in box])
        new = np.where((wanted > 0) & thick, wanted, native)
    if _alike(native, new):
        new = native
    start, stop = _extent(box, np.array(shape), native / new, settings.crop_margin_voxels)
    return FeatureGrid(
        (float(new[0]), float(new[1]), float(new[2])),
        spacing_mm,
        (int(start[0]), int(start[1]), int(start[2])),
        (int(stop[0] - start[0]), int(stop[1] - start[1]), int(stop[2] - start[2])),
        settings.interpolator,
    )


def _extent(
    box: Box, shape: NDArray[np.intp], ratio: NDArray[np.float64], margin: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First voxel and the one after the last, within the volume."""
    ends = np.ceil(shape * ratio)
    if margin is None:
        return np.zeros(3), ends
    lower, upper = (np.array([getattr(span, end) for span in box]) for end in ("start", "stop"))
    if np.array_equal(ratio, np.ones(3)):
        first, last = lower - margin, upper - 1 + margin
    else:  # half a voxel more, so that nothing of the region is lost
        first, last = np.floor((lower - 0.5) * ratio - margin), np.ceil((upper - 0.5) * ratio + margin)
    return np.maximum(first, 0), np.minimum(last, ends - 1) + 1


def _alike(one: Iterable[float], other: Iterable[float]) -> bool:
    """Spacings that differ by rounding alone, as `numpy.allclose` has it, without its 40 microseconds."""
    return all(abs(a - b) <= 1e-8 + 1e-5 * abs(b) for a, b in zip(one, other, strict=True))
