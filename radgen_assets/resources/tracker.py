"""The tracker: fits as MLflow runs, models as registered versions; one run for one inputs hash.

Models are kept as safetensors and JSON; pickles are refused. What a fit means is left to the study assets, which
persons it learnt from to the ledger.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal, cast

from radgen_assets.contracts.errors import BadInput, NotReady, UsedWrongly
from radgen_assets.contracts.settings import canonical_digest
from radgen_assets.lineage.fingerprints import sha256_of_file

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

INPUTS_HASH = "radgen.inputs_hash"
FILES_HASH = "radgen.files_hash"
MODEL_FOLDER = "model"
MODEL_SUFFIXES = (".safetensors", ".json", ".md")
_BATCH = 100  # MLflow takes at most so many parameters or tags at once
_METRIC_BATCH = 500

Alias = Literal["challenger", "champion"]
Metric = float | Sequence[float]


@dataclass(frozen=True)
class CheckResult:
    """Whether a model may take an alias, and what was looked at."""

    passed: bool
    description: str  # a sentence: what was compared with what, and what came out
    evidence: Mapping[str, float | str] = field(default_factory=dict)


@dataclass(frozen=True)
class FitLog:
    """What one fit leaves in MLflow.

    params : settings and seeds; all of them also go to params.json, since MLflow shortens long ones
    metrics : a number, or one number an epoch (epochs count from 1)
    figures : name -> PNG; shown below figures/
    files : path within the run -> bytes, or a file to copy
    """

    params: Mapping[str, Any] = field(default_factory=dict)
    metrics: Mapping[str, Metric] = field(default_factory=dict)
    figures: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes | Path] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


class Tracker:
    """MLflow at one tracking URI, with its artifacts below one root.

    Parameters
    ----------
    tracking_uri : str
        `sqlite:////absolute/path`, `postgresql+psycopg2://...` or the address of a tracking server.
    artifact_root : Path or str
        Folder, or any URI that MLflow can write to.

    Raises
    ------
    BadInput
        When the URI is a folder, a relative SQLite path, or a Postgres URL without its driver.
    """

    def __init__(self, tracking_uri: str, artifact_root: Path | str) -> None:
        _check_uri(tracking_uri)
        self.tracking_uri = tracking_uri
        self.artifact_root = Path(artifact_root).resolve().as_uri() if _is_folder(artifact_root) else str(artifact_root)

    def prepare(self) -> None:
        """Make the database where there is none (5 to 13 s: MLflow runs all its migrations), else check it.

        A SQLite file is made beside its place and renamed, since a database of half the migrations cannot be mended.

        Raises
        ------
        NotReady
            When the database was made by another release of MLflow; names the command that brings it up to date.
        """
        _quieten()
        from mlflow.exceptions import MlflowException

        path = _sqlite_path(self.tracking_uri)
        try:
            if path is not None and not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                making = path.with_name(f".{path.name}.making-{os.getpid()}")
                making.unlink(missing_ok=True)
                _make_database(f"sqlite:///{making}", self.artifact_root)
                making.replace(path)
            self._client.search_experiments(max_results=1)
        except MlflowException as error:
            if "out-of-date database schema" not in str(error):
                raise
            raise NotReady(
                f"the MLflow database is of another release. Back it up, then run: mlflow db upgrade {self._shown_uri}"
            ) from error

    def record_fit(self, experiment: str, run_name: str, inputs_hash: str, log: FitLog) -> str:
        """Record one fit as a finished run and return the run's id; a fit that stands is not recorded again.

        A run of the same inputs hash that never finished was left by a killed process: it is marked KILLED, deleted
        (MLflow keeps it restorable) and replaced. Two processes at once are kept apart by the ledger's claims.
        """
        paths = _checked_paths({**{f"figures/{name}": data for name, data in log.figures.items()}, **log.files})
        experiment_id = self._experiment(experiment)
        standing = self._finished_run(experiment_id, inputs_hash)
        if standing is not None:
            return standing
        run = self._client.create_run(
            experiment_id,
            run_name=run_name,
            tags={**log.tags, INPUTS_HASH: inputs_hash, "mlflow.source.name": "radgen"},
        )
        with self._ending(run.info.run_id) as run_id:
            self._log_values(run_id, log)
            self._log_files(run_id, {**paths, "params.json": _json_bytes(log.params)})
        return run_id

    def register_model(
        self, name: str, run_id: str, files: Mapping[str, bytes | Path], tags: Mapping[str, str] | None = None
    ) -> str:
        """Register files of a finished run as the next version of model `name`; equal files of a run only once.

        Raises
        ------
        BadInput
            For a file that is not safetensors, JSON or Markdown: a pickle can run anything when it is opened.
        """
        from mlflow.exceptions import MlflowException
        from mlflow.protos.databricks_pb2 import RESOURCE_ALREADY_EXISTS, ErrorCode

        checked = _checked_paths(files)
        for path in checked:
            if PurePosixPath(path).suffix not in MODEL_SUFFIXES:
                raise BadInput(
                    path, "suffix", PurePosixPath(path).suffix or "none", " or ".join(MODEL_SUFFIXES),
                    "Keep a model as safetensors and JSON.",
                )  # fmt: skip
        files_hash = _files_hash(checked)
        for version in self._versions(name):
            if version.run_id == run_id and version.tags.get(FILES_HASH) == files_hash:
                return str(version.version)
        try:
            self._client.create_registered_model(name)
        except MlflowException as error:
            if error.error_code != ErrorCode.Name(RESOURCE_ALREADY_EXISTS):
                raise
        folder = f"{MODEL_FOLDER}/{name}"
        self._log_files(run_id, {f"{folder}/{path}": content for path, content in checked.items()})
        made = self._client.create_model_version(
            name,
            f"{self._client.get_run(run_id).info.artifact_uri}/{folder}",
            run_id,
            tags={**(tags or {}), FILES_HASH: files_hash},
        )
        return str(made.version)

    def promote(self, name: str, version: str, check: CheckResult, *, alias: Alias = "champion") -> None:
        """Move an alias to a version; the check stays with the version as a tag.

        Raises
        ------
        UsedWrongly
            When the check did not pass; aliases stay as they are.
        """
        if not check.passed:
            raise UsedWrongly(f"{name} version {version} does not become {alias}: {check.description}")
        text = json.dumps({"description": check.description, "evidence": dict(check.evidence)}, sort_keys=True)
        self._client.set_model_version_tag(name, version, f"radgen.check.{alias}", text)
        self._client.set_registered_model_alias(name, alias, version)

    def version_of(self, name: str, alias: Alias) -> str | None:
        """The version that holds an alias; None when there is no such model or alias."""
        from mlflow.exceptions import MlflowException
        from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST, ErrorCode

        try:
            return str(self._client.get_model_version_by_alias(name, alias).version)
        except MlflowException as error:
            # the second code is what an SQL store answers for an alias that was never set
            if error.error_code not in (
                ErrorCode.Name(RESOURCE_DOES_NOT_EXIST),
                ErrorCode.Name(INVALID_PARAMETER_VALUE),
            ):
                raise
            return None

    def model_file(self, name: str, version: str, file: str) -> bytes:
        """Bytes of one file of a registered version."""
        _quieten()
        from mlflow.artifacts import download_artifacts

        source = self._client.get_model_version_download_uri(name, version)
        with tempfile.TemporaryDirectory() as folder:
            return Path(download_artifacts(f"{source}/{file}", dst_path=folder)).read_bytes()

    @cached_property
    def _client(self) -> MlflowClient:
        _quieten()
        from mlflow import MlflowClient

        return MlflowClient(tracking_uri=self.tracking_uri, registry_uri=self.tracking_uri)

    @property
    def _shown_uri(self) -> str:
        return re.sub(r"//[^@/]*@", "//", self.tracking_uri)

    def _experiment(self, name: str) -> str:
        found = self._client.get_experiment_by_name(name)
        if found is None:
            place = f"{self.artifact_root}/{_slug(name)}"
            kind = {"mlflow.experimentKind": "custom_model_development"}  # else its pages are about chat models
            return str(self._client.create_experiment(name, artifact_location=place, tags=kind))
        return str(found.experiment_id)

    def _finished_run(self, experiment_id: str, inputs_hash: str) -> str | None:
        """The finished run of this inputs hash; what was left unfinished is removed."""
        runs: list[Run] = self._client.search_runs(
            [experiment_id], filter_string=f"tags.`{INPUTS_HASH}` = '{_hexadecimal(inputs_hash)}'"
        )
        finished = None
        for run in runs:
            if run.info.status == "FINISHED":
                finished = finished or cast(str, run.info.run_id)
                continue
            if run.info.status in ("RUNNING", "SCHEDULED"):
                self._client.set_terminated(run.info.run_id, "KILLED")
            self._client.delete_run(run.info.run_id)
        return finished

    @contextmanager
    def _ending(self, run_id: str) -> Iterator[str]:
        """The run is FINISHED when the block is left well, FAILED when it is not."""
        try:
            yield run_id
        except BaseException:
            self._client.set_terminated(run_id, "FAILED")
            raise
        self._client.set_terminated(run_id, "FINISHED")

    def _log_values(self, run_id: str, log: FitLog) -> None:
        from mlflow.entities import Metric as Point
        from mlflow.entities import Param

        now = int(time.time() * 1000)
        params = [Param(name, str(value)) for name, value in log.params.items()]
        points = [
            Point(name, float(value), now, step)
            for name, metric in log.metrics.items()
            for step, value in _steps(metric)
        ]
        for start in range(0, len(params), _BATCH):
            self._client.log_batch(run_id, params=params[start : start + _BATCH])
        for start in range(0, len(points), _METRIC_BATCH):
            self._client.log_batch(run_id, metrics=points[start : start + _METRIC_BATCH])

    def _log_files(self, run_id: str, files: Mapping[str, bytes | Path]) -> None:
        with tempfile.TemporaryDirectory() as scratch:
            for path, content in files.items():
                place = PurePosixPath(path)
                local = content
                if isinstance(local, bytes) or local.name != place.name:
                    local = Path(scratch) / place.name
                    local.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
                parent = str(place.parent)
                self._client.log_artifact(run_id, str(local), None if parent == "." else parent)

    def _versions(self, name: str) -> list[Any]:
        return list(self._client.search_model_versions(f"name = '{_quotable(name)}'"))


def _steps(metric: Metric) -> list[tuple[int, float]]:
    if isinstance(metric, Sequence):
        return list(enumerate(metric, start=1))
    return [(0, metric)]


def _quieten() -> None:
    """Nothing is sent anywhere, and migrations and clients do not write to the terminal."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")


def _make_database(uri: str, artifact_root: str) -> None:
    from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

    # made directly, since a client would give the first experiment the working directory as its artifact folder
    SqlAlchemyStore(uri, artifact_root).engine.dispose()


def _check_uri(uri: str) -> None:
    scheme = uri.partition(":")[0]
    if uri.startswith("sqlite:////") or scheme in ("http", "https"):
        return
    if scheme.startswith("postgresql") and "+" in scheme:
        return
    shown = re.sub(r"//[^@/]*@", "//", uri)
    if scheme.startswith("postgres"):
        expected = "postgresql+psycopg2://...: which driver is meant by postgresql:// depends on the release"
        raise BadInput("radgen.toml", "mlflow_tracking_uri", shown, expected, "Name the driver.")
    raise BadInput(
        "radgen.toml", "mlflow_tracking_uri", shown,
        "sqlite:////absolute/path, postgresql+psycopg2://... or http://...",
        "Correct the address; MLflow keeps no runs in plain folders any more.",
    )  # fmt: skip


def _sqlite_path(uri: str) -> Path | None:
    return Path(uri.removeprefix("sqlite:///")) if uri.startswith("sqlite:") else None


def _is_folder(root: Path | str) -> bool:
    return isinstance(root, Path) or "://" not in root


def _checked_paths(files: Mapping[str, bytes | Path]) -> dict[str, bytes | Path]:
    """The files, after no name was found to lead out of the run."""
    for path in files:
        parts = PurePosixPath(path).parts
        if not parts or path.startswith("/") or ".." in parts or "\\" in path:
            raise BadInput("run", "file name", repr(path), "a relative path without '..'", "Name the file otherwise.")
    return dict(files)


def _files_hash(files: Mapping[str, bytes | Path]) -> str:
    import hashlib

    digests = {
        path: hashlib.sha256(content).hexdigest() if isinstance(content, bytes) else sha256_of_file(content)
        for path, content in files.items()
    }
    return canonical_digest(digests)


def _json_bytes(params: Mapping[str, Any]) -> bytes:
    return json.dumps(dict(params), sort_keys=True, indent=1, default=str).encode()


def _slug(name: str) -> str:
    """A folder's name for an experiment's; the experiment keeps its own."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", name)


def _hexadecimal(value: str) -> str:
    if not re.fullmatch("[0-9a-f]+", value):
        raise UsedWrongly(f"an inputs hash is hexadecimal; found {value!r}")
    return value


def _quotable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        raise UsedWrongly(f"a model's name consists of letters, digits, '_', '.' and '-'; found {name!r}")
    return name
