"""Cleveland's robust, locally linear smooth of one value on another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def local_regression(x: Array, y: Array, span: float, n_robust: int = 3, *, delta: float = 0.0) -> Array:
    """Robust, locally linear smooth at every x (ascending).

    span : share of the points that each line is fitted to
    delta : lines are fitted at points at least this far apart, with straight lines between; 0 = at every point

    Source: Cleveland 1979; R lowess(x, y, f = span, iter = n_robust, delta = delta).
    """
    return np.interp(x, *local_curve(x, y, span, n_robust, delta=delta))


def local_curve(x: Array, y: Array, span: float, n_robust: int = 3, *, delta: float = 0.0) -> tuple[Array, Array]:
    """The points (ascending) that `local_regression` joins by straight lines."""
    n = len(x)
    n_near = max(2, min(n, int(span * n + 1e-7)))
    fitted, left = _fitted_points(x, n_near, delta)
    weights, step = np.ones(n), 0
    while True:
        lines = np.array([_local_line(x, y, weights, i, j, n_near) for i, j in zip(fitted, left, strict=True)])
        size = np.abs(y - np.interp(x, x[fitted], lines))
        scale = 6 * np.median(size)
        if step == n_robust or scale < 1e-7 * size.mean():
            return x[fitted], lines
        step += 1
        weights = np.where(size <= 0.001 * scale, 1.0, (1 - np.minimum(size / scale, 1) ** 2) ** 2)
        weights[size > 0.999 * scale] = 0.0


def _fitted_points(x: Array, n_near: int, delta: float) -> tuple[list[int], list[int]]:
    """Where lines are fitted (each value once, the last among them), and where the neighbours of each begin."""
    n = len(x)
    fitted, lefts = [], []
    i = left = 0
    while True:
        while left + n_near < n and x[i] - x[left] > x[left + n_near] - x[i]:
            left += 1
        fitted.append(i)
        lefts.append(left)
        last_tie = int(np.searchsorted(x, x[i], side="right")) - 1
        if last_tie == n - 1:
            return fitted, lefts
        beyond = int(np.searchsorted(x, x[i] + delta, side="right"))
        i = max(last_tie + 1, beyond - 1)


def _local_line(x: Array, y: Array, robust: Array, i: int, left: int, n_near: int) -> float:
    """Value at x[i] of the line fitted by tricube weights to the neighbours, those tied with the last among them."""
    width = max(x[i] - x[left], x[left + n_near - 1] - x[i])
    near = slice(left, int(np.searchsorted(x, x[i] + width, side="right")))
    away = np.abs(x[near] - x[i])
    w = (away <= 0.999 * width).astype(float)
    far = (away > 0.001 * width) & (w > 0)
    w[far] = (1 - (away[far] / width) ** 3) ** 3
    w *= robust[near]
    total = w.sum()
    if total <= 0:
        return float(y[i])
    w /= total
    centre = w @ x[near]
    spread = w @ (x[near] - centre) ** 2
    if np.sqrt(spread) > 0.001 * (x[-1] - x[0]):
        w *= 1 + (x[i] - centre) / spread * (x[near] - centre)
    return float(w @ y[near])
