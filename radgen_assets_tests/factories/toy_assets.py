"""Assets of one number each, and a bench that runs a chain of them over a real ledger and lake.

What comes from outside is faked at the interface that factories/inputs.py serves: an ExternalInput a patient.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, MissingByRight
from radgen_assets.contracts.frames import Table
from radgen_assets.contracts.settings import Settings, canonical_digest
from radgen_assets.contracts.sources import PatientSources
from radgen_assets.contracts.volumes import (
    GivenMasks,
    LabelConvention,
    MakerKind,
    MaskFile,
    ScanFile,
    ScanManifest,
    Scans,
)
from radgen_assets.contracts.volumes import (
    Sequence as ScanSequence,
)
from radgen_assets.factories import chain
from radgen_assets.factories.chain import ChainRequest, ChainSummary, run_chain
from radgen_assets.factories.declaration import AssetDeclaration
from radgen_assets.factories.patient_asset import patient_asset
from radgen_assets.factories.walk import ExternalInput, Outcome
from radgen_assets.lineage.records import ArtifactRecord, InputRef, State
from radgen_assets.resources.home import Home, make_home

CALLS: list[str] = []  # names of the functions called in this process, in order


class Factor(Settings):
    """What `scaled` multiplies by."""

    factor: float = 2.0


def table(value: float, *warnings: str) -> Table:
    """One number as a table."""
    return Table(pd.DataFrame({"value": [float(value)]}), warnings)


def number_in(value: Table) -> float:
    """The number in a table."""
    return float(value.frame["value"].iloc[0])


@patient_asset(group="toy", settings=None, code_version="1", facts=lambda value: {"value": number_in(value)})
def number(source: PatientSources) -> Table:
    """The patient's number; some patients are trouble."""
    CALLS.append("number")
    return table(_met(source))


@patient_asset(group="toy", settings=Factor, code_version="1")
def scaled(number: Table, settings: Factor) -> Table:
    """The number times the factor; a negative one is bad input."""
    CALLS.append("scaled")
    if number_in(number) < 0:
        raise BadInput("number", "value", str(number_in(number)), "a number >= 0", "Correct it.")
    return table(number_in(number) * settings.factor)


@patient_asset(group="toy", settings=None, code_version="1")
def is_large(number: Table) -> Table:
    """1 above 100, else 0: many numbers give equal bytes."""
    CALLS.append("is_large")
    return table(number_in(number) > 100)


@patient_asset(group="toy", settings=None, code_version="1")
def size_class(is_large: Table) -> Table:
    """Depends on is_large alone."""
    CALLS.append("size_class")
    return table(number_in(is_large) + 1)


@patient_asset(group="toy", settings=None, code_version="1")
def root(number: Table) -> Table:
    """The square root; a perfect square is asked for, others lack it by right."""
    CALLS.append("root")
    found = number_in(number) ** 0.5
    if found != int(found):
        raise MissingByRight("no whole root")
    return table(found)


@patient_asset(group="toy", settings=None, code_version="1")
def needs_root(root: Table) -> Table:
    """Skipped with its input."""
    return root


@patient_asset(group="toy", settings=None, code_version="1")
def needs_scaled(scaled: Table) -> Table:
    """Blocked where scaled failed."""
    return scaled


@patient_asset(group="toy", settings=None, code_version="1")
def may_lack_root(number: Table, root: Table | None) -> Table:
    """Goes on without a root that is missing by right."""
    return table(-1 if root is None else number_in(root))


@patient_asset(group="toy", settings=None, code_version="1")
def tolerates(number: Table, scaled: Table | None = None) -> Table:
    """Goes on without a scaled number that failed."""
    return table(-1 if scaled is None else number_in(scaled))


@patient_asset(group="toy", settings=None, code_version="1")
def manifest(source: PatientSources) -> ScanManifest:
    """A manifest of as many scans and masks as the source says."""
    n_scans, n_masks = source
    scans = tuple(_scan(index) for index in range(n_scans))
    masks = tuple(_mask(index) for index in range(n_masks))
    return ScanManifest(Scans("", scans, (), (ScanSequence.t1ce,)), GivenMasks("", masks))


@patient_asset(group="toy", settings=None, code_version="1")
def n_scans(manifest: Scans) -> Table:
    """Reads the part scans.json alone."""
    CALLS.append("n_scans")
    return table(len(manifest.files))


@patient_asset(group="toy", settings=None, code_version="1")
def n_masks(manifest: GivenMasks) -> Table:
    """Reads the part masks.json alone."""
    CALLS.append("n_masks")
    return table(len(manifest.files))


@patient_asset(group="toy", settings=None, code_version="1", batched=True)
def batched(number: list[Table], device: Any) -> list[Table]:
    """All patients of a batch at once; one who is 13 spoils it."""
    CALLS.append(f"batched {len(number)}")
    if any(number_in(each) == 13 for each in number):
        raise BadInput("number", "value", "13", "another", "Correct it.")
    return [table(number_in(each) + 0.5) for each in number]


def _met(source: Any) -> float:
    if source == "exit":
        os._exit(3)
    if source == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if source == "bad":
        raise BadInput("source", "value", "bad", "a number", "Correct it.")
    if source == "defect":
        raise ZeroDivisionError("by nothing")
    if source == "absent":
        raise MissingByRight("no number was taken")
    return float(source)


def _scan(index: int) -> ScanFile:
    return ScanFile(f"scan{index}", f"{index}" * 64, 1, ScanSequence.t1ce, (2, 2, 2), (1.0, 1.0, 1.0))


def _mask(index: int) -> MaskFile:
    kind, convention = MakerKind.reader, LabelConvention.brats_2017
    return MaskFile(
        f"mask{index}", f"{index}" * 64, 1, f"maker{index}", kind, convention, ScanSequence.t1ce, index == 0
    )


@dataclass
class Bench:
    """A home of one cohort `toy` whose patients' sources are values in this object."""

    home: Home
    sources: dict[str, Any] = field(default_factory=dict)
    told: list[Outcome] = field(default_factory=list)

    def run(self, *assets: AssetDeclaration, keys: Sequence[str] = (), **options: Any) -> ChainSummary:
        """Bring `assets` up to date for all patients, or for `keys`; CALLS and `told` start anew."""
        CALLS.clear()
        self.told.clear()
        chosen = tuple(keys) or tuple(sorted(self.sources))
        known = {each.name: each for each in assets} | options.pop("beside", {})
        with self.home.ledger() as ledger:
            request = ChainRequest("toy", assets, known, chosen, **options)
            return run_chain(self.home, ledger, request, self.told.extend)

    def decisions(self, key: str) -> dict[str, str]:
        """Asset name -> what was done for `key` in the last run."""
        return {each.asset.partition("/")[2]: each.action.value for each in self.told if each.key == key}

    def record(self, asset: AssetDeclaration, key: str) -> ArtifactRecord:
        """What stands in the ledger."""
        with self.home.ledger() as ledger:
            return ledger.current(asset.key, [key])[key]

    def value(self, asset: AssetDeclaration, key: str) -> float:
        """The number of a standing artifact, read from the lake."""
        folder = self.home.lake.path(self.record(asset, key))
        return float(pd.read_parquet(folder / "table.parquet")["value"].iloc[0])

    def n_recorded(self) -> int:
        """How many artifacts were ever recorded."""
        with self.home.ledger() as ledger:
            return sum(len(ledger.history(f"toy/{name}", key)) for name in _NAMES for key in self.sources)

    def set(self, text: str) -> None:
        """Write radgen.toml and open the home again."""
        self.home.toml.write_text(text)
        self.home = Home.open(self.home.root)

    def provide(
        self, home: Home, ledger: Any, assets: Sequence[AssetDeclaration], keys: Sequence[str]
    ) -> Mapping[str, Mapping[str, Mapping[str, ExternalInput]]]:
        """Stands for factories.inputs.external_inputs."""
        return {key: {asset.key: {"source": _given(self.sources[key])} for asset in assets} for key in keys}


_NAMES = ("number", "scaled", "is_large", "size_class", "root", "needs_root", "may_lack_root", "tolerates", "batched")


def _given(value: Any) -> ExternalInput:
    if value == "unreadable":
        return ExternalInput(None, "", state=State.failed, reason="the folder is gone")
    digest = canonical_digest(value)
    return ExternalInput(value, digest, (InputRef("source", "source", "toy", digest),))


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A fresh home with patients toy.a and toy.b."""
    monkeypatch.setenv("RADGEN_WORKERS", "1")
    home = make_home(tmp_path / "home")
    sheet = '{ file = "x.csv", patient_column = "p", columns = [] }'
    (home.cohorts_folder / "toy.toml").write_text(f'name = "toy"\ntitle = "toy"\nroot = "."\nclinical = [{sheet}]\n')
    made = Bench(home, {"toy.a": 4, "toy.b": 5})
    monkeypatch.setattr(chain, "external_inputs", made.provide)
    return made


def next_version(asset: AssetDeclaration) -> AssetDeclaration:
    """The same asset after its author raised the code version."""
    return replace(asset, code_version="2")
