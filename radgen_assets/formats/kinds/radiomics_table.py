"""RadiomicsTable: radiomics.parquet, its warnings and format version in the file's metadata."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.features import RadiomicsTable
from radgen_assets.formats.parquet import read_arrow, read_metadata, write_arrow
from radgen_assets.formats.registry import ReadContext

VERSION = 1
FILE = "radiomics.parquet"


def write(value: RadiomicsTable, folder: Path) -> None:
    """Write radiomics.parquet, its columns in the order of `RadiomicsTable.NAMES`."""
    texts = {name: pa.array([str(each) for each in value.columns[name]], pa.string()) for name in _TEXTS}
    table = pa.table({**texts, "value": pa.array(np.asarray(value.columns["value"], dtype=np.float64))})
    metadata = {"format": "radgen/radiomics_table", "version": str(VERSION), "warnings": json.dumps(value.warnings)}
    write_arrow(folder / FILE, table, metadata=metadata)


def read(folder: Path, context: ReadContext) -> RadiomicsTable:
    """Read it back; text columns are arrays of str."""
    metadata = read_metadata(folder / FILE)
    version = metadata.get("version", "none")
    if metadata.get("format") != "radgen/radiomics_table" or int(version) > VERSION:
        found = f"{metadata.get('format', 'no format')}, version {version}"
        raise BadInput(FILE, "format", found, f"radgen/radiomics_table, at most {VERSION}", "Update radgen.")
    table = read_arrow(folder / FILE)
    texts = {name: np.array(table[name].to_pylist(), dtype=np.str_) for name in _TEXTS}
    values = table["value"].to_numpy()
    return RadiomicsTable({**texts, "value": values}, tuple(json.loads(metadata["warnings"])))


_TEXTS = RadiomicsTable.NAMES[:-1]
