"""Tables from outside as text cells, whatever file they come in: csv, tsv, xlsx or parquet, each also gzipped.

What the cells mean is left to the reader of the table (sheets.py, identity_csv.py, gene_map.py).
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from radgen_assets.contracts.errors import BadInput

_SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t", ".tab": "\t"}


@dataclass(frozen=True)
class Row:
    """One row; `number` counts as a spreadsheet does, the header being row 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Cells:
    """A table of text, blanks at the ends of cells taken off; every row is as long as the header."""

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]

    def position(self, column: str) -> int:
        """Where `column` stands; raises BadInput when it is absent (naming the nearest header) or there twice."""
        places = [place for place, name in enumerate(self.header) if name == column]
        if len(places) == 1:
            return places[0]
        if places:
            remedy = "Rename one of them in the file; which is meant cannot be told."
            raise BadInput(self.file, f"column {column}", f"{len(places)} columns of that name", "one", remedy)
        raise BadInput(self.file, f"column {column}", "nothing", f"a column '{column}'", self._nearest(column))

    def _nearest(self, column: str) -> str:
        if len(self.header) == 1 and any(mark in self.header[0] for mark in ";\t,"):
            return f"The header is one cell ({self.header[0][:40]!r}): is the file separated by what its ending says?"
        folded = {name.casefold(): name for name in self.header}
        nearest = difflib.get_close_matches(column.casefold(), folded, n=1, cutoff=0.5)
        if nearest:
            return f"Did you mean '{folded[nearest[0]]}'?"
        return f"The file has {', '.join(self.header[:12])}{' ...' if len(self.header) > 12 else ''}."


def read_cells(path: Path, *, worksheet: str | None = None) -> Cells:
    """The table at `path`.

    Raises BadInput for a file that is absent, of another kind, not UTF-8, without a header, or with rows of unequal
    length; for xlsx also for a worksheet that is not there, or none named where there are several.
    """
    kind = _kind_of(path)
    content = _content(path)
    if kind == ".xlsx":
        table = _from_xlsx(content, path.name, worksheet)
    elif kind == ".parquet":
        table = _from_parquet(content, path.name)
    else:
        table = _from_text(content, path.name, _SEPARATORS[kind])
    return _even(table, path.name)


def _kind_of(path: Path) -> str:
    kind = Path(path.name.removesuffix(".gz")).suffix.lower()
    if kind not in (*_SEPARATORS, ".xlsx", ".parquet"):
        remedy = "Save it in one of these." if kind != ".xls" else "Open it in a spreadsheet and save it as .xlsx."
        raise BadInput(path.name, "file", f"a file ending in {kind!r}", "csv, tsv, xlsx or parquet (also .gz)", remedy)
    return kind


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
        return gzip.decompress(content) if path.name.endswith(".gz") else content
    except FileNotFoundError as error:
        raise BadInput(path.name, "file", "nothing", "a table", f"Check the path {path}.") from error
    except (OSError, EOFError) as error:
        raise BadInput(path.name, "file", str(error), "a readable file", "Copy or download it again.") from error


def _from_text(content: bytes, file: str, separator: str) -> Iterator[Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"bytes that are not UTF-8 (at byte {error.start})"
        raise BadInput(file, "text", found, "UTF-8", "Save the file as UTF-8.") from error
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=separator), start=1):
            yield Row(number, tuple(cells))
    except csv.Error as error:
        raise BadInput(file, "text", str(error), "a table", "Save the file anew.") from error


def _from_xlsx(content: bytes, file: str, worksheet: str | None) -> Iterator[Row]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            # openpyxl warns of styles and rules of the workbook that it cannot keep; only values are read here
            warnings.simplefilter("ignore", UserWarning)
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError) as error:
        raise BadInput(file, "file", str(error), "an xlsx workbook", "Save it anew.") from error
    names = book.sheetnames
    if worksheet not in names if worksheet is not None else len(names) > 1:
        found = "no worksheet named" if worksheet is None else f"'{worksheet}'"
        raise BadInput(file, "worksheet", found, f"one of {', '.join(names)}", "Name it in the cohort's TOML.")
    for number, cells in enumerate(book[worksheet or names[0]].iter_rows(values_only=True), start=1):
        yield Row(number, tuple(_text(cell) for cell in cells))


def _from_parquet(content: bytes, file: str) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(pa.BufferReader(content))
    except pa.ArrowInvalid as error:
        raise BadInput(file, "file", str(error), "a Parquet file", "Write it anew.") from error
    yield Row(1, tuple(table.column_names))
    columns = [column.to_pylist() for column in table.columns]
    for number, cells in enumerate(zip(*columns, strict=True), start=2):
        yield Row(number, tuple(_text(cell) for cell in cells))


def _text(value: Any) -> str:
    """A typed cell as a person would write it: 61.0 is 61, nothing and NaN are empty, days are ISO dates."""
    if value is None or value != value:  # noqa: PLR0124 - NaN is the one value that is not itself
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _even(table: Iterable[Row], file: str) -> Cells:
    """Header and rows; empty rows are left out, and a row of another length is refused."""
    rows = [Row(each.number, tuple(cell.strip() for cell in each.cells)) for each in table]
    rows = [each for each in rows if any(each.cells)]
    if not rows:
        raise BadInput(file, "file", "no header", "a header and rows", "Check the file.")
    header, *body = rows
    for row in body:
        if len(row.cells) != len(header.cells):
            found = f"{len(row.cells)} cells"
            remedy = "Correct the row; if R wrote the file with row names, write it with col.names = NA."
            raise BadInput(file, f"row {row.number}", found, f"{len(header.cells)}, as in the header", remedy)
    return Cells(file, header.cells, tuple(body))
