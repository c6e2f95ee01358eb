"""ExpressionMatrix: matrix.parquet (column gene, then one column a sample) and matrix.json."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.parquet import read_arrow, write_arrow
from radgen_assets.formats.registry import ReadContext

VERSION = 1
GENE = "gene"


def write(value: ExpressionMatrix, folder: Path) -> None:
    """Write both files."""
    columns = [pa.array(value.genes, pa.string()), *(pa.array(column) for column in value.values.T)]
    write_arrow(folder / "matrix.parquet", pa.Table.from_arrays(columns, names=[GENE, *value.samples]))
    body = {"unit": value.unit, "notes": value.notes, "n_genes": len(value.genes), "n_samples": len(value.samples)}
    write_document(folder / "matrix.json", "expression_matrix", VERSION, body)


def read(folder: Path, context: ReadContext) -> ExpressionMatrix:
    """Read both files."""
    body = read_document(folder / "matrix.json", "expression_matrix", VERSION)
    table = read_arrow(folder / "matrix.parquet")
    values = np.empty((table.num_rows, table.num_columns - 1), dtype=np.float64)
    for position in range(values.shape[1]):
        values[:, position] = table.column(position + 1).to_numpy()
    return ExpressionMatrix(
        values=values,
        genes=tuple(table.column(0).to_pylist()),
        samples=tuple(table.column_names[1:]),
        unit=ExpressionUnit(body["unit"]),
        notes=tuple(body["notes"]),
    )
