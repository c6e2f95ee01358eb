"""ContrastResult: genes, gene sets and patients as Parquet tables, everything else as contrast.json."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.parquet import read_frame, write_frame
from radgen_assets.formats.registry import ReadContext

VERSION = 1
FILE = "contrast.json"
TABLES = ("genes", "over_representation", "enrichment", "patients")
LISTS = ("methods", "sources", "warnings", "notes")


def write(value: ContrastResult, folder: Path) -> None:
    """Write the tables and contrast.json."""
    for name in TABLES:
        write_frame(folder / f"{name}.parquet", getattr(value, name))
    body = {name: each for name, each in vars(value).items() if name not in TABLES}
    write_document(folder / FILE, "contrast_result", VERSION, body)


def read(folder: Path, context: ReadContext) -> ContrastResult:
    """Read them back."""
    body = read_document(folder / FILE, "contrast_result", VERSION)
    tables: dict[str, pd.DataFrame] = {name: read_frame(folder / f"{name}.parquet") for name in TABLES}
    lists = {name: tuple(body[name]) for name in LISTS}
    groups = tuple((level, cohort, n) for level, cohort, n in body["groups"])
    return ContrastResult(**{**body, **tables, **lists, "groups": groups})
