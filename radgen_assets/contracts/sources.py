"""What the first assets of a chain are made from: files by reference, members, pins. Values only; nothing is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from radgen_assets.contracts.cohort import ExpressionDeclaration, MaskDeclaration, Sheet
from radgen_assets.contracts.identity import Persons
from radgen_assets.contracts.settings import Settings
from radgen_assets.contracts.volumes import Sequence


@dataclass(frozen=True)
class SourceImage:
    """An image file of a patient, fixed by its bytes; `path` is relative to the cohort's root."""

    path: str
    sha256: str
    bytes: int
    sequence: Sequence
    companions: Mapping[str, str] = field(default_factory=dict)  # "bvals", "bvecs" -> relative path


@dataclass(frozen=True)
class SourceMask:
    """A given mask of a patient, fixed by its bytes."""

    path: str
    sha256: str
    bytes: int
    declaration: MaskDeclaration


@dataclass(frozen=True)
class PatientSources:
    """Everything that the layout found for one patient; `root` is the cohort's folder on this machine.

    `excluded` holds the declared reason when the cohort's TOML excludes the patient.
    """

    key: str
    root: str
    images: tuple[SourceImage, ...]
    masks: tuple[SourceMask, ...]
    required: tuple[Sequence, ...]
    expected: tuple[Sequence, ...]
    anchor: tuple[Sequence, ...]
    registered: str
    spacing_is_nominal: bool
    required_makers: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    excluded: str = ""


@dataclass(frozen=True)
class SheetSources:
    """The declared sheets of a cohort and the folder that their names are relative to."""

    cohort: str
    folder: str
    sheets: tuple[Sheet, ...]
    excluded: tuple[str, ...] = ()  # patients that the cohort excludes: their rows are not read


@dataclass(frozen=True)
class ClinicalSheets(SheetSources):
    """Sheets declared under [[clinical]]."""


@dataclass(frozen=True)
class MolecularSheets(SheetSources):
    """Sheets declared under [[molecular]]."""


@dataclass(frozen=True)
class ThisCohort:
    """The cohort whose artifact is being made."""

    name: str


@dataclass(frozen=True)
class ExpressionSource:
    """The declared expression matrix of a cohort."""

    cohort: str
    folder: str
    declaration: ExpressionDeclaration


@dataclass(frozen=True)
class GeneSetCollection:
    """A collection of gene sets as radgen.toml declares it; paths are absolute on this machine.

    version, licence, source : empty where nothing is said
    gene_map : table of gene ids by which names are brought to current symbols; empty: names as they are
    """

    name: str
    path: str
    version: str = ""
    licence: str = ""
    source: str = ""
    gene_map: str = ""


@dataclass(frozen=True)
class GeneSetFiles:
    """The gene sets named in radgen.toml: files and gene maps count, not what is said of them."""

    collections: tuple[GeneSetCollection, ...]


@dataclass(frozen=True)
class DeclaredGeneSets:
    """The same with what is said of them."""

    collections: tuple[GeneSetCollection, ...]


@dataclass(frozen=True)
class CohortMembers:
    """Patients of one cohort with images as the ledger knows them, and how ids become persons.

    `accepts` and `only` say which patients without images belong to the cohort; `secret` keys the pseudonyms.
    """

    cohort: str
    rows: tuple[Mapping[str, Any], ...]  # key, patient, state, reason
    centre: str
    persons: Persons
    secret: bytes = field(repr=False)
    accepts: str = "with_any"
    only: tuple[str, ...] = ()
    excluded: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CohortDeclarations:
    """Every declared cohort, as rows of the table `cohorts`."""

    rows: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class ArtifactPointer:
    """A current artifact of one patient, for gathering: `folder` is absolute on this machine."""

    key: str
    asset: str
    state: str
    reason: str
    content_hash: str
    folder: str


@dataclass(frozen=True)
class PatientArtifacts:
    """The current artifacts of one asset for all patients of one cohort, in the order of keys."""

    cohort: str
    asset: str
    pointers: tuple[ArtifactPointer, ...]


@dataclass(frozen=True)
class PatientStates:
    """The state of every patient asset for all patients of one cohort."""

    cohort: str
    pointers: tuple[ArtifactPointer, ...]


@dataclass(frozen=True)
class SettingsOf:
    """The settings of another asset, which this one must share; the parameter is named `<asset>_settings`."""

    values: Settings


@dataclass(frozen=True)
class PinnedEncoder:
    """A frozen encoder by name and checksum; `file` is absolute on this machine."""

    name: str
    sha256: str
    file: str
