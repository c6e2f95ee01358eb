"""Scans: scans.json, everything but the root, which is this machine's."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from radgen_assets.contracts.volumes import ScanFile, Scans, Sequence
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: Scans, folder: Path) -> None:
    """Write scans.json."""
    body = {key: each for key, each in asdict(value).items() if key != "root"}
    write_document(folder / "scans.json", "scans", VERSION, body)


def read(folder: Path, context: ReadContext) -> Scans:
    """Read scans.json; paths are below the root of `context`."""
    body = read_document(folder / "scans.json", "scans", VERSION)
    return Scans(
        root=str(context.root),
        files=tuple(_scan(each) for each in body["files"]),
        absent=tuple(Sequence(each) for each in body["absent"]),
        anchor=tuple(Sequence(each) for each in body["anchor"]),
        registered=body["registered"],
        problems=tuple(body["problems"]),
    )


def _scan(row: dict) -> ScanFile:
    return ScanFile(
        **{
            **row,
            "sequence": Sequence(row["sequence"]),
            "shape": tuple(row["shape"]),
            "spacing_mm": tuple(row["spacing_mm"]),
        }
    )
