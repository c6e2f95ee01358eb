"""Reap what a killed run left behind: claims of dead processes, temporary folders, Dagster runs."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import dagster as dg

    from radgen_assets.resources.home import Home

PROCESS_TAG = "radgen/process"
GRPC_TAG = ".dagster/grpc_info"  # Dagster's own: the code server that a run was launched on
THIS_MACHINE = ("127.0.0.1", "localhost")


def reap(home: Home, tell: Callable[[str], None]) -> None:
    """Free claims whose owner is dead, end passes and Dagster runs that nobody works on, sweep temporary folders.

    While another run is alive its folders are left alone: it may be writing them.
    """
    with home.ledger() as ledger:
        freed = ledger.reap_claims()
        busy = bool(ledger.claims())
        if freed:
            tell(f"Freed {len(freed)} claims of runs that are no longer alive.")
    ended, alive = _end_orphaned_runs(home)
    if ended:
        tell(f"Ended {ended} Dagster runs that nobody works on.")
    if not busy and not alive:
        _end_abandoned_passes(home)
        swept = home.lake.sweep(0.0)
        if swept:
            tell(f"Removed {swept} half-written folders that a killed run left.")


def _end_abandoned_passes(home: Home) -> None:
    """Close passes that say they are running; one that is between two links writes its own end later."""
    with home.ledger() as ledger:
        for each in ledger.passes():
            if each.state == "running":
                ledger.end_pass(each.pass_id, each.summary, state="abandoned")


def this_process() -> str:
    """Value of the tag that ties a run to the process it is executed in: host:pid."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _end_orphaned_runs(home: Home) -> tuple[int, int]:
    """Mark runs as failed whose process is gone; how many, and how many others are alive."""
    import dagster as dg
    from dagster import DagsterRunStatus

    if not (home.dagster_folder / "history").is_dir():
        return 0, 0
    ended = alive = 0
    with dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        unfinished = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING]
        for run in instance.get_runs(filters=dg.RunsFilter(statuses=unfinished)):
            if _is_alive(instance, run):
                alive += 1
                continue
            instance.report_run_failed(run, "its process is gone; reaped by radgen")
            _free_pool_slots(instance, run.run_id)
            ended += 1
    return ended, alive


def _is_alive(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether somebody works on a run; one of another host is taken to be alive.

    A run that the daemon launched names its code server; what the command line runs, its process. The first counts
    where both stand, since a run that is run again takes the tags of the first one.
    """
    if GRPC_TAG in run.tags:
        return _served_run_is_alive(instance, run)
    if PROCESS_TAG not in run.tags:
        return False
    host, _, pid = run.tags[PROCESS_TAG].rpartition(":")
    if host != socket.gethostname():
        return True
    record = instance.get_run_record_by_id(run.run_id)
    began = record.start_time if record is not None else None
    return _process_is_alive(int(pid), began)


def _served_run_is_alive(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    server = json.loads(run.tags[GRPC_TAG])
    if server.get("host") not in THIS_MACHINE:
        return True
    processes = _processes_of(instance, run.run_id)
    if not processes:  # launched, and not begun: as alive as its server
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(server.get("port") or 0))) == 0
    return any(_process_is_alive(pid, at) for pid, at in processes)


def _processes_of(instance: dg.DagsterInstance, run_id: str) -> list[tuple[int, float]]:
    """Process ids that a run's events name, and when."""
    from dagster import DagsterEventType

    found = []
    for entry in instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
        pid = entry.get_dagster_event().engine_event_data.metadata.get("pid")
        if pid is not None and str(pid.value).isdigit():
            found.append((int(str(pid.value)), float(entry.timestamp)))
    return found


def _process_is_alive(pid: int, seen_at: float | None) -> bool:
    """Whether process `pid` runs, and ran at `seen_at` already: else the number was given away since."""
    import psutil

    try:
        process = psutil.Process(pid)
        began_before = seen_at is None or process.create_time() <= seen_at + 1.0
        return bool(began_before and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _free_pool_slots(instance: object, run_id: str) -> None:
    storage = getattr(instance, "event_log_storage", None)
    if storage is not None and getattr(storage, "supports_global_concurrency_limits", False):
        storage.free_concurrency_slots_for_run(run_id)
