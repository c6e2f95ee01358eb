"""A linear model of every gene at once, by least squares, with or without a weight for every value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from radgen_assets.science.expression.differential.count_design import CountDesign

Array = NDArray[np.float64]
BLOCK_VALUES = 2_000_000  # values in memory at once beside the matrix: 16 MB an array


@dataclass(frozen=True, eq=False)
class LinearFits:
    """g genes, p coefficients (in the scale of the design's matrix).

    coefficients : (g, p)
    unscaled : (g,) standard error of the asked coefficient, per unit of residual standard deviation
    residual_sd : (g,); of weighted residuals where there are weights
    degrees_of_freedom : n - p
    """

    coefficients: Array
    unscaled: Array
    residual_sd: Array
    degrees_of_freedom: int


def design_matrix(design: CountDesign) -> Array:
    """(n, p) in the order of the samples."""
    matrix = np.empty((design.n, design.p))
    matrix[design.order] = np.repeat(design.rows, np.diff(design.first), axis=0)
    return matrix


def leverages(matrix: Array) -> Array:
    """(n,) diagonal of the hat matrix: 1 / (size of the group), where groups are all that a design holds."""
    return (np.linalg.qr(matrix)[0] ** 2).sum(axis=1)


def fit_linear_models(values: Array, matrix: Array, coefficient: int, weights: Array | None = None) -> LinearFits:
    """Least squares of each row of `values` (g, n) on `matrix` (n, p).

    weights : (g, n) or (n,) > 0, inverse to the variances

    The columns are made orthonormal first, so that with weights the normal equations are no worse than these.
    Source: R limma lmFit (method = "ls").
    """
    (n, p), g = matrix.shape, len(values)
    q, r = np.linalg.qr(matrix)
    if weights is not None and weights.ndim == 1:
        root = np.sqrt(weights)
        q, r = np.linalg.qr(matrix * root[:, None])
        values, weights = values * root, None
    to_coefficients = solve_triangular(r, np.eye(p))
    fits = np.empty((g, p))
    unscaled, squares = np.empty(g), np.empty(g)
    for rows in blocks(g, n):
        y = values[rows]
        if weights is None:
            effects = y @ q
            squares[rows] = ((y - effects @ q.T) ** 2).sum(axis=1)
            unscaled[rows] = np.linalg.norm(to_coefficients[coefficient])
        else:
            effects, unscaled[rows], squares[rows] = _weighted(y, weights[rows], q, to_coefficients[coefficient])
        fits[rows] = effects @ to_coefficients.T
    return LinearFits(fits, unscaled, np.sqrt(squares / (n - p)), n - p)


def _weighted(y: Array, w: Array, q: Array, asked: Array) -> tuple[Array, Array, Array]:
    """Coefficients on q, unscaled standard error of asked @ coefficients, weighted sums of squares."""
    p = q.shape[1]
    upper = np.triu_indices(p)
    crossed = np.empty((len(y), p, p))
    crossed[:, upper[0], upper[1]] = crossed[:, upper[1], upper[0]] = w @ (q[:, upper[0]] * q[:, upper[1]])
    right = np.empty((len(y), p, 2))
    right[:, :, 0] = (w * y) @ q
    right[:, :, 1] = asked
    solved = np.linalg.solve(crossed, right)
    effects = np.asarray(solved[:, :, 0], dtype=np.float64)
    squares = (w * (y - effects @ q.T) ** 2).sum(axis=1)
    return effects, np.sqrt(solved[:, :, 1] @ asked), squares


def blocks(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Rows of a (n_rows, n_columns) array, so many at a time that temporary arrays stay small."""
    size = max(1, BLOCK_VALUES // max(n_columns, 1))
    return (slice(begin, begin + size) for begin in range(0, n_rows, size))
