"""Magnitude of the intensity gradient, by central differences, in a box."""

from __future__ import annotations

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from radgen_assets.science.radiomics.boxes import Box


def gradient_magnitude(image: NDArray, spacing_mm: tuple[float, float, float], box: Box, *, per_mm: bool) -> NDArray:
    """SimpleITK's GradientMagnitude inside `box`; at the volume's border the outermost voxel is repeated."""
    rim = [slice(max(span.start - 1, 0), min(span.stop + 1, size)) for span, size in zip(box, image.shape, strict=True)]
    node = sitk.GetImageFromArray(np.ascontiguousarray(image[tuple(rim)]))
    node.SetSpacing([float(edge) for edge in reversed(spacing_mm)])
    gradient = sitk.GradientMagnitudeImageFilter()
    gradient.SetUseImageSpacing(per_mm)
    inner = tuple(slice(a.start - b.start, a.stop - b.start) for a, b in zip(box, rim, strict=True))
    return sitk.GetArrayFromImage(gradient.Execute(node))[inner]
