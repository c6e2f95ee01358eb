"""Two runs at once and data that arrive meanwhile: nothing is done twice, nothing is lost."""

from __future__ import annotations

import time

import pytest

from radgen_assets_tests.passes.small_home import STUDY, SmallHome, copy_of, finished_home
from radgen_assets_tests.passes.test_changes import add_patient

__all__ = ["finished_home"]
pytestmark = pytest.mark.slow
NEW = "two_readers.TR88"


class Scenario:
    """A changed setting makes work for every patient, table and fit; two runs share it while a patient arrives."""

    def __init__(self, small: SmallHome) -> None:
        self.small = small
        self.last = small.ids()
        small.home.toml.write_text(small.home.toml.read_text() + "bin_width = 20.0\n")
        runs = [small.command("run", "--json"), small.command("run", "--json")]
        self._wait_until_work_has_begun()
        add_patient(small, "TR01", "TR88")
        answers = [run.communicate(timeout=400) for run in runs]
        self.codes = [run.returncode for run in runs]
        self.errors = [errors for _, errors in answers]
        self.after_both = small.recorded_since(self.last)

    def _wait_until_work_has_begun(self) -> None:
        deadline = time.monotonic() + 120
        while self.small.ids() == self.last:
            assert time.monotonic() < deadline, "neither run began"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def scenario(finished_home: SmallHome, tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return Scenario(copy_of(finished_home, tmp_path_factory.mktemp("two") / "copy"))


def test_both_runs_end_well(scenario: Scenario):
    assert scenario.codes == [0, 0], scenario.errors


def test_nothing_is_done_twice(scenario: Scenario):
    twice = scenario.small.query(
        "select asset, key, count(*) from artifacts where state = 'done' "
        f"and id > {scenario.last} group by asset, key, inputs_hash having count(*) > 1"
    )
    assert twice == []


def test_nothing_is_lost(scenario: Scenario):
    done = {(asset, key) for asset, key, state in scenario.after_both if state == "done"}
    assert len({key for asset, key in done if asset == "features/radiomics"} - {NEW}) == 21
    for asset in ("tables/marts", f"models/{STUDY}/idh_status", f"models/{STUDY}/overall_survival", f"reports/{STUDY}"):
        assert (asset, "all") in done, asset


def test_a_patient_that_arrived_meanwhile_is_taken_by_the_next_run(scenario: Scenario):
    small = scenario.small
    said = small.say("run", "--json")
    assert said.code == 0, said.output + said.errors
    assert small.current("features/radiomics", NEW).state == "done"
    assert NEW in set(small.mart("patients")["patient_key"])
    with small.ledger() as ledger:
        assert ledger.journal_verify() is None
        assert ledger.claims() == ()
