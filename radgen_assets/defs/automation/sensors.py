"""Sensors: new or changed files start a pass; the end of one link starts the next."""

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from radgen_assets.contracts.errors import RadgenError
from radgen_assets.defs.automation.daemon_passes import go_on, is_of_a_pass, new_pass_id, pass_tags
from radgen_assets.defs.automation.jobs import CHAIN_JOBS, register_sources, scattered_keys, scattered_keys_on_device
from radgen_assets.defs.automation.links import Link
from radgen_assets.resources.home import Home

EVERY_SECONDS = 30  # files that did not change for so long are taken to be whole
CHAIN_SECONDS = 10


@dg.sensor(job=register_sources, minimum_interval_seconds=EVERY_SECONDS, default_status=dg.DefaultSensorStatus.RUNNING)
def cohort_roots(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Starts a pass when files in the cohorts' folders changed and have stopped changing since the last look.

    A cohort whose TOML cannot be read is named, and the others are looked at all the same.
    """
    seen = look(Home.open())
    cursor = {"seen": "", "passed": ""} | (json.loads(context.cursor) if context.cursor else {})
    if seen.fingerprint == cursor["passed"]:
        return dg.SkipReason(seen.with_problems("nothing changed in the cohorts' folders"))
    if seen.fingerprint != cursor["seen"]:
        context.update_cursor(json.dumps(cursor | {"seen": seen.fingerprint}))
        return dg.SkipReason(seen.with_problems("files are still changing; waiting for them to settle"))
    context.update_cursor(json.dumps({"seen": seen.fingerprint, "passed": seen.fingerprint}))
    for problem in seen.problems:
        context.log.error(problem)
    tags = pass_tags(new_pass_id("sensor"), Link.register)
    return dg.SensorResult(run_requests=[dg.RunRequest(tags=tags)])


@dataclass(frozen=True)
class Look:
    """What lies in the folders: one fingerprint of it, and which cohorts could not be looked at."""

    fingerprint: str
    problems: tuple[str, ...] = ()

    def with_problems(self, text: str) -> str:
        """The text, and what could not be looked at."""
        if not self.problems:
            return text
        return f"{text}. {len(self.problems)} cohorts cannot be looked at: {' '.join(self.problems)}"


def look(home: Home) -> Look:
    """A cheap fingerprint of all files below the cohorts' roots and of the declarations: names, sizes, times."""
    folders = {home.cohorts_folder, home.studies_folder}
    problems = []
    for path in sorted(home.cohorts_folder.glob("*.toml")):
        try:
            folders.add(home.cohort_root(home.cohort(path.stem)))
        except RadgenError as error:
            problems.append(str(error))
    digest = hashlib.sha256()
    for file, size, changed in _files(sorted(folders), (home.toml, home.identity_file)):
        digest.update(f"{file}|{size}|{changed}\n".encode())
    return Look(digest.hexdigest(), tuple(problems))


def _files(folders: list[Path], single: tuple[Path, ...]) -> list[tuple[str, int, int]]:
    paths = [str(path) for path in single]
    for folder in folders:
        for parent, below, names in os.walk(folder):
            below.sort()
            paths += [os.path.join(parent, name) for name in sorted(names)]
    return [(path, *_size_and_time(path)) for path in paths]


def _size_and_time(path: str) -> tuple[int, int]:
    """What tells a change of a file cheaply; one that went away while we looked changed."""
    try:
        stat = os.stat(path)
    except OSError:
        return -1, 0
    return stat.st_size, stat.st_mtime_ns


def _next_link(context: dg.RunStatusSensorContext) -> Any:
    if not is_of_a_pass(context.dagster_run.tags):
        return dg.SkipReason("not a run of a pass that the daemon drives")
    home = Home.open()
    with home.ledger() as ledger:
        request = go_on(home, ledger, context.instance, context.dagster_run)
    return request or dg.SkipReason("the pass has ended")


_JOBS = [register_sources, scattered_keys, scattered_keys_on_device, *CHAIN_JOBS]


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.SUCCESS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    request_jobs=_JOBS,
    minimum_interval_seconds=CHAIN_SECONDS,
)
def next_link_after_success(context: dg.RunStatusSensorContext) -> Any:
    """Starts the next link of a pass when one has ended well."""
    return _next_link(context)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.FAILURE,
    default_status=dg.DefaultSensorStatus.RUNNING,
    request_jobs=_JOBS,
    minimum_interval_seconds=CHAIN_SECONDS,
)
def next_link_after_failure(context: dg.RunStatusSensorContext) -> Any:
    """Starts the next link also when some patients failed: they are left out downstream, with their reasons."""
    return _next_link(context)


@dg.run_status_sensor(
    run_status=dg.DagsterRunStatus.CANCELED,
    default_status=dg.DefaultSensorStatus.RUNNING,
    minimum_interval_seconds=CHAIN_SECONDS,
)
def pass_ends_when_cancelled(context: dg.RunStatusSensorContext) -> Any:
    """Closes a pass when somebody cancelled one of its runs; nothing follows."""
    return _next_link(context)
