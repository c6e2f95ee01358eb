"""Local binary patterns in slices and on spheres, in a box.

pyradiomics leaves the slices to scikit-image and the sphere to trimesh, and its spherical patterns fail with SciPy 1.15
and later (`sph_harm` and `ndimage.interpolation` are gone). Both are written here on NumPy and SciPy, to their values.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special, stats

from radgen_assets.science.radiomics.boxes import Box

_CHUNK = 20_000  # voxels at a time: each brings as many complex numbers as points times degrees
_RIM = 3  # a cubic spline reads four coefficients around a point one voxel away


def pattern_2d(image: NDArray, box: Box, radius: float, n_samples: int, slice_axis: int = 0) -> NDArray:
    """Uniform, rotation-invariant patterns of each slice: the number of samples not below the centre.

    n_samples + 1 where more than two of the neighbouring samples differ. Beyond the slice's border samples are 0.

    Source: Ojala, Pietikäinen & Mäenpää, IEEE Trans Pattern Anal Mach Intell 24 (2002) 971; scikit-image 0.26,
    local_binary_pattern(method="uniform"), whose ring is not closed: its last sample is not compared with its first.
    """
    slices = image.swapaxes(0, slice_axis)  # as pyradiomics turns them: which axis is the row decides the ring's start
    spans = list(box)
    spans[0], spans[slice_axis] = spans[slice_axis], spans[0]
    centre = slices[tuple(spans)].astype(np.float64)
    angles = 2 * np.pi * np.arange(n_samples) / n_samples
    radius = float(np.float32(radius))
    steps = np.stack([np.round(-radius * np.sin(angles), 5), np.round(radius * np.cos(angles), 5)], axis=1)
    above = [_sampled(slices[spans[0]], spans[1], spans[2], step) - centre >= 0 for step in steps]
    changes = sum((first != second).astype(np.intp) for first, second in pairwise(above))
    count = sum(each.astype(np.intp) for each in above)
    return np.where(changes <= 2, count, n_samples + 1).astype(image.dtype).swapaxes(0, slice_axis)


def _sampled(slices: NDArray, rows: slice, columns: slice, step: NDArray[np.float64]) -> NDArray:
    """Bilinear values one step away from every voxel of the rows and columns; places are absolute, for their bits."""
    row, column = np.arange(rows.start, rows.stop) + step[0], np.arange(columns.start, columns.stop) + step[1]
    low_row, low_column = np.floor(row), np.floor(column)
    part_row, part_column = (row - low_row)[:, np.newaxis], column - low_column
    low, left = low_row.astype(np.intp), low_column.astype(np.intp)
    high, right = np.ceil(row).astype(np.intp), np.ceil(column).astype(np.intp)
    top = (1 - part_column) * _picked(slices, low, left) + part_column * _picked(slices, low, right)
    bottom = (1 - part_column) * _picked(slices, high, left) + part_column * _picked(slices, high, right)
    return (1 - part_row) * top + part_row * bottom


def _picked(slices: NDArray, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[np.float64]:
    _, n_rows, n_columns = slices.shape
    picked = slices[:, np.clip(rows, 0, n_rows - 1)][:, :, np.clip(columns, 0, n_columns - 1)].astype(np.float64)
    picked[:, (rows < 0) | (rows >= n_rows)] = 0
    picked[:, :, (columns < 0) | (columns >= n_columns)] = 0
    return picked


def patterns_3d(
    image: NDArray,
    box: Box,
    inside: NDArray[np.bool_],
    *,
    radius: float,
    n_levels: int,
    n_subdivisions: int,
) -> Iterator[tuple[str, NDArray[np.float64]]]:
    """Rotation-invariant patterns of a sphere around each voxel: lbp-3D-m1, ..., and the sphere's kurtosis lbp-3D-k.

    Values stand where `inside` (of the box's shape) is true, and are 0 elsewhere. Points in flat tissue equal their
    centre up to rounding, and count as above it or not by the last bit.

    Source: Banerjee et al., ACCV 2012 Workshops, LNCS 7728; pyradiomics 3.0.1, getLBP3DImage, whose angles stand in
    the harmonics in exchanged places.
    """
    points = icosphere(n_subdivisions, radius)
    harmonics = _harmonics(points, radius, n_levels)
    spline, origin = _spline_around(image, box)
    voxels = np.argwhere(inside)
    starts = np.array([span.start for span in box])
    found = np.zeros((len(voxels), n_levels + 1))
    for first in range(0, len(voxels), _CHUNK):
        chunk = voxels[first : first + _CHUNK] + starts
        values = _on_spheres(spline, origin, image.shape, chunk, points, image.dtype)
        above = values >= image[tuple(chunk.T)][:, np.newaxis]
        found[first : first + _CHUNK, :-1] = _norms(above.astype(int), harmonics, n_levels)
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):  # flat: NaN, as pyradiomics has it
            found[first : first + _CHUNK, -1] = stats.kurtosis(values, axis=1)
    for level, name in enumerate([*(f"lbp-3D-m{level + 1}" for level in range(n_levels)), "lbp-3D-k"]):
        filled = np.zeros(inside.shape)
        filled[tuple(voxels.T)] = found[:, level]
        yield name, filled


def _spline_around(image: NDArray, box: Box) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Cubic spline coefficients in the box and a rim, and where they begin: whole lines are filtered, then cut."""
    rim = [
        slice(max(span.start - _RIM, 0), min(span.stop + _RIM, size))
        for span, size in zip(box, image.shape, strict=True)
    ]
    values = image.astype(np.float64)
    for axis, span in enumerate(rim):
        values = ndimage.spline_filter1d(values, 3, axis=axis, output=np.float64, mode="mirror")
        values = values[tuple(span if axis == other else slice(None) for other in range(3))]
    return np.ascontiguousarray(values), np.array([span.start for span in rim])


def _on_spheres(
    spline: NDArray[np.float64],
    origin: NDArray[np.intp],
    shape: tuple[int, ...],
    voxels: NDArray[np.intp],
    points: NDArray[np.float64],
    dtype: np.dtype,
) -> NDArray:
    """Interpolated values (voxels, points); 0 beyond the volume."""
    places = voxels[np.newaxis, :, :] + points[:, np.newaxis, :]
    beyond = ((places < 0) | (places > np.array(shape) - 1)).any(axis=2)
    values = ndimage.map_coordinates(spline, (places - origin).T, order=3, output=dtype, mode="mirror", prefilter=False)
    values[beyond.T] = 0
    return values


def _harmonics(points: NDArray[np.float64], radius: float, n_levels: int) -> NDArray[np.complex128]:
    """Spherical harmonics (points, n_levels squared), degrees and orders rising."""
    theta = np.arccos(np.true_divide(points[:, 2], radius))
    phi = np.arctan2(points[:, 1], points[:, 0])
    return np.stack([special.sph_harm_y(n, m, phi, theta) for n in range(n_levels) for m in range(-n, n + 1)], axis=1)


def _norms(above: NDArray[np.intp], harmonics: NDArray[np.complex128], n_levels: int) -> NDArray[np.float64]:
    """For each voxel and degree, the length of the pattern's part of that degree."""
    degree = np.repeat(np.arange(n_levels), 2 * np.arange(n_levels) + 1)
    weights = np.multiply(above[:, :, np.newaxis], harmonics[np.newaxis, :, :]).sum(axis=1)
    parts = [
        np.sum(weights[:, np.newaxis, degree == n] * harmonics[np.newaxis, :, degree == n], axis=2)
        for n in range(n_levels)
    ]
    return np.real(np.sqrt(np.sum(np.stack(parts, axis=2) ** 2, axis=1)))


def icosphere(n_subdivisions: int, radius: float) -> NDArray[np.float64]:
    """Points (n, 3) of an icosahedron whose edges are halved again and again, on a sphere; in trimesh's order."""
    short = 2 / np.sqrt(10 + 2 * np.sqrt(5))
    long = short * (1 + np.sqrt(5)) / 2
    points = np.sign(_CORNERS) * np.where(np.abs(_CORNERS) == 1, short, long)
    faces = np.array(_FACES)
    for _ in range(max(n_subdivisions, 1)):
        if n_subdivisions:
            points, faces = _halved(points, faces)
        lengths = np.sqrt(np.dot(points**2, [1, 1, 1]))[:, np.newaxis]
        points = points + points / lengths * (radius - lengths)
    return points


def _halved(points: NDArray[np.float64], faces: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    _, first, place = np.unique(edges[:, 1] * len(points) + edges[:, 0], return_index=True, return_inverse=True)
    a, b, c = (place.reshape(-1, 3) + len(points)).T
    quarters = np.stack(
        [faces[:, 0], a, c, a, faces[:, 1], b, c, b, faces[:, 2], a, b, c],
        axis=1,
    )
    return np.concatenate([points, points[edges[first]].mean(axis=1)]), quarters.reshape(-1, 3)


_CORNERS = (  # 1 and 2 stand for the short and the long half-edge of a golden rectangle
    (-1, 2, 0),
    (1, 2, 0),
    (-1, -2, 0),
    (1, -2, 0),
    (0, -1, 2),
    (0, 1, 2),
    (0, -1, -2),
    (0, 1, -2),
    (2, 0, -1),
    (2, 0, 1),
    (-2, 0, -1),
    (-2, 0, 1),
)
_FACES = (
    (0, 11, 5),
    (0, 5, 1),
    (0, 1, 7),
    (0, 7, 10),
    (0, 10, 11),
    (1, 5, 9),
    (5, 11, 4),
    (11, 10, 2),
    (10, 7, 6),
    (7, 1, 8),
    (3, 9, 4),
    (3, 4, 2),
    (3, 2, 6),
    (3, 6, 8),
    (3, 8, 9),
    (4, 9, 5),
    (2, 4, 11),
    (6, 2, 10),
    (8, 6, 7),
    (9, 8, 1),
)
