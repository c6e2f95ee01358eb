"""Filters of a voxel's own intensity, scaled by the extremes of the whole volume, as pyradiomics 3.0.1 has them."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.boxes import Box


def square(image: NDArray, box: Box) -> NDArray[np.float64]:
    """(c x)^2 with c = 1 / sqrt(max |x|): the largest stays what it is, and signs are lost."""
    return (1 / np.sqrt(_largest(image)) * image[box].astype(np.float64)) ** 2


def square_root(image: NDArray, box: Box) -> NDArray[np.float64]:
    """Sign of x times sqrt(c |x|) with c = max |x|."""
    values = image[box].astype(np.float64)
    return np.copysign(np.sqrt(np.abs(values) * _largest(image)), values)


def logarithm(image: NDArray, box: Box) -> NDArray[np.float64]:
    """Sign of x times c log(|x| + 1), c such that the largest stays what it is."""
    values = image[box].astype(np.float64)
    largest = _largest(image)
    return np.copysign(np.log(np.abs(values) + 1), values) * (largest / np.log(largest + 1))


def exponential(image: NDArray, box: Box) -> NDArray[np.float64]:
    """exp(c x) with c = log(max |x|) / max |x|: the largest stays what it is."""
    largest = _largest(image)
    return np.exp(np.log(largest) / largest * image[box].astype(np.float64))


def _largest(image: NDArray) -> np.float64:
    return np.float64(max(image.max(), -image.min()))


POINTWISE: dict[str, Callable[[NDArray[np.float32], Box], NDArray[np.float64]]] = {
    "square": square,
    "squareroot": square_root,
    "logarithm": logarithm,
    "exponential": exponential,
}
