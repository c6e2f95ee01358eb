"""Made matrices for the tests of the checks: tumours with a subtype, sex genes, and what is planted in them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit

SEX_GENES = ("XIST", "RPS4Y1", "DDX3Y")


def tumours(n: int = 60, n_genes: int = 400, seed: int = 1) -> ExpressionMatrix:
    """log2 values: a level and a spread a gene, a subtype that moves a quarter of the genes by two."""
    rng = np.random.default_rng(seed)
    level, spread = rng.normal(6, 2, (n_genes, 1)), rng.uniform(0.4, 1.4, (n_genes, 1))
    subtype = (np.arange(n) % 3 == 0) * (rng.uniform(size=(n_genes, 1)) < 0.25) * 2.0
    values = level + subtype + spread * rng.standard_normal((n_genes, n))
    return of(values)


def of(values: np.ndarray, unit: ExpressionUnit = ExpressionUnit.log2) -> ExpressionMatrix:
    """A matrix of genes G0, G1, ... and patients P0, P1, ..."""
    genes, samples = (tuple(f"{letter}{i}" for i in range(n)) for letter, n in zip("GP", values.shape, strict=True))
    return ExpressionMatrix(values, genes, samples, unit)


def sexed(rows: dict[str, list[float]], unit: ExpressionUnit = ExpressionUnit.log2) -> ExpressionMatrix:
    """A matrix of named genes."""
    values = np.array(list(rows.values()), dtype=float)
    return ExpressionMatrix(values, tuple(rows), tuple(f"P{i}" for i in range(values.shape[1])), unit)


def recorded(*sexes: str | None) -> pd.Series:
    """Recorded sexes of P0, P1, ..."""
    return pd.Series(list(sexes), index=[f"P{i}" for i in range(len(sexes))], dtype="object")
