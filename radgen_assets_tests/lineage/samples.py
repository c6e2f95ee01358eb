"""Small records to put into ledgers: hashes are made from what they stand for, so that equal means equal."""

from __future__ import annotations

import hashlib
from typing import Any

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import ArtifactRecord, FileRecord, InputRef, PatientRow, SourceRow, State


def hashed(*words: object) -> str:
    """SHA-256 of some words."""
    return hashlib.sha256(repr(words).encode()).hexdigest()


def artifact(
    asset: str = "imaging/volumes", key: str = "site_a.P001", *, version: int = 1, **changes: Any
) -> ArtifactRecord:
    """A done artifact with two files and two inputs; `version` makes it another one."""
    inputs_hash = changes.pop("inputs_hash", hashed(asset, key, version))
    state = changes.pop("state", State.done)
    done: dict[str, Any] = {
        "content_hash": hashed("content", asset, key, version),
        "path": f"{asset}/{key.replace('.', '/')}/{inputs_hash[:16]}",
        "files": (FileRecord("t1ce.nii.gz", hashed("t1ce", version), 7), FileRecord("flair.nii.gz", hashed("f"), 11)),
    }
    given: dict[str, Any] = {
        "recipe_hash": hashed("recipe", asset),
        "seconds": 1.5,
        "inputs": (
            InputRef("scans", "artifact", f"raw/scans|{key}|{hashed(key)}", hashed("scans", version)),
            InputRef("scans:sub-1/t1ce.nii.gz", "source", "site_a/sub-1/t1ce.nii.gz", hashed("t1ce", version)),
        ),
        "warnings": ("spacing is not known",),
        "run_id": "run-1",
        "pass_id": "pass-1",
        "facts": {"sequences": 4, "anchor": "t1ce", "noise": 0.25, "registered": True},
    }
    return ArtifactRecord(
        asset=asset,
        key=key,
        inputs_hash=inputs_hash,
        state=state,
        **{**given, **(done if state is State.done else {}), **changes},
    )


def patient(key: str, person: str | None = None, **changes: Any) -> PatientRow:
    """A patient that is its own person unless told otherwise."""
    cohort, _, name = key.partition(".")
    return PatientRow(key, cohort, name, person or key, **changes)


def source(
    path: str, sha256: str = "a", *, cohort: str = "site_a", key: str = "site_a.P001", **changes: Any
) -> SourceRow:
    """A scan of 10 bytes."""
    given: dict[str, Any] = {"role": "scan:t1ce", "size": 10, "mtime_ns": 1_700_000_000_123_456_789, "inode": 42}
    return SourceRow(cohort=cohort, path=path, key=key, sha256=sha256, **{**given, **changes})


def kinds(ledger: Ledger) -> list[str]:
    """The kinds of all rows of the journal, in order."""
    import sqlalchemy as sa

    from radgen_assets.lineage.schema import journal

    with ledger._database.read() as connection:
        return list(connection.scalars(sa.select(journal.c.kind).order_by(journal.c.seq)))
