"""Maximal correlation coefficient of co-occurrence matrices."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.linalg import LinearOperator, eigsh

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
    scaled = p / np.sqrt(px[direction, i] * py[direction, j])
    if n_levels <= _DENSE_UP_TO:
        dense = np.zeros((n_directions, n_levels, n_levels))
        dense[direction, i, j] = scaled
        dense -= np.sqrt(px)[:, :, None] * np.sqrt(py)[:, None, :]
        if np.array_equal(dense, dense.transpose(0, 2, 1)):
            return np.asarray(np.abs(np.linalg.eigvalsh(dense)).max(axis=1), dtype=np.float64)
        return np.asarray(np.linalg.svd(dense, compute_uv=False)[:, 0], dtype=np.float64)
    bounds = np.searchsorted(direction, np.arange(n_directions + 1))
    return np.array(
        [
            _by_iteration(scaled[a:b], i[a:b], j[a:b], np.sqrt(px[place]), np.sqrt(py[place]))
            for place, (a, b) in enumerate(pairwise(bounds))
        ]
    )


def _by_iteration(scaled: Values, i: Places, j: Places, left: Values, right: Values) -> float:
    """Largest singular value of B - left right', from B B'; the start is fixed, so equal input gives equal bytes."""
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
