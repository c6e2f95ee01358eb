"""The nightly pass, the device's night and the weekly refit."""

from datetime import datetime
from pathlib import Path

import dagster as dg
import pytest

from radgen_assets.definitions import definitions_of
from radgen_assets.defs.automation.jobs import add_partitions
from radgen_assets.defs.automation.links import Link, Scope
from radgen_assets.defs.automation.requests import request_of_link
from radgen_assets.defs.automation.schedules import gpu_nightly, nightly_pass, weekly_refit
from radgen_assets.resources.home import Home, make_home
from radgen_assets.science.phantom.settings import CohortSizes, PhantomSettings
from radgen_assets.stewardship.phantom_home import write_phantom_home
from radgen_assets.stewardship.register import register

NIGHT = datetime(2026, 1, 4, 3, 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A registered home of three patients and a study; nothing has been computed."""
    folder = tmp_path_factory.mktemp("schedules")
    home = make_home(folder / "home")
    sizes = CohortSizes(**dict.fromkeys(CohortSizes.model_fields, 0) | {"training_site": 3})
    phantom = PhantomSettings.tiny().model_copy(update={"patients": sizes, "grid": 24, "faults": False})
    write_phantom_home(home.root, folder / "sources", phantom)
    with home.ledger() as ledger, dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        register(home, ledger)
        add_partitions(instance, home, ledger)
    return home


@pytest.fixture
def home(made: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("RADGEN_HOME", str(made.root))
    return Home.open(made.root)


def night(schedule: dg.ScheduleDefinition):
    """What a schedule asks for."""
    with dg.build_schedule_context(scheduled_execution_time=NIGHT) as context:
        return schedule.evaluate_tick(context)


def test_the_night_starts_a_pass_at_its_first_link():
    (request,) = night(nightly_pass).run_requests
    assert request.tags["radgen/link"] == "register"
    assert request.tags["radgen/pass"].startswith("nightly-")


def test_the_weekly_pass_says_in_its_tags_that_studies_are_fitted_again():
    """Tags go from run to run, so the last link still knows."""
    (request,) = night(weekly_refit).run_requests
    assert Scope.from_tags(request.tags) == Scope(refit=True)
    assert request.tags["radgen/pass"].startswith("weekly_refit-")


def test_a_refit_forces_every_fit_and_report_of_every_study(home):
    with home.ledger() as ledger:
        request = request_of_link(home, ledger, None, Link.studies, "weekly_refit-1", Scope(refit=True))
    assert {key.to_user_string() for key in request.asset_selection} == {
        "models/phantom_first/idh_status",
        "models/phantom_first/overall_survival",
        "reports/phantom_first",
    }
    assert request.run_config["ops"]["models__phantom_first__idh_status"] == {"config": {"force": True}}


def test_the_names_in_a_refits_config_are_those_of_the_job(home):
    """An op that is not there would make the daemon refuse the run, at four on a Sunday."""
    with home.ledger() as ledger:
        request = request_of_link(home, ledger, None, Link.studies, "weekly_refit-1", Scope(refit=True))
    job = definitions_of(home).resolve_job_def(request.job_name)
    subset = job.get_subset(asset_selection=set(request.asset_selection))
    dg.validate_run_config(subset, request.run_config)
    with pytest.raises(dg.DagsterInvalidConfigError, match="models__phantom_first__nothing"):
        dg.validate_run_config(subset, {"ops": {"models__phantom_first__nothing": {"config": {"force": True}}}})


def test_the_devices_night_takes_the_patients_whose_deep_features_do_not_stand(home):
    (request,) = night(gpu_nightly).run_requests
    assert request.job_name == "scattered_keys_on_device"
    assert request.tags["radgen/link"] == "device"
    assert request.tags["radgen/pass"].startswith("gpu_nightly-")
    keys = request.run_config["ops"]["bring_keys_up_to_date_on_device"]["config"]["keys"]
    assert keys == ["training_site.TS001", "training_site.TS002", "training_site.TS003"]


def test_patients_of_a_night_are_one_range_and_scattered_ones_go_by_name(home):
    """A range run turns bad patients red by itself; for scattered ones there is a job of its own."""
    with home.ledger() as ledger, dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        scattered = Scope(patients=("training_site.TS001", "training_site.TS003"))
        by_name = request_of_link(home, ledger, instance, Link.patients, "p", scattered)
        in_a_range = request_of_link(home, ledger, instance, Link.patients, "p", Scope())
    assert by_name.job_name == "scattered_keys"
    assert by_name.run_config["ops"]["bring_keys_up_to_date"]["config"]["keys"] == list(scattered.patients)
    assert in_a_range.job_name == "patients_range"
    assert in_a_range.tags["dagster/asset_partition_range_start"] == "training_site.TS001"
    assert in_a_range.tags["dagster/asset_partition_range_end"] == "training_site.TS003"


@pytest.mark.parametrize("link", [Link.home, Link.patients, Link.cohorts])
def test_the_config_of_every_link_fits_its_job(link, home):
    jobs = definitions_of(home)
    with home.ledger() as ledger, dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        request = request_of_link(home, ledger, instance, link, "p", Scope(force=True))
    job = jobs.resolve_job_def(request.job_name)
    if request.asset_selection:
        job = job.get_subset(asset_selection=set(request.asset_selection))
    dg.validate_run_config(job, request.run_config)


def test_force_reaches_the_assets_of_the_home(home):
    with home.ledger() as ledger:
        request = request_of_link(home, ledger, None, Link.home, "p", Scope(force=True))
    assert {op: each["config"]["force"] for op, each in request.run_config["ops"].items()} == {
        "home_cohorts": True,
        "home_gene_sets": True,
        "home_gene_set_catalogue": True,
    }


def test_every_definition_loads_together(made: Home, tmp_path: Path):
    """Two steps of one name break the whole code location, which running single jobs does not show."""
    dg.Definitions.validate_loadable(definitions_of(made))
    dg.Definitions.validate_loadable(definitions_of(None))
