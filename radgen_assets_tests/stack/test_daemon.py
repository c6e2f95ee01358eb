"""The daemon at work: a patient dropped into the folder goes through the whole house; a killed run is ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import dagster as dg
import pytest

from radgen_assets.science.phantom.settings import CohortSizes
from radgen_assets.stewardship.reap import reap
from radgen_assets_tests.passes.small_home import SmallHome, make_small_home, small_phantom
from radgen_assets_tests.stack.served import Served, served, wait_for

pytestmark = [pytest.mark.stack, pytest.mark.slow]

PATIENTS = ("two_readers.TR01", "two_readers.TR02", "two_readers.TR03")


def a_home(folder: Path) -> SmallHome:
    sizes = CohortSizes(**dict.fromkeys(CohortSizes.model_fields, 0) | {"two_readers": 3})
    return make_small_home(folder, small_phantom(patients=sizes), encoder=False)


def runs(ui: Served) -> list[dict[str, str]]:
    """Every run with its link, the oldest first."""
    query = "{ runsOrError { ... on Runs { results { runId status jobName tags { key value } } } } }"
    found = ui.ask(query)["runsOrError"]["results"]
    return [each | {tag["key"]: tag["value"] for tag in each["tags"]} for each in reversed(found)]


def radiomics(small: SmallHome) -> set[str]:
    with small.ledger() as ledger:
        return {key for key, record in ledger.current("features/radiomics").items() if record.state == "done"}


def test_a_new_patient_in_the_folder_goes_through_all_links_by_itself(tmp_path: Path):
    """The patient arrives while the run over the others is under way, as patients do; nobody is lost.

    The first two are one range of partitions: their run has the range's tags, launched by the daemon.
    """
    small = a_home(tmp_path)
    late = list((small.sources / "two_readers").rglob("TR03*"))
    aside = tmp_path / "aside"
    aside.mkdir()
    kept = {path: path.rename(aside / f"{number}{path.name}") for number, path in enumerate(late)}
    with served(small.home.root) as ui:
        wait_for(lambda: [each for each in runs(ui) if each.get("radgen/link") == "patients"], 300, "no patients' run")
        for path, place in kept.items():
            place.rename(path)

        def passes() -> list[str]:
            with small.ledger() as ledger:
                ended = [row for row in ledger.passes() if row.ended_at is not None]
            return [row.state for row in ended] if radiomics(small) == set(PATIENTS) and len(ended) >= 2 else []

        assert wait_for(passes, 600, "the second pass has not ended") == ["done", "done"]
        done = runs(ui)
    of_patients = [each for each in done if each.get("radgen/link") == "patients"]
    assert of_patients[0]["jobName"] == "patients_range"
    assert of_patients[0]["dagster/asset_partition_range_start"] == PATIENTS[0]
    assert of_patients[0]["dagster/asset_partition_range_end"] == PATIENTS[1]
    assert {each["status"] for each in done} == {"SUCCESS"}
    with small.ledger() as ledger:
        counts = [len(ledger.history("features/radiomics", key)) for key in PATIENTS]
    assert counts == [1, 1, 1]
    assert set(small.mart("patients")["patient_key"]) == set(PATIENTS)


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
