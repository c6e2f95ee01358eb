"""The same patients by one process and by two, in turn."""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from measuring.goals import Report
from measuring.radiomics_engines import ALL, as_radgen_takes_it
from measuring.radiomics_inputs import Patient

_GIVEN: list[tuple[Any, ...]] = []  # of a worker: read once, since a patient's files are not what is timed


def two_processes(report: Report, patient: Patient, n_items: int, rounds: int) -> None:
    """How much faster two are; the copies of one patient stand for a cohort of equal ones."""
    context = get_context("spawn")
    with (
        ProcessPoolExecutor(1, mp_context=context, initializer=_ready, initargs=(patient,)) as one,
        ProcessPoolExecutor(2, mp_context=context, initializer=_ready, initargs=(patient,)) as two,
    ):
        for pool, n in ((one, 1), (two, 4)):
            list(pool.map(_one_patient, range(n)))
        times: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(rounds):
            for n, pool in ((1, one), (2, two)):
                began = time.perf_counter()
                list(pool.map(_one_patient, range(n_items)))
                times[n].append(time.perf_counter() - began)
    gain = max(alone / both for alone, both in zip(times[1], times[2], strict=True))
    report.figure(f"{n_items} such patients, one process", min(times[1]), "s")
    report.figure(f"{n_items} such patients, two processes", min(times[2]), "s")
    report.figure("  one / two, the pair that other work disturbed least", gain, "times")
    report.goal("radiomics_1_8_times_two_processes_by_one", 1.8 / gain, 1.0)


def _ready(patient: Patient) -> None:
    _GIVEN.append(as_radgen_takes_it(patient, ALL))


def _one_patient(_: int) -> int:
    from radgen_assets.science.radiomics import extract_features

    return len(extract_features(*_GIVEN[0]).columns["value"])
