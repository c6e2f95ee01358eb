"""The fourth-order recursion over lines, many at a time so that each step is one vector operation: compiled.

The order of operations is that of ITK's RecursiveSeparableImageFilter, and nothing is fused: the last bit follows.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Values = NDArray[np.float32] | NDArray[np.float64]  # what comes out is float32, as in ITK

# lines at a time: enough to hide the latency of the recursion, few enough for the cache. Unsigned, because a signed
# index may count from the end and numba then tests each one, which keeps the loop from being vectorised (3.5 x slower)
_L1 = np.uintp(32)
_L2, _L3, _L4 = np.uintp(64), np.uintp(96), np.uintp(128)
_ZERO, _ONE, _FOUR, _FIVE = np.uintp(0), np.uintp(1), np.uintp(4), np.uintp(5)


@njit(cache=True, nogil=True, error_model="numpy")
def along_middle(
    values: Values, start: int, stop: int, coefficients: NDArray[np.float64]
) -> NDArray[np.float32]:  # pragma: no cover
    """Lines along the middle axis of (outer, length, inner); their part from start to stop."""
    n_outer, length, n_inner = values.shape
    kept = np.empty((n_outer, stop - start, n_inner), np.float32)
    x, y, z = _buffers(length)
    flat, answer = np.nan, np.empty(stop - start, np.float32)
    for outer in range(n_outer):
        for first in range(0, n_inner, 32):
            n_lines = min(32, n_inner - first)
            for step in range(length):
                line = values[outer, step, first : first + n_lines]
                base = np.uintp(step) * _L1
                for lane in range(np.uintp(n_lines)):
                    x[base + lane] = line[lane]
            is_flat = _is_flat(x)
            if is_flat and x[0] == flat:
                for step in range(stop - start):
                    kept[outer, step, first : first + n_lines] = answer[step]
                continue
            _recurse(x, y, z, np.uintp(length), np.uintp(start), np.uintp(stop), coefficients)
            for step in range(start, stop):
                line = kept[outer, step - start, first : first + n_lines]
                base = np.uintp(step) * _L1
                for lane in range(np.uintp(n_lines)):
                    line[lane] = np.float32(y[base + lane] + z[base + lane])
            if is_flat:
                flat, answer = x[0], kept[outer, :, first].copy()
    return kept


@njit(cache=True, nogil=True, error_model="numpy")
def along_last(values: Values, start: int, stop: int, coefficients: NDArray[np.float64]) -> Values:  # pragma: no cover
    """Lines along the last axis of (n, length); their part from start to stop."""
    n_all, length = values.shape
    kept = np.empty((n_all, stop - start), np.float32)
    x, y, z = _buffers(length)
    flat, answer = np.nan, np.empty(stop - start, np.float32)
    for first in range(0, n_all, 32):
        n_lines = min(32, n_all - first)
        for lane in range(n_lines):
            line = values[first + lane]
            place = np.uintp(lane)
            for step in range(np.uintp(length)):
                x[place] = line[step]
                place += _L1
        is_flat = _is_flat(x)
        if is_flat and x[0] == flat:
            kept[first : first + n_lines] = answer
            continue
        _recurse(x, y, z, np.uintp(length), np.uintp(start), np.uintp(stop), coefficients)
        for lane in range(n_lines):
            line = kept[first + lane]
            place = np.uintp(start) * _L1 + np.uintp(lane)
            for step in range(np.uintp(stop - start)):
                line[step] = np.float32(y[place] + z[place])
                place += _L1
        if is_flat:
            flat, answer = x[0], kept[first].copy()
    return kept


@njit(cache=True, nogil=True, error_model="numpy")
def _buffers(
    length: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:  # pragma: no cover
    return np.zeros(length * 32), np.zeros(length * 32), np.zeros(length * 32)


@njit(cache=True, nogil=True, error_model="numpy")
def _is_flat(x: NDArray[np.float64]) -> bool:  # pragma: no cover
    """Whether all lines hold one value, as many do beside a stripped brain: these are filtered once."""
    first = x[0]
    if x[len(x) // 2] != first or x[-1] != first:
        return False
    n_other = np.int64(0)
    for place in range(np.uintp(len(x))):
        n_other += np.int64(x[place] != first)
    return bool(n_other == 0)


@njit(cache=True, nogil=True, error_model="numpy")
def _recurse(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    z: NDArray[np.float64],
    length: np.uintp,
    start: np.uintp,
    stop: np.uintp,
    coefficients: NDArray[np.float64],
) -> None:  # pragma: no cover
    """y: causal, right from 0 to stop; z: anti-causal, right from start to the end. Their sum is the filtered line."""
    n0, n1, n2, n3, d1, d2, d3, d4, m1, m2 = (
        coefficients[0],
        coefficients[1],
        coefficients[2],
        coefficients[3],
        coefficients[4],
        coefficients[5],
        coefficients[6],
        coefficients[7],
        coefficients[8],
        coefficients[9],
    )
    m3, m4, bn1, bn2, bn3, bn4, bm1, bm2, bm3, bm4 = (
        coefficients[10],
        coefficients[11],
        coefficients[12],
        coefficients[13],
        coefficients[14],
        coefficients[15],
        coefficients[16],
        coefficients[17],
        coefficients[18],
        coefficients[19],
    )
    for lane in range(_L1):
        p = lane + _ZERO
        v, x1, x2, x3 = x[p], x[p + _L1], x[p + _L2], x[p + _L3]
        y0 = (v * n0 + v * n1 + v * n2 + v * n3) - (v * bn1 + v * bn2 + v * bn3 + v * bn4)
        y1 = (x1 * n0 + v * n1 + v * n2 + v * n3) - (y0 * d1 + v * bn2 + v * bn3 + v * bn4)
        y2 = (x2 * n0 + x1 * n1 + v * n2 + v * n3) - (y1 * d1 + y0 * d2 + v * bn3 + v * bn4)
        y3 = (x3 * n0 + x2 * n1 + x1 * n2 + v * n3) - (y2 * d1 + y1 * d2 + y0 * d3 + v * bn4)
        y[p], y[p + _L1], y[p + _L2], y[p + _L3] = y0, y1, y2, y3
    for step in range(_FOUR, stop):
        for lane in range(_L1):
            p = step * _L1 + lane
            y[p] = (x[p] * n0 + x[p - _L1] * n1 + x[p - _L2] * n2 + x[p - _L3] * n3) - (
                y[p - _L1] * d1 + y[p - _L2] * d2 + y[p - _L3] * d3 + y[p - _L4] * d4
            )
    for lane in range(_L1):
        p = (length - _ONE) * _L1 + lane
        v, x2, x3 = x[p], x[p - _L1], x[p - _L2]
        z1 = (v * m1 + v * m2 + v * m3 + v * m4) - (v * bm1 + v * bm2 + v * bm3 + v * bm4)
        z2 = (v * m1 + v * m2 + v * m3 + v * m4) - (z1 * d1 + v * bm2 + v * bm3 + v * bm4)
        z3 = (x2 * m1 + v * m2 + v * m3 + v * m4) - (z2 * d1 + z1 * d2 + v * bm3 + v * bm4)
        z4 = (x3 * m1 + x2 * m2 + v * m3 + v * m4) - (z3 * d1 + z2 * d2 + z1 * d3 + v * bm4)
        z[p], z[p - _L1], z[p - _L2], z[p - _L3] = z1, z2, z3, z4
    if start + _FOUR >= length:
        return
    for back in range(length - _FOUR - start):
        for lane in range(_L1):
            p = (length - _FIVE - back) * _L1 + lane
            z[p] = (x[p + _L1] * m1 + x[p + _L2] * m2 + x[p + _L3] * m3 + x[p + _L4] * m4) - (
                z[p + _L1] * d1 + z[p + _L2] * d2 + z[p + _L3] * d3 + z[p + _L4] * d4
            )
