"""Runs one function over many items, in processes of this machine, one native thread each.

A worker that dies (killed for memory, say) takes only its own item with it: items that were under way are run again
one by one, and the one that kills its worker again comes back as `WorkerDied`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from radgen_assets.resources.compiled_cache import provide_compiled_cache

Item = TypeVar("Item")
Result = TypeVar("Result")

THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "ITK_GLOBAL_DEFAULT_NUMBER_OF_THREADS",
)
LEAST_UNDER_WAY = 2  # items a worker: one at work, one waiting
MOST_UNDER_WAY = 32  # of items that take milliseconds


@dataclass(frozen=True)
class WorkerDied:
    """Stands in the place of a result whose worker died twice."""

    reason: str


@dataclass(frozen=True)
class Compute:
    """Side-by-side execution on `workers` processes; one worker means this process itself."""

    workers: int

    def map(
        self, function: Callable[[Item], Result], items: Iterable[Item]
    ) -> Iterator[list[tuple[Item, Result | WorkerDied]]]:
        """Yield (item, result) as results come in, together what came in together; order is not kept.

        `function` must not raise for what it can answer: an exception of it ends the map.
        Two items a worker are under way, so that a long list is not copied at once; more where items take less time
        than what the caller does with their results, up to `MOST_UNDER_WAY` a worker. The caller then gets many results
        at once, and can write them down in one transaction.
        """
        if self.workers == 1:
            hold_native_threads()
            for item in items:
                yield [(item, function(item))]
            return
        yield from self._in_processes(function, iter(items))

    def _in_processes(
        self, function: Callable[[Item], Result], items: Iterator[Item]
    ) -> Iterator[list[tuple[Item, Result | WorkerDied]]]:
        from concurrent.futures import FIRST_COMPLETED, wait
        from concurrent.futures.process import BrokenProcessPool

        pool = self._pool()
        under_way: dict[Any, Item] = {}
        suspects: list[Item] = []
        at_most = LEAST_UNDER_WAY * self.workers
        try:
            more = True
            while more or under_way or suspects:
                while more and not suspects and len(under_way) < at_most:
                    try:
                        item = next(items)
                    except StopIteration:
                        more = False
                        break
                    under_way[pool.submit(function, item)] = item
                if suspects and not under_way:
                    item = suspects.pop()
                    try:
                        yield [(item, pool.submit(function, item).result())]
                    except BrokenProcessPool as error:
                        yield [(item, WorkerDied(f"its worker process died twice ({error}); memory may be short"))]
                        pool = self._pool(fresh=True)
                    continue
                done, _ = wait(under_way, return_when=FIRST_COMPLETED)
                at_most = self._next_window(at_most, n_done=len(done))
                results: list[tuple[Item, Result | WorkerDied]] = []
                broken = False
                for future in done:
                    item = under_way.pop(future)
                    try:
                        results.append((item, future.result()))
                    except BrokenProcessPool:
                        suspects.append(item)
                        broken = True
                if results:
                    yield results
                if broken:
                    suspects.extend(under_way.values())
                    under_way.clear()
                    pool = self._pool(fresh=True)
        finally:
            for future in under_way:
                future.cancel()

    def _next_window(self, at_most: int, *, n_done: int) -> int:
        """How many items may be under way: twice as many when half of them came in at once, half when few did."""
        if 2 * n_done >= at_most:
            return min(2 * at_most, MOST_UNDER_WAY * self.workers)
        if 4 * n_done <= at_most:
            return max(at_most // 2, LEAST_UNDER_WAY * self.workers)
        return at_most

    def _pool(self, *, fresh: bool = False) -> Any:
        from loky import get_reusable_executor

        return get_reusable_executor(
            max_workers=self.workers,
            timeout=120,
            kill_workers=fresh,
            reuse=not fresh,
            env=dict.fromkeys(THREAD_VARIABLES, "1"),
            initializer=hold_native_threads,
        )


def hold_native_threads() -> None:
    """One native thread a process: processes are what runs side by side. And one cache of compiled kernels for all."""
    for name in THREAD_VARIABLES:
        os.environ[name] = "1"
    provide_compiled_cache()
