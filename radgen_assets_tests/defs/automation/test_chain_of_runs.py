"""The daemon's chain of runs, driven by hand: each run's end is shown to the sensors, and what they ask for is run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from radgen_assets.definitions import definitions_of
from radgen_assets.defs.automation.daemon_passes import go_on, is_of_a_pass, new_pass_id, pass_tags
from radgen_assets.defs.automation.links import Link
from radgen_assets.defs.automation.pass_driver import QUIET
from radgen_assets.defs.automation.sensors import next_link_after_failure, next_link_after_success
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.science.phantom.settings import CohortSizes
from radgen_assets_tests.browser.prepared import spoil_mask
from radgen_assets_tests.passes.small_home import SmallHome, copy_of, make_small_home, meant, small_phantom

pytestmark = pytest.mark.slow

BAD = "two_readers.TR02"


class Daemon:
    """What Dagster's daemon does between two runs, without waiting."""

    def __init__(self, small: SmallHome, instance: dg.DagsterInstance) -> None:
        self.small, self.instance = small, instance
        self.definitions = definitions_of(small.home)
        self.links: list[str] = []

    def run(self, request: dg.RunRequest) -> dg.DagsterRun:
        """What the daemon would launch."""
        job = self.definitions.resolve_job_def(str(request.job_name))
        result = job.execute_in_process(
            instance=self.instance,
            tags=dict(request.tags),
            run_config={**request.run_config, "loggers": QUIET},
            asset_selection=request.asset_selection,
            raise_on_error=False,
        )
        self.links.append(request.tags["radgen/link"])
        run = self.instance.get_run_by_id(result.run_id)
        assert run is not None
        return run

    def next(self, run: dg.DagsterRun) -> Any:
        """What the run status sensors ask for when `run` has ended."""
        sensor = next_link_after_success if run.is_success else next_link_after_failure
        wanted = dg.DagsterEventType.RUN_SUCCESS if run.is_success else dg.DagsterEventType.RUN_FAILURE
        (entry,) = self.instance.all_logs(run.run_id, of_type=wanted)
        event = entry.get_dagster_event()
        with dg.build_run_status_sensor_context(
            sensor_name=sensor.name, dagster_event=event, dagster_instance=self.instance, dagster_run=run
        ) as context:
            return sensor(context)

    def whole_pass(self, trigger: str = "sensor") -> str:
        """From the first run to the last; the pass's id."""
        pass_id = new_pass_id(trigger)
        request: Any = dg.RunRequest(job_name="register", tags=pass_tags(pass_id, Link.register))
        while isinstance(request, dg.RunRequest):
            request = self.next(self.run(request))
        return pass_id


@pytest.fixture(scope="module")
def registered(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    """Three patients of one cohort, one with a bad mask; no study, nothing has been run."""
    sizes = CohortSizes(**dict.fromkeys(CohortSizes.model_fields, 0) | {"two_readers": 3})
    small = make_small_home(tmp_path_factory.mktemp("chain"), small_phantom(patients=sizes), encoder=False)
    spoil_mask(small.sources / "two_readers" / "masks" / "reader_a" / "TR02.nii.gz")
    return small


@pytest.fixture
def daemon(registered: SmallHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Daemon]:
    small = copy_of(registered, tmp_path / "copy")
    meant(small, monkeypatch)
    with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
        yield Daemon(small, instance)


@dataclass(frozen=True)
class Done:
    """A home after one pass of the daemon."""

    small: SmallHome
    pass_id: str
    links: tuple[str, ...]


@pytest.fixture(scope="module")
def done(registered: SmallHome, tmp_path_factory: pytest.TempPathFactory) -> Done:
    small = copy_of(registered, tmp_path_factory.mktemp("done"))
    with pytest.MonkeyPatch.context() as environment:
        meant(small, environment)
        with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
            daemon = Daemon(small, instance)
            return Done(small, daemon.whole_pass(), tuple(daemon.links))


def current(ledger: Ledger) -> dict[tuple[str, str], tuple[str, str]]:
    """(asset, key) -> state and content hash of all that stands."""
    return {
        (asset, key): (record.state.value, record.content_hash)
        for asset in sorted({asset for asset, _ in ledger.counts()})
        for key, record in ledger.current(asset).items()
    }


def test_one_pass_goes_from_sources_to_tables(done):
    assert done.links == ("register", "home", "patients", "device", "cohorts", "gather", "tables")


def test_the_pass_stands_in_the_ledger_with_its_runs_and_what_came_of_it(done):
    """So that `radgen status` tells of a night's pass as of one's own."""
    with done.small.ledger() as ledger:
        (row,) = ledger.passes()
        runs = ledger.runs(done.pass_id)
    assert (row.pass_id, row.trigger, row.state) == (done.pass_id, "sensor", "failed")
    assert row.ended_at is not None
    assert [run.link for run in runs] == list(done.links)
    assert all(run.ended_at is not None for run in runs)
    assert row.summary["patients_computed"] == 3
    ((key, asset, reason),) = row.summary["troubles"]
    assert (key, asset) == (BAD, "imaging/tumour_masks")
    assert "labels: found 9" in reason
    (patients,) = [each for each in row.summary["links"] if each["link"] == "patients"]
    assert "1 of the keys failed" in patients["messages"][0]


def test_the_daemon_makes_what_the_command_line_makes_byte_for_byte(done, registered, tmp_path, monkeypatch):
    with done.small.ledger() as ledger:
        by_daemon, summary = current(ledger), ledger.passes()[0].summary
    by_hand = copy_of(registered, tmp_path / "by_hand")
    meant(by_hand, monkeypatch)
    by_hand.run()
    with by_hand.ledger() as ledger:
        assert current(ledger) == by_daemon
        assert set(ledger.passes()[0].summary) <= set(summary)


def test_on_unchanged_data_a_pass_ends_after_its_first_run(done, tmp_path, monkeypatch):
    small = copy_of(done.small, tmp_path / "copy")
    meant(small, monkeypatch)
    with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
        daemon = Daemon(small, instance)
        pass_id = daemon.whole_pass("nightly")
    assert daemon.links == ["register"]
    with small.ledger() as ledger:
        row = ledger.passes(1)[0]
    assert (row.pass_id, row.trigger) == (pass_id, "nightly")
    assert row.summary["patients_computed"] == 0


def test_a_patient_who_arrives_during_a_run_is_taken_by_the_next_pass(daemon):
    """Registered while the patients' run of an earlier pass is under way: neither pass loses anyone."""
    small = daemon.small
    cohort = small.sources / "two_readers"
    later = [*cohort.rglob("TR03*")]
    aside = small.folder / "aside"
    aside.mkdir()
    moved = {path: path.rename(aside / f"{number}_{path.name}") for number, path in enumerate(later)}

    first, second = new_pass_id("sensor"), new_pass_id("sensor")
    request = daemon.next(daemon.run(dg.RunRequest(job_name="register", tags=pass_tags(first, Link.register))))
    patients_of_first = daemon.next(daemon.run(request))
    assert patients_of_first.tags["radgen/link"] == "patients"
    for path, place in moved.items():
        place.rename(path)
    registered_meanwhile = daemon.run(dg.RunRequest(job_name="register", tags=pass_tags(second, Link.register)))
    request = daemon.next(daemon.run(patients_of_first))
    assert isinstance(request, dg.RunRequest)
    request = daemon.next(registered_meanwhile)
    assert request.tags["radgen/pass"] == second
    while isinstance(request, dg.RunRequest):
        request = daemon.next(daemon.run(request))
    with small.ledger() as ledger:
        states = {key: record.state.value for key, record in ledger.current("features/radiomics").items()}
        members = small.mart("patients")
    assert states == {"two_readers.TR01": "done", BAD: "blocked", "two_readers.TR03": "done"}
    assert len(members) == 3


def test_what_the_command_line_drives_the_daemon_leaves_alone(daemon):
    """Both would start the next link, and do it twice."""
    daemon.small.run(links=(Link.register, Link.home))
    (run,) = daemon.instance.get_runs()
    assert "radgen/pass" in run.tags
    assert not is_of_a_pass(run.tags)
    assert isinstance(daemon.next(run), dg.SkipReason)


def test_a_run_of_the_command_line_that_the_daemon_runs_again_is_the_daemons():
    """It keeps the first run's tags, and gets the tag of its code server besides."""
    tags = pass_tags("p", Link.patients) | {"radgen/process": "host:1", ".dagster/grpc_info": "{}"}
    assert is_of_a_pass(tags)


def test_after_a_cancelled_run_the_pass_is_abandoned(daemon):
    pass_id = new_pass_id("sensor")
    run = daemon.instance.create_run_for_job(
        daemon.definitions.resolve_job_def("register"), tags=pass_tags(pass_id, Link.register)
    )
    daemon.instance.report_run_canceled(run)
    cancelled = daemon.instance.get_run_by_id(run.run_id)
    with daemon.small.ledger() as ledger:
        assert go_on(daemon.small.home, ledger, daemon.instance, cancelled) is None
        (row,) = ledger.passes()
    assert row.state == "abandoned"
    assert row.summary["problems"] == {"pass": "register: cancelled"}


def test_a_run_that_was_cut_short_is_tried_once_more_and_not_for_ever(daemon):
    """Else its patients would wait for the night; a machine that kills every try must not loop."""
    pass_id = new_pass_id("sensor")
    request = daemon.next(daemon.run(dg.RunRequest(job_name="register", tags=pass_tags(pass_id, Link.register))))
    patients = daemon.next(daemon.run(request))

    def killed(asked: dg.RunRequest) -> dg.DagsterRun:
        job = daemon.definitions.resolve_job_def(str(asked.job_name))
        run = daemon.instance.create_run_for_job(job, tags=dict(asked.tags))
        daemon.instance.report_run_failed(run)
        return daemon.instance.get_run_by_id(run.run_id)

    again = daemon.next(killed(patients))
    assert (again.tags["radgen/link"], again.run_config) == ("patients", patients.run_config)
    after = daemon.next(killed(again))
    assert after.tags["radgen/link"] != "patients"


def test_a_cohort_that_cannot_be_read_ends_the_pass_with_its_message(daemon):
    """The sensor starts the pass all the same, so that the message stands where one looks: in the run and the pass."""
    (daemon.small.home.cohorts_folder / "broken.toml").write_text("nmae = 'broken'\n")
    daemon.whole_pass()
    assert "patients" not in daemon.links
    with daemon.small.ledger() as ledger:
        (row,) = ledger.passes()
    assert row.state == "failed"
    assert "broken.toml" in str(row.summary["problems"])
    assert "broken.toml" in str(row.summary["links"][0]["messages"])
