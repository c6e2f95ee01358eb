"""BraTS file names of 2013 to 2023, and collections named alike (UCSF-PDGM, UPENN-GBM).

| name | example | id |
| --- | --- | --- |
| <id>_<kind>, <id>-<kind> | Brats18_TCIA02_135_1_t1ce, BraTS-GLI-00000-000-t2f, UPENN-GBM-00001_11_T1GD | <id> |
| <kind>, <kind>_<anything> | pat0006_1/Flair_subtrMeanDivStd, pat0006_1/OTMultiClass | folder |
| VSD.<..>.MR_<kind>.<number> | VSD.Brain.XX.O.MR_T1c.54513, VSD.Brain.XX.O.OT.54517 | nearest folder not named VSD.* |

kind: t1 t1n -> t1w; t1ce t1c t1gd -> t1ce; t2 t2w -> t2w; flair t2f -> flair; seg, OT -> mask. Case does not matter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.layouts.found import NIFTI, Candidates, folder_of, stem_of

MASK = "seg"
_KINDS: dict[str, Sequence | str] = {
    **dict.fromkeys(("t1", "t1n"), Sequence.t1w),
    **dict.fromkeys(("t1ce", "t1c", "t1gd"), Sequence.t1ce),
    **dict.fromkeys(("t2", "t2w"), Sequence.t2w),
    **dict.fromkeys(("flair", "t2f"), Sequence.flair),
    **dict.fromkeys(("seg", "ot", "otmulticlass"), MASK),
}
_KIND = "|".join(sorted(_KINDS, key=len, reverse=True))
_BEHIND_ID = re.compile(rf"(?P<id>.+)[_-](?P<kind>{_KIND})", re.IGNORECASE)
_IN_FOLDER = re.compile(rf"(?P<kind>{_KIND})(?:_.*)?", re.IGNORECASE)
_VSD = re.compile(r"VSD\.Brain.*\.(?:MR_)?(?P<kind>T1c|T1|T2|Flair|OT)\.\d+", re.IGNORECASE)


def find(files: Iterable[str]) -> dict[str, Candidates]:
    """Candidates by source id; masks under the maker name `MASK`, since a file name does not tell who drew them."""
    found: dict[str, Candidates] = defaultdict(Candidates)
    for path in files:
        named = _id_and_kind(path) if path.endswith(NIFTI) else None
        if named is None:
            continue
        source_id, kind, folder = named
        candidates = found[source_id]
        candidates.folders.add(folder)
        if isinstance(kind, Sequence):
            candidates.add_scan(kind, path)
        else:
            candidates.add_mask(kind, path)
    return {source_id: each for source_id, each in found.items() if each.scans}


def _id_and_kind(path: str) -> tuple[str, Sequence | str, str] | None:
    """Source id, kind, and the folder that stands for the patient; None for other files."""
    stem, folder = stem_of(path), folder_of(path)
    if (vsd := _VSD.fullmatch(stem)) is not None:
        own = next((each for each in PurePosixPath(path).parents if not each.name.startswith("VSD.")), PurePosixPath())
        return (own.name, _KINDS[vsd["kind"].lower()], str(own)) if own.name else None
    if (behind := _BEHIND_ID.fullmatch(stem)) is not None:
        return behind["id"], _KINDS[behind["kind"].lower()], folder
    if (alone := _IN_FOLDER.fullmatch(stem)) is not None and folder != ".":
        return PurePosixPath(folder).name, _KINDS[alone["kind"].lower()], folder
    return None
