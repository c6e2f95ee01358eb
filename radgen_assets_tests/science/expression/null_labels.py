"""Data in which nothing differs but by chance: made ones, and real tumours under labels drawn at random."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets_tests.science.expression.differential.counts_of_r import made_counts

N_NULLS = 200
N_GENES, N_SAMPLES = 300, 30  # of the made data
N_REAL_GENES, N_REAL_SAMPLES = 1_200, 40
N_HALLMARKS = 6
CONTRAST = ("group", "b", "a")


@dataclass(frozen=True, eq=False)
class Null:
    """One draw: counts, log2 values, labels, and gene sets that know nothing of the labels."""

    seed: int
    counts: ExpressionMatrix
    log2: ExpressionMatrix
    design: pd.DataFrame
    sets: tuple[GeneSet, ...]
    hallmarks: tuple[GeneSet, ...] = ()


def made_nulls() -> Iterator[Null]:
    """Negative binomial counts; log2 values whose variances are drawn as limma supposes them; random sets."""
    for seed in range(N_NULLS):
        counts, design = made_counts(N_GENES, N_SAMPLES, seed=1000 + seed)
        rng = np.random.default_rng([20261121, seed])
        spread = 0.3 * np.sqrt(4 / rng.chisquare(4, N_GENES))
        values = rng.normal(8, 2, N_GENES)[:, None] + spread[:, None] * rng.normal(size=(N_GENES, N_SAMPLES))
        log2 = ExpressionMatrix(values, counts.genes, counts.samples, ExpressionUnit.log2)
        yield Null(seed, counts, log2, design, _random_sets(counts.genes, rng))


def real_nulls(data: Path) -> Iterator[Null]:
    """Of TCGA's lower-grade gliomas 40 at a time, drawn at random and labelled at random, half and half."""
    whole, hallmarks = _gliomas(data)
    depth = whole.values.sum(axis=0)
    for seed in range(N_NULLS):
        rng = np.random.default_rng([20261122, seed])
        chosen = rng.choice(whole.values.shape[1], N_REAL_SAMPLES, replace=False)
        samples = tuple(whole.samples[place] for place in chosen)
        counts = ExpressionMatrix(whole.values[:, chosen], whole.genes, samples, ExpressionUnit.counts)
        cpm = (counts.values + 0.5) / depth[chosen] * 1e6
        log2 = ExpressionMatrix(np.log2(cpm), whole.genes, samples, ExpressionUnit.log2)
        half = N_REAL_SAMPLES // 2
        design = pd.DataFrame({"group": ["a"] * half + ["b"] * half}, index=list(samples))
        yield Null(seed, counts, log2, design, _random_sets(whole.genes, rng), hallmarks)


def _random_sets(genes: tuple[str, ...], rng: np.random.Generator, n: int = 12) -> tuple[GeneSet, ...]:
    sizes = rng.integers(15, 61, n)
    drawn = (rng.choice(len(genes), size, replace=False) for size in sizes)
    return tuple(
        GeneSet(f"set {place}", "", tuple(genes[gene] for gene in members)) for place, members in enumerate(drawn)
    )


def _gliomas(data: Path) -> tuple[ExpressionMatrix, tuple[GeneSet, ...]]:
    """Primary tumours; expressed genes (a count per million in a tenth) of six Hallmark sets, and others by chance."""
    counts = pd.read_csv(data / "tcga_lgg_counts" / "counts.tsv.gz", sep="\t", index_col=0)
    counts = counts[[name for name in counts if name[13:15] == "01"]]
    expressed = (counts / counts.sum() * 1e6 > 1).mean(axis=1) >= 0.1
    ids = pd.read_csv(data / "gene_sets" / "gene_ids_2022-09-12.tsv.gz", sep="\t", usecols=["symbol", "ensembl"])
    symbol = ids.dropna().drop_duplicates("ensembl", keep=False).set_index("ensembl")["symbol"]
    counts = counts[expressed]
    counts.index = counts.index.str.partition(".").get_level_values(0).map(symbol)
    counts = counts[counts.index.notna() & ~counts.index.duplicated(keep=False)]
    hallmarks = _hallmarks(data, frozenset(counts.index))
    wanted = {gene for each in hallmarks for gene in each.genes}
    others = np.array([gene for gene in counts.index if gene not in wanted])
    n_more = N_REAL_GENES - len(wanted)
    wanted |= set(np.random.default_rng(0).choice(others, n_more, replace=False))
    kept = counts[[gene in wanted for gene in counts.index]]
    return (
        ExpressionMatrix(kept.to_numpy(dtype=float), tuple(kept.index), tuple(kept.columns), ExpressionUnit.counts),
        hallmarks,
    )


def _hallmarks(data: Path, measured: frozenset[str]) -> tuple[GeneSet, ...]:
    with gzip.open(data / "gene_sets" / "h.all.v7.0.symbols.gmt.gz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines][:N_HALLMARKS]
    return tuple(GeneSet(name, "", tuple(gene for gene in genes if gene in measured)) for name, _, *genes in rows)
