"""Where each gene of a sample stands in that gene's distribution: kernel estimates as R GSVA's, compiled.

R's Gaussian kernel reads the normal distribution from a table (step 0.001, index cut off, 0 and 1 beyond 10), so that
its scores differ from an exact distribution's by up to 1e-3. Only the order of the genes within a sample matters
after that. So all pairs of samples are summed first in whole numbers, of which the error is known; where two genes of
a sample come closer than that error, R's own sum decides, in its own order of adding.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtr

REACH, STEPS = 10.0, 10_000  # of R's table: up to 10 bandwidths, in so many steps
FRACTION = 40  # bits behind the point of a whole-number coordinate
POISSON_SHIFT = 0.5  # R adds it to each count, so that a mean is never 0
BLOCK = 512  # genes at once: bounds memory
NORMAL = ndtr(REACH * np.arange(STEPS + 1) / STEPS)


def descending_order(
    density: NDArray[np.float64], bandwidth: NDArray[np.float64], test: NDArray[np.float64], kernel: str
) -> NDArray[np.int64]:
    """Genes of each test sample from the highest to the lowest standing; ties in the order of the matrix.

    Parameters
    ----------
    density : (genes, n) float64, the samples whose distribution it is
    bandwidth : (genes,) float64, of the Gaussian kernel
    test : (genes, m) float64, the samples that are placed in it; the same object as `density` is faster
    kernel : "gaussian", "poisson" or "none"

    Returns
    -------
    (genes, m) int64
    """
    if kernel == "gaussian":
        return _order_by_whole_numbers(density, bandwidth, test)
    standing = np.empty(test.shape)
    place = _poisson_standing if kernel == "poisson" else _empirical_standing
    place(density, test, standing)
    return np.argsort(-standing, axis=0, kind="stable")


def _empirical_standing(density: NDArray[np.float64], test: NDArray[np.float64], standing: NDArray[np.float64]) -> None:
    for row in range(len(test)):
        standing[row] = np.searchsorted(np.sort(density[row]), test[row], side="right")


def _order_by_whole_numbers(
    density: NDArray[np.float64], bandwidth: NDArray[np.float64], test: NDArray[np.float64]
) -> NDArray[np.int64]:
    genes, n = test.shape
    lowest, highest = density.min(axis=1), density.max(axis=1)
    if test is not density:  # a new sample may lie anywhere: beyond the table's reach it is as well just beyond
        margin = (REACH + 1) * bandwidth
        lowest, highest = lowest - margin, highest + margin
        near = np.clip(test, lowest[:, None], highest[:, None])
    table, end = _whole_number_table(float(((highest - lowest) / bandwidth).max(initial=0.0)), density.shape[1])
    sums = np.empty((n, genes), dtype=np.int32)
    for start in range(0, genes, BLOCK):
        part = slice(start, start + BLOCK)
        if test is density:
            _pair_sums(test[part], np.argsort(test[part], axis=1), bandwidth[part], table, end, sums[:, part])
        else:
            _new_sums(np.sort(density[part], axis=1), near[part], lowest[part], bandwidth[part], table, sums[:, part])
    order = np.empty((n, genes), dtype=np.int64)
    bits = int(genes).bit_length()
    gene = np.arange(genes, dtype=np.int64)
    for sample in range(n):
        keys = np.sort((-sums[sample].astype(np.int64) << bits) + gene)  # sum and gene in one number: ties by gene
        values = np.ascontiguousarray(test[:, sample])
        _settle_near_ties(keys, bits, density, bandwidth, values, NORMAL, order[sample])
    return order.T


def _whole_number_table(widest: float, n: int) -> tuple[NDArray[np.int32], int]:
    """R's table less a half, scaled so that n entries fit 32 bits, for any two samples; and where it stops to rise."""
    table = np.ones(max(STEPS, int(widest / REACH * STEPS)) + 3)
    table[: STEPS + 1] = NORMAL
    whole = np.round((table - 0.5) * (2**32 / n - 4)).astype(np.int32)
    return whole, int(np.argmax(whole == whole[-1]))


@njit(cache=True, nogil=True, error_model="numpy")
def _pair_sums(values, by_value, bandwidth, table, end, sums):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Sum over all other samples of the table at the distance, + below, - above, (n, genes).

    A sample is taken with its three neighbours, so that the sums of all later samples are read once for four; those
    beyond the table's end share one number. Coordinates are whole numbers of 2**-40 steps: their difference, shifted,
    is the index cut off.
    """
    n = values.shape[1]
    place = np.empty(n, dtype=np.uint64)
    total, beyond = np.empty(n, dtype=np.int32), np.empty(n + 1, dtype=np.int32)
    shift, last = np.uint64(FRACTION), table[-1]
    for gene in range(len(values)):
        per_step = STEPS / REACH / bandwidth[gene] * 2.0**FRACTION
        for i in range(n):
            place[i] = np.uint64((values[gene, by_value[gene, i]] - values[gene, by_value[gene, 0]]) * per_step)
        total[:] = 0
        beyond[:] = 0
        i, far = 0, 0
        while i + 3 < n:
            _among_few(i, i + 4, place, table, total)
            p0, p1, p2, p3 = place[i], place[i + 1], place[i + 2], place[i + 3]
            far = max(far, i + 4)
            while far < n and (place[far] - p3) >> shift < end:
                far += 1
            s0 = s1 = s2 = s3 = np.int32(last * (n - far))
            beyond[far] += 4 * last
            for j in range(np.uint64(i + 4), np.uint64(far)):
                here = place[j]
                t0 = table[(here - p0) >> shift]
                t1 = table[(here - p1) >> shift]
                t2 = table[(here - p2) >> shift]
                t3 = table[(here - p3) >> shift]
                s0 += t0
                s1 += t1
                s2 += t2
                s3 += t3
                total[j] += t0 + t1 + t2 + t3
            total[i] -= s0
            total[i + 1] -= s1
            total[i + 2] -= s2
            total[i + 3] -= s3
            i += 4
        _among_few(i, n, place, table, total)
        shared = np.int32(0)
        for i in range(n):
            shared += beyond[i]
            sums[by_value[gene, i], gene] = total[i] + shared


@njit(cache=True, nogil=True, error_model="numpy")
def _among_few(first, stop, place, table, total):  # type: ignore[no-untyped-def]  # pragma: no cover
    for a in range(first, stop):
        for b in range(a + 1, stop):
            near = table[(place[b] - place[a]) >> np.uint64(FRACTION)]
            total[a] -= near
            total[b] += near


@njit(cache=True, nogil=True, error_model="numpy")
def _new_sums(density, test, lowest, bandwidth, table, sums):  # type: ignore[no-untyped-def]  # pragma: no cover
    """The same sums of samples that are not among the `density`, which ascend in each row."""
    n = density.shape[1]
    place, shift = np.empty(n, dtype=np.uint64), np.uint64(FRACTION)
    for gene in range(len(test)):
        per_step = STEPS / REACH / bandwidth[gene] * 2.0**FRACTION
        for i in range(n):
            place[i] = np.uint64((density[gene, i] - lowest[gene]) * per_step)
        for sample in range(test.shape[1]):
            here = np.uint64((test[gene, sample] - lowest[gene]) * per_step)
            below = np.searchsorted(place, here)
            total = np.int32(0)
            for i in range(np.uint64(0), np.uint64(below)):
                total += table[(here - place[i]) >> shift]
            for i in range(np.uint64(below), np.uint64(n)):
                total -= table[(place[i] - here) >> shift]
            sums[sample, gene] = total


@njit(cache=True, nogil=True, error_model="numpy")
def _settle_near_ties(keys, bits, density, bandwidth, values, normal, order):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Genes in the order of their keys, but of R's sums where keys lie within their error; equal ones as they stand."""
    genes, n = density.shape
    lowest = (np.int64(1) << bits) - 1
    first = 0
    while first < genes:
        order[first] = keys[first] & lowest
        stop = first + 1
        while stop < genes and (keys[stop] >> bits) - (keys[stop - 1] >> bits) <= n:
            stop += 1
        if stop - first > 1:
            run = np.sort(keys[first:stop] & lowest)
            minus = np.empty(len(run))
            for i in range(len(run)):
                gene = run[i]
                minus[i] = -_standing(density[gene], bandwidth[gene], values[gene], normal)
            order[first:stop] = run[np.argsort(minus, kind="mergesort")]
        first = stop


@njit(cache=True, nogil=True, error_model="numpy")
def _standing(density, bandwidth, value, normal):  # type: ignore[no-untyped-def]  # pragma: no cover
    """R GSVA's kernel estimate of the distribution function at `value`, as a logit; adds in the order of samples."""
    total = 0.0
    for i in range(len(density)):
        v = (value - density[i]) / bandwidth
        if v > REACH:
            total += 1.0
        elif v >= -REACH:
            tail = normal[int(abs(v) / REACH * STEPS)]
            total += tail if v >= 0 else 1.0 - tail
    share = total / len(density)
    return -np.log((1.0 - share) / share)


@njit(cache=True, nogil=True, error_model="numpy")
def walk(order, weight, gene_start, gene_set, n_sets, size):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Largest and smallest value of each set's running sum in one sample, (sets,) each, from 0 outwards.

    Parameters
    ----------
    order : (genes,) int64, from the highest standing
    weight : (genes,) float64, of each place in that order
    gene_start, gene_set : the sets of each gene, as a compressed sparse column matrix
    size : (sets,) int64, genes of each set
    """
    genes = len(order)
    whole = np.zeros(n_sets)
    for place in range(genes):
        gene = order[place]
        for k in range(gene_start[gene], gene_start[gene + 1]):
            whole[gene_set[k]] += weight[place]
    inside, met = np.zeros(n_sets), np.zeros(n_sets)
    top, bottom = np.zeros(n_sets), np.zeros(n_sets)
    for place in range(genes):
        gene = order[place]
        for k in range(gene_start[gene], gene_start[gene + 1]):
            each = gene_set[k]
            outside = (place - met[each]) / (genes - size[each])
            # members of no weight at all (a set of the middle gene alone) count alike
            gained = inside[each] / whole[each] if whole[each] > 0 else met[each] / size[each]
            bottom[each] = min(bottom[each], gained - outside)
            inside[each] += weight[place]
            met[each] += 1
            gained = inside[each] / whole[each] if whole[each] > 0 else met[each] / size[each]
            top[each] = max(top[each], gained - outside)
    return top, bottom


@njit(cache=True, nogil=True, error_model="numpy")
def _poisson_standing(density, test, standing):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Mean Poisson probability of at most this count, over the training counts as means, as logits, (genes, m).

    Probabilities are walked from the mode outwards, twelve standard deviations far, and divided by their sum: no
    logarithm of a factorial, whose rounding would be felt at high counts.
    """
    m = test.shape[1]
    reach = int(24 * np.sqrt(density.max() + 1)) + 130
    upto = np.empty(reach)
    for gene in range(len(test)):
        total = np.zeros(m)
        for i in range(density.shape[1]):
            mean = density[gene, i] + POISSON_SHIFT
            wide = 12 * np.sqrt(mean) + 60
            mode, first, last = int(mean), max(0, int(mean - wide)), int(mean + wide)
            upto[mode - first] = 1.0
            for k in range(mode, first, -1):
                upto[k - 1 - first] = upto[k - first] * k / mean
            for k in range(mode, last):
                upto[k + 1 - first] = upto[k - first] * mean / (k + 1)
            for k in range(1, last - first + 1):
                upto[k] += upto[k - 1]
            whole = upto[last - first]
            for j in range(m):
                count = int(test[gene, j])
                if count > last:
                    total[j] += 1.0
                elif count >= first:
                    total[j] += upto[count - first] / whole
        for j in range(m):
            share = total[j] / density.shape[1]
            standing[gene, j] = -np.log((1.0 - share) / share)
