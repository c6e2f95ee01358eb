"""The daemon at work: a run that was killed is ended at the next start, and its pass goes on.

A file of its own, so that it can go beside its slow neighbour.
"""

from __future__ import annotations

import os
import signal
from pathlib import Path

import dagster as dg
import pytest

from radgen_assets.stewardship.reap import reap
from radgen_assets_tests.stack.daemon_home import PATIENTS, a_home, radiomics
from radgen_assets_tests.stack.served import served, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.slow]


def test_a_run_killed_under_the_daemon_is_ended_at_the_next_start_and_goes_on(tmp_path: Path):
    """SIGKILL to the run's own process; then everything is stopped, and started again."""
    small = a_home(tmp_path)
    text = small.home.toml.read_text()
    small.home.toml.write_text(text.replace('image_types = ["original"]', ""))  # all filters: long enough to be killed

    def worker() -> int | None:
        owners = small.query("select owner from claims where scope = 'patients'")
        return int(owners[0][0].split(":")[1]) if owners else None

    with served(small.home.root) as ui:
        pid = wait_for(worker, 300, "no run has claimed a patient", every=0.05)
        os.kill(pid, signal.SIGKILL)
        ui.process.kill()
        ui.process.wait()
    reap(small.home, print)  # where Dagster's code server had no time to notice
    with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
        (run,) = instance.get_runs(dg.RunsFilter(tags={"radgen/link": "patients"}))
    assert run.status is dg.DagsterRunStatus.FAILURE
    assert radiomics(small) != set(PATIENTS)
    with served(small.home.root):

        def ended() -> bool:
            with small.ledger() as ledger:
                links = [run.link for run in ledger.runs() if run.ended_at is not None]
            return links.count("patients") == 2 and "tables" in links and radiomics(small) == set(PATIENTS)

        wait_for(ended, 600, "the pass has not gone on")
    with small.ledger() as ledger:
        assert ledger.journal_verify() is None
