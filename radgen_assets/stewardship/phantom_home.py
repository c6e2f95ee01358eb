"""Writes a phantom to disk: source folders as centres hand them over, and the declarations of a home."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.identity import PatientKey
from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.gmt import write_gmt
from radgen_assets.science.phantom.cohorts import PHANTOM_COHORTS
from radgen_assets.science.phantom.faults import FaultKind, planned_faults
from radgen_assets.science.phantom.patient import PatientImages, patient_images
from radgen_assets.science.phantom.population import TWICE_MEASURED, Population, draw_population
from radgen_assets.science.phantom.settings import PhantomSettings
from radgen_assets.science.phantom.transcriptome import expression_matrix, gene_panel
from radgen_assets.stewardship.phantom_declarations import cohort_declaration
from radgen_assets.stewardship.phantom_images import write_images
from radgen_assets.stewardship.phantom_sheets import write_expression, write_sheets
from radgen_assets.stewardship.phantom_studies import STUDY_NAME, studies_of
from radgen_assets.stewardship.toml_text import toml_text

_THREADS = 2  # numpy and zlib release the interpreter; more threads only cost memory


@dataclass(frozen=True)
class PlantedFault:
    """A fault by the key of its patient; `same_as` names the patient that a duplicate repeats."""

    kind: FaultKind
    key: str
    same_as: str = ""


@dataclass(frozen=True, eq=False)
class PhantomManifest:
    """What was written, and the truth that tests ask for.

    patients : ids by cohort
    motions : by patient key and sequence, the rigid (4, 4) RAS+ mm from points of t1ce to points of the sequence
    persons : rows of identity.csv
    """

    settings: PhantomSettings
    sources: Path
    patients: Mapping[str, tuple[str, ...]]
    faults: tuple[PlantedFault, ...]
    motions: Mapping[str, Mapping[Sequence, NDArray[np.float64]]]
    persons: tuple[tuple[str, str, str], ...]
    study: str
    gene_sets: Path

    def faults_of(self, kind: FaultKind) -> tuple[str, ...]:
        """Keys of the patients with a fault of one kind."""
        return tuple(fault.key for fault in self.faults if fault.kind is kind)


def write_phantom_home(home_root: Path, sources: Path, settings: PhantomSettings) -> PhantomManifest:
    """Write `sources`/<cohort>/... and, in the home, cohorts/*.toml, studies/*.toml, gene sets and identity.csv.

    Writing again with equal settings gives equal bytes; what else lies in the two folders is left alone. A radgen.toml
    that is there and names no gene sets is made to name the phantom's.
    """
    sizes = settings.patients.model_dump()
    populations = {name: draw_population(settings, name) for name, size in sizes.items() if size}
    patients = {name: PHANTOM_COHORTS[name].patient_ids(each.n) for name, each in populations.items()}
    motions: dict[str, Mapping[Sequence, NDArray[np.float64]]] = {}
    for name, population in populations.items():
        root = sources / name
        root.mkdir(parents=True, exist_ok=True)
        cohort = cohort_declaration(name, os.path.relpath(root.resolve(), (home_root / "cohorts").resolve()))
        vasari = _write_images_of(root, cohort, settings, population, patients[name], motions)
        _write_tables(root, cohort, settings, population, patients[name], vasari)
        _write_text(home_root / "cohorts" / f"{name}.toml", toml_text(cohort, comment=_COHORT_COMMENT))
    for study in studies_of(sizes):
        _write_text(home_root / "studies" / f"{study.name}.toml", toml_text(study, comment=_STUDY_COMMENT))
    gene_sets = home_root / "gene_sets" / "phantom.gmt"
    gene_sets.parent.mkdir(parents=True, exist_ok=True)
    write_gmt(gene_sets, gene_panel(settings).sets)
    _name_gene_sets(home_root / "radgen.toml")
    persons = _persons(patients)
    _write_text(home_root / "identity.csv", _identity_text(persons))
    manifest = PhantomManifest(
        settings=settings,
        sources=sources,
        patients=patients,
        faults=_planted(settings, patients),
        motions=motions,
        persons=persons,
        study=STUDY_NAME,
        gene_sets=gene_sets,
    )
    _write_text(sources / "phantom.json", _summary(manifest))
    return manifest


_COHORT_COMMENT = "A cohort of the phantom, written by radgen. Keys: docs/file_formats.md"
_STUDY_COMMENT = "A study of the phantom, written by radgen. Keys: docs/file_formats.md"


def _write_images_of(
    root: Path,
    cohort: Cohort,
    settings: PhantomSettings,
    population: Population,
    patients: tuple[str, ...],
    motions: dict[str, Mapping[Sequence, NDArray[np.float64]]],
) -> pd.DataFrame:
    """Write the images of a cohort; returns VASARI codes (rows as `patients`), and adds to `motions`."""
    layout = cohort.layout
    if layout is None:
        return pd.DataFrame(index=list(patients))

    def write(index: int) -> PatientImages:
        images = patient_images(settings, population, index)
        write_images(root, layout, patients[index], images)
        return replace(images, volumes=(), masks=(), diffusion=None, truth=None)  # keep what is small

    with ThreadPoolExecutor(_THREADS) as pool:
        written = list(pool.map(write, range(population.n)))
    for patient, images in zip(patients, written, strict=True):
        if images.motions:
            motions[str(PatientKey(cohort.name, patient))] = images.motions
    return pd.DataFrame([dict(images.vasari) for images in written], index=list(patients))


def _write_tables(
    root: Path,
    cohort: Cohort,
    settings: PhantomSettings,
    population: Population,
    patients: tuple[str, ...],
    vasari: pd.DataFrame,
) -> None:
    clinical = population.clinical.set_axis(list(patients), axis=0)
    clinical["event"] = np.where(clinical["event"] == 1, "true", "false")
    clinical["radiotherapy"] = np.where(clinical["radiotherapy"] == "yes", "true", "false")
    if cohort.times_known_for == "dead_only":
        clinical["time_months"] = clinical["time_months"].where(clinical["event"] == "true")
    columns = [column for sheet in cohort.clinical for column in sheet.columns]
    codes = {column.name: column.source for column in columns if column.name.startswith("vasari_")}
    for name, code in codes.items():
        clinical[name] = vasari[code]
    write_sheets(root, (*cohort.clinical, *cohort.molecular), clinical)
    for declaration in cohort.expression:
        matrix = expression_matrix(settings, population, patients)
        if declaration.samples_per_person == "first_sorted":
            matrix = _with_recurrence(matrix)
        write_expression(root, declaration, matrix)


def _with_recurrence(matrix: ExpressionMatrix) -> ExpressionMatrix:
    """Samples under TCGA-like barcodes, the first person's recurrence (-02A) beside the primary tumour (-01A).

    The recurrence has twice the reads, so that taking the wrong one shows.
    """
    values = np.hstack([matrix.values, 2 * matrix.values[:, :1]])
    barcodes = tuple(f"{sample}-01A" for sample in matrix.samples)
    return replace(matrix, values=values, samples=(*barcodes, f"{matrix.samples[0]}-02A"))


def _planted(settings: PhantomSettings, patients: Mapping[str, tuple[str, ...]]) -> tuple[PlantedFault, ...]:
    def key(cohort: str, index: int) -> str:
        return str(PatientKey(cohort, patients[cohort][index]))

    return tuple(
        PlantedFault(
            fault.kind,
            key(fault.cohort, fault.index),
            key(fault.source_cohort, fault.source_index) if fault.source_cohort else "",
        )
        for fault in planned_faults(settings)
    )


def _persons(patients: Mapping[str, tuple[str, ...]]) -> tuple[tuple[str, str, str], ...]:
    """The one person who was measured on two platforms, declared."""
    if not all(cohort in patients for cohort in TWICE_MEASURED):
        return ()
    return tuple(("PHANTOM-PERSON-1", cohort, patients[cohort][0]) for cohort in TWICE_MEASURED)


def _identity_text(persons: tuple[tuple[str, str, str], ...]) -> str:
    return "\n".join(["person,cohort,patient,source_id", *(f"{p},{c},{i},{i}" for p, c, i in persons)]) + "\n"


def _name_gene_sets(radgen_toml: Path) -> None:
    if radgen_toml.is_file():
        text = radgen_toml.read_text()
        named = re.sub(r"(?m)^gene_sets = \[\]", 'gene_sets = ["gene_sets/phantom.gmt"]', text)
        radgen_toml.write_text(named)


def _summary(manifest: PhantomManifest) -> str:
    content = {
        "settings": manifest.settings.model_dump(mode="json"),
        "faults": [{"kind": fault.kind.value, "key": fault.key, "same_as": fault.same_as} for fault in manifest.faults],
        "motions": {
            key: {sequence.value: matrix.round(6).tolist() for sequence, matrix in of_patient.items()}
            for key, of_patient in manifest.motions.items()
        },
    }
    return json.dumps(content, indent=1, sort_keys=True) + "\n"


def _write_text(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
