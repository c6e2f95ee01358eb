"""From a cohort's declared sheets to the shared clinical or molecular table and the further columns in long form."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from radgen_assets.contracts.cohort import Column
from radgen_assets.contracts.frames import SheetTables
from radgen_assets.contracts.sources import ClinicalSheets, MolecularSheets, SheetSources
from radgen_assets.contracts.tables.clinical import CLINICAL
from radgen_assets.contracts.tables.clinical_extra import CLINICAL_EXTRA
from radgen_assets.contracts.tables.frames import as_table
from radgen_assets.contracts.tables.molecular import MOLECULAR
from radgen_assets.contracts.tables.schema import TableSchema
from radgen_assets.formats.sheets import read_sheets


def clinical_tables(sheets: ClinicalSheets) -> SheetTables:
    """The cohort's clinical sheets."""
    return _tables(sheets, CLINICAL)


def molecular_tables(sheets: MolecularSheets) -> SheetTables:
    """The cohort's molecular sheets."""
    return _tables(sheets, MOLECULAR)


def _tables(sheets: SheetSources, shared: TableSchema) -> SheetTables:
    read = read_sheets(sheets.sheets, Path(sheets.folder), sheets.cohort, excluded=sheets.excluded)
    frame = read.frame.copy()
    frame.index = pd.Index([f"{sheets.cohort}.{patient}" for patient in frame.index], name="patient_key")
    columns = {column.name: column for sheet in sheets.sheets for column in sheet.columns}
    own = [name for name in frame.columns if name in shared.column_names]
    wide = frame[own].reset_index()
    wide.insert(1, "cohort", sheets.cohort)
    further = [name for name in frame.columns if name not in own]
    rows = [row for name in further for row in _long(frame[name], columns[name], sheets.cohort)]
    extra = pd.DataFrame(rows, columns=list(CLINICAL_EXTRA.column_names))
    source = ", ".join(sheet.file for sheet in sheets.sheets)
    return SheetTables(
        shared=as_table(wide, shared, source=source),
        extra=as_table(extra, CLINICAL_EXTRA, source=source),
        warnings=tuple(read.notes),
    )


def _long(values: pd.Series, column: Column, cohort: str) -> list[dict[str, object]]:
    return [
        {
            "patient_key": key,
            "cohort": cohort,
            "column_name": column.name,
            "value": str(value),
            "kind": column.kind.value,
            "unit": "months" if column.kind.value == "time" else column.unit,
        }
        for key, value in values.dropna().items()
    ]
