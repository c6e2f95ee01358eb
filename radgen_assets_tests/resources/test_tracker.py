"""The tracker on a real MLflow database, which is made once and copied for each test."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from radgen_assets.contracts.errors import BadInput, NotReady, UsedWrongly
from radgen_assets.resources.tracker import CheckResult, FitLog, Tracker

if TYPE_CHECKING:
    from mlflow import MlflowClient

HASH, OTHER_HASH = "a" * 64, "b" * 64
PASSED = CheckResult(True, "effective rank 21 is at least 3", {"effective_rank": 21.0})
LOG = FitLog(
    params={"epochs": 2, "seed": 0},
    metrics={"auc": 0.8, "loss": [3.0, 2.0]},
    figures={"loss.png": b"\x89PNG"},
    files={"predictions/out_of_fold.json": b"[]"},
    tags={"radgen.study": "lgg"},
)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that `prepare` made, to be copied."""
    folder = tmp_path_factory.mktemp("mlflow")
    Tracker(f"sqlite:///{folder}/mlflow.sqlite", folder / "artifacts").prepare()
    return folder / "mlflow.sqlite"


@pytest.fixture
def tracker(empty_database: Path, tmp_path: Path) -> Tracker:
    shutil.copy(empty_database, tmp_path / "mlflow.sqlite")
    return Tracker(f"sqlite:///{tmp_path}/mlflow.sqlite", tmp_path / "artifacts")


@pytest.fixture
def mlflow(tracker: Tracker) -> MlflowClient:
    """MLflow's own view of the same database."""
    from mlflow import MlflowClient

    return MlflowClient(tracker.tracking_uri, tracker.tracking_uri)


def experiment_id(mlflow: MlflowClient, name: str) -> str:
    return mlflow.get_experiment_by_name(name).experiment_id


def test_a_fit_is_a_finished_run_with_its_parameters_metrics_figures_and_files(
    tracker: Tracker, mlflow: MlflowClient, tmp_path: Path
):
    run_id = tracker.record_fit("lgg", "idh", HASH, LOG)
    run = mlflow.get_run(run_id)
    assert (run.info.status, run.info.run_name) == ("FINISHED", "idh")
    assert run.data.params == {"epochs": "2", "seed": "0"}
    assert run.data.metrics == {"auc": 0.8, "loss": 2.0}
    assert [(each.step, each.value) for each in mlflow.get_metric_history(run_id, "loss")] == [(1, 3), (2, 2)]
    files = {path.relative_to(tmp_path / "artifacts").as_posix() for path in tmp_path.rglob("artifacts/**/*.*")}
    below = f"lgg/{run_id}/artifacts"
    assert files == {f"{below}/{name}" for name in ("figures/loss.png", "predictions/out_of_fold.json", "params.json")}


def test_the_same_inputs_hash_is_recorded_once_and_another_one_anew(tracker: Tracker):
    first = tracker.record_fit("lgg", "idh", HASH, LOG)
    assert tracker.record_fit("lgg", "idh", HASH, LOG) == first
    assert tracker.record_fit("lgg", "idh", OTHER_HASH, LOG) != first
    assert tracker.record_fit("gbm", "idh", HASH, LOG) != first


def test_what_a_killed_process_left_is_marked_killed_deleted_and_replaced(
    tracker: Tracker, mlflow: MlflowClient, tmp_path: Path
):
    """A SIGKILL leaves a run that says RUNNING for ever."""
    experiment = mlflow.create_experiment("lgg", artifact_location=str(tmp_path))
    left = mlflow.create_run(experiment, tags={"radgen.inputs_hash": HASH}).info.run_id
    made = tracker.record_fit("lgg", "idh", HASH, LOG)
    old = mlflow.get_run(left).info
    assert (old.status, old.lifecycle_stage) == ("KILLED", "deleted")
    assert made != left


def test_a_run_whose_recording_fails_is_failed_and_the_next_try_replaces_it(
    tracker: Tracker, mlflow: MlflowClient, tmp_path: Path
):
    broken = FitLog(files={"gone.json": tmp_path / "gone.json"})
    with pytest.raises(FileNotFoundError, match=r"gone\.json"):
        tracker.record_fit("lgg", "idh", HASH, broken)
    (failed,) = mlflow.search_runs([experiment_id(mlflow, "lgg")])
    assert failed.info.status == "FAILED"
    assert tracker.record_fit("lgg", "idh", HASH, LOG) != failed.info.run_id


def test_more_parameters_than_mlflow_takes_at_once_are_all_recorded(tracker: Tracker, mlflow: MlflowClient):
    log = FitLog(params={f"p{n}": n for n in range(230)}, metrics={"loss": [float(n) for n in range(1100)]})
    run_id = tracker.record_fit("lgg", "many", HASH, log)
    assert len(mlflow.get_run(run_id).data.params) == 230
    assert len(mlflow.get_metric_history(run_id, "loss")) == 1100


def test_a_file_name_that_leads_out_of_the_run_is_refused(tracker: Tracker):
    with pytest.raises(BadInput, match=r"found '\.\./secret', expected a relative path without"):
        tracker.record_fit("lgg", "idh", HASH, FitLog(files={"../secret": b""}))


def test_a_model_is_registered_once_and_its_files_come_back(tracker: Tracker):
    run_id = tracker.record_fit("encoders", "resnet", HASH, LOG)
    files = {"encoder.safetensors": b"weights", "card.json": b"{}"}
    assert tracker.register_model("resnet18", run_id, files, {"sha256": "0"}) == "1"
    assert tracker.register_model("resnet18", run_id, files) == "1"
    other = tracker.record_fit("encoders", "resnet", OTHER_HASH, LOG)
    assert tracker.register_model("resnet18", other, files) == "2"
    assert tracker.model_file("resnet18", "1", "encoder.safetensors") == b"weights"


def test_a_pickle_is_no_model(tracker: Tracker):
    """Opening a pickle runs whatever is written in it."""
    with pytest.raises(BadInput, match=r"model\.pkl: suffix: found \.pkl, expected \.safetensors or \.json or \.md\."):
        tracker.register_model("resnet18", "any", {"model.pkl": b""})


def test_an_alias_moves_only_through_a_check_that_passed(tracker: Tracker, mlflow: MlflowClient):
    first, second = (tracker.record_fit("encoders", "resnet", each, LOG) for each in (HASH, OTHER_HASH))
    files = {"encoder.safetensors": b"weights"}
    one, two = (tracker.register_model("resnet18", each, files) for each in (first, second))
    assert tracker.version_of("resnet18", "champion") is None
    tracker.promote("resnet18", one, PASSED)
    failed = CheckResult(False, "effective rank 1.2 is below 3")
    with pytest.raises(UsedWrongly, match=r"resnet18 version 2 does not become champion: effective rank 1\.2"):
        tracker.promote("resnet18", two, failed)
    assert tracker.version_of("resnet18", "champion") == one
    tracker.promote("resnet18", two, PASSED, alias="challenger")
    assert (tracker.version_of("resnet18", "champion"), tracker.version_of("resnet18", "challenger")) == (one, two)
    tags = mlflow.get_model_version("resnet18", one).tags
    assert "effective rank 21" in tags["radgen.check.champion"]


def test_no_alias_of_an_unknown_model(tracker: Tracker):
    assert tracker.version_of("nobody", "champion") is None


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("postgresql://user:secret@host/mlflow", r"found postgresql://host/mlflow, expected postgresql\+psycopg2"),
        ("sqlite:///mlflow.sqlite", "found sqlite:///mlflow.sqlite, expected sqlite:////absolute/path"),
        ("/home/mlruns", "MLflow keeps no runs in plain folders any more"),
    ],
)
def test_an_address_that_leaves_something_open_is_refused(uri: str, message: str, tmp_path: Path):
    """The driver behind postgresql:// depends on SQLAlchemy's release, a relative path on the working directory."""
    with pytest.raises(BadInput, match=message) as error:
        Tracker(uri, tmp_path)
    assert "secret" not in str(error.value)


def test_preparing_twice_changes_nothing_and_leaves_no_half_made_file(empty_database: Path):
    before = empty_database.read_bytes()
    Tracker(f"sqlite:///{empty_database}", empty_database.parent / "artifacts").prepare()
    assert empty_database.read_bytes() == before
    assert [path.name for path in empty_database.parent.iterdir()] == ["mlflow.sqlite"]


def test_a_database_of_another_release_is_named_with_the_command_that_updates_it(empty_database: Path, tmp_path: Path):
    import sqlite3

    copy = tmp_path / "old.sqlite"
    shutil.copy(empty_database, copy)
    connection = sqlite3.connect(copy)
    with connection:
        connection.execute("update alembic_version set version_num = '451aebb31d03'")
    connection.close()
    with pytest.raises(NotReady, match=r"mlflow db upgrade sqlite:///.*old\.sqlite"):
        Tracker(f"sqlite:///{copy}", tmp_path).prepare()


@pytest.mark.stack
def test_a_fit_is_recorded_on_postgres_as_on_sqlite(postgres_database: str, tmp_path: Path):
    uri = postgres_database.replace("postgresql:", "postgresql+psycopg2:")
    tracker = Tracker(uri, tmp_path / "artifacts")
    tracker.prepare()
    run_id = tracker.record_fit("lgg", "idh", HASH, LOG)
    assert tracker.record_fit("lgg", "idh", HASH, LOG) == run_id
    version = tracker.register_model("resnet18", run_id, {"encoder.safetensors": b"weights"})
    tracker.promote("resnet18", version, PASSED)
    assert tracker.version_of("resnet18", "champion") == version
    assert tracker.version_of("resnet18", "challenger") is None
