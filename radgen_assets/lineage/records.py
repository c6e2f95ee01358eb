"""Rows of the ledger as values, shared by the plan, the ledger and the factories."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """How an artifact's last try ended."""

    done = "done"
    skipped = "skipped"  # an input is missing by right
    blocked = "blocked"  # an input failed
    failed = "failed"


@dataclass(frozen=True)
class FileRecord:
    """One file of an artifact, by its name inside the artifact's folder."""

    name: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class InputRef:
    """What an artifact was made from: parameter name, kind of thing, its id and content hash.

    kind "artifact": reference is "<asset>|<key>|<inputs hash>"; "source": the path; "fit": the fit's id;
    "model": the model's name. A name "<input>:<part>" tells of a part of an input (one of its files, say), whose
    bytes the content hash of the input covers already.
    """

    name: str
    kind: str
    reference: str
    content_hash: str

    @property
    def part_of(self) -> str | None:
        """The input that this is a part of; None: it is an input itself."""
        whole, colon, _ = self.name.partition(":")
        return whole if colon else None


@dataclass(frozen=True)
class ArtifactRecord:
    """One asset's result for one key: a row of `artifacts`.

    `path` is the folder relative to the lake; empty unless state is done.
    """

    asset: str
    key: str
    recipe_hash: str
    inputs_hash: str
    state: State
    content_hash: str = ""
    path: str = ""
    files: tuple[FileRecord, ...] = ()
    seconds: float = 0.0
    reason: str = ""
    warnings: tuple[str, ...] = ()
    inputs: tuple[InputRef, ...] = ()
    run_id: str = ""
    pass_id: str = ""
    made_at: datetime | None = None
    facts: dict[str, str | int | float | bool] = field(default_factory=dict)  # small numbers to show in the UI

    @property
    def bytes(self) -> int:
        """Size of all files."""
        return sum(each.bytes for each in self.files)


@dataclass(frozen=True)
class Recipe:
    """What turns inputs into an artifact: asset, code version and the settings that can change the result."""

    asset: str
    code_version: str
    settings: str  # canonical JSON


@dataclass(frozen=True)
class FitRecord:
    """Something learnt across persons: a row of `fits`, with its persons in `fit_persons`.

    persons: (person, patient key, role, fold) a row; fold is -1 for the final fit on all.
    """

    fit_id: str  # "<study>/<fit>/<inputs hash 16>" or "encoder/<sha256 16>"
    asset: str
    inputs_hash: str
    content_hash: str
    mlflow_run_id: str = ""
    persons: tuple[tuple[str, str, str, int], ...] = ()
    made_at: datetime | None = None


@dataclass(frozen=True)
class FitPerson:
    """One person of one fit: in which role, in which fold (-1: the final fit on all)."""

    fit_id: str
    person: str
    key: str
    role: str
    fold: int


@dataclass(frozen=True)
class PatientRow:
    """A patient as the sources showed it last: a row of `patients`. The ledger fills in the two times."""

    key: str  # "<cohort>.<patient>"
    cohort: str
    patient: str
    person: str
    state: str = "present"  # or "gone"; never deleted but by forgetting
    reason: str = ""
    first_seen: datetime | None = None
    last_seen: datetime | None = None


@dataclass(frozen=True)
class SourceRow:
    """A source file as found: a row of `sources`. The ledger fills in the two times.

    `path` is relative to the cohort's root; `key` is the patient's key, or the cohort's name for a file about many.
    """

    cohort: str
    path: str
    key: str
    role: str  # "scan:t1ce", "mask:expert", "sheet", ...
    size: int
    mtime_ns: int
    inode: int
    sha256: str
    gone: bool = False
    first_seen: datetime | None = None
    last_seen: datetime | None = None

    @property
    def stat(self) -> tuple[str, int, int, int]:
        """What must be unchanged for the file not to be hashed again: path, size, mtime_ns, inode."""
        return (self.path, self.size, self.mtime_ns, self.inode)


@dataclass(frozen=True)
class Changes:
    """What a registration changed, by key of patient or path of source, each sorted."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Suspicion:
    """Patients of different persons whose data look the same: a row of `suspicions`."""

    suspicion_id: str
    kind: str  # of the fingerprints: "image", "expression"
    keys: tuple[str, ...]
    persons: tuple[str, ...]
    evidence: dict[str, str]  # name -> the fingerprint they share
    state: str  # "open" blocks studies; "declared"; "withdrawn" (the evidence is gone)
    reason: str = ""


@dataclass(frozen=True)
class ClaimRow:
    """Who works on what, until when: a row of `claims`."""

    scope: str
    key: str
    owner: str  # "host:pid:uuid"
    claimed_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class PassRow:
    """One walk from sources to reports: a row of `passes`."""

    pass_id: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    state: str  # "running", "done", "failed", "abandoned"
    summary: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class RunRow:
    """One Dagster run of a pass: a row of `runs`."""

    run_id: str
    pass_id: str
    link: str
    started_at: datetime
    ended_at: datetime | None
    state: str
