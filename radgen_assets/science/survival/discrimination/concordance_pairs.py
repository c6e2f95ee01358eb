"""Counts the ordered pairs that each patient stands in, in n log n steps (two passes over a tree of ranks)."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


def count_pairs(
    time: NDArray[np.float64], event: NDArray[np.bool_], risk: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Pairs of an event with each patient that outlives it, concordant, discordant and tied in risk.

    Parameters
    ----------
    time, event, risk : (n,)
    weight : (n,) float64
        What a pair counts for, given at the patient with the event; 0 leaves this event's pairs out.

    Returns
    -------
    weighted : (3, n) float64
        Sum of the weights of the pairs that each patient stands in, as either member.
    plain : (3,) float64
        Number of pairs with weight above 0.

    A patient censored at the time of an event outlives it; two events at one time are no pair.
    Source: the balanced tree of R survival's concordancefit, here a Fenwick tree over the ranks of the risks.
    """
    order = np.lexsort((~event, time))  # events before censorings at a tied time
    _, rank = np.unique(risk, return_inverse=True)
    ranks = int(rank.max()) + 1
    weighted, plain = np.zeros((3, len(time))), np.zeros(3)
    rows = (time[order], event[order], rank[order].astype(np.int64))
    _among_the_later(*rows, weight[order], np.ones(len(time)), ranks, weighted, plain)
    _among_the_earlier(*rows, weight[order], ranks, weighted)
    in_place = np.empty_like(weighted)
    in_place[:, order] = weighted
    return in_place, plain


@njit(cache=True, nogil=True)
def _among_the_later(time, event, rank, weight, ones, ranks, weighted, plain):  # type: ignore[no-untyped-def]  # pragma: no cover
    """From the latest time: the pairs of each event with those who outlive it."""
    tree, alone, entered = np.zeros(ranks + 1), np.zeros(ranks), 0.0  # alone: what was entered at each rank itself
    last = len(time) - 1
    while last >= 0:
        first = last
        while first > 0 and time[first - 1] == time[last]:
            first -= 1
        entered += _enter_all(tree, alone, event, rank, ones, first, last + 1, False)
        for i in range(first, last + 1):
            if event[i] and weight[i] > 0:
                lower, same = _below(tree, rank[i]), alone[rank[i]]
                for kind, pairs in enumerate((lower, entered - lower - same, same)):
                    weighted[kind, i] += weight[i] * pairs
                    plain[kind] += pairs
        entered += _enter_all(tree, alone, event, rank, ones, first, last + 1, True)
        last = first - 1


@njit(cache=True, nogil=True)
def _among_the_earlier(time, event, rank, weight, ranks, weighted):  # type: ignore[no-untyped-def]  # pragma: no cover
    """From the earliest time: the pairs of each patient with the events that it outlives."""
    tree, alone = np.zeros(ranks + 1), np.zeros(ranks)
    mirror, mirrored = np.zeros(ranks + 1), np.zeros(ranks)  # from the highest rank: no difference of sums, so that
    turned = ranks - 1 - rank  # what is not there counts for exactly 0 and a perfect order has no spread
    first = 0
    while first < len(time):
        stop = first
        while stop < len(time) and time[stop] == time[first]:
            stop += 1
        for look_at_events in (True, False):  # events look before those of their own time are entered, censorings after
            for i in range(first, stop):
                if event[i] == look_at_events:
                    weighted[0, i] += _below(mirror, turned[i])
                    weighted[1, i] += _below(tree, rank[i])
                    weighted[2, i] += alone[rank[i]]
            if look_at_events:
                _enter_all(tree, alone, event, rank, weight, first, stop, True)
                _enter_all(mirror, mirrored, event, turned, weight, first, stop, True)
        first = stop


@njit(cache=True)
def _enter_all(tree, alone, event, rank, weight, first, stop, events):  # type: ignore[no-untyped-def]  # pragma: no cover
    """Enter the events (or the censorings) of rows first..stop, and return what they weigh together."""
    total = 0.0
    for i in range(first, stop):
        if event[i] == events and weight[i] > 0:
            total += weight[i]
            alone[rank[i]] += weight[i]
            place = rank[i] + 1
            while place < len(tree):
                tree[place] += weight[i]
                place += place & -place
    return total


@njit(cache=True)
def _below(tree, rank):  # type: ignore[no-untyped-def]  # pragma: no cover
    """What was entered at the ranks below."""
    total, place = 0.0, rank
    while place > 0:
        total += tree[place]
        place -= place & -place
    return total
