"""A small home, brought up to date once a session and copied for every test that changes something in it.

Sources lie beside the home, and cohorts name them by relative paths, so that both are copied together. What the lake
and the encoder's folder hold is never written twice, so it is linked, not copied.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from radgen_assets.defs.automation.links import ORDER, Link, Scope
from radgen_assets.defs.automation.pass_driver import PassSummary, run_pass
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import ArtifactRecord
from radgen_assets.resources.home import Home, make_home
from radgen_assets.science.phantom.settings import CohortSizes, PhantomSettings

STUDY = "phantom_first"

SETTINGS = """
train_encoder_when_missing = {encoder}

[settings.radiomics]           # original images only: what is tested is when, not how much
image_types = ["original"]
"""


def small_phantom(**changes: Any) -> PhantomSettings:
    """Three imaging cohorts and one of sheets alone; no planted faults, so that a pass ends well."""
    none = dict.fromkeys(CohortSizes.model_fields, 0)
    sizes = CohortSizes(**none | {"training_site": 16, "second_site": 3, "two_readers": 2, "normal_tissue": 2})
    settings = {"patients": sizes, "faults": False, "n_diffusion": 0, "n_unregistered": 0} | changes
    return PhantomSettings.tiny().model_copy(update=settings)


@dataclass(frozen=True)
class SmallHome:
    """A home in `folder`/home and its sources in `folder`/sources."""

    folder: Path

    @property
    def home(self) -> Home:
        """The home, opened afresh: its radgen.toml may have changed."""
        return Home.open(self.folder / "home")

    @property
    def sources(self) -> Path:
        """The cohorts' folders."""
        return self.folder / "sources"

    def ledger(self) -> Ledger:
        """The ledger."""
        return self.home.ledger()

    # deeds

    def run(self, scope: Scope | None = None, links: tuple[Link, ...] = ORDER) -> PassSummary:
        """One pass in this process."""
        return run_pass(self.home, scope or Scope(), lambda text: None, links=links)

    def command(self, *words: str, workers: int = 1, output: IO[str] | int = subprocess.PIPE) -> subprocess.Popen[str]:
        """`radgen WORDS --home ...` in a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-c", "from radgen_assets.cli.main import main; main()", *words, "--home", self.home.root],
            stdout=output,
            stderr=output,
            text=True,
            env=os.environ | {"RADGEN_WORKERS": str(workers)},
            start_new_session=True,
        )

    def say(self, *words: str, workers: int = 1) -> Said:
        """What `radgen WORDS` answers."""
        process = self.command(*words, workers=workers)
        output, errors = process.communicate(timeout=300)
        return Said(process.returncode, output, errors)

    # what stands

    def ids(self) -> int:
        """Number of the last artifact ever recorded."""
        return int(self.query("select coalesce(max(id), 0) from artifacts")[0][0])

    def recorded_since(self, last: int) -> list[tuple[str, str, str]]:
        """(asset, key, state) of every artifact recorded after `last`, in order."""
        return self.query(f"select asset, key, state from artifacts where id > {int(last)} order by id")

    def query(self, text: str) -> list[tuple[Any, ...]]:
        """Rows of the ledger's own tables, for what no question of the ledger asks."""
        with sqlite3.connect(f"file:{self.home.root}/ledger.sqlite?mode=ro", uri=True) as connection:
            return connection.execute(text).fetchall()

    def n_runs(self) -> int:
        """How many runs Dagster knows."""
        with sqlite3.connect(f"file:{self.home.root}/dagster/history/runs.db?mode=ro", uri=True) as connection:
            return int(connection.execute("select count(*) from runs").fetchone()[0])

    def current(self, asset: str, key: str = "all") -> ArtifactRecord:
        """The record that stands for (asset, key)."""
        with self.ledger() as ledger:
            return ledger.current(asset, [key])[key]

    def mart(self, name: str) -> Any:
        """A mart as a frame."""
        return self.home.warehouse().mart(name)

    def patients_with(self, block: str) -> set[str]:
        """Patients of whom the mart knows features of one block."""
        features = self.mart("feature_matrix")
        return set(features.loc[features["block"] == block, "patient_key"])


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    code: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        """The output of --json."""
        return json.loads(self.output)


def make_small_home(folder: Path, phantom: PhantomSettings, *, encoder: bool = True) -> SmallHome:
    """A home over freshly written sources; nothing has been run in it."""
    from radgen_assets.stewardship.phantom_home import write_phantom_home

    home = make_home(folder / "home")
    write_phantom_home(home.root, folder / "sources", phantom)
    text = re.sub(r"(?m)^(gene_sets = .*)$", rf"\1{SETTINGS.format(encoder='false')}", home.toml.read_text(), count=1)
    home.toml.write_text(text)
    small = SmallHome(folder)
    if encoder:
        pin_untrained_encoder(small.home)
    else:
        _drop_deep_features(small.home)
    return small


def pin_untrained_encoder(home: Home) -> None:
    """An encoder of random weights: its embeddings are as pure a function of the patient as a trained one's."""
    import torch

    from radgen_assets.science.deep.encoder import build_encoder, encoder_bytes, encoder_state
    from radgen_assets.science.deep.settings import EmbeddingSettings

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        data = encoder_bytes(encoder_state(build_encoder()))
    store = home.encoders()
    store.pin(home.settings_of("deep_features", EmbeddingSettings).encoder, store.save(data), card="untrained")


def _drop_deep_features(home: Home) -> None:
    """A study without deep features, for homes that have no encoder."""
    for path in home.studies_folder.glob("*.toml"):
        path.write_text(re.sub(r'"deep_features",?\s*', "", path.read_text()))


def copy_of(original: SmallHome, folder: Path) -> SmallHome:
    """The same home and sources in another place."""
    shutil.copytree(original.folder, folder, copy_function=_link_or_copy, dirs_exist_ok=True)
    return SmallHome(folder)


def _link_or_copy(source: str, target: str) -> None:
    if "/home/lake/" in source or "/home/encoders/" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


@pytest.fixture(scope="session")
def finished_home(tmp_path_factory: pytest.TempPathFactory) -> SmallHome:
    """A small home after its first pass; never changed. Made once, however many pytest workers there are."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder = shared / "finished_home"
    with (shared / "finished_home.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "finished").is_file():
            shutil.rmtree(folder, ignore_errors=True)
            small = make_small_home(folder, small_phantom())
            said = small.say("run", "--json", workers=2)
            assert said.code == 0, said.output + said.errors
            (folder / "finished").write_text(said.output)
    return SmallHome(folder)


@pytest.fixture
def small_home(finished_home: SmallHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallHome:
    """A copy of the finished home that a test may change, and that steps in this process find."""
    small = copy_of(finished_home, tmp_path / "copy")
    meant(small, monkeypatch)
    return small


def meant(small: SmallHome, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what runs in this process find this home, and work in this process."""
    monkeypatch.setenv("RADGEN_HOME", str(small.home.root))
    monkeypatch.setenv("DAGSTER_HOME", str(small.home.dagster_folder))
    monkeypatch.setenv("RADGEN_WORKERS", "1")
