"""Laplacian of Gaussian in a box: SimpleITK's recursive filter, many lines at a time, to the last bit.

A value depends on its whole line, so that a crop changes it. Lines are read in full, but of each only what the box
needs is written: after the first axis less is left for the second, and least for the third.
"""

from __future__ import annotations

from math import ceil, cos, exp, sin

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.boxes import Box
from radgen_assets.science.radiomics.filters.recursion import Values, along_last, along_middle


def reaches(shape: tuple[int, ...], spacing_mm: tuple[float, float, float], sigma_mm: float) -> bool:
    """Whether the volume is large enough for the filter; pyradiomics leaves the image out where it is not."""
    return min(shape) >= 4 and all(
        size >= ceil(sigma_mm / edge) + 1 for size, edge in zip(shape, spacing_mm, strict=True)
    )


def laplacian_of_gaussian(
    image: Values, spacing_mm: tuple[float, float, float], box: Box, sigma_mm: float
) -> NDArray[np.float32]:
    """Scale-normalised Laplacian of Gaussian inside `box`, float32, of an image in either precision.

    As SimpleITK's LaplacianRecursiveGaussian: for each axis the second derivative along it, then smoothing along
    the others in rising order (i, j, k), summed in that order over 1 / spacing squared; rounded to float32
    after each step.
    """
    total = np.zeros([span.stop - span.start for span in box], dtype=np.float32)
    for derived in (2, 1, 0):
        values: Values = image
        for axis in (derived, *(other for other in (2, 1, 0) if other != derived)):
            coefficients = recursion_coefficients(sigma_mm, spacing_mm[axis], second_derivative=axis == derived)
            values = _along(values, axis, box[axis], coefficients)
        weight = 1.0 / spacing_mm[derived] ** 2
        total = (total + values.astype(np.float64) * weight).astype(np.float32)  # rounded where ITK rounds
    return total


def recursion_coefficients(sigma_mm: float, spacing_mm: float, *, second_derivative: bool) -> NDArray[np.float64]:
    """Coefficients (20,) of the fourth-order recursion, each four of them: n, d, m, and those of the two borders.

    n weighs the values on the causal side and m those on the other, d the recursion, the last eight a border beyond
    which the outermost value goes on for ever.

    Source: Farnebäck & Westin, Improving Deriche-style recursive Gaussian filters, J Math Imaging Vis 26 (2006) 293;
    constants and order of operations as in ITK's RecursiveGaussianImageFilter, since the last bit follows from it.
    """
    width = sigma_mm / spacing_mm
    sines = sin(0.6681 / width), sin(2.0787 / width)
    cosines = cos(0.6681 / width), cos(2.0787 / width)
    decays = exp(-1.3932 / width), exp(-1.3732 / width)
    d = _denominator(cosines, decays)
    d_sum, d_first, d_second = _moments(1.0, d)
    n = smooth = _numerator((1.3530, -0.3531), (1.8151, 0.0902), sines, cosines, decays)
    smooth_sum, smooth_first, smooth_second = _moments(smooth[0], smooth[1:])
    if second_derivative:
        bent = _numerator((-1.3563, 0.3446), (5.2318, -2.2355), sines, cosines, decays)
        bent_sum, bent_first, bent_second = _moments(bent[0], bent[1:])
        beta = -(2 * bent_sum - d_sum * bent[0]) / (2 * smooth_sum - d_sum * smooth[0])
        n = bent + beta * smooth
        total, first, second = (
            bent_sum + beta * smooth_sum,
            bent_first + beta * smooth_first,
            bent_second + beta * smooth_second,
        )
        gain = second * d_sum * d_sum - d_second * total * d_sum - 2 * first * d_first * d_sum
        gain = (gain + 2 * d_first * d_first * total) / (d_sum * d_sum * d_sum)
        n = n * (sigma_mm * sigma_mm / gain)
    else:
        n = smooth * (1.0 / (2 * smooth_sum / d_sum - smooth[0]))
    m = np.array([n[1] - d[0] * n[0], n[2] - d[1] * n[0], n[3] - d[2] * n[0], -d[3] * n[0]])
    n_sum, m_sum = _moments(n[0], n[1:])[0], _moments(m[0], m[1:])[0]
    return np.concatenate([n, d, m, d * n_sum / d_sum, d * m_sum / d_sum])


def _denominator(cosines: tuple[float, float], decays: tuple[float, float]) -> NDArray[np.float64]:
    (cos1, cos2), (exp1, exp2) = cosines, decays
    d1 = -2 * (exp2 * cos2 + exp1 * cos1)
    d2 = 4 * cos2 * cos1 * exp1 * exp2 + (exp1 * exp1 + exp2 * exp2)
    d3 = -2 * cos1 * exp1 * exp2 * exp2 + -2 * cos2 * exp2 * exp1 * exp1
    return np.array([d1, d2, d3, exp1 * exp1 * exp2 * exp2])


def _numerator(
    a: tuple[float, float],
    b: tuple[float, float],
    sines: tuple[float, float],
    cosines: tuple[float, float],
    decays: tuple[float, float],
) -> NDArray[np.float64]:
    (a1, a2), (b1, b2) = a, b
    (sin1, sin2), (cos1, cos2), (exp1, exp2) = sines, cosines, decays
    n1 = exp2 * (b2 * sin2 - (a2 + 2 * a1) * cos2) + exp1 * (b1 * sin1 - (a1 + 2 * a2) * cos1)
    n2 = ((a1 + a2) * cos2 * cos1 - (b1 * cos2 * sin1 + b2 * cos1 * sin2)) * (2 * exp1 * exp2)
    n2 += a2 * exp1 * exp1 + a1 * exp2 * exp2
    n3 = exp2 * exp1 * exp1 * (b2 * sin2 - a2 * cos2) + exp1 * exp2 * exp2 * (b1 * sin1 - a1 * cos1)
    return np.array([a1 + a2, n1, n2, n3])


def _moments(head: float, tail: NDArray[np.float64]) -> tuple[float, float, float]:
    """Sum of all, and of the tail weighted by its places 1, 2, ... and by their squares, from left to right."""
    total, first, second = float(head), 0.0, 0.0
    for place, value in enumerate(tail.tolist(), start=1):
        total, first, second = total + value, first + place * value, second + place * place * value
    return total, first, second


def _along(values: Values, axis: int, span: slice, coefficients: NDArray[np.float64]) -> NDArray[np.float32]:
    """Lines along one axis, filtered; `span` of each is kept."""
    n_k, n_j, n_i = values.shape
    lines: NDArray = np.ascontiguousarray(values)
    kept: NDArray
    if axis == 2:
        kept = along_last(lines.reshape(n_k * n_j, n_i), span.start, span.stop, coefficients)
    elif axis == 1:
        kept = along_middle(lines, span.start, span.stop, coefficients)
    else:
        kept = along_middle(lines.reshape(1, n_k, n_j * n_i), span.start, span.stop, coefficients)
    shape = [n_k, n_j, n_i]
    shape[axis] = span.stop - span.start
    return np.asarray(kept, dtype=np.float32).reshape(shape)
