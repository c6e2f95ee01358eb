"""The patients of a cohort's folder, whichever way it is laid out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from radgen_assets.contracts.cohort import Cohort, Layout, MaskDeclaration
from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.identity import PATIENT_ID
from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.layouts import bids, brats, plain
from radgen_assets.formats.layouts.found import (
    NIFTI,
    Candidates,
    FoundMask,
    FoundPatient,
    FoundScan,
    first_of,
    walk_files,
)
from radgen_assets.formats.layouts.patterns import compile_pattern
from radgen_assets.formats.patient_ids import PatientIds

FoundMasks = Mapping[str, Mapping[str, list[str]]]  # maker -> source id -> paths


def find_patients(cohort: Cohort, root: Path) -> dict[str, FoundPatient]:
    """Patients with images below `root`, by patient id, in the order of ids; empty without a layout.

    Nothing is opened: what a file holds is asked when it is read. Where several files would do, the first in the
    order of names is used and the patient's problems name the others.

    Raises
    ------
    BadInput
        No image fits the layout; two folders or two source ids give one patient; an id is no patient id and no rule
        maps it; a link or a pattern leaves `root`.
    """
    if cohort.layout is None:
        return {}
    files = walk_files(root)
    toml = f"{cohort.name}.toml"
    candidates = _find(cohort.layout, files, toml)
    if not candidates:
        raise _nothing_found(cohort.layout, files, toml, root)
    masks = {each.maker: _find_masks(cohort.layout, each, files, candidates, toml) for each in cohort.layout.masks}
    ids = PatientIds(cohort.identity.patient_id_pattern, toml, "identity.patient_id_pattern")
    patients: dict[str, FoundPatient] = {}
    for source_id in sorted(candidates):
        found = _patient(source_id, candidates[source_id], masks, ids, cohort.layout, root)
        _refuse_second(found, patients, root)
        patients[found.patient] = found
    return dict(sorted(patients.items()))


def _find(layout: Layout, files: list[str], toml: str) -> dict[str, Candidates]:
    if layout.kind == "bids":
        return bids.find(files)
    if layout.kind == "brats":
        return brats.find(files)
    patterns = layout.patterns.items()
    return plain.find(files, {key: compile_pattern(each, toml, f"layout.patterns.{key}") for key, each in patterns})


def _find_masks(
    layout: Layout, declaration: MaskDeclaration, files: list[str], candidates: Mapping[str, Candidates], toml: str
) -> Mapping[str, list[str]]:
    """Masks of one maker by source id: by the declared pattern, else where the layout itself keeps masks."""
    if declaration.pattern is not None:
        regex = compile_pattern(declaration.pattern, toml, f"layout.masks.{declaration.maker}.pattern")
        matches = [(match["patient"], path) for path in files if (match := regex.fullmatch(path)) is not None]
        masks: dict[str, list[str]] = {}
        for source_id, path in matches:
            if path.endswith(NIFTI):
                masks.setdefault(source_id, []).append(path)
        return masks
    if layout.kind == "bids":
        return bids.find_masks(files, declaration.maker)
    without = [each.maker for each in layout.masks if each.pattern is None]
    if layout.kind == "plain" or len(without) > 1:
        expected = "a pattern" if layout.kind == "plain" else f"a pattern for all but one of {', '.join(without)}"
        remedy = "Say how the masks of this maker are named, with {patient}."
        raise BadInput(toml, f"layout.masks.{declaration.maker}.pattern", "nothing", expected, remedy)
    return {source_id: each.masks[brats.MASK] for source_id, each in candidates.items() if brats.MASK in each.masks}


def _patient(
    source_id: str, found: Candidates, masks: FoundMasks, ids: PatientIds, layout: Layout, root: Path
) -> FoundPatient:
    if len(found.folders) > 1:
        raise _twice(root, source_id, sorted(found.folders))
    problems = list(found.problems)
    scans = tuple(_scan(sequence, found, problems) for sequence in Sequence if sequence in found.scans)
    given = tuple(
        FoundMask(Path(first_of(masks[each.maker][source_id], f"mask of {each.maker}", problems)), each)
        for each in layout.masks
        if source_id in masks[each.maker]
    )
    patient = ids.patient(source_id, str(root), f"images of {source_id!r}")
    if patient is None and not PATIENT_ID.fullmatch(source_id):
        expected = f"an id in which identity.patient_id_pattern {ids.pattern!r} is found"
        raise BadInput(str(root), "patient id", repr(source_id), expected, "Correct the pattern in the cohort's TOML.")
    excluded = layout.exclude.get(patient or source_id, "")
    if patient is None:
        excluded = excluded or f"its id does not fit identity.patient_id_pattern {ids.pattern!r}"
    return FoundPatient(patient or source_id, source_id, scans, given, tuple(problems), excluded)


def _scan(sequence: Sequence, found: Candidates, problems: list[str]) -> FoundScan:
    path = first_of(found.scans[sequence], sequence.value, problems)
    companions = found.companions.get(path, {})
    if sequence is Sequence.dwi and set(companions) != {"bvals", "bvecs"}:
        lacking = " and ".join(sorted({"bvals", "bvecs"} - set(companions)))
        problems.append(f"dwi: {path} lies there without its {lacking}; no tensor can be fitted to it.")
    return FoundScan(Path(path), sequence, companions)


def _refuse_second(found: FoundPatient, patients: Mapping[str, FoundPatient], root: Path) -> None:
    if found.patient in patients:
        places = [str(each.scans[0].path.parent) for each in (patients[found.patient], found)]
        raise _twice(root, found.patient, places)


def _twice(root: Path, patient: str, places: list[str]) -> BadInput:
    return BadInput(
        str(root),
        f"patient {patient}",
        f"two places ({' and '.join(places)})",
        "one",
        "Remove one, or give them different ids by identity.patient_id_pattern in the cohort's TOML.",
    )


def _nothing_found(layout: Layout, files: list[str], toml: str, root: Path) -> BadInput:
    images = [path for path in files if path.endswith(NIFTI)]
    other = [path for path in files if path.lower().endswith((".mha", ".mhd", ".nrrd", ".dcm", ".img"))]
    if images:
        found = f"{len(images)} NIfTI files, none named as it should be (the first is {images[0]})"
    elif other:
        found = f"no NIfTI file, but {len(other)} others such as {other[0]}"
    else:
        found = "no NIfTI file"
    remedy = "Convert images to NIfTI, or choose another layout.kind; docs/file_formats.md shows the names of each."
    return BadInput(
        toml, "layout.kind", f"{found} below {root}", f"images named as layout '{layout.kind}' says", remedy
    )
