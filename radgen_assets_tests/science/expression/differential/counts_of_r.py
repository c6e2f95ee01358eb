"""The counts that R's DESeq2 was given (r3_differential), and counts made for a single rule."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets_tests.science.golden import numbers, read_json, read_table

ROOM = "r3_differential"
CONTRAST = ("group", "GBM", "LGG")


@dataclass(frozen=True, eq=False)
class Case:
    """A matrix with its design, and R's values: one table a design, and what stands in the JSON beside."""

    name: str
    matrix: ExpressionMatrix
    samples: pd.DataFrame
    reference: Path

    def table(self, what: str) -> pd.DataFrame:
        return read_table(self.reference, f"{ROOM}/expected/{self.name}_{what}").set_index("gene")

    def summary(self, what: str) -> Any:
        return read_json(self.reference, f"{ROOM}/expected/differential_{self.name}")[f"{self.name}_{what}"]

    def of_samples(self, values: dict[str, Any]) -> np.ndarray:
        return numbers([values[sample] for sample in self.matrix.samples])


@lru_cache(maxsize=1)
def simulated(reference: Path) -> Case:
    """2,000 genes x 20 samples, two groups crossed with two batches."""
    counts = read_table(reference, f"{ROOM}/data/counts").set_index("gene")
    samples = read_table(reference, f"{ROOM}/data/samples").set_index("sample")
    return Case("sim", as_matrix(counts), samples, reference)


@lru_cache(maxsize=1)
def tcga40(reference: Path, data: Path) -> Case:
    """20 GBM and 20 LGG: first row of a repeated id, rounded half to even, row sum of at least 10."""
    folder = data / "tcga_counts_40"
    counts = pd.read_csv(folder / "counts.tsv.gz", sep="\t", quoting=3)
    counts = np.rint(counts[~counts["id"].duplicated()].set_index("id"))
    counts = counts[counts.sum(axis=1) >= 10]
    samples = pd.read_csv(folder / "samples.tsv.gz", sep="\t", quoting=3).set_index("barcode").loc[list(counts.columns)]
    group = np.where(samples["project_id"] == "TCGA-GBM", "GBM", "LGG")
    return Case("tcga40", as_matrix(counts), pd.DataFrame({"group": group}, index=counts.columns), reference)


def as_matrix(counts: pd.DataFrame, unit: ExpressionUnit = ExpressionUnit.counts) -> ExpressionMatrix:
    return ExpressionMatrix(counts.to_numpy(dtype=float), tuple(counts.index), tuple(counts.columns), unit)


def made_counts(
    n_genes: int = 200, n: int = 12, *, seed: int = 0, change: float = 0.0, smallest_mean: float = 5.0
) -> tuple[ExpressionMatrix, pd.DataFrame]:
    """Negative binomial counts of groups "a" and "b"; the first tenth of the genes is 2^change higher in "b"."""
    rng = np.random.default_rng(seed)
    mean = smallest_mean * 2 ** rng.uniform(0, 8, n_genes)
    dispersion = (0.05 + 2 / mean) * np.exp(rng.normal(0, 0.3, n_genes))
    second = np.arange(n) >= n // 2
    shift = np.where(np.arange(n_genes) < n_genes // 10, change, 0.0)
    expected = np.outer(mean, np.exp(rng.normal(0, 0.3, n))) * 2 ** np.outer(shift, second)
    counts = rng.poisson(rng.gamma(1 / dispersion[:, None], expected * dispersion[:, None])).astype(float)
    names = tuple(f"s{place:02d}" for place in range(n))
    genes = tuple(f"g{place:04d}" for place in range(n_genes))
    design = pd.DataFrame({"group": np.where(second, "b", "a")}, index=list(names))
    return ExpressionMatrix(counts, genes, names, ExpressionUnit.counts), design
