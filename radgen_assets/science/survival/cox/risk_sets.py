"""Patients sorted into the risk sets of a partial likelihood, stratum by stratum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.outcome import Outcome

Ties = Literal["efron", "breslow"]


@dataclass(frozen=True, eq=False)
class RiskSets:
    """Who enters the risk set at which event time; times run backwards, so that a risk set only grows.

    A block holds the patients who enter at one event time: those who die at it come first, then those whose time lies
    between it and the next later event time. Patients censored before the first event of their stratum are in none.

    order : (m,) int64     patients, block after block
    start : (k + 1,) int64     where each block begins in `order`
    n_dead : (k,) int64     deaths of each block, at least one
    first : (k,) bool     True where a stratum begins: the risk set is emptied
    times : (k,) float64     event time of each block, months
    stratum : (k,) int64     place of its stratum in `labels`
    labels : strata, sorted; one empty label without strata
    """

    order: NDArray[np.int64]
    start: NDArray[np.int64]
    n_dead: NDArray[np.int64]
    first: NDArray[np.bool_]
    times: NDArray[np.float64]
    stratum: NDArray[np.int64]
    labels: tuple[str, ...]

    @property
    def dead(self) -> NDArray[np.int64]:
        """(d,) places in `order` of the deaths, block after block."""
        return np.flatnonzero(
            np.arange(len(self.order)) - self.start[self.block_of_rows] < self.n_dead[self.block_of_rows]
        )

    @property
    def block_of_rows(self) -> NDArray[np.int64]:
        """(m,) block of each place in `order`."""
        return np.repeat(np.arange(len(self.n_dead)), np.diff(self.start))

    @property
    def block_of_deaths(self) -> NDArray[np.int64]:
        """(d,) block of each death."""
        return np.repeat(np.arange(len(self.n_dead)), self.n_dead)

    def blocks_of(self, stratum: int) -> slice:
        """The blocks of a stratum."""
        low, high = np.searchsorted(self.stratum, [stratum, stratum + 1])
        return slice(int(low), int(high))


def risk_sets(outcome: Outcome, strata: ArrayLike | None = None) -> RiskSets:
    """Sort patients into risk sets; `strata` (n,) are labels, patients are compared within a stratum only."""
    labels, code = stratum_codes(strata, outcome.n)
    block = np.full(outcome.n, -1, dtype=np.int64)
    times: list[NDArray[np.float64]] = []
    stratum: list[NDArray[np.int64]] = []
    n_blocks = 0
    for place in range(len(labels)):
        mine = np.flatnonzero(code == place)
        event_times = np.unique(outcome.time_months[mine][outcome.event[mine]])
        entered = np.searchsorted(event_times, outcome.time_months[mine], side="right")
        block[mine] = np.where(entered > 0, n_blocks + len(event_times) - entered, -1)
        times.append(event_times[::-1])
        stratum.append(np.full(len(event_times), place, dtype=np.int64))
        n_blocks += len(event_times)
    order = np.lexsort((~outcome.event, block))
    order = order[np.searchsorted(block[order], 0) :]
    start = np.searchsorted(block[order], np.arange(n_blocks + 1))
    n_dead = np.bincount(block[order], weights=outcome.event[order], minlength=n_blocks).astype(np.int64)
    of_block = np.concatenate(stratum)
    first = np.append(True, np.diff(of_block) > 0)[:n_blocks]
    return RiskSets(order, start, n_dead, first, np.concatenate(times), of_block, labels)


def is_efron(ties: Ties) -> bool:
    """Whether tied deaths are treated as Efron did; refuses any other name than "efron" and "breslow"."""
    if ties not in ("efron", "breslow"):
        raise UsedWrongly(f"Cox: found the ties '{ties}', expected efron or breslow.")
    return ties == "efron"


def stratum_codes(strata: ArrayLike | None, n: int) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Sorted labels of the strata, and the place of each patient's among them; one unnamed stratum by default."""
    if strata is None:
        return ("",), np.zeros(n, dtype=np.int64)
    given = np.asarray(strata)
    if given.shape != (n,):
        raise UsedWrongly(f"Cox: found strata of shape {given.shape}, expected ({n},), one label a patient.")
    if pd.isna(given).any():
        raise UsedWrongly("Cox: found a missing stratum, expected one label a patient. Leave these patients out.")
    found, code = np.unique(given.astype(str), return_inverse=True)
    return tuple(map(str, found)), code.astype(np.int64)
