"""Covariates of a Cox model as a matrix with named columns, and its case weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.terms import CodedTerms


def as_matrix(
    covariates: ArrayLike | CodedTerms, names: Sequence[str] | None, n: int
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """(n, p) float64 and the names of its columns."""
    if isinstance(covariates, CodedTerms):
        names = covariates.names if names is None else names
        covariates = covariates.matrix
    columns = getattr(covariates, "columns", None)
    matrix = np.asarray(covariates, dtype=np.float64)
    matrix = matrix[:, None] if matrix.ndim == 1 else matrix
    if names is None:
        names = [f"x{j + 1}" for j in range(matrix.shape[1])] if columns is None else [str(c) for c in columns]
    if matrix.shape != (n, len(names)) or not names:
        raise UsedWrongly(f"Cox: found covariates of shape {matrix.shape}, expected ({n}, {max(len(names), 1)}).")
    return matrix, tuple(names)


def as_weights(weights: ArrayLike | None, n: int) -> NDArray[np.float64]:
    """(n,) case weights, ones by default."""
    if weights is None:
        return np.ones(n)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != (n,) or not (np.isfinite(given) & (given > 0)).all():
        raise UsedWrongly(f"Cox: found weights of shape {given.shape}, expected ({n},) finite numbers above 0.")
    return given
