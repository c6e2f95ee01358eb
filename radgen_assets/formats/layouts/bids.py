"""BIDS: sub-<patient>[/ses-<session>]/{anat,dwi}/sub-<patient>[_ses-..][_key-value...]_{T1w,T2w,FLAIR,dwi}.nii[.gz]

T1w with a `ce` entity (ce-gadolinium) is t1ce, without one t1w. Of several sessions the first in the order of names
is used; of several acquisitions or runs in it likewise; the others are named in the patient's problems. Masks without
a pattern of their own lie in derivatives/<maker>/sub-<patient>/ and end in _mask or _dseg.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.layouts.found import NIFTI, Candidates, stem_of

_IMAGE = re.compile(r"sub-(?P<patient>[^/]+)/(?:(?P<session>ses-[^/]+)/)?(?P<kind>anat|dwi)/(?P<name>[^/]+)")
_MASK = re.compile(r"derivatives/(?P<maker>[^/]+)/sub-(?P<patient>[^/]+)/(?:[^/]+/)*[^/]+_(?:mask|dseg)\.nii(?:\.gz)?")
_SEQUENCE = {"T2w": Sequence.t2w, "FLAIR": Sequence.flair, "dwi": Sequence.dwi}


def find(files: Iterable[str]) -> dict[str, Candidates]:
    """Candidates by source id (the folder's name without sub-)."""
    names = sorted(files)
    sessions = _first_sessions(names)
    found: dict[str, Candidates] = defaultdict(Candidates)
    present = set(names)
    for path in names:
        image = _IMAGE.fullmatch(path)
        if image is None or not path.endswith(NIFTI):
            continue
        candidates = found[image["patient"]]
        candidates.folders.add(f"sub-{image['patient']}")
        if image["session"] == sessions[image["patient"]][0]:
            _add(candidates, path, image["patient"], present)
    for patient, (first, others) in sessions.items():
        if others:
            used = first or "what lies outside any session"
            found[patient].problems.append(
                f"Of several sessions the first is used: {used}; left aside: {', '.join(others)}."
            )
    return dict(found)


def find_masks(files: Iterable[str], maker: str) -> dict[str, list[str]]:
    """Masks of `maker` by source id."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in files:
        mask = _MASK.fullmatch(path)
        if mask is not None and mask["maker"] == maker:
            found[mask["patient"]].append(path)
    return dict(found)


def _first_sessions(names: list[str]) -> dict[str, tuple[str | None, list[str]]]:
    """First session and the others, a patient; images outside any session come before all sessions."""
    sessions: dict[str, set[str | None]] = defaultdict(set)
    for path in names:
        image = _IMAGE.fullmatch(path)
        if image is not None and path.endswith(NIFTI):
            sessions[image["patient"]].add(image["session"])
    ordered = {patient: sorted(found, key=lambda name: name or "") for patient, found in sessions.items()}
    return {patient: (names[0], [str(name) for name in names[1:]]) for patient, names in ordered.items()}


def _add(candidates: Candidates, path: str, patient: str, present: set[str]) -> None:
    stem = stem_of(path)
    subject, *entities, suffix = stem.split("_")
    if subject != f"sub-{patient}":
        candidates.problems.append(f"{path}: found subject {subject}, expected sub-{patient}; left aside.")
        return
    if suffix == "T1w":
        contrast = any(entity.startswith("ce-") for entity in entities)
        candidates.add_scan(Sequence.t1ce if contrast else Sequence.t1w, path)
    elif suffix in _SEQUENCE:
        candidates.add_scan(_SEQUENCE[suffix], path)
        if suffix == "dwi":
            candidates.companions[path] = _companions(path, present)


def _companions(path: str, present: set[str]) -> dict[str, str]:
    """b-values and directions beside a dwi."""
    stem = next(path.removesuffix(ending) for ending in NIFTI if path.endswith(ending))
    return {f"{kind}s": f"{stem}.{kind}" for kind in ("bval", "bvec") if f"{stem}.{kind}" in present}
