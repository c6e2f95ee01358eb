"""Plain folders: one pattern with {patient} for each sequence, as the cohort's TOML states them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.layouts.found import NIFTI, Candidates, folder_of

_COMPANIONS = {"bvals": (".bval", ".bvals"), "bvecs": (".bvec", ".bvecs")}


def find(files: Iterable[str], patterns: Mapping[Sequence, re.Pattern[str]]) -> dict[str, Candidates]:
    """Candidates by source id, which is what stands for {patient}."""
    names = sorted(files)
    present = set(names)
    found: dict[str, Candidates] = defaultdict(Candidates)
    for sequence, pattern in patterns.items():
        folders: dict[str, set[str]] = defaultdict(set)  # of this sequence: t1/ and t2/ may be folders of their own
        for path in names:
            match = pattern.fullmatch(path)
            if match is None or not path.endswith(NIFTI):
                continue
            candidates = found[match["patient"]]
            candidates.add_scan(sequence, path)
            folders[match["patient"]].add(_folder_of_patient(path, match))
            if sequence is Sequence.dwi:
                candidates.companions[path] = _companions(path, present)
        for source_id, places in folders.items():
            if len(places) > 1:
                found[source_id].folders |= places
    return dict(found)


def _folder_of_patient(path: str, match: re.Match[str]) -> str:
    """The path up to the first {patient}: where the same id in two places is told from two files of one place."""
    return folder_of(path[: match.end("patient")])


def _companions(path: str, present: set[str]) -> dict[str, str]:
    stem = next(path.removesuffix(ending) for ending in NIFTI if path.endswith(ending))
    found = {kind: [f"{stem}{end}" for end in ends if f"{stem}{end}" in present] for kind, ends in _COMPANIONS.items()}
    return {kind: paths[0] for kind, paths in found.items() if paths}
