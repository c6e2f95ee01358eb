"""What a run finds at its start: remains of the dead are removed, work of the living is left alone."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import dagster as dg
import pytest

from radgen_assets.resources.home import Home, make_home
from radgen_assets.resources.lake import TEMPORARY
from radgen_assets.stewardship.reap import PROCESS_TAG, reap, this_process


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    made = make_home(tmp_path / "home")
    monkeypatch.setenv("DAGSTER_HOME", str(made.dagster_folder))
    (made.lake.root / f"{TEMPORARY}x").mkdir()
    return made


def started_run(home: Home, tags: dict[str, str]) -> str:
    """A run that Dagster believes is going on."""
    run = dg.DagsterRun(job_name="j", run_id=str(uuid.uuid4()), status=dg.DagsterRunStatus.STARTED, tags=tags)
    with dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        return instance.add_run(run).run_id


def status(home: Home, run_id: str) -> dg.DagsterRunStatus:
    with dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def a_dead_process() -> str:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return this_process().replace(str(os.getpid()), str(process.pid))


def test_a_run_of_a_dead_process_is_ended_and_its_folders_are_swept(home: Home):
    told: list[str] = []
    run_id = started_run(home, {PROCESS_TAG: a_dead_process()})
    reap(home, told.append)
    assert status(home, run_id) is dg.DagsterRunStatus.FAILURE
    assert list(home.lake.root.glob(f"{TEMPORARY}*")) == []
    assert told == [
        "Ended 1 Dagster runs that nobody works on.",
        "Removed 1 half-written folders that a killed run left.",
    ]


def test_a_run_of_a_living_process_is_left_alone_with_what_it_writes(home: Home):
    """A second `radgen run` must not end the first."""
    run_id = started_run(home, {PROCESS_TAG: this_process()})
    reap(home, lambda text: None)
    assert status(home, run_id) is dg.DagsterRunStatus.STARTED
    assert list(home.lake.root.glob(f"{TEMPORARY}*"))


def test_a_run_that_the_daemon_launched_is_left_to_the_daemon(home: Home):
    run_id = started_run(home, {".dagster/grpc_info": "{}"})
    reap(home, lambda text: None)
    assert status(home, run_id) is dg.DagsterRunStatus.STARTED


def test_folders_are_left_while_somebody_holds_a_claim(home: Home):
    with home.ledger() as ledger:
        ledger.claim(["a.b"], f"{this_process()}:x", 60, scope="patients")
    reap(home, lambda text: None)
    assert list(home.lake.root.glob(f"{TEMPORARY}*"))


def test_a_pass_that_nobody_ended_is_called_abandoned(home: Home):
    with home.ledger() as ledger:
        ledger.begin_pass("cli")
        reap(home, lambda text: None)
        assert [each.state for each in ledger.passes()] == ["abandoned"]
