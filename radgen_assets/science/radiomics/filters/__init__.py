"""Filtered images of a box, equal to pyradiomics' filters of the whole volume there, and cheaper.

Each filter reads what the box depends on and no more: a pointwise one the box and the volume's extremes, the wavelet
and the gradient a rim, a recursive one (Laplacian of Gaussian, spline of lbp-3D) whole lines through the box.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.boxes import Box
from radgen_assets.science.radiomics.filters.wavelet import wavelet_images
from radgen_assets.science.radiomics.settings import RadiomicsSettings

__all__ = ["filtered_images"]


def filtered_images(
    image: NDArray,
    spacing_mm: tuple[float, float, float],
    box: Box,
    settings: RadiomicsSettings,
    inside: NDArray[np.bool_] | None = None,
) -> Iterator[tuple[str, NDArray]]:
    """Name and values inside `box` of every image type that the settings ask for.

    Parameters
    ----------
    image : (k, j, i) float32 or float64
        Whole volume, axes in SimpleITK's array order.
    spacing_mm : (3,) float
        In the order of the array's axes (k, j, i).
    box : three slices
        What is kept.
    inside : (k, j, i) bool, optional
        Of the box's shape: lbp-3D is computed there alone, and is 0 elsewhere. None: everywhere.

    Yields
    ------
    name, values
        Names as pyradiomics gives them: original, wavelet-LLH, log-sigma-3-0-mm-3D, lbp-3D-k. Laplacians are
        float32, pointwise images and lbp-3D float64, the others of the image's type, as pyradiomics has them.
    """
    for kind in settings.image_types:
        if kind == "original":
            yield "original", image[box]
        elif kind == "wavelet":
            yield from wavelet_images(image, box, settings.wavelet, settings.plane_axis)
        elif kind == "log":
            from radgen_assets.science.radiomics.filters.gaussian import laplacian_of_gaussian, reaches

            for sigma in settings.log_sigmas_mm:
                if reaches(image.shape, spacing_mm, sigma):
                    name = f"log-sigma-{str(float(sigma)).replace('.', '-')}-mm-3D"
                    yield name, laplacian_of_gaussian(image, spacing_mm, box, sigma)
        elif kind == "gradient":
            from radgen_assets.science.radiomics.filters.gradient import gradient_magnitude

            yield kind, gradient_magnitude(image, spacing_mm, box, per_mm=settings.gradient_per_mm)
        elif kind in ("lbp-2D", "lbp-3D"):
            yield from _local_binary(kind, image, box, settings, inside)
        else:
            from radgen_assets.science.radiomics.filters.pointwise import POINTWISE

            yield kind, POINTWISE[kind](image, box)


def _local_binary(
    kind: str, image: NDArray, box: Box, settings: RadiomicsSettings, inside: NDArray[np.bool_] | None
) -> Iterator[tuple[str, NDArray]]:
    from radgen_assets.science.radiomics.filters import local_binary

    if kind == "lbp-2D":
        axis = settings.plane_axis or 0
        yield kind, local_binary.pattern_2d(image, box, settings.lbp_2d_radius, settings.lbp_2d_samples, axis)
        return
    everywhere = np.ones([axis.stop - axis.start for axis in box], dtype=bool)
    yield from local_binary.patterns_3d(
        image,
        box,
        everywhere if inside is None else inside,
        radius=settings.lbp_3d_radius,
        n_levels=settings.lbp_3d_levels,
        n_subdivisions=settings.lbp_3d_subdivisions,
    )
