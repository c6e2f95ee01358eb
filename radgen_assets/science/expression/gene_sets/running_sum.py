"""The running sum of a gene set down a ranked list: enrichment of given and of random sets, compiled.

`step` (N,) is the weight of each rank, |statistic| ** weight, best rank first; a set is its ranks, ascending. Random
numbers are splitmix64: the same bytes with every version of numpy, and cheap enough to draw sets anew for each size.
"""

from __future__ import annotations

import numpy as np
from numba import njit

GOLDEN_GAMMA = np.uint64(0x9E3779B97F4A7C15)
FIRST_MIX = np.uint64(0xBF58476D1CE4E5B9)
SECOND_MIX = np.uint64(0x94D049BB133111EB)


@njit(cache=True, nogil=True)
def draw(state, below):  # type: ignore[no-untyped-def]  # pragma: no cover
    """A whole number in 0 .. below - 1, uniform to 2**-32 x below; moves `state` (1,) uint64 on."""
    state[0] += GOLDEN_GAMMA
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * FIRST_MIX
    z = (z ^ (z >> np.uint64(27))) * SECOND_MIX
    z = z ^ (z >> np.uint64(31))
    return np.int64(((z >> np.uint64(32)) * np.uint64(below)) >> np.uint64(32))


@njit(cache=True, nogil=True)
def draw_set(state, ranks, taken, words):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill `ranks` (k,) with distinct ranks below len(taken), ascending; `taken`, `words` are all 0 before and after.

    Marks are set in a map of the ranks, and a map of its blocks of 64 says where to look: no sorting.
    """
    n, k = len(taken), len(ranks)
    left = k
    while left:
        rank = draw(state, n)
        if not taken[rank]:
            taken[rank] = True
            words[rank >> 6] += 1
            left -= 1
    filled = 0
    for word in range(len(words)):
        if words[word]:
            for rank in range(word << 6, min((word + 1) << 6, n)):
                if taken[rank]:
                    ranks[filled] = rank
                    filled += 1
                    taken[rank] = False
            words[word] = 0


@njit(cache=True, nogil=True)
def extremes(step, ranks):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Highest and lowest value of the running sum, and the ranks where it first has them (-1, -1 without weight)."""
    k, n = len(ranks), len(step)
    whole = 0.0
    for i in range(k):
        whole += step[ranks[i]]
    if whole == 0.0:
        return 0.0, 0.0, -1, -1
    inside, top, bottom, top_at, bottom_at = 0.0, -np.inf, np.inf, -1, -1
    for i in range(k):
        weight = step[ranks[i]]
        inside += weight
        after = inside / whole - (ranks[i] - i) / (n - k)
        before = after - weight / whole
        if after > top:
            top, top_at = after, ranks[i]
        if before < bottom:
            bottom, bottom_at = before, ranks[i]
    return top, bottom, top_at, bottom_at


@njit(cache=True, nogil=True)
def score_each(step, ranks, start, score, peak):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Enrichment and peak of sets that lie end to end in `ranks`; 0 and -1 where both deviations are equally large."""
    for each in range(len(start) - 1):
        top, bottom, top_at, bottom_at = extremes(step, ranks[start[each] : start[each + 1]])
        if top > -bottom:
            score[each], peak[each] = top, top_at
        elif top < -bottom:
            score[each], peak[each] = bottom, bottom_at
        else:
            score[each], peak[each] = 0.0, -1


@njit(cache=True, nogil=True)
def score_random(step, size, seed, score):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Enrichment of random sets of `size` genes, as many as `score` is long."""
    state = np.array([seed], dtype=np.uint64)
    n = len(step)
    ranks = np.empty(size, dtype=np.int64)
    taken, words = np.zeros(n, dtype=np.bool_), np.zeros((n + 63) >> 6, dtype=np.int64)
    for each in range(len(score)):
        draw_set(state, ranks, taken, words)
        top, bottom, _, _ = extremes(step, ranks)
        score[each] = top if top > -bottom else (bottom if top < -bottom else 0.0)
