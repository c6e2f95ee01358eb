"""From the artifacts of a cohort's patients to its gathered tables, each as contracts/tables declares it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.features import Embedding, RadiomicsTable
from radgen_assets.contracts.frames import DrawnTable, ExtraColumns, Table
from radgen_assets.contracts.identity import PatientKey, check_patient_id, person_pseudonym
from radgen_assets.contracts.sources import (
    ArtifactPointer,
    CohortDeclarations,
    CohortMembers,
    PatientArtifacts,
    PatientStates,
)
from radgen_assets.contracts.tables.frames import as_table
from radgen_assets.contracts.tables.registry import GATHERED
from radgen_assets.contracts.volumes import QualityReport
from radgen_assets.formats import registry


def cohort_table(declarations: CohortDeclarations) -> Table:
    """Every declared cohort, one row each."""
    return _table("cohorts", pd.DataFrame(list(declarations.rows)), "cohorts/*.toml")


def member_table(
    members: CohortMembers, clinical: Table | None, molecular: Table | None, matrix: ExpressionMatrix | None
) -> Table:
    """Every patient that the cohort's declaration reaches, what there is of each, and the person behind it.

    With ``patients = "with_images"`` only patients with images count, with "listed" only the listed ones; all others
    are not members and appear nowhere.
    """
    images = {row["patient"]: row for row in members.rows if row["state"] == "present"}
    with_clinical = _patients_of(clinical)
    with_molecular = _patients_of(molecular)
    with_expression = set(matrix.samples) if matrix is not None else set()
    everyone = set(images) | with_clinical | with_molecular | with_expression | set(members.excluded)
    if members.accepts == "with_images":
        everyone = set(images) | set(members.excluded)
    if members.accepts == "listed":
        everyone &= set(members.only)
    rows = []
    for patient in sorted(everyone):
        check_patient_id(patient, members.cohort, "patient")
        key = PatientKey(members.cohort, patient)
        rows.append(
            {
                "patient_key": str(key),
                "cohort": members.cohort,
                "patient": patient,
                "person": person_pseudonym(members.secret, members.persons.person_of(key)),
                "centre": members.centre,
                "has_images": patient in images,
                "has_clinical": patient in with_clinical,
                "has_molecular": patient in with_molecular,
                "has_expression": patient in with_expression,
                "excluded_reason": members.excluded.get(patient),
            }
        )
    return _table("cohort_members", _frame("cohort_members", rows), members.cohort)


def _patients_of(table: Table | None) -> set[str]:
    if table is None:
        return set()
    return {str(key).partition(".")[2] for key in table.frame["patient_key"]}


def extra_table(cohort: str, *parts: ExtraColumns | None) -> Table:
    """Further declared columns of all sheets of a cohort, in long form."""
    frames = [part.frame for part in parts if part is not None and len(part.frame)]
    frame = pd.concat(frames, ignore_index=True) if frames else _frame("clinical_extra", [])
    return _table("clinical_extra", frame, cohort)


def radiomics_table(artifacts: PatientArtifacts) -> Table:
    """Radiomic features of all patients of a cohort."""
    frames = []
    for pointer, value in _read_all(artifacts, RadiomicsTable):
        frame = pd.DataFrame(dict(value.columns))
        frame.insert(0, "cohort", artifacts.cohort)
        frame.insert(0, "patient_key", pointer.key)
        frames.append(frame)
    frame = pd.concat(frames, ignore_index=True) if frames else _frame("radiomics", [])
    return _table("radiomics", frame, artifacts.cohort)


def readings_of(*artifacts: PatientArtifacts) -> pd.DataFrame:
    """Radiomic features of all patients and makers, as science.radiomics.stability reads them; primary masks first."""
    frames = [
        pd.DataFrame(dict(value.columns)).assign(patient=pointer.key)
        for each in artifacts
        for pointer, value in _read_all(each, RadiomicsTable)
    ]
    return pd.concat(frames, ignore_index=True)


def overlaps_of(artifacts: PatientArtifacts) -> list[dict[str, Any]]:
    """The overlaps of the makers' masks of all patients of a cohort, each with its patient."""
    return [{**row, "patient": pointer.key} for pointer, value in _read_all(artifacts, QualityReport)
            for row in value.overlaps]  # fmt: skip


def stability_table(frame: pd.DataFrame, cohort: str, picture_png: bytes, warnings: tuple[str, ...]) -> DrawnTable:
    """Correlations of features between masks, as declared, with their picture."""
    return DrawnTable(_table("radiomic_stability", frame.assign(cohort=cohort), cohort).frame, picture_png, warnings)


def deep_feature_table(artifacts: PatientArtifacts) -> Table:
    """Embeddings of all patients of a cohort."""
    frames = [
        pd.DataFrame(
            {
                "patient_key": pointer.key,
                "cohort": artifacts.cohort,
                "encoder": value.encoder,
                "encoder_sha256": value.encoder_sha256,
                "dimension": range(len(value.values)),
                "value": value.values.astype("float64"),
            }
        )
        for pointer, value in _read_all(artifacts, Embedding)
    ]
    frame = pd.concat(frames, ignore_index=True) if frames else _frame("deep_features", [])
    return _table("deep_features", frame, artifacts.cohort)


def quality_table(artifacts: PatientArtifacts) -> Table:
    """Quality measures and warnings of all patients of a cohort, in long form."""
    rows = [
        {"patient_key": pointer.key, "cohort": artifacts.cohort} | row
        for pointer, value in _read_all(artifacts, QualityReport)
        for row in _quality_rows(value)
    ]
    return _table("quality", _frame("quality", rows), artifacts.cohort)


def _quality_rows(report: QualityReport) -> Iterator[dict[str, Any]]:
    yield from _long("sequence", report.sequences, {"sequence": "sequence"})
    yield from _long("mask", report.masks, {"maker": "maker", "region": "region"})
    yield from _long("overlap", report.overlaps, {"region": "region", "maker_a": "maker", "maker_b": "other_maker"})
    for position, warning in enumerate(report.warnings):
        yield {"subject": "warning", "measure": f"warning_{position + 1}", "text": warning}


def _long(subject: str, rows: Iterable[Any], places: dict[str, str]) -> Iterator[dict[str, Any]]:
    """One row a measure: the columns in `places` say what it is about, all others are measures."""
    for row in rows:
        about = {target: str(row[source]) for source, target in places.items()}
        for measure, value in row.items():
            if measure not in places:
                number = isinstance(value, (int, float))
                yield (
                    {"subject": subject, "measure": measure}
                    | about
                    | ({"value": float(value)} if number else {"text": str(value)})
                )


def state_table(states: PatientStates) -> Table:
    """State of every artifact of a cohort and its patients; one row an asset and key."""
    rows = [
        {
            "patient_key": pointer.key if "." in pointer.key else None,
            "cohort": states.cohort,
            "asset": pointer.asset,
            "state": pointer.state,
            "reason": pointer.reason or None,
        }
        for pointer in states.pointers
    ]
    return _table("artifact_states", _frame("artifact_states", rows), states.cohort)


def _read_all(artifacts: PatientArtifacts, value_type: type) -> Iterator[tuple[ArtifactPointer, Any]]:
    kind = registry.kind_of(value_type)
    for pointer in artifacts.pointers:
        yield pointer, kind.read(Path(pointer.folder), registry.ReadContext(root=Path(pointer.folder)))


def _frame(table: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(GATHERED[table].column_names))


def _table(name: str, frame: pd.DataFrame, source: str) -> Table:
    return Table(as_table(frame, GATHERED[name], source=source))
