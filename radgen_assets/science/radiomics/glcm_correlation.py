"""Maximal correlation coefficient of co-occurrence matrices."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numba import njit
from numpy.typing import NDArray

Values = NDArray[np.float64]
Places = NDArray[np.int64]

_DENSE_UP_TO = 180  # levels; above it Lanczos iteration is faster than all eigenvalues


def maximal_correlation(direction: Places, i: Places, j: Places, p: Values, px: Values, py: Values) -> Values:
    """Second singular value of p / sqrt(px py) in each direction, (n_directions,); 1 for a single level.

    pyradiomics takes the root of the second eigenvalue of Q = Dx^-1 P Dy^-1 P', which is similar to B B' with
    B = Dx^-1/2 P Dy^-1/2; the largest singular value of B is 1, with the known vector sqrt(px), and is taken out.
    So no matrix of eigenvectors is needed, nothing is complex, and rounding is not put under a root: pyradiomics
    has 1e-8 in place of 0, and its epsilon beside px py costs it up to 1e-6 where a level is rare.
    """
    n_directions, n_levels = px.shape
    if n_levels == 1:
        return np.ones(n_directions)
    if n_levels <= _DENSE_UP_TO:
        dense, is_symmetric = _without_the_largest(direction, i, j, p, px, py)
        if is_symmetric:
            return _largest_of_symmetric(dense)
        return np.asarray(np.linalg.svd(dense, compute_uv=False)[:, 0], dtype=np.float64)
    scaled = p / np.sqrt(px[direction, i] * py[direction, j])
    bounds = np.searchsorted(direction, np.arange(n_directions + 1))
    return np.array(
        [
            _by_iteration(scaled[a:b], i[a:b], j[a:b], np.sqrt(px[place]), np.sqrt(py[place]))
            for place, (a, b) in enumerate(pairwise(bounds))
        ]
    )


def _by_iteration(scaled: Values, i: Places, j: Places, left: Values, right: Values) -> float:
    """Largest singular value of B - left right', from B B'; the start is fixed, so equal input gives equal bytes."""
    from scipy.sparse import csr_array
    from scipy.sparse.linalg import LinearOperator, eigsh

    n = len(left)
    forward = csr_array((scaled, (i, j)), shape=(n, n))
    back = forward.T.tocsr()

    def squared(vector: Values) -> Values:
        vector = vector.ravel()
        ahead = back @ vector - right * (left @ vector)
        return forward @ ahead - left * (right @ ahead)

    start = np.random.default_rng(0).standard_normal(n)
    operator = LinearOperator((n, n), matvec=squared, dtype=np.float64)
    found = eigsh(operator, k=1, which="LA", v0=start, tol=1e-6, return_eigenvectors=False)
    return float(np.sqrt(max(found[0], 0.0)))


@njit(cache=True, nogil=True, error_model="numpy")
def _without_the_largest(
    direction: Places, i: Places, j: Places, p: Values, px: Values, py: Values
) -> tuple[Values, bool]:  # pragma: no cover
    """B less its largest singular part (n_directions, n, n), and whether all of them are symmetric."""
    n_directions, n = px.shape
    left, right = np.sqrt(px), np.sqrt(py)
    dense = np.empty((n_directions, n, n))
    for of in range(n_directions):
        for row in range(n):
            for column in range(n):
                dense[of, row, column] = -left[of, row] * right[of, column]
    for entry in range(len(p)):
        of, row, column = direction[entry], i[entry], j[entry]
        dense[of, row, column] += p[entry] / (left[of, row] * right[of, column])
    for of in range(n_directions):
        for row in range(n):
            for column in range(row):
                if dense[of, row, column] != dense[of, column, row]:
                    return dense, False
    return dense, True


@njit(cache=True, nogil=True, error_model="numpy")
def _largest_of_symmetric(dense: Values) -> Values:  # pragma: no cover
    """Largest absolute eigenvalue of each matrix (n_matrices, n, n), none of which exceeds 1; they are overwritten.

    Of its tridiagonal form (Householder) by halving an interval that holds it (Sturm's counts), for all matrices at
    once. Source: Golub & Van Loan, Matrix Computations, 8.3 and 8.4.
    """
    n_matrices, n, _ = dense.shape
    diagonal, beside = np.empty((n, n_matrices)), np.zeros((n, n_matrices))
    for of in range(n_matrices):
        _tridiagonal(dense[of], diagonal[:, of], beside[:, of])
    squared = beside * beside
    low, high = np.zeros(n_matrices), np.full(n_matrices, 1.0 + 1e-9)
    above, below, n_beyond = np.empty(n_matrices), np.empty(n_matrices), np.empty(n_matrices, np.int64)
    for _ in range(50):
        middle = (low + high) / 2
        above[:], below[:], n_beyond[:] = 1.0, 1.0, 0
        for row in range(n):
            for of in range(np.uintp(n_matrices)):
                above[of] = middle[of] - diagonal[row, of] - squared[row, of] / above[of]
                below[of] = middle[of] + diagonal[row, of] - squared[row, of] / below[of]
                above[of] = above[of] if abs(above[of]) > 1e-290 else 1e-290
                below[of] = below[of] if abs(below[of]) > 1e-290 else 1e-290
                n_beyond[of] += np.int64(above[of] < 0) + np.int64(below[of] < 0)
        for of in range(n_matrices):
            if n_beyond[of] > 0:
                low[of] = middle[of]
            else:
                high[of] = middle[of]
    return (low + high) / 2


@njit(cache=True, nogil=True, error_model="numpy")
def _tridiagonal(matrix: Values, diagonal: Values, beside: Values) -> None:  # pragma: no cover
    """Diagonal, and beside[m] between m - 1 and m, of a similar matrix; whole rows are added at once."""
    n = len(matrix)
    vector, image = np.empty(n), np.empty(n)
    for step in range(n - 2):
        norm = 0.0
        for place in range(step + 1, n):
            norm += matrix[step, place] * matrix[step, place]
        norm = np.sqrt(norm)
        diagonal[step] = matrix[step, step]
        rest = 0.0
        for place in range(step + 2, n):
            rest = max(rest, abs(matrix[step, place]))
        if rest == 0.0:
            beside[step + 1] = matrix[step, step + 1]
            continue
        first = matrix[step, step + 1]
        along = -norm if first > 0 else norm
        beside[step + 1] = along
        vector[step + 1 : n] = matrix[step, step + 1 : n]
        vector[step + 1] -= along
        scale = 1.0 / (norm * (norm + abs(first)))  # 2 / v'v
        image[step + 1 : n] = 0.0
        for row in range(step + 1, n):
            weight = vector[row] * scale
            for place in range(np.uintp(step + 1), np.uintp(n)):
                image[place] += weight * matrix[row, place]
        both = 0.0
        for place in range(step + 1, n):
            both += image[place] * vector[place]
        both *= scale / 2
        for place in range(step + 1, n):
            image[place] -= both * vector[place]
        for row in range(step + 1, n):
            one, other = vector[row], image[row]
            for place in range(np.uintp(step + 1), np.uintp(n)):
                matrix[row, place] -= one * image[place] + other * vector[place]
    diagonal[n - 2], diagonal[n - 1] = matrix[n - 2, n - 2], matrix[n - 1, n - 1]
    beside[n - 1] = matrix[n - 2, n - 1]
