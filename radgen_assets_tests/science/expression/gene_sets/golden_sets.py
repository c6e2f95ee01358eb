"""Reads the golden gene sets and matrices of R (r4), and makes small ones."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np

from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets_tests.science.golden import read_table


def matrix(
    values: Any, unit: ExpressionUnit = ExpressionUnit.log2, genes: tuple[str, ...] | None = None
) -> ExpressionMatrix:
    """Genes g0, g1, ... x samples s0, s1, ..."""
    values = np.asarray(values, dtype=float)
    names = genes or tuple(f"g{i}" for i in range(values.shape[0]))
    return ExpressionMatrix(values, names, tuple(f"s{i}" for i in range(values.shape[1])), unit)


def normal(n_genes: int, n_samples: int, seed: int = 0, unit: ExpressionUnit = ExpressionUnit.log2) -> ExpressionMatrix:
    """Independent standard normal values."""
    return matrix(np.random.default_rng(seed).normal(size=(n_genes, n_samples)), unit)


def of(*ranges: range) -> list[GeneSet]:
    """Sets a, b, ... of the genes of these numbers."""
    return [GeneSet(chr(97 + i), "", tuple(f"g{k}" for k in each)) for i, each in enumerate(ranges)]


def golden(reference: Path, name: str = "expression") -> tuple[ExpressionMatrix, tuple[GeneSet, ...]]:
    """1,000 genes (one constant, ten with ties) x 40 samples; 30 sets, two of the members not measured."""
    table = read_table(reference, f"r4_gene_sets/data/{name}", index_col=0)
    with gzip.open(reference / "r4_gene_sets/data/sets.gmt.gz", "rt") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    sets = tuple(GeneSet(set_name, description, tuple(genes)) for set_name, description, *genes in lines)
    unit = ExpressionUnit.counts if name == "counts" else ExpressionUnit.log2
    values = ExpressionMatrix(table.to_numpy(float), tuple(table.index), tuple(table.columns), unit)
    return values, sets
