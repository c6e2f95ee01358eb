"""The lake: a folder an artifact, written whole or not at all.

Files go into a temporary folder beside their place, are flushed, and the folder is renamed: a kill leaves either
nothing or a folder that the ledger does not know.
"""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from radgen_assets.contracts.identity import PatientKey
from radgen_assets.lineage.fingerprints import sha256_of_file
from radgen_assets.lineage.records import ArtifactRecord, FileRecord

TEMPORARY = ".writing-"
PUT_ATTEMPTS = 3
WHOLE = "_whole"  # stands where a patient id stands, for artifacts of a cohort or of the home


@dataclass(frozen=True)
class Lake:
    """Artifacts under `root`, at ``<asset>/<cohort>/<patient>/<inputs hash, 16>/``."""

    root: Path

    def place(self, asset: str, key: str, inputs_hash: str) -> str:
        """Folder of an artifact, relative to the lake.

        A patient's key gives ``<asset>/<cohort>/<patient>/...``; a cohort's ``<asset>/<cohort>/_whole/...``.
        """
        cohort, _, patient = key.partition(".")
        if patient:
            PatientKey.parse(key)
        return f"{asset}/{cohort}/{patient or WHOLE}/{inputs_hash[:16]}"

    def write(
        self, asset: str, key: str, inputs_hash: str, fill: Callable[[Path], None]
    ) -> tuple[str, tuple[FileRecord, ...]]:
        """Let `fill` write files into a fresh folder, then put that folder in its place.

        Returns
        -------
        place : str
            Relative to the lake.
        files : tuple of FileRecord
            In the order of names.
        """
        place = self.place(asset, key, inputs_hash)
        target = self.root / place
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
        temporary.mkdir()
        try:
            fill(temporary)
            files = tuple(_flush_and_hash(path, temporary) for path in sorted(temporary.rglob("*")) if path.is_file())
            _put(temporary, target)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        _flush_folder(target.parent)
        return place, files

    def path(self, record: ArtifactRecord) -> Path:
        """The artifact's folder on disk."""
        return self.root / record.path

    def sweep(self, older_than_seconds: float) -> int:
        """Remove temporary folders that a killed run left behind; returns how many."""
        import time

        limit = time.time() - older_than_seconds
        left = [path for path in self.root.rglob(f"{TEMPORARY}*") if path.is_dir() and path.stat().st_mtime < limit]
        for path in left:
            shutil.rmtree(path, ignore_errors=True)
        return len(left)


def _put(temporary: Path, target: Path) -> None:
    """Rename into place; what stands there was left by a kill before its record, or is made again by force.

    An orphaned worker of a killed run may put the same artifact there between look and rename: then look again.
    """
    for attempt in range(PUT_ATTEMPTS):
        if target.exists():
            shutil.rmtree(_set_aside(target))
        try:
            os.rename(temporary, target)
            return
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST) or attempt == PUT_ATTEMPTS - 1:
                raise


def _set_aside(target: Path) -> Path:
    """Rename before removal, so that a reader sees the whole old folder or none."""
    aside = target.parent / f"{TEMPORARY}{uuid.uuid4().hex}"
    os.rename(target, aside)
    return aside


def _flush_and_hash(path: Path, folder: Path) -> FileRecord:
    with path.open("rb") as stream:
        os.fsync(stream.fileno())
        size = os.fstat(stream.fileno()).st_size
    return FileRecord(str(path.relative_to(folder)), sha256_of_file(path), size)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
