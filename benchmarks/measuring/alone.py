"""Run one function in a process of its own, on one native thread, and say how long it took and its peak memory."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


@dataclass(frozen=True)
class Measured:
    """seconds : fastest of the rounds; peak_mb : of the process, its imports and input among it."""

    seconds: float
    peak_mb: float
    result: Any


def alone(work: Callable[..., Any], *given: Any, rounds: int = 1, warm_up: tuple[Any, ...] | None = None) -> Measured:
    """Time `work(*given)`; `warm_up`: arguments of a first call that is not timed, which imports and compiles."""
    for name in THREADS:
        os.environ[name] = "1"
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        return child.submit(_timed, work, given, rounds, warm_up).result()


def _timed(work: Callable[..., Any], given: tuple[Any, ...], rounds: int, warm_up: tuple[Any, ...] | None) -> Measured:
    if warm_up is not None:
        work(*warm_up)
    seconds, result = float("inf"), None
    for _ in range(rounds):
        began = time.perf_counter()
        result = work(*given)
        seconds = min(seconds, time.perf_counter() - began)
    # VmHWM belongs to this address space; getrusage's peak would begin with the parent's
    peak = int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1024
    return Measured(seconds, peak, result)
