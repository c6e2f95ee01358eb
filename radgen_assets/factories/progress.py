"""Progress of long work, told to whoever watches in this process; the daemon has no watcher."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

from radgen_assets.factories.walk import Outcome

Watcher = Callable[[str], None]
SECONDS_BETWEEN = 5.0

_watcher: ContextVar[Watcher | None] = ContextVar("watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """Inside the block progress is told to `watcher`, a line every few seconds."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def tell_watcher(text: str) -> None:
    """Tell whoever watches one line; nobody need be there."""
    watcher = _watcher.get()
    if watcher is not None:
        watcher(f"  {text}")


def counting(
    name: str, n_keys: int, listener: Callable[[Sequence[Outcome]], None]
) -> Callable[[Sequence[Outcome]], None]:
    """`listener`, and beside it a line of progress: keys done of all, and about how long the rest will take."""
    watcher = _watcher.get()
    if watcher is None:
        return listener
    done: set[str] = set()
    started = told = time.monotonic()

    def listen(outcomes: Sequence[Outcome]) -> None:
        nonlocal told
        listener(outcomes)
        done.update(each.key for each in outcomes)
        now = time.monotonic()
        if now - told > SECONDS_BETWEEN and len(done) < n_keys:
            told = now
            left = (now - started) / len(done) * (n_keys - len(done))
            watcher(f"  {name}: {len(done)} of {n_keys}, about {_duration(left)} left")

    return listen


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
