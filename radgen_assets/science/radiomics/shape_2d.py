"""Shape features of a flat region: surface, perimeter, diameter and principal axes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.radiomics.diameter import plane_diameter
from radgen_assets.science.radiomics.shape import principal_variances


def shape_features_2d(mask: NDArray[np.bool_], spacing_mm: tuple[float, float]) -> dict[str, float]:
    """pyradiomics' 9 features by its names, of a mask (j, i).

    The contour goes through the middle of the edges between inside and outside; pixels that touch at a corner only
    stay apart. Source: pyradiomics 3.0.1, shape2D.

    Raises
    ------
    BadInput
        When the mask is empty.
    """
    if not mask.any():
        raise BadInput("mask", "pixels", "none inside", "at least one", "Leave the region out.")
    surface, perimeter = _contour(mask, spacing_mm)
    minor, major = principal_variances(mask, spacing_mm)
    with np.errstate(invalid="ignore"):
        return {
            "Elongation": float(np.sqrt(minor / major)),
            "MajorAxisLength": float(np.sqrt(major) * 4),
            "MaximumDiameter": plane_diameter(mask, spacing_mm),
            "MeshSurface": surface,
            "MinorAxisLength": float(np.sqrt(minor) * 4),
            "Perimeter": perimeter,
            "PerimeterSurfaceRatio": perimeter / surface,
            "PixelSurface": int(np.count_nonzero(mask)) * spacing_mm[0] * spacing_mm[1],
            "Sphericity": float(2 * np.sqrt(np.pi * surface)) / perimeter,
        }


def _contour(mask: NDArray[np.bool_], spacing_mm: tuple[float, float]) -> tuple[float, float]:
    """Surface and perimeter, by counting the cases of squares of 2 x 2 pixels."""
    inside = np.pad(mask, 1).astype(np.int64)
    a, b, c, d = inside[:-1, :-1], inside[:-1, 1:], inside[1:, :-1], inside[1:, 1:]
    n_inside = a + b + c + d
    counts = np.bincount(n_inside.ravel(), minlength=5)
    opposite = int(np.count_nonzero((n_inside == 2) & (a == d)))
    along_i = int(np.count_nonzero((n_inside == 2) & (a == b)))
    along_j = int(counts[2]) - opposite - along_i
    side_j, side_i = spacing_mm
    # a corner cuts off an eighth of a square; two opposite ones stay apart
    eighths = counts[1] + 4 * (along_i + along_j) + 2 * opposite + 7 * counts[3] + 8 * counts[4]
    slanted = float(np.hypot(side_j / 2, side_i / 2))
    perimeter = (counts[1] + counts[3] + 2 * opposite) * slanted + along_i * side_i + along_j * side_j
    return float(eighths / 8 * side_j * side_i), float(perimeter)
