"""The home: the folder that holds everything radgen writes, and its few settings (radgen.toml).

Environment variables override radgen.toml; both are read here, when a home is opened, and nowhere else.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import Field, field_validator

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.errors import BadInput, NotReady
from radgen_assets.contracts.identity import PatientKey, Persons
from radgen_assets.contracts.settings import Settings
from radgen_assets.contracts.sources import GeneSetCollection
from radgen_assets.contracts.study import Study
from radgen_assets.contracts.toml_models import TomlModel, parse_table, parse_toml

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.compute import Compute
    from radgen_assets.resources.encoders import EncoderStore
    from radgen_assets.resources.lake import Lake
    from radgen_assets.resources.tracker import Tracker
    from radgen_assets.resources.warehouse import Warehouse

DEFAULT_HOME = "~/radgen"


class GeneSetEntry(TomlModel):
    """A collection of gene sets: a GMT file, and what the catalogue says of it."""

    file: str  # relative to the home
    name: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    )  # None: the file's, without .gmt
    version: str = ""
    licence: str = ""
    source: str = ""
    gene_map: str | None = None  # table that leads to current symbols, relative to the home; None: names as they are

    @property
    def called(self) -> str:
        """The collection's name."""
        return self.name or Path(self.file).name.removesuffix(".gz").removesuffix(".gmt")


class HomeSettings(TomlModel):
    """radgen.toml. What can change a result stands under [settings.<asset>]; the rest only says where and how."""

    ledger_url: str | None = None  # default: SQLite in the home
    mlflow_tracking_uri: str | None = None  # default: SQLite in the home
    workers: int | None = Field(default=None, ge=1)  # default: the machine's cores
    gene_sets: tuple[GeneSetEntry, ...] = ()  # a file's name stands for a table that says no more
    train_encoder_when_missing: bool = True
    encoder_file: str | None = None  # a safetensors checkpoint, relative to the home, instead of training one
    encoder_sha256: str | None = Field(default=None, pattern="^[0-9a-f]{64}$")  # its checksum; required with the file
    settings: dict[str, dict[str, Any]] = Field(default_factory=dict)

    @field_validator("gene_sets", mode="before")
    @classmethod
    def _a_file_may_stand_alone(cls, entries: Any) -> Any:
        if not isinstance(entries, list):
            return entries
        return [{"file": each} if isinstance(each, str) else each for each in entries]


AnySettings = TypeVar("AnySettings", bound=Settings)


@dataclass(frozen=True)
class Home:
    """Paths and settings of one home. Opening costs one small read; what is heavy opens on first use."""

    root: Path
    settings: HomeSettings

    @classmethod
    def open(cls, root: Path | str | None = None) -> Home:
        """Open the home at `root`, else at RADGEN_HOME, else at ~/radgen.

        Raises
        ------
        NotReady
            When there is no radgen.toml; names the command that makes it.
        """
        folder = home_folder(root)
        toml = folder / "radgen.toml"
        if not toml.is_file():
            raise NotReady(
                f"{folder} is not a radgen home (no radgen.toml). Make one with: radgen init --home {folder}"
            )
        return cls(folder, parse_toml(HomeSettings, toml.read_text(), str(toml)))

    @property
    def toml(self) -> Path:
        return self.root / "radgen.toml"

    @property
    def cohorts_folder(self) -> Path:
        return self.root / "cohorts"

    @property
    def studies_folder(self) -> Path:
        return self.root / "studies"

    @property
    def identity_file(self) -> Path:
        return self.root / "identity.csv"

    @property
    def dagster_folder(self) -> Path:
        return self.root / "dagster"

    @property
    def reports_folder(self) -> Path:
        return self.root / "reports"

    @property
    def ledger_url(self) -> str:
        """SQLAlchemy URL of the ledger: RADGEN_LEDGER_URL, radgen.toml, or SQLite in the home."""
        return os.environ.get("RADGEN_LEDGER_URL") or self.settings.ledger_url or f"sqlite:///{self.root}/ledger.sqlite"

    @property
    def mlflow_tracking_uri(self) -> str:
        """Where fits are tracked: RADGEN_MLFLOW_URI, radgen.toml, or SQLite in the home."""
        chosen = os.environ.get("RADGEN_MLFLOW_URI") or self.settings.mlflow_tracking_uri
        return chosen or f"sqlite:///{self.root}/mlflow.sqlite"

    @property
    def workers(self) -> int:
        """Processes for patient assets: RADGEN_WORKERS, radgen.toml, or the machine's cores."""
        chosen = os.environ.get("RADGEN_WORKERS")
        return int(chosen) if chosen else self.settings.workers or len(os.sched_getaffinity(0))

    @cached_property
    def secret(self) -> bytes:
        """Key of this home's pseudonyms; made by `radgen init`, readable by its owner only."""
        return (self.root / "secret").read_bytes()

    def settings_of(self, asset: str, settings_type: type[AnySettings]) -> AnySettings:
        """Settings of one asset: its defaults, overridden by [settings.<asset>] of radgen.toml."""
        table = self.settings.settings.get(asset, {})
        return parse_table(settings_type, table, f"{self.toml.name} [settings.{asset}]")

    # what the person declared

    def cohorts(self) -> dict[str, Cohort]:
        """Every declared cohort by name, in sorted order; raises BadInput for a TOML that cannot be read."""
        from radgen_assets.formats.toml_files import read_cohort

        return {path.stem: read_cohort(path) for path in sorted(self.cohorts_folder.glob("*.toml"))}

    def cohort(self, name: str) -> Cohort:
        """One cohort; raises NotReady when it is not declared."""
        from radgen_assets.formats.toml_files import read_cohort

        path = self.cohorts_folder / f"{name}.toml"
        if not path.is_file():
            raise NotReady(f"No cohort '{name}' in {self.cohorts_folder}. Add it with: radgen cohort add FILE.toml")
        return read_cohort(path)

    def cohort_root(self, cohort: Cohort) -> Path:
        """The cohort's source folder; raises BadInput when it does not exist."""
        from radgen_assets.formats.toml_files import cohort_root

        return cohort_root(cohort, self.cohorts_folder / f"{cohort.name}.toml")

    def studies(self) -> dict[str, Study]:
        """Every declared study by name, in sorted order."""
        from radgen_assets.formats.toml_files import read_study

        return {path.stem: read_study(path) for path in sorted(self.studies_folder.glob("*.toml"))}

    def persons(self, person_ids: dict[str, str]) -> Persons:
        """Who is the same person, from identity.csv and the cohorts' rules.

        Parameters
        ----------
        person_ids : patient key -> the id that a cohort's rule is applied to
        """
        from radgen_assets.formats.identity_csv import read_identity

        rows = read_identity(self.identity_file) if self.identity_file.is_file() else ()
        declared = {str(PatientKey(row.cohort, row.patient)): row.person for row in rows}
        identities = {name: cohort.identity for name, cohort in self.cohorts().items()}
        lengths = {name: rule.person_prefix_length for name, rule in identities.items()}
        rules = {name: length for name, length in lengths.items() if length is not None}
        tabled = frozenset(name for name, rule in identities.items() if rule.person_table is not None)
        return Persons(declared, rules, person_ids, tabled)

    # what holds and runs things

    def ledger(self, *, read_only: bool = False) -> Ledger:
        """The ledger of this home."""
        from radgen_assets.lineage.ledger import Ledger

        return Ledger.open(self.ledger_url, read_only=read_only)

    @cached_property
    def lake(self) -> Lake:
        """Where artifacts lie."""
        from radgen_assets.resources.lake import Lake

        return Lake(self.root / "lake")

    def compute(self) -> Compute:
        """What runs patients side by side."""
        from radgen_assets.resources.compute import Compute

        return Compute(workers=self.workers)

    def tracker(self) -> Tracker:
        """MLflow, at this home's tracking URI."""
        from radgen_assets.resources.tracker import Tracker

        return Tracker(self.mlflow_tracking_uri, self.root / "mlflow-artifacts")

    def warehouse(self) -> Warehouse:
        """The warehouse that dbt builds from gathered tables."""
        from radgen_assets.resources.warehouse import Warehouse

        return Warehouse(self.root / "warehouse")

    def encoders(self) -> EncoderStore:
        """Registered encoders and their pins."""
        from radgen_assets.resources.encoders import EncoderStore

        return EncoderStore(self.root)

    def gene_set_collections(self) -> tuple[GeneSetCollection, ...]:
        """Collections named in radgen.toml; raises BadInput for an absent file and for two of one name."""
        named: dict[str, GeneSetCollection] = {}
        for each in self.settings.gene_sets:
            if each.called in named:
                remedy = "Give one of the two another name: { file = ..., name = ... }."
                raise BadInput("radgen.toml", "gene_sets", f"{each.called} twice", "each collection once", remedy)
            path = self._named_file(each.file, "a GMT file")
            gene_map = self._named_file(each.gene_map, "a table of gene ids") if each.gene_map else ""
            named[each.called] = GeneSetCollection(each.called, path, each.version, each.licence, each.source, gene_map)
        return tuple(named.values())

    def _named_file(self, name: str, expected: str) -> str:
        path = (self.root / name).resolve()
        if not path.is_file():
            raise BadInput("radgen.toml", "gene_sets", name, expected, "Correct the path.")
        return str(path)


def home_folder(root: Path | str | None = None) -> Path:
    """The folder that is meant: `root`, else RADGEN_HOME, else ~/radgen; absolute."""
    return Path(root or os.environ.get("RADGEN_HOME") or DEFAULT_HOME).expanduser().resolve()


RADGEN_TOML = """\
# Settings of this radgen home. Every key is optional; docs/file_formats.md lists them.

# ledger_url = "postgresql://user@host/radgen"     # default: SQLite in this folder
# mlflow_tracking_uri = "postgresql+psycopg2://user@host/mlflow"
# workers = 2                                      # default: the machine's cores
# encoder_file = "encoder.safetensors"             # a checkpoint of your own instead of a trained encoder
# encoder_sha256 = "..."                           # its checksum
gene_sets = []                                     # GMT files, relative to this folder

# [settings.radiomics]                             # what can change a result, by asset
# bin_width = 25.0
"""

DAGSTER_YAML = """\
telemetry:
  enabled: false
nux:
  enabled: false            # no dialog that asks for an address at the first visit
concurrency:
  runs:
    max_concurrent_runs: 2
  pools:
    granularity: op         # holds in a run of the command line, too
    default_limit: 1        # gpu: one run a device; warehouse: one writer
run_monitoring:
  enabled: true
  start_timeout_seconds: 300
  max_resume_run_attempts: 0
"""


def make_home(root: Path) -> Home:
    """Make the folders and files of a new home; what exists is left as it is."""
    for folder in ("", "cohorts", "studies", "lake", "warehouse", "mlflow-artifacts", "dagster", "reports"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    _write_once(root / "radgen.toml", RADGEN_TOML)
    _write_once(root / "dagster" / "dagster.yaml", DAGSTER_YAML)
    _write_once(root / "identity.csv", "person,cohort,patient,source_id\n")
    secret = root / "secret"
    if not secret.exists():
        descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_hex(32).encode())
    home = Home.open(root)
    home.ledger().create()
    return home


def _write_once(path: Path, text: str) -> None:
    if not path.exists():
        path.write_text(text)
