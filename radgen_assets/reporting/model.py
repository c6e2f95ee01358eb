"""What a study's report is made from: results, counts and traces as plain values; filled from marts and the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.contracts.results import FitResult
from radgen_assets.contracts.study import Study
from radgen_assets.science.figures.inputs import FlowStep

if TYPE_CHECKING:
    from radgen_assets.science.agreement import BaselineTable


@dataclass(frozen=True)
class Exclusion:
    """One patient that is not in the analysis: at which step it left, and why."""

    patient: str
    cohort: str
    step: str
    reason: str


@dataclass(frozen=True)
class Preview:
    """A three-plane picture of one patient with the mask's outline (imaging/quality). `note`: its warnings."""

    patient: str
    png: bytes
    note: str = ""


@dataclass(frozen=True)
class SourceCohort:
    """A cohort of the study: what it is, where it comes from, and how many of it are analysed."""

    name: str
    title: str
    role: str
    source: str
    consent: str
    n_patients: int
    n_persons: int


@dataclass(frozen=True)
class MadeFrom:
    """An artifact that the report's numbers rest on, by content."""

    asset: str
    key: str
    content_hash: str
    code_version: str = ""


@dataclass(frozen=True)
class FitTrace:
    """Where a fit or contrast stands in the ledger and in MLflow, and how many persons it learnt from or compared."""

    fit: str
    fit_id: str
    n_persons: int
    content_hash: str
    mlflow_run_id: str = ""


@dataclass(frozen=True)
class Provenance:
    """What every number of the report was made from.

    settings : asset and the canonical JSON of its settings.
    environment : name and version, e.g. ("python", "3.11.2").
    """

    pass_id: str
    code_version: str
    cohorts: tuple[SourceCohort, ...]
    artifacts: tuple[MadeFrom, ...]
    fits: tuple[FitTrace, ...]
    settings: tuple[tuple[str, str], ...] = ()
    environment: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class ContrastReport:
    """A contrast with what the study says of it now.

    title : the study's own, if any
    left_out : patient, reason
    who : the two groups beside each other
    tables : label and place, relative to the page, of the whole tables as text
    """

    result: ContrastResult
    title: str | None
    left_out: tuple[tuple[str, str], ...]
    who: BaselineTable
    tables: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class StudyReport:
    """Everything that `report_page` prints.

    made_at : ISO date and time with zone.
    flow : steps from those found to those analysed; counts and reasons must add up.
    previews : a few patients, chosen by the caller.
    notes : sentences that concern the whole study (e.g. one person counted once over two cohorts).
    """

    study: Study
    made_at: str
    flow: tuple[FlowStep, ...]
    exclusions: tuple[Exclusion, ...]
    table1: BaselineTable
    fits: tuple[FitResult, ...]
    provenance: Provenance
    previews: tuple[Preview, ...] = ()
    notes: tuple[str, ...] = field(default=())
    contrasts: tuple[ContrastReport, ...] = ()
