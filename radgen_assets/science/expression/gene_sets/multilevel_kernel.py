"""Random gene sets that climb to ever higher enrichment, half of them left behind at each level, compiled.

One population of sets climbs for all given sets of one size. Only the upward deviation counts; for downward ones the
caller turns the list round. Heights are whole numbers of 2**-40, and equal ones are ordered by a number drawn for each
set, so that a level always has as many sets above it as it should, with a statistic that takes few values too.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from radgen_assets.science.expression.gene_sets.running_sum import draw, draw_set, extremes

GRID = 2.0**40
ROUND = 0.1  # swaps tried with a set before the next one has its turn, in sizes of the set
PATIENCE = 200  # swaps tried at one level, in swaps wanted; beyond it hardly any neighbour is as high


@njit(cache=True, nogil=True)
def climb(step, size, target, seed, height, is_upward, above):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Fill one row a level until a level's bound reaches `target`; returns the number of levels.

    Parameters
    ----------
    step : (N,) float64, weight of each rank
    target : int64, height in 2**-40
    height : (most_levels, n_sets) int64, ascending in a row, n_sets odd: the middle one is the bound of a level
    is_upward : same shape, True where the deviation downwards is smaller
    above : (most_levels,) int64, sets above the bound, which the next level starts from
    """
    state = np.array([seed], dtype=np.uint64)
    n, (most_levels, n_sets) = len(step), height.shape
    label = np.empty(n, dtype=np.uint64)
    for rank in range(n):
        label[rank] = (np.uint64(draw(state, 1 << 31)) << np.uint64(32)) ^ np.uint64(draw(state, 1 << 31))
    taken, words = np.zeros(n, dtype=np.bool_), np.zeros((n + 63) >> 6, dtype=np.int64)
    sets = np.empty((n_sets, size), dtype=np.int64)
    for each in range(n_sets):
        draw_set(state, sets[each], taken, words)
    mine, mark = np.empty(n_sets, dtype=np.int64), np.empty(n_sets, dtype=np.uint64)
    for level in range(most_levels):
        order = _sorted_heights(step, sets, label, mine, mark, height[level], is_upward[level])
        middle = order[n_sets // 2]
        bound, bound_mark = mine[middle], mark[middle]
        count = 0
        for each in range(n_sets):
            if mine[each] > bound or (mine[each] == bound and mark[each] > bound_mark):
                count += 1
        above[level] = count
        if bound >= target or count == 0 or level + 1 == most_levels:
            return level + 1
        sets = sets[order[n_sets - count :]][np.arange(n_sets) % count]
        if not _mix(step, sets, label, bound, bound_mark, state):
            return level + 1
    return most_levels


@njit(cache=True, nogil=True)
def _sorted_heights(step, sets, label, mine, mark, height, is_upward):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Heights and marks of the sets in their order; fills a level's row, ascending; returns the ascending order."""
    n_sets = len(sets)
    upward = np.empty(n_sets, dtype=np.bool_)
    for each in range(n_sets):
        top, bottom, _, _ = extremes(step, sets[each])
        mine[each] = np.int64(np.floor(top * GRID + 0.5))
        upward[each] = top > -bottom
        total = np.uint64(0)
        for i in range(sets.shape[1]):
            total += label[sets[each, i]]
        mark[each] = total
    order = np.argsort(mark, kind="mergesort")
    order = order[np.argsort(mine[order], kind="mergesort")]
    for place in range(n_sets):
        height[place] = mine[order[place]]
        is_upward[place] = upward[order[place]]
    return order


@njit(cache=True, nogil=True)
def _mix(step, sets, label, bound, bound_mark, state):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Swap single genes, never falling to the bound, until every set has changed as often as it has genes, on average.

    Returns False when hardly a swap is possible: the sets are then no random draw from above the bound.
    """
    n_sets, size = sets.shape
    a_round = max(1, int(ROUND * size))
    whole, mark = np.zeros(n_sets), np.zeros(n_sets, dtype=np.uint64)
    for each in range(n_sets):
        for i in range(size):
            whole[each] += step[sets[each, i]]
            mark[each] += label[sets[each, i]]
    wanted = n_sets * size
    made, tried = 0, 0
    while made < wanted and tried < PATIENCE * wanted:
        for each in range(n_sets):
            for _ in range(a_round):
                tried += 1
                out, new = draw(state, size), draw(state, len(step))
                place = np.searchsorted(sets[each], new)
                if place < size and sets[each, place] == new:
                    continue
                old = sets[each, out]
                new_whole = whole[each] - step[old] + step[new]
                new_mark = mark[each] - label[old] + label[new]
                if _stays_above(step, sets[each], out, new, place, new_whole, new_mark, bound, bound_mark):
                    _swap(sets[each], out, new, place)
                    whole[each], mark[each] = new_whole, new_mark
                    made += 1
    return made >= n_sets


@njit(cache=True, nogil=True)
def _stays_above(step, ranks, out, new, place, whole, mark, bound, bound_mark):  # type: ignore[no-untyped-def]  # pragma: no cover  # noqa: PLR0917
    """Is the set with `new` in the place of its member `out` higher than the bound? Stops where it is seen to be."""
    if whole <= 0.0:
        return False
    size = len(ranks)
    per_hit, per_miss = 1.0 / whole, 1.0 / (len(step) - size)
    enough, level = (bound + 0.5) / GRID, (bound - 0.5) / GRID
    inside, top, met = 0.0, -np.inf, 0
    for i in range(size + 1):
        if i == place:
            inside += step[new]
            top = max(top, inside * per_hit - (new - met) * per_miss)
            met += 1
        if i < size and i != out:
            inside += step[ranks[i]]
            top = max(top, inside * per_hit - (ranks[i] - met) * per_miss)
            met += 1
        if top >= enough:
            return True
    return top >= level and mark > bound_mark


@njit(cache=True, nogil=True)
def _swap(ranks, out, new, place):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Take the member `out` from the ascending ranks, put `new` in, which belonged at `place` before."""
    if place > out:
        for i in range(out, place - 1):
            ranks[i] = ranks[i + 1]
        ranks[place - 1] = new
    else:
        for i in range(out, place, -1):
            ranks[i] = ranks[i - 1]
        ranks[place] = new
