"""The matrix that R's sva and limma were given (r8_batch), and small ones made for a single rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets_tests.science.golden import read_table

ROOM = "r8_batch"


def golden(reference: Path) -> tuple[ExpressionMatrix, pd.DataFrame]:
    """400 genes x 36 samples of three batches, two groups, age; g399 has no variance in batch B."""
    table = read_table(reference, f"{ROOM}/data/expression", index_col=0)
    samples = read_table(reference, f"{ROOM}/data/samples", index_col="sample")
    return of(table.to_numpy(float), table.index, table.columns), samples


def stored(reference: Path, name: str, found: ExpressionMatrix) -> tuple[Any, Any]:
    """Our values and R's, of the genes that are stored."""
    expected = read_table(reference, f"{ROOM}/expected/{name}", index_col=0)
    frame = pd.DataFrame(found.values, found.genes, found.samples)
    return frame.loc[expected.index, expected.columns].to_numpy().ravel(), expected.to_numpy().ravel()


def of(values: Any, genes: Any = None, samples: Any = None, unit: ExpressionUnit = ExpressionUnit.log2):
    """Genes g0, g1, ... x samples s0, s1, ..."""
    values = np.asarray(values, dtype=float)
    genes = [f"g{i}" for i in range(len(values))] if genes is None else genes
    samples = [f"s{i}" for i in range(values.shape[1])] if samples is None else samples
    return ExpressionMatrix(values, tuple(genes), tuple(samples), unit)


def made(n_genes: int = 50, sizes: tuple[int, ...] = (8, 7, 6), seed: int = 0) -> tuple[ExpressionMatrix, pd.DataFrame]:
    """Batches A, B, ... that shift and stretch every gene; `group` "a" or "b" in turn, `age`."""
    rng = np.random.default_rng(seed)
    code = np.repeat(np.arange(len(sizes)), sizes)
    n = len(code)
    level, spread = rng.normal(8, 2, (n_genes, 1)), rng.uniform(0.5, 1.5, (n_genes, 1))
    shift, stretch = rng.normal(0, 1, (n_genes, len(sizes))), rng.uniform(0.7, 1.5, (n_genes, len(sizes)))
    values = level + shift[:, code] + spread * stretch[:, code] * rng.normal(size=(n_genes, n))
    matrix = of(values)
    rows = {"batch": [chr(65 + each) for each in code], "group": np.where(np.arange(n) % 2, "b", "a")}
    return matrix, pd.DataFrame(rows, index=list(matrix.samples)).assign(age=rng.normal(55, 10, n).round())


def part(matrix: ExpressionMatrix, chosen: Any) -> ExpressionMatrix:
    """The samples at these places."""
    samples = tuple(np.array(matrix.samples)[chosen].tolist())
    return ExpressionMatrix(matrix.values[:, chosen], matrix.genes, samples, matrix.unit)
