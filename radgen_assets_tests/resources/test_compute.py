"""Side-by-side work: every item is answered once, whatever happens to the workers."""

from __future__ import annotations

import os
import signal
import time

import pytest

from radgen_assets.resources.compute import LEAST_UNDER_WAY, MOST_UNDER_WAY, Compute, WorkerDied


def double(item: int) -> int:
    return 2 * item


def process_id(item: int) -> int:
    return os.getpid()


def die_on_three(item: int) -> int:
    if item == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.01)
    return item


@pytest.mark.parametrize("workers", [1, 2])
def test_every_item_is_answered_once(workers):
    """Results may come in any order and in groups of any size."""
    groups = list(Compute(workers).map(double, range(50)))
    assert sorted(pair for group in groups for pair in group) == [(item, 2 * item) for item in range(50)]
    assert all(groups), "an empty group tells nothing"


def test_one_worker_is_this_process():
    """So that a debugger and a test see what happens."""
    assert list(Compute(1).map(process_id, [7])) == [[(7, os.getpid())]]


def test_several_workers_are_other_processes():
    """The other way round."""
    ids = {result for group in Compute(2).map(process_id, range(4)) for _, result in group}
    assert os.getpid() not in ids


def test_an_item_that_kills_its_worker_twice_is_named_and_the_others_are_answered():
    """Memory runs out for one patient, not for all."""
    results = dict(pair for group in Compute(2).map(die_on_three, range(6)) for pair in group)
    died = results.pop(3)
    assert isinstance(died, WorkerDied)
    assert "died twice" in died.reason
    assert results == {item: item for item in (0, 1, 2, 4, 5)}


def test_what_comes_in_while_the_caller_is_busy_comes_together():
    """A caller that is slower than the workers writes many results down in one transaction."""
    largest = 0
    for group in Compute(2).map(double, range(400)):
        largest = max(largest, len(group))
        time.sleep(0.02)
    assert largest > 2 * LEAST_UNDER_WAY


@pytest.mark.parametrize(("n_done", "expected"), [(1, 4), (2, 8), (4, 8)])
def test_the_window_grows_when_half_of_it_came_in_at_once(n_done, expected):
    """Slow items come in one by one, and then no item is copied long before its turn."""
    assert Compute(2)._next_window(4, n_done=n_done) == expected


def test_the_window_stays_between_its_bounds():
    """However quick or slow the items are."""
    compute = Compute(2)
    assert compute._next_window(2 * MOST_UNDER_WAY, n_done=2 * MOST_UNDER_WAY) == 2 * MOST_UNDER_WAY
    assert compute._next_window(2 * LEAST_UNDER_WAY, n_done=1) == 2 * LEAST_UNDER_WAY
    assert compute._next_window(32, n_done=1) == 16
