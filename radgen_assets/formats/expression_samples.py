"""One sample a patient: which of several stands for a person, by the declared rule."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

from radgen_assets.contracts.cohort import ExpressionDeclaration
from radgen_assets.contracts.errors import BadInput

TCGA_PATIENT = r"^(TCGA-\w{2}-\w{4})"
PRIMARY = "01"
_TCGA_SAMPLE = re.compile(r"TCGA-\w{2}-\w{4}-(\d{2})[A-Z]?")
_SAMPLE_TYPES = {"02": "recurrence", "05": "additional primary", "06": "metastasis", "10": "blood", "11": "normal"}


@dataclass(frozen=True)
class ChosenSamples:
    """places : of the chosen samples, in the order of their patients; patients : their ids, sorted and unique."""

    places: tuple[int, ...]
    patients: tuple[str, ...]
    notes: tuple[str, ...]


def id_pattern(declaration: ExpressionDeclaration) -> str | None:
    """The declared pattern; for primary_tumour the first 12 characters of a TCGA barcode where none is declared."""
    if declaration.patient_id_pattern is None and declaration.samples_per_person == "primary_tumour":
        return TCGA_PATIENT
    return declaration.patient_id_pattern


def choose_samples(samples: list[str], patients: list[str], rule: str, file: str) -> ChosenSamples:
    """Choose one sample for each patient.

    Parameters
    ----------
    samples, patients : ids of all samples, and the patient behind each
    rule : ``refuse``; ``first_sorted``: the first in the order of sample ids; ``primary_tumour``: of TCGA samples those
        of type 01, the first vial in order where there are several; other types are set aside and counted

    Raises
    ------
    BadInput
        Several samples of one patient under ``refuse``; a sample id without a type under ``primary_tumour``.
    """
    notes: list[str] = []
    places = list(range(len(samples)))
    if rule == "primary_tumour":
        places = _primaries(samples, patients, file, notes)
    of_patient: dict[str, list[int]] = defaultdict(list)
    for place in sorted(places, key=lambda each: samples[each]):
        of_patient[patients[place]].append(place)
    several = {patient: found for patient, found in of_patient.items() if len(found) > 1}
    if several and rule == "refuse":
        raise _refused(several, samples, file)
    if several:
        aside = sum(len(found) - 1 for found in several.values())
        notes.append(f"{file}: of {len(several)} patients the first sample in order is kept, {aside} set aside.")
    chosen = sorted(of_patient)
    return ChosenSamples(tuple(of_patient[patient][0] for patient in chosen), tuple(chosen), tuple(notes))


def _primaries(samples: list[str], patients: list[str], file: str, notes: list[str]) -> list[int]:
    kept: list[int] = []
    aside: Counter[str] = Counter()
    for place, sample in enumerate(samples):
        found = _TCGA_SAMPLE.match(sample)
        if found is None:
            remedy = "Use samples_per_person = 'first_sorted' for ids that are not TCGA's."
            expected = "a TCGA barcode with its sample type (TCGA-XX-XXXX-01A)"
            raise BadInput(file, "sample id", repr(sample), expected, remedy)
        if found[1] == PRIMARY:
            kept.append(place)
        else:
            aside[found[1]] += 1
    if aside:
        types = ", ".join(
            f"{n} of type {each} ({_SAMPLE_TYPES.get(each, 'other')})" for each, n in sorted(aside.items())
        )
        notes.append(f"{file}: {sum(aside.values())} samples that are no primary tumour are set aside: {types}.")
    without = sorted(set(patients) - {patients[place] for place in kept})
    if without:
        notes.append(f"{file}: {len(without)} patients have no primary tumour: {', '.join(without[:5])}.")
    return kept


def _refused(several: dict[str, list[int]], samples: list[str], file: str) -> BadInput:
    patient, places = next(iter(sorted(several.items())))
    found = f"{len(places)} samples of patient {patient} ({', '.join(samples[place] for place in places)})"
    if len(several) > 1:
        found += f" and of {len(several) - 1} more"
    remedy = "Set samples_per_person to 'primary_tumour' (TCGA) or 'first_sorted', or narrow patient_id_pattern."
    return BadInput(file, "samples", found, "one sample a patient", remedy)
