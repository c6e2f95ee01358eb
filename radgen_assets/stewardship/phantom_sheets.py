"""Writes the phantom's clinical and molecular sheets and expression matrices as the cohorts declare them."""

from __future__ import annotations

import gzip
import io
import re
import zipfile
from pathlib import Path

import pandas as pd

from radgen_assets.contracts.cohort import Column, ColumnKind, ExpressionDeclaration, Sheet
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import MONTHS_PER, TimeUnit
from radgen_assets.formats.parquet import write_frame
from radgen_assets.science.phantom.transcriptome import ensembl_id

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip archive can hold
_DECIMALS = {TimeUnit.days: 0, TimeUnit.weeks: 2, TimeUnit.months: 3, TimeUnit.years: 5}


def write_sheets(folder: Path, sheets: tuple[Sheet, ...], values: pd.DataFrame) -> None:
    """Write every sheet; `values` has a row a patient (index: id) and columns by radgen's names.

    Sheets of one xlsx file become its worksheets.
    """
    for file in dict.fromkeys(sheet.file for sheet in sheets):
        frames = {sheet.worksheet or "Sheet1": _as_sheet(sheet, values) for sheet in sheets if sheet.file == file}
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if file.endswith(".xlsx"):
            path.write_bytes(_workbook(frames))
        else:
            write_text_table(path, next(iter(frames.values())))


def write_expression(folder: Path, declaration: ExpressionDeclaration, matrix: ExpressionMatrix) -> None:
    """Write a matrix in the file format, orientation and gene ids of its declaration, and its gene map."""
    genes = list(matrix.genes)
    if declaration.gene_map is not None:
        ids = [ensembl_id(gene) for gene in genes]
        named = pd.DataFrame({"symbol": genes, "ensembl": [each.split(".")[0] for each in ids]})
        write_text_table(folder / declaration.gene_map, named)
        genes = ids
    integral = matrix.unit == "counts"
    values = matrix.values.astype(int) if integral else matrix.values
    if declaration.orientation == "genes_in_rows":
        frame = pd.DataFrame(values, columns=list(matrix.samples))
        frame.insert(0, str(declaration.gene_column), genes)
    else:
        frame = pd.DataFrame(values.T, columns=genes)
        frame.insert(0, str(declaration.gene_column), list(matrix.samples))
    path = folder / declaration.file
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        write_frame(path, frame)
    else:
        write_text_table(path, frame)


def write_text_table(path: Path, frame: pd.DataFrame) -> None:
    """Write csv or tsv, gzipped if the name ends in .gz, without time or name in the gzip header."""
    separator = "\t" if ".tsv" in path.name else ","
    content = frame.to_csv(index=False, sep=separator, lineterminator="\n").encode()
    if path.name.endswith(".gz"):
        packed = io.BytesIO()
        with gzip.GzipFile("", "wb", 6, packed, mtime=0) as stream:
            stream.write(content)
        content = packed.getvalue()
    path.write_bytes(content)


def _as_sheet(sheet: Sheet, values: pd.DataFrame) -> pd.DataFrame:
    columns = {column.source: _encoded(column, values[column.name], sheet.missing[0]) for column in sheet.columns}
    return pd.DataFrame({sheet.patient_column: list(values.index), **columns})


def _encoded(column: Column, values: pd.Series, missing: str) -> list[object]:
    """Values of one column as the source writes them."""
    written = {ours: theirs for theirs, ours in column.coding.items()}
    cells: list[object] = []
    for value in values:
        if pd.isna(value):
            cells.append(missing)
            continue
        if column.kind is ColumnKind.time:
            unit = TimeUnit(str(column.unit))
            amount = round(value / MONTHS_PER[unit], _DECIMALS[unit])
            cells.append(int(amount) if unit is TimeUnit.days else amount)
        elif column.kind is ColumnKind.integer:
            cells.append(written.get(str(int(value)), int(value)))
        else:
            cells.append(written.get(str(value), value))
    return cells


def _workbook(frames: dict[str, pd.DataFrame]) -> bytes:
    """An xlsx file without the time of its making, in its properties and in its archive."""
    raw = io.BytesIO()
    with pd.ExcelWriter(raw, engine="openpyxl") as writer:
        for name, frame in frames.items():
            frame.to_excel(writer, sheet_name=name, index=False)
    fixed = io.BytesIO()
    with zipfile.ZipFile(raw) as made, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as kept:
        for name in sorted(made.namelist()):
            content = made.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", content)
            kept.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return fixed.getvalue()
