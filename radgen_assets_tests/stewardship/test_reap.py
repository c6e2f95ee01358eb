"""What a killed run left behind is ended, and what is alive is left alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster import DagsterRunStatus
from dagster._core.events import EngineEventData

from radgen_assets.resources.home import Home, make_home
from radgen_assets.stewardship.reap import GRPC_TAG, PROCESS_TAG, reap, this_process


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home")


@pytest.fixture
def instance(home: Home) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.from_config(str(home.dagster_folder)) as opened:
        yield opened


@pytest.fixture
def dead_process() -> int:
    """The number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@dg.op
def nothing() -> None:
    """Does nothing."""


@dg.job
def idle() -> None:
    """A job of one step."""
    nothing()


def started(instance: dg.DagsterInstance, tags: dict[str, str]) -> dg.DagsterRun:
    """A run that Dagster takes to be under way."""
    return instance.create_run_for_job(idle, status=DagsterRunStatus.STARTED, tags=tags)


def status(instance: dg.DagsterInstance, run: dg.DagsterRun) -> DagsterRunStatus:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found.status


def here(pid: int) -> str:
    return f"{this_process().rpartition(':')[0]}:{pid}"


def on_server(host: str = "127.0.0.1", port: int = 1) -> dict[str, str]:
    """Tags of a run that the daemon launched on a code server."""
    return {GRPC_TAG: json.dumps({"host": host, "port": port})}


def test_a_run_whose_process_is_gone_is_marked_as_failed(home, instance, dead_process):
    run = started(instance, {PROCESS_TAG: here(dead_process)})
    said: list[str] = []
    reap(home, said.append)
    assert status(instance, run) is DagsterRunStatus.FAILURE
    assert said == ["Ended 1 Dagster runs that nobody works on."]


def test_a_run_of_a_living_process_goes_on(home, instance):
    run = started(instance, {PROCESS_TAG: this_process()})
    reap(home, print)
    assert status(instance, run) is DagsterRunStatus.STARTED


def test_a_run_of_another_machine_is_left_to_that_machine(home, instance, dead_process):
    run = started(instance, {PROCESS_TAG: f"elsewhere:{dead_process}"})
    reap(home, print)
    assert status(instance, run) is DagsterRunStatus.STARTED


def test_a_launched_run_whose_process_is_gone_is_marked_as_failed(home, instance, dead_process):
    """Dagster's own monitoring asks no process of the default launcher, so it would stay under way for ever."""
    run = started(instance, on_server())
    instance.report_engine_event("begun", run, EngineEventData.in_process(dead_process))
    reap(home, print)
    assert status(instance, run) is DagsterRunStatus.FAILURE


def test_a_launched_run_whose_process_lives_goes_on_even_without_its_server(home, instance):
    run = started(instance, on_server())
    instance.report_engine_event("begun", run, EngineEventData.in_process(os.getpid()))
    reap(home, print)
    assert status(instance, run) is DagsterRunStatus.STARTED


def test_a_launched_run_that_has_not_begun_is_as_alive_as_its_server(home, instance):
    run = started(instance, on_server(port=1))
    reap(home, print)
    assert status(instance, run) is DagsterRunStatus.FAILURE


def test_a_run_on_a_server_of_another_machine_is_left_alone(home, instance):
    run = started(instance, on_server(host="code-server"))
    reap(home, print)
    assert status(instance, run) is DagsterRunStatus.STARTED


def test_a_run_again_is_judged_by_its_own_process_not_by_the_first_ones(home, instance, dead_process):
    """Dagster copies tags, so the process of the first run still stands on it."""
    run = started(instance, on_server() | {PROCESS_TAG: here(dead_process)})
    instance.report_engine_event("begun", run, EngineEventData.in_process(os.getpid()))
    reap(home, print)
    assert status(instance, run) is DagsterRunStatus.STARTED


def test_the_pool_slot_of_an_ended_run_is_free_again(home, instance, dead_process):
    """Else the next run on the GPU would wait for a process that is no more."""
    run = started(instance, {PROCESS_TAG: here(dead_process)})
    storage = instance.event_log_storage
    storage.set_concurrency_slots("gpu", 1)
    assert storage.claim_concurrency_slot("gpu", run.run_id, "embed").is_claimed
    reap(home, print)
    assert storage.get_concurrency_info("gpu").active_slot_count == 0


def test_claims_of_a_dead_process_are_freed_and_those_of_a_living_one_kept(home, dead_process):
    with home.ledger() as ledger:
        ledger.claim(["site.P1"], f"{here(dead_process)}:x", 60.0)
        ledger.claim(["site.P2"], f"{this_process()}:x", 60.0)
        said: list[str] = []
        reap(home, said.append)
        assert [claim.key for claim in ledger.claims()] == ["site.P2"]
    assert said == ["Freed 1 claims of runs that are no longer alive."]


def test_half_written_folders_are_swept_unless_somebody_works(home):
    half = home.lake.root / "imaging/volumes/site/P1/.writing-1"
    half.mkdir(parents=True)
    with home.ledger() as ledger:
        ledger.claim(["site.P1"], f"{this_process()}:x", 60.0)
        reap(home, print)
        assert half.is_dir()
        ledger.release(f"{this_process()}:x")
        reap(home, print)
    assert not half.exists()
