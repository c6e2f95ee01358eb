"""A cohort as its TOML file declares it: where its files lie, how they are named, what its columns mean."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from radgen_assets.contracts.identity import COHORT_NAME
from radgen_assets.contracts.toml_models import TomlModel
from radgen_assets.contracts.units import ExpressionUnit, TimeUnit
from radgen_assets.contracts.volumes import LabelConvention, MakerKind, Sequence


class MaskDeclaration(TomlModel):
    """One set of masks: who drew them, what their labels mean, how their files are named."""

    maker: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    maker_kind: MakerKind
    labels: LabelConvention
    drawn_on: Sequence
    pattern: str | None = None  # with {patient}; None: the layout's own name for masks
    primary: bool = False
    required: bool = False


class Layout(TomlModel):
    """How the images of a cohort are named.

    bids: sub-<patient>[/ses-*]/anat/sub-<patient>_{T1w,ce-gadolinium_T1w,T2w,FLAIR}.nii.gz, dwi/..._dwi.nii.gz
    brats: BraTS names of 2013 to 2023 (t1/t1n, t1ce/t1c/t1gd, t2/t2w, flair/t2f, seg)
    plain: `patterns`, one a sequence, with {patient}
    """

    kind: Literal["bids", "brats", "plain"]
    required: tuple[Sequence, ...] = ()  # absent: the patient fails; others are skipped with the reason
    expected: tuple[Sequence, ...] = (Sequence.t1w, Sequence.t1ce, Sequence.t2w, Sequence.flair)
    anchor: tuple[Sequence, ...] = (Sequence.t1ce, Sequence.flair, Sequence.t1w, Sequence.t2w)
    registered: Literal["auto", "yes", "no"] = "auto"
    spacing: Literal["header", "nominal"] = "header"  # nominal: the header's numbers are not physical
    patterns: dict[Sequence, str] = Field(default_factory=dict)
    masks: tuple[MaskDeclaration, ...] = ()
    exclude: dict[str, str] = Field(default_factory=dict)  # patient id -> reason

    @model_validator(mode="after")
    def _coherent(self) -> Layout:
        if self.kind == "plain" and not self.patterns:
            raise ValueError("patterns, since layout.kind is 'plain'")
        if len([mask for mask in self.masks if mask.primary]) > 1:
            raise ValueError("one primary mask at most")
        makers = [mask.maker for mask in self.masks]
        if len(set(makers)) != len(makers):
            raise ValueError("one mask declaration a maker")
        return self


class IdentityRule(TomlModel):
    """How ids of this cohort name persons."""

    patient_id_pattern: str | None = None  # regular expression with one group, applied to the source's id
    person_prefix_length: int | None = None  # the first characters of the person id name a person (TCGA: 12)
    person_table: str | None = None  # table that maps patients to ids which name persons
    person_table_patient_column: str | None = None
    person_table_person_column: str | None = None


class ColumnKind(StrEnum):
    """Type of a declared column."""

    number = "number"
    integer = "integer"
    text = "text"
    boolean = "boolean"
    time = "time"


class Column(TomlModel):
    """One column that radgen reads from a sheet, under radgen's name for it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    source: str = ""  # the sheet's header
    constant: str = ""  # instead of a source: what is true of every patient of the sheet
    pattern: str | None = None  # regular expression with one group: the part of a cell that is the value
    kind: ColumnKind
    unit: str | None = None  # time: days, weeks, months, years (becomes time_months); number: a label that is kept
    coding: dict[str, str] = Field(default_factory=dict)  # value in the sheet -> value here
    missing: tuple[str, ...] = ()  # further spellings of missing, for this column
    post_baseline: bool = False  # known only after time zero (treatment): never used by default

    @property
    def told(self) -> str:
        """What messages call it: the sheet's header, or the constant that stands for one."""
        return self.source or f"(constant {self.constant!r})"

    @model_validator(mode="after")
    def _has_one_origin(self) -> Column:
        if bool(self.source) == bool(self.constant):
            raise ValueError("either source (a header) or constant (what is true of every patient)")
        if self.constant and (self.coding or self.pattern):
            raise ValueError("a constant without coding and pattern: write what it means")
        return self

    @model_validator(mode="after")
    def _time_has_unit(self) -> Column:
        if self.kind is ColumnKind.time and self.unit not in [unit.value for unit in TimeUnit]:
            raise ValueError(f"a unit of {', '.join(unit.value for unit in TimeUnit)}, since kind is 'time'")
        return self


class Sheet(TomlModel):
    """A table with one row a patient: csv, tsv, xlsx or parquet, each also gzipped."""

    file: str
    patient_column: str
    patient_id_pattern: str | None = None  # regular expression with one group: the patient's id in the column
    worksheet: str | None = None
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # header -> values: other rows are another cohort's
    missing: tuple[str, ...] = ("", "NA", "N/A", "nan")
    duplicates: Literal["refuse", "identical", "first"] = "refuse"  # identical: equal rows count once
    columns: tuple[Column, ...]

    @field_validator("where", mode="before")
    @classmethod
    def _one_value_may_stand_alone(cls, where: Any) -> Any:
        if not isinstance(where, dict):
            return where
        return {header: (values,) if isinstance(values, str) else values for header, values in where.items()}


class ExpressionDeclaration(TomlModel):
    """An expression matrix: csv, tsv or parquet, also gzipped, either way up."""

    file: str
    orientation: Literal["genes_in_rows", "samples_in_rows"]
    unit: ExpressionUnit
    gene_column: str | None = None  # header of the id column; None: the first
    gene_ids: Literal["symbol", "ensembl", "ensembl_version", "symbol_bar_entrez"] = "symbol"
    gene_map: str | None = None  # table with symbol and ensembl columns; unknown ids: see unknown_genes
    duplicate_genes: Literal["refuse", "sum", "mean", "highest_mean", "first"] = "refuse"
    unknown_genes: Literal["refuse", "keep", "drop"] = "keep"
    patient_id_pattern: str | None = None  # regular expression with one group: patient id in the sample id
    samples_per_person: Literal["refuse", "first_sorted", "primary_tumour"] = "refuse"  # primary_tumour: TCGA -01
    not_whole: Literal["refuse", "round"] = "refuse"  # of counts; round: expected counts (RSEM), halves to even
    platform: str = "unknown"


class Cohort(TomlModel):
    """Patients from one source with one layout, one set of units and one consent."""

    name: str
    title: str
    root: str  # relative to the TOML file; ${VARIABLES} are refused
    source: str = ""  # where the data come from, to be printed in reports
    consent: str = ""
    centre: str | None = None
    scanner_column: str | None = None
    identity: IdentityRule = IdentityRule()
    layout: Layout | None = None
    clinical: tuple[Sheet, ...] = ()
    molecular: tuple[Sheet, ...] = ()
    expression: tuple[ExpressionDeclaration, ...] = ()
    times_known_for: Literal["all", "dead_only"] = "all"  # dead_only: survival models are refused with the reason
    patients: Literal["with_images", "with_any", "listed"] = "with_any"
    only: tuple[str, ...] = ()  # with patients = "listed"

    @field_validator("name")
    @classmethod
    def _name(cls, value: str) -> str:
        if not COHORT_NAME.fullmatch(value):
            raise ValueError("a cohort name: a-z, then a-z 0-9 _ (at most 32)")
        return value

    @model_validator(mode="after")
    def _has_something(self) -> Cohort:
        if not (self.layout or self.clinical or self.molecular or self.expression):
            raise ValueError("a layout, a clinical or molecular sheet, or an expression matrix")
        if len(self.expression) > 1:
            raise ValueError("one expression matrix a cohort")
        return self


Share = Annotated[float, Field(ge=0, le=1)]
