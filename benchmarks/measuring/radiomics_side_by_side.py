"""The same patients by one process and by two, in turn, through the platform's own `Compute.map`, workers warm."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from measuring.goals import Report
from measuring.radiomics_engines import ALL, as_radgen_takes_it
from measuring.radiomics_inputs import brats_patient, made


@dataclass(frozen=True)
class Item:
    """A copy of one patient; copies stand for a cohort of equal patients, so that no worker waits for a longer one.

    source : a folder of BraTS, or "" for a made patient
    """

    source: str
    number: int


def two_processes(report: Report, source: str, n_items: int, rounds: int) -> None:
    """How much faster two are, on the clock, and how much slower each of them is for the other, at work."""
    from radgen_assets.resources.compute import Compute

    one, two = Compute(1), Compute(2)
    _all(one, source, 1)
    workers: set[int] = set()
    while len(workers) < 2:
        workers |= {process for process, _ in _all(two, source, 4)}
    times: dict[int, list[float]] = {1: [], 2: []}
    at_work: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(rounds):
        for n, compute in ((1, one), (2, two)):
            began = time.perf_counter()
            done = _all(compute, source, n_items)
            times[n].append(time.perf_counter() - began)
            at_work[n].extend(seconds for _, seconds in done)
    gain = max(alone / both for alone, both in zip(times[1], times[2], strict=True))
    report.figure(f"{n_items} such patients, one process", min(times[1]), "s")
    report.figure(f"{n_items} such patients, two processes", min(times[2]), "s")
    report.figure("  one / two, the pair that other work disturbed least", gain, "times")
    report.figure("  a patient at work, one process", min(at_work[1]), "s")
    report.figure("  a patient at work, two processes", min(at_work[2]), "s")
    report.goal("radiomics_1_8_times_two_processes_by_one", 1.8 / gain, 1.0)


def _all(compute: Any, source: str, n_items: int) -> list[tuple[int, float]]:
    items = [Item(source, number) for number in range(n_items)]
    return [result for results in compute.map(_one_patient, items) for _, result in results]


def _one_patient(item: Item) -> tuple[int, float]:
    """The process, and its seconds at work; reading the files, once a process, is not counted."""
    from radgen_assets.science.radiomics import extract_features

    given = _given(item.source)
    began = time.process_time()
    extract_features(*given)
    return os.getpid(), time.process_time() - began


@lru_cache(maxsize=1)
def _given(source: str) -> tuple[Any, ...]:
    return as_radgen_takes_it(brats_patient(Path(source)) if source else made(24), ALL)
