"""Filtered images of a box, equal to the last bit to pyradiomics' filters of the whole volume, and cheaper.

The wavelet reads only the box and a rim. The Laplacian of Gaussian is recursive, so a value depends on its whole line:
lines are run in full, but after each axis only those that the box needs are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pywt
import SimpleITK as sitk
from numpy.typing import NDArray

from radgen_assets.science.radiomics.settings import RadiomicsSettings

Box = tuple[slice, slice, slice]


def filtered_images(
    image: NDArray[np.float32], spacing_mm: tuple[float, float, float], box: Box, settings: RadiomicsSettings
) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """Name and values inside `box` of every image type that the settings ask for.

    Parameters
    ----------
    image : (k, j, i) float32
        Whole volume, axes in SimpleITK's array order.
    spacing_mm : (3,) float
        In the order of the array's axes (k, j, i).
    box : three slices
        What is kept.

    Yields
    ------
    name, values
        Names as pyradiomics gives them: original, wavelet-LLH, log-sigma-3-0-mm-3D.
    """
    if "original" in settings.image_types:
        yield "original", image[box]
    if "wavelet" in settings.image_types:
        yield from wavelet_images(image, box, settings.wavelet)
    if "log" in settings.image_types:
        for sigma in settings.log_sigmas_mm:
            name = f"log-sigma-{str(float(sigma)).replace('.', '-')}-mm-3D"
            yield name, laplacian_of_gaussian(image, spacing_mm, box, sigma)


def wavelet_images(image: NDArray[np.float32], box: Box, wavelet: str) -> Iterator[tuple[str, NDArray[np.float32]]]:
    """The eight sub-bands of one level of the stationary wavelet transform, inside `box`.

    The transform is periodic and sums the terms beyond an edge in another order, which changes the last bit: an axis
    on which the rim would cross an edge is therefore read in full, padded as pyradiomics pads it.
    """
    rim = pywt.Wavelet(wavelet).dec_len
    rows, inner = zip(*(_rows(size, axis, rim) for size, axis in zip(image.shape, box, strict=True)), strict=True)
    part = image[np.ix_(*rows)]
    bands = pywt.swtn(part, pywt.Wavelet(wavelet), level=1, start_level=0, axes=(2, 1, 0))[0]
    for name, values in bands.items():
        if name != "aaa":
            yield f"wavelet-{name.replace('a', 'L').replace('d', 'H')}", values[inner]
    yield "wavelet-LLL", bands["aaa"][inner]


def _rows(size: int, axis: slice, rim: int) -> tuple[NDArray[np.intp], slice]:
    """Indices to read along one axis, an even number of them, and where the box lies among them."""
    count = axis.stop - axis.start + 2 * rim
    first, last = axis.start - rim, axis.start - rim + count + count % 2
    if first >= 0 and last <= size:
        return np.arange(first, last), slice(rim, rim + axis.stop - axis.start)
    whole = np.arange(size + size % 2)
    return np.where(whole == size, 0, whole), axis


def laplacian_of_gaussian(
    image: NDArray[np.float32], spacing_mm: tuple[float, float, float], box: Box, sigma_mm: float
) -> NDArray[np.float32]:
    """Scale-normalised Laplacian of Gaussian inside `box`, float32.

    As SimpleITK's LaplacianRecursiveGaussian: for each axis the second derivative along it, then smoothing along
    the others in rising order (i, j, k), summed in that order over 1 / spacing squared.
    """
    total = np.zeros([axis.stop - axis.start for axis in box], dtype=np.float32)
    for derived in range(3):
        values = image
        for direction in (derived, *(other for other in range(3) if other != derived)):
            values = _along(values, spacing_mm, direction, sigma_mm, second_derivative=direction == derived)
            values = values[tuple(box[axis] if axis == 2 - direction else slice(None) for axis in range(3))]
        weight = 1.0 / spacing_mm[2 - derived] ** 2
        total = (total + values.astype(np.float64) * weight).astype(np.float32)  # rounded where ITK rounds
    return total


def _along(
    values: NDArray[np.float32],
    spacing_mm: tuple[float, float, float],
    direction: int,
    sigma_mm: float,
    *,
    second_derivative: bool,
) -> NDArray[np.float32]:
    lines = sitk.GetImageFromArray(values)
    lines.SetSpacing([float(edge) for edge in reversed(spacing_mm)])
    gaussian = sitk.RecursiveGaussianImageFilter()
    gaussian.SetSigma(sigma_mm)
    gaussian.SetNormalizeAcrossScale(True)
    gaussian.SetDirection(direction)
    gaussian.SetOrder(gaussian.SecondOrder if second_derivative else gaussian.ZeroOrder)
    return sitk.GetArrayFromImage(gaussian.Execute(lines))
