"""P of Fisher's exact test beyond 2 x 2: all tables of the same margins, or a seeded draw where they are too many."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import gammaln

MOST_EDGES = 1_000_000  # ways to fill all columns, whatever came before: some 50 MB
MOST_STATES = 300_000  # partial tables held at once: a second or two
TABLES_DRAWN = 99_999
SAME = 1e-7  # relative: tables this near to the one seen count as equally likely, as R


@dataclass(frozen=True, eq=False)
class _Column:
    """All ways to fill one column, from what is left of the rows before it (nodes) to what is left after it.

    start : (nodes + 1,) first way of each node; child, log_p : (ways,) node afterwards, log probability of the cells
    """

    start: NDArray[np.int64]
    child: NDArray[np.int64]
    log_p: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Rest:
    """What the columns still to fill can add to a node's log probability: all of it together, the most, the least."""

    log_sum: NDArray[np.float64]
    most: NDArray[np.float64]
    least: NDArray[np.float64]


def fisher_p(counts: NDArray[np.int64]) -> tuple[float, bool]:
    """Probability of all tables that are no more likely than the one seen; True when exact, False when drawn.

    Parameters
    ----------
    counts : (r, c) int64 without empty rows or columns

    Source: Fisher 1935, Freeman & Halton 1951, the network of Mehta & Patel 1983; R fisher.test, which stops with an
    error where this draws. Drawn: 99,999 tables of one seed, the one seen counted in, so that P is never 0; its
    standard error is at most 0.0016.
    """
    table = counts if counts.shape[0] <= counts.shape[1] else counts.T
    exact = _by_network(table)
    return (_draw(table), False) if exact is None else (min(1.0, exact), True)


def _by_network(table: NDArray[np.int64]) -> float | None:
    """Column after column; None when there are too many ways.

    Partial tables with the same rest and the same probability are one from then on. Those whose every completion
    counts, or none, leave at once.
    """
    rows, totals = table.sum(axis=1), np.sort(table.sum(axis=0))
    columns = _columns(rows, totals)
    if columns is None:
        return None
    rests = _rests(columns)
    constant = gammaln(rows + 1.0).sum() + gammaln(totals + 1.0).sum() - gammaln(table.sum() + 1.0)
    limit = constant - gammaln(table + 1.0).sum() + SAME
    node, log_p, weight, counted = np.zeros(1, dtype=np.int64), np.array([constant]), np.ones(1), 0.0
    for column, rest in zip(columns, rests, strict=True):
        every = log_p + rest.most[node] <= limit
        counted += float((weight[every] * np.exp(log_p + rest.log_sum[node])[every]).sum())
        open_yet = ~every & (log_p + rest.least[node] <= limit)
        node, log_p, weight = node[open_yet], log_p[open_yet], weight[open_yet]
        ways = np.diff(column.start)[node]
        if ways.sum() > 5 * MOST_STATES:
            return None
        parent = np.repeat(np.arange(len(node)), ways)
        way = np.arange(ways.sum()) - np.repeat(np.cumsum(ways) - ways, ways) + column.start[node][parent]
        node, log_p, weight = _merge(column.child[way], log_p[parent] + column.log_p[way], weight[parent])
        if len(node) > MOST_STATES:
            return None
    return counted + float((weight * np.exp(log_p))[log_p <= limit].sum())


def _columns(rows: NDArray[np.int64], totals: NDArray[np.int64]) -> list[_Column] | None:
    nodes, columns, edges = rows[None, :], [], 0
    for total in totals:
        filled = _fill(nodes, int(total), MOST_EDGES - edges)
        if filled is None:
            return None
        parent, after, log_p = filled
        edges += len(parent)
        start = np.searchsorted(parent, np.arange(len(nodes) + 1))
        nodes, child = np.unique(after, axis=0, return_inverse=True)
        columns.append(_Column(start, child.ravel(), log_p))
    return columns


def _fill(
    nodes: NDArray[np.int64], total: int, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]] | None:
    """Every way to take `total` patients from each node's rows, row after row: (parent, what is left, log p)."""
    parent, after, open_total = np.arange(len(nodes)), nodes, np.full(len(nodes), total)
    log_p = np.zeros(len(nodes))
    for row in range(nodes.shape[1]):
        lowest = np.maximum(0, open_total - after[:, row + 1 :].sum(axis=1))
        ways = np.minimum(after[:, row], open_total) - lowest + 1
        if ways.sum() > most:
            return None
        source = np.repeat(np.arange(len(after)), ways)
        cell = np.arange(ways.sum()) - np.repeat(np.cumsum(ways) - ways, ways) + lowest[source]
        after, open_total, parent = after[source], open_total[source] - cell, parent[source]
        after[:, row] -= cell
        log_p = log_p[source] - gammaln(cell + 1.0)
    return parent, after, log_p


def _rests(columns: list[_Column]) -> list[_Rest]:
    """From the last column backwards."""
    rests: list[_Rest] = []
    after = _Rest(np.zeros(1), np.zeros(1), np.zeros(1))
    for column in reversed(columns):
        first = column.start[:-1]
        summed, most, least = (column.log_p + each[column.child] for each in (after.log_sum, after.most, after.least))
        highest = np.maximum.reduceat(summed, first)
        spread = np.exp(summed - np.repeat(highest, np.diff(column.start)))
        log_sum = highest + np.log(np.add.reduceat(spread, first))
        after = _Rest(log_sum, np.maximum.reduceat(most, first), np.minimum.reduceat(least, first))
        rests.append(after)
    return rests[::-1]


def _merge(
    node: NDArray[np.int64], log_p: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    order = np.lexsort((log_p, node))
    node, log_p, weight = node[order], log_p[order], weight[order]
    new = np.append(True, (np.diff(node) != 0) | (np.diff(log_p) > 1e-10))[: len(node)]
    first = np.flatnonzero(new)
    return node[first], log_p[first], np.add.reduceat(weight, first) if len(first) else weight


def _draw(table: NDArray[np.int64]) -> float:
    """scipy's own Monte Carlo fails for some tables whose rows repeat (1.17), and is not seeded by default."""
    tables = stats.random_table(table.sum(axis=1), table.sum(axis=0)).rvs(
        TABLES_DRAWN, random_state=np.random.default_rng(0)
    )
    seen = gammaln(table + 1.0).sum()
    no_more_likely = gammaln(tables + 1.0).sum(axis=(1, 2)) >= seen - SAME
    return float((1 + no_more_likely.sum()) / (1 + TABLES_DRAWN))
