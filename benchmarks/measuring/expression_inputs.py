"""What benchmarks/expression.py gives to every engine: arrays and names in a folder, which all of them read alike."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Sizes:
    """How large the made data are."""

    genes: int
    samples: int  # of the counts
    patients: int  # of log2 values
    sets: int  # that a ranked list is asked for
    activities: int  # sets scored in every patient
    permutations: int


WHOLE = Sizes(genes=20_000, samples=40, patients=500, sets=5_000, activities=50, permutations=1_000)
QUICK = Sizes(genes=1_200, samples=12, patients=60, sets=60, activities=5, permutations=50)


def write_matrix(folder: Path, values: np.ndarray, genes: list[str], samples: list[str], **columns: list[str]) -> Path:
    """values.npy (genes x samples), genes.txt and samples.csv: the samples with `columns`."""
    folder.mkdir()
    np.save(folder / "values.npy", values)
    (folder / "genes.txt").write_text("\n".join(genes), encoding="utf-8")
    pd.DataFrame(columns, index=pd.Index(samples, name="sample")).to_csv(folder / "samples.csv")
    return folder


def write_sets(folder: Path, sets: dict[str, list[str]]) -> None:
    """Beside a matrix."""
    (folder / "sets.json").write_text(json.dumps(sets), encoding="utf-8")


def made_counts(folder: Path, n_genes: int, n: int) -> Path:
    """Negative binomial counts of two groups: a seventh of the genes differs, depths and dispersions as real ones."""
    random = np.random.default_rng(20261121)
    mean = 2 ** random.normal(6, 2.2, n_genes)
    dispersion = np.minimum(0.05 + 3 / mean, 3) * np.exp(random.normal(0, 0.4, n_genes))
    change = np.where(random.random(n_genes) < 0.15, random.normal(0, 1.2, n_genes), 0)
    group = np.repeat([0, 1], n // 2)
    expected = np.outer(mean, np.exp(random.normal(0, 0.35, n))) * 2 ** np.outer(change, group)
    counts = random.poisson(random.gamma(1 / dispersion[:, None], expected * dispersion[:, None])).astype(np.int32)
    labels = [("control", "case")[each] for each in group]
    return write_matrix(folder, counts, *_names(n_genes, n), group=labels)


def lgg_counts(folder: Path, data: Path) -> Path:
    """Every gene of TCGA's lower-grade gliomas, primary tumours whose IDH status and grade are known.

    Read as the files are, without radgen's readers: peers must be given the same.
    """
    counts = pd.read_csv(data / "tcga_lgg_counts" / "counts.tsv.gz", sep="\t", index_col=0, engine="c")
    primary = [name for name in counts.columns if name[13:15] == "01"]
    tables = data / "tcga_expression"
    status = pd.read_csv(tables / "ceccarelli2016_lgg_gbm_subtype.tsv.gz", sep="\t", index_col=0)["IDH.status"]
    grade = pd.read_csv(tables / "tcga_cdr_lgg_gbm.tsv.gz", sep="\t", index_col=0)["histological_grade"]
    patients = pd.Index([name[:12] for name in primary])
    design = pd.DataFrame({"idh": status.reindex(patients), "grade": grade.reindex(patients)}, index=patients)
    known = (design["idh"].isin(["Mutant", "WT"]) & design["grade"].isin(["G2", "G3"])).to_numpy()
    values = counts[primary].to_numpy(dtype=np.int32)[:, known]
    design = design[known]
    return write_matrix(
        folder, np.ascontiguousarray(values), list(counts.index), list(design.index),
        grade=list(design["grade"]), idh=list(design["idh"]),
    )  # fmt: skip


def made_log2(folder: Path, sizes: Sizes) -> Path:
    """Log2 values with a batch of three, a group and gene sets of 15 to 199 genes."""
    random = np.random.default_rng(20261122)
    n_genes, n = sizes.genes, sizes.patients
    batch = np.arange(n) % 3
    group = random.integers(0, 2, n)
    values = random.normal(8, 2, n_genes)[:, None] + random.normal(0, 1, (n_genes, n))
    shift, spread = random.normal(0, 0.7, (n_genes, 3)), np.exp(random.normal(0, 0.2, (n_genes, 3)))
    values = values * spread[:, batch] + shift[:, batch] + np.where(np.arange(n_genes) < 200, 1.0, 0.0)[:, None] * group
    genes, samples = _names(n_genes, n)
    write_matrix(folder, values, genes, samples, batch=[f"B{each}" for each in batch], group=[f"G{g}" for g in group])
    write_sets(folder, _sets(genes, sizes.activities, random))
    return folder


def made_ranks(folder: Path, sizes: Sizes) -> Path:
    """A ranked list, one column, and many sets."""
    random = np.random.default_rng(20261123)
    genes, _ = _names(sizes.genes, 0)
    write_matrix(folder, 2 * random.normal(size=(sizes.genes, 1)), genes, ["statistic"])
    write_sets(folder, _sets(genes, sizes.sets, random))
    return folder


def counts_of_r(folder: Path, reference: Path) -> tuple[Path, pd.DataFrame]:
    """The counts that R's DESeq2 was given, 2,000 genes x 20, and its table in the order of the genes."""
    room = reference / "r3_differential"
    counts = pd.read_csv(room / "data" / "counts.csv.gz", index_col=0)
    group = pd.read_csv(room / "data" / "samples.csv.gz", index_col=0)["group"].reindex(counts.columns)
    write_matrix(
        folder, counts.to_numpy(dtype=np.int32), list(counts.index), list(counts.columns), group=list(group)
    )  # fmt: skip
    table = pd.read_csv(room / "expected" / "sim_deseq2_group.csv.gz", index_col=0)
    return folder, table.reindex(counts.index)


def batches_of_r(folder: Path, reference: Path) -> tuple[Path, pd.DataFrame]:
    """The log2 values that R's ComBat was given, with batch and group, and what it made of every second gene."""
    room = reference / "r8_batch"
    values = pd.read_csv(room / "data" / "expression.csv.gz", index_col=0)
    samples = pd.read_csv(room / "data" / "samples.csv.gz", index_col=0).reindex(values.columns)
    columns = {name: [str(each) for each in samples[name]] for name in ("batch", "group")}
    write_matrix(folder, values.to_numpy(dtype=float), list(values.index), list(values.columns), **columns)
    return folder, pd.read_csv(room / "expected" / "combat_parametric_group.csv.gz", index_col=0)


def _names(n_genes: int, n: int) -> tuple[list[str], list[str]]:
    return [f"G{place:05d}" for place in range(n_genes)], [f"P{place:04d}" for place in range(n)]


def _sets(genes: list[str], n: int, random: np.random.Generator) -> dict[str, list[str]]:
    most = min(200, len(genes) // 4)
    sizes = random.integers(15, most, n)
    return {f"S{place:04d}": list(random.choice(genes, size, replace=False)) for place, size in enumerate(sizes)}
