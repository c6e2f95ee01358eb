"""A home served by `radgen ui` on free ports, for tests that look at it as a person or a program does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

START_SECONDS = 300
Found = TypeVar("Found")

REPOSITORY = {"repositoryLocationName": "radgen", "repositoryName": "__repository__"}


@dataclass(frozen=True)
class Served:
    """Where the servers of a home answer."""

    home: Path
    process: subprocess.Popen[bytes]
    dagster: str
    mlflow: str
    seconds_to_start: float

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The answer of Dagster's GraphQL."""
        said = _posted(f"{self.dagster}/graphql", {"query": query, "variables": variables})
        assert "errors" not in said, said["errors"]
        return dict(said["data"])

    def tree(self) -> list[psutil.Process]:
        """`radgen ui` and every process below it."""
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def run_ids(self) -> list[str]:
        """Ids of all runs, the newest first."""
        runs = self.ask("{ runsOrError { ... on Runs { results { runId } } } }")["runsOrError"]["results"]
        return [run["runId"] for run in runs]

    def ended_run(self, run_id: str, seconds: float = 240) -> str:
        """Wait until a run has ended; its status."""

        def status() -> str | None:
            query = "query ($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"
            found = str(self.ask(query, id=run_id)["runOrError"]["status"])
            return found if found in ("SUCCESS", "FAILURE", "CANCELED") else None

        return wait_for(status, seconds, f"run {run_id} has not ended")

    def latest(self, asset: str, partition: str) -> dict[str, Any]:
        """Metadata of the last materialisation of one partition, by label, and its run."""
        query = """query ($key: AssetKeyInput!, $partitions: [String!]) { assetOrError(assetKey: $key) { ... on Asset {
          assetMaterializations(partitions: $partitions, limit: 1) { runId metadataEntries { label
            ... on TextMetadataEntry { text } ... on MarkdownMetadataEntry { mdStr } } } } } }"""
        found = self.ask(query, key={"path": asset.split("/")}, partitions=[partition])["assetOrError"]
        event = found["assetMaterializations"][0]
        entries = {each["label"]: each.get("text") or each.get("mdStr") for each in event["metadataEntries"]}
        return {"run": event["runId"], **entries}

    def mlflow_ids(self, what: str, **asked: Any) -> dict[str, str]:
        """Ids of MLflow's experiments or runs, by name."""
        request = urllib.request.Request(
            f"{self.mlflow}/api/2.0/mlflow/{what}/search",
            json.dumps(asked).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.load(answer)[what]
        if what == "runs":
            return {each["info"]["run_name"]: each["info"]["run_id"] for each in found}
        return {each["name"]: each["experiment_id"] for each in found}

    def set_sensor(self, name: str, *, running: bool) -> None:
        """Switch a sensor on or off."""
        if running:
            query = "mutation ($s: SensorSelector!) { startSensor(sensorSelector: $s) { __typename } }"
            self.ask(query, s={**REPOSITORY, "sensorName": name})
            return
        query = "query ($s: SensorSelector!) { sensorOrError(sensorSelector: $s) { ... on Sensor { id } } }"
        number = self.ask(query, s={**REPOSITORY, "sensorName": name})["sensorOrError"]["id"]
        self.ask("mutation ($id: String!) { stopSensor(id: $id) { __typename } }", id=number)


def _posted(url: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


def wait_for(look: Callable[[], Found | None], seconds: float, otherwise: str, *, every: float = 1.0) -> Found:
    """What `look` finds, as soon as it finds something; it looks `every` so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(every)
    raise AssertionError(f"{otherwise} after {seconds:.0f} s")


@contextmanager
def served(home: Path) -> Iterator[Served]:
    """Start `radgen ui` over a home; stop it at the end."""
    started = time.monotonic()
    (home / "logs").mkdir(exist_ok=True)
    with (home / "logs" / "ui.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", "from radgen_assets.cli.main import main; main()",
             "ui", "--home", str(home), "--port", "0", "--mlflow-port", "0"],
            stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "RADGEN_WORKERS": "1"},
        )  # fmt: skip
    try:

        def said() -> str | None:
            text = (home / "logs" / "ui.log").read_text()
            assert process.poll() is None, f"radgen ui ended: {text}"
            return text if "Ctrl-C stops everything" in text else None

        wait_for(said, START_SECONDS, "radgen ui is not ready")
        state = json.loads((home / "logs" / "servers.json").read_text())
        yield Served(home, process, state["dagster"], state["mlflow"], time.monotonic() - started)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
