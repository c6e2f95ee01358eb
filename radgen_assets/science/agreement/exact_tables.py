"""P of Fisher's exact test beyond 2 x 2: all tables of the same margins, or a seeded draw where they are too many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from scipy.special import gammaln

MOST_STATES = 400_000  # partial tables held at once: some 50 MB, a second or two
TABLES_DRAWN = 99_999
SAME = 1e-7  # relative: tables this near to the one seen count as equally likely, as R


def fisher_p(counts: NDArray[np.int64]) -> tuple[float, bool]:
    """Probability of all tables that are no more likely than the one seen; True when exact, False when drawn.

    Parameters
    ----------
    counts : (r, c) int64 without empty rows or columns

    Source: Fisher 1935, Freeman & Halton 1951; R fisher.test. Drawn: 99,999 tables of one seed, the one seen counted
    in, so that P is never 0; its standard error is at most 0.0016.
    """
    table = counts if counts.shape[0] <= counts.shape[1] else counts.T
    exact = _enumerate(table)
    return (_draw(table), False) if exact is None else (min(1.0, exact), True)


def _enumerate(table: NDArray[np.int64]) -> float | None:
    """Column after column: what is left of each row, and the log probability so far; None when there are too many.

    Partial tables with the same rest and the same probability are one from then on.
    """
    rows, columns = table.sum(axis=1), np.sort(table.sum(axis=0))[::-1]
    constant = gammaln(rows + 1.0).sum() + gammaln(columns + 1.0).sum() - gammaln(table.sum() + 1.0)
    seen = constant - gammaln(table + 1.0).sum()
    rest, log_p, weight = rows[None, :], np.array([constant]), np.ones(1)
    for place, total in enumerate(columns[:-1]):
        found = _fill_column(rest, log_p, weight, int(total), left=int(columns[place + 1 :].sum()))
        if found is None:
            return None
        rest, log_p, weight = _merge(*found)
    log_p = log_p - gammaln(rest + 1.0).sum(axis=1)  # the last column is what is left
    no_more_likely = log_p <= seen + SAME
    return float((weight * np.exp(log_p))[no_more_likely].sum())


def _fill_column(
    rest: NDArray[np.int64], log_p: NDArray[np.float64], weight: NDArray[np.float64], total: int, *, left: int
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]] | None:
    """Every way to put `total` patients into one column, row after row."""
    open_total = np.full(len(rest), total)
    after = rest.copy()
    for row in range(rest.shape[1]):
        below = after[:, row + 1 :].sum(axis=1)
        lowest = np.maximum(0, open_total - below)
        highest = np.minimum(after[:, row], open_total)
        ways = highest - lowest + 1
        if ways.sum() > MOST_STATES:
            return None
        parent = np.repeat(np.arange(len(after)), ways)
        cell = np.arange(ways.sum()) - np.repeat(np.cumsum(ways) - ways, ways) + lowest[parent]
        after, open_total = after[parent], open_total[parent] - cell
        after[:, row] -= cell
        log_p, weight = log_p[parent] - gammaln(cell + 1.0), weight[parent]
    assert (after.sum(axis=1) == left).all()
    return after, log_p, weight


def _merge(
    rest: NDArray[np.int64], log_p: NDArray[np.float64], weight: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    key = np.column_stack([rest[:, :-1].astype(np.float64), np.round(log_p, 9)])
    _, first, code = np.unique(key, axis=0, return_index=True, return_inverse=True)
    return rest[first], log_p[first], np.bincount(code.ravel(), weights=weight).astype(np.float64)


def _draw(table: NDArray[np.int64]) -> float:
    """scipy's own Monte Carlo fails for some tables whose rows repeat (1.17), and is not seeded by default."""
    tables = stats.random_table(table.sum(axis=1), table.sum(axis=0)).rvs(
        TABLES_DRAWN, random_state=np.random.default_rng(0)
    )
    seen = gammaln(table + 1.0).sum()
    no_more_likely = gammaln(tables + 1.0).sum(axis=(1, 2)) >= seen - SAME
    return float((1 + no_more_likely.sum()) / (1 + TABLES_DRAWN))
