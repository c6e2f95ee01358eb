"""The numbers of an expression file, quickly: csv, tsv (also gzipped) or parquet, either way up.

What ids mean and which rules hold is left to expression_tables.py.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.formats.cells import Cells

_SEPARATORS = {".csv": ",", ".tsv": "\t", ".txt": "\t"}
_NULLS = ["", "NA", "NaN", "nan", "null", "N/A"]
_STRAY = "A column that is no sample is left out by patient_id_pattern; one that is no gene must leave the file."
_BLOCK = 1 << 26  # bytes of text parsed at once: a row must fit, and 60,000 genes may stand in one


@dataclass(frozen=True, eq=False)
class RawMatrix:
    """Numbers as they stand in the file.

    values : (n_rows, n_columns) float64
    rows, columns : ids, which may repeat
    aside : columns that were not wanted and not read
    """

    values: NDArray[np.float64]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    aside: tuple[str, ...]


def read_matrix(path: Path, id_column: str | None, wanted: Callable[[str], bool]) -> RawMatrix:
    """The id column (None: the first) and all columns that are wanted.

    Raises BadInput for a file that is absent or of another kind, an id column that is absent, a cell that is no
    number, a row of another length.
    """
    ending = Path(path.name.removesuffix(".gz")).suffix.lower()
    if ending not in (*_SEPARATORS, ".parquet"):
        expected = "csv, tsv or parquet (csv and tsv also .gz)"
        raise BadInput(path.name, "file", f"a file ending in {ending!r}", expected, "Save it in one of these.")
    if not path.is_file():
        raise BadInput(path.name, "file", "nothing", "an expression matrix", f"Check the path {path}.")
    header = _parquet_header(path) if ending == ".parquet" else _text_header(path, _SEPARATORS[ending])
    id_place = 0 if id_column is None else Cells(path.name, tuple(header), ()).position(id_column)
    kept = [place for place, name in enumerate(header) if place != id_place and wanted(name)]
    read = _read_parquet if ending == ".parquet" else _read_text
    table = read(path, header, id_place, kept)
    ids = tuple(str(each).strip() for each in table.column(0).to_pylist())
    aside = tuple(name for place, name in enumerate(header) if place != id_place and place not in set(kept))
    return RawMatrix(_values(table), ids, tuple(header[place] for place in kept), aside)


def _text_header(path: Path, separator: str) -> list[str]:
    try:
        with gzip.open(path, "rb") if path.name.endswith(".gz") else path.open("rb") as stream:
            line = stream.readline().decode("utf-8-sig")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise BadInput(path.name, "file", str(error), "a table of UTF-8 text", "Copy or save it anew.") from error
    header = [name.strip() for name in next(csv.reader(io.StringIO(line), delimiter=separator), [])]
    if len(header) < 2:
        found = f"a header of {len(header)} cells ({line[:40]!r})"
        remedy = "Check that the file is separated by what its ending says."
        raise BadInput(path.name, "header", found, "an id column and samples or genes", remedy)
    return header


def _read_text(path: Path, header: list[str], id_place: int, kept: list[int]) -> pa.Table:
    """Columns get their place as name, since a header may hold a name twice."""
    separator = _SEPARATORS[Path(path.name.removesuffix(".gz")).suffix.lower()]
    names = [str(place) for place in range(len(header))]
    chosen = [str(id_place), *(str(place) for place in kept)]
    types = dict.fromkeys(chosen[1:], pa.float64()) | {chosen[0]: pa.string()}
    try:
        with pa.input_stream(str(path), compression="gzip" if path.name.endswith(".gz") else None) as stream:
            return pa_csv.read_csv(
                stream,
                read_options=pa_csv.ReadOptions(column_names=names, skip_rows=1, block_size=_BLOCK),
                parse_options=pa_csv.ParseOptions(delimiter=separator),
                convert_options=pa_csv.ConvertOptions(column_types=types, include_columns=chosen, null_values=_NULLS),
            )
    except (pa.ArrowInvalid, OSError) as error:
        raise _misfit(path.name, header, error) from error


def _misfit(file: str, header: list[str], error: Exception) -> BadInput:
    """Arrow's message with the column's name instead of its place."""
    text = str(error).splitlines()[0]
    cell = re.search(r"column #(\d+):.*invalid value '(.*)'", text)
    if cell is not None:
        remedy = f"Correct the cell. {_STRAY}"
        return BadInput(file, f"column {header[int(cell[1])]}", repr(cell[2]), "a number", remedy)
    return BadInput(file, "rows", text, "a whole table of equally long rows", "Copy or save the file anew.")


def _parquet_header(path: Path) -> list[str]:
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowInvalid, OSError) as error:
        raise BadInput(path.name, "file", str(error).splitlines()[0], "a Parquet file", "Write it anew.") from error


def _read_parquet(path: Path, header: list[str], id_place: int, kept: list[int]) -> pa.Table:
    table = pq.read_table(path).select([id_place, *kept])
    for place, column in zip(kept, table.columns[1:], strict=True):
        if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
            raise BadInput(path.name, f"column {header[place]}", f"type {column.type}", "numbers", _STRAY)
    return table


def _values(table: pa.Table) -> NDArray[np.float64]:
    """All columns but the first, (n_rows, n_columns); missing cells are NaN."""
    values = np.empty((table.num_rows, table.num_columns - 1), dtype=np.float64)
    for place in range(values.shape[1]):
        values[:, place] = table.column(place + 1).cast(pa.float64()).to_numpy()
    return values
