"""Run the same work by several engines in turn, each in a process of its own that stays, on one native thread.

In turn, because other work on the machine then hits all of them; the fastest round of each counts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from types import TracebackType
from typing import Any, Self

THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
)


@dataclass(frozen=True)
class Round:
    """seconds : on the clock; processor : of it, at work; peak_mb : of the process so far, imports and input too."""

    seconds: float
    processor: float
    peak_mb: float
    result: Any


class OneProcess:
    """A process that stays; its first call imports and compiles, and is not what one times."""

    def __init__(self) -> None:
        for name in THREADS:
            os.environ[name] = "1"
        self._pool = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._pool.shutdown()

    def run(self, work: Callable[..., Any], *given: Any) -> Round:
        """One round."""
        return self._pool.submit(_timed, work, given).result()


def fastest(rounds: list[Round]) -> Round:
    """The round that other work disturbed least, with the last peak."""
    best = min(rounds, key=lambda each: each.seconds)
    return Round(best.seconds, min(each.processor for each in rounds), rounds[-1].peak_mb, best.result)


def _timed(work: Callable[..., Any], given: tuple[Any, ...]) -> Round:
    began, at_work = time.perf_counter(), time.process_time()
    result = work(*given)
    seconds, processor = time.perf_counter() - began, time.process_time() - at_work
    return Round(seconds, processor, peak_mb(), result)


def peak_mb() -> float:
    """Of this process, in MB: VmHWM belongs to its address space; getrusage's peak would begin with the parent's."""
    return int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1024
