"""What a layout finds: patients with their scans and masks, by reference."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from radgen_assets.contracts.cohort import MaskDeclaration
from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.volumes import Sequence


@dataclass(frozen=True)
class FoundScan:
    """One image: `path` and `companions` (bvals, bvecs of a dwi) are relative to the cohort's root."""

    path: Path
    sequence: Sequence
    companions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FoundMask:
    """One mask: `path` is relative to the cohort's root."""

    path: Path
    declaration: MaskDeclaration


@dataclass(frozen=True)
class FoundPatient:
    """One patient of a cohort as its folder shows them.

    `problems` says what was left aside and why, a sentence each. `excluded` is the reason why this patient is not
    used; empty for those who are.
    """

    patient: str
    source_id: str
    scans: tuple[FoundScan, ...]
    masks: tuple[FoundMask, ...]
    problems: tuple[str, ...] = ()
    excluded: str = ""


@dataclass
class Candidates:
    """Files of one source id, before one is chosen for each sequence and each maker."""

    folders: set[str] = field(default_factory=set)  # where the id was found; more than one is refused
    scans: dict[Sequence, list[str]] = field(default_factory=dict)
    masks: dict[str, list[str]] = field(default_factory=dict)  # by maker
    companions: dict[str, dict[str, str]] = field(default_factory=dict)  # by scan
    problems: list[str] = field(default_factory=list)

    def add_scan(self, sequence: Sequence, path: str) -> None:
        """Note an image of `sequence`."""
        self.scans.setdefault(sequence, []).append(path)

    def add_mask(self, maker: str, path: str) -> None:
        """Note a mask of `maker`."""
        self.masks.setdefault(maker, []).append(path)


NIFTI = (".nii.gz", ".nii")
READ = (*NIFTI, ".bval", ".bvec", ".bvals", ".bvecs")  # what a scan may be made of; other files are never opened


def stem_of(path: str) -> str:
    """File name without .nii or .nii.gz."""
    name = path.rsplit("/", 1)[-1]
    return next(name.removesuffix(ending) for ending in (*NIFTI, "") if name.endswith(ending))


def folder_of(path: str) -> str:
    """Folder of a relative path; "." for the root itself."""
    return str(PurePosixPath(path).parent)


def walk_files(root: Path) -> list[str]:
    """Relative paths (with /) of all files below `root`, sorted; hidden files and folders are left out.

    A link to a place outside `root` is refused with BadInput. A link to a folder inside is not followed: what lies
    there is met anyway, under its own name.
    """
    return sorted(_walk(root, root.resolve(), ""))


def _walk(folder: Path, root: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith("."):
                continue
            name = f"{prefix}{entry.name}"
            if entry.is_symlink() and (entry.is_dir() or name.endswith(READ)):
                _refuse_outside(root, name)
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path), root, f"{name}/")
            elif not entry.is_dir():  # a broken link too: reading it fails, and says so for its patient alone
                yield name


def _refuse_outside(root: Path, name: str) -> None:
    """Raise BadInput unless `name`, with its links resolved, lies below `root` (resolved)."""
    target = (root / name).resolve()
    if not target.is_relative_to(root):
        raise BadInput(
            name, "link", str(target), f"a place inside {root}", "Copy the file there, or set the cohort's root higher."
        )


def first_of(paths: Iterable[str], what: str, problems: list[str]) -> str:
    """The first in the order of names; the others are named in `problems`."""
    first, *others = sorted(paths)
    if others:
        problems.append(f"{what}: {first} is used, the first in the order of names; left aside: {', '.join(others)}.")
    return first
