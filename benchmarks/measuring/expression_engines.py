"""One engine on one case of benchmarks/expression.py, in whatever environment has it; run, not imported.

    PYTHON expression_engines.py ENGINE CASE INPUT WARM OUTPUT.npz ROUNDS [NUMBER]

Prints two lines of JSON: when the work began that is timed; then version, seconds on the clock and of the processor
(fastest round) and peak memory in MB, of the process with its imports and input; or `absent`, or what went wrong. The
values go to OUTPUT, in the order of the genes (or sets) given. WARM is a small input of the same kind for a first
call, which imports and compiles. NUMBER: of permutations. Every engine is held to one thread.
"""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import sys
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS")
for _name in THREADS:
    os.environ[_name] = "1"
CONTRASTS = {"group": {"case": "control", "GBM": "LGG", "G1": "G0"}, "idh": {"Mutant": "WT"}}
Values = dict[str, np.ndarray]
Work = Callable[[], Values]


class Given:
    """A folder of input: values (genes x samples), genes, samples with their columns, gene sets."""

    def __init__(self, folder: Path, number: int) -> None:
        import pandas as pd

        self.values = np.load(folder / "values.npy")
        self.genes = (folder / "genes.txt").read_text(encoding="utf-8").split("\n")
        self.design = pd.read_csv(folder / "samples.csv", index_col=0)
        self.samples = [str(each) for each in self.design.index]
        sets = folder / "sets.json"
        self.sets: dict[str, list[str]] = json.loads(sets.read_text(encoding="utf-8")) if sets.is_file() else {}
        self.number = number

    @property
    def contrast(self) -> tuple[str, str, str]:
        """Factor, level, reference."""
        factor = "idh" if "idh" in self.design else "group"
        found = set(self.design[factor])
        return next((factor, level, other) for level, other in CONTRASTS[factor].items() if {level, other} <= found)

    def frame(self):
        """Genes x samples."""
        import pandas as pd

        return pd.DataFrame(self.values, index=self.genes, columns=self.samples)


# -- radgen -------------------------------------------------------------------------------------------------------


def _matrix(given: Given, unit: str):
    from radgen_assets.contracts.expression import ExpressionMatrix
    from radgen_assets.contracts.units import ExpressionUnit

    values = given.values.astype(np.float64)
    given.values = np.empty(0)
    return ExpressionMatrix(values, tuple(given.genes), tuple(given.samples), ExpressionUnit(unit))


def _gene_sets(given: Given):
    from radgen_assets.contracts.expression import GeneSet

    return [GeneSet(name, "", tuple(genes)) for name, genes in given.sets.items()]


def radgen_deseq2(given: Given) -> Work:
    from radgen_assets.science.expression import differential_counts

    matrix = _matrix(given, "counts")

    def work() -> Values:
        found = differential_counts(matrix, given.design, given.contrast)
        columns = ("log2_fold_change", "std_err", "statistic", "p", "p_adjusted", "base_mean", "by_newton")
        return {name: getattr(found, name) for name in columns}

    return work


def radgen_voom(given: Given) -> Work:
    from radgen_assets.science.expression import differential_voom

    matrix = _matrix(given, "counts")

    def work() -> Values:
        found = differential_voom(matrix, given.design, given.contrast).to_frame()
        return {name: found[name].to_numpy(dtype=float) for name in ("log2_fold_change", "statistic", "p")}

    return work


def radgen_limma(given: Given) -> Work:
    from radgen_assets.science.expression import NormalisedTestSettings, differential_normalised

    matrix = _matrix(given, "log2")
    settings = NormalisedTestSettings(trend=True)

    def work() -> Values:
        found = differential_normalised(matrix, given.design[["group"]], given.contrast, settings=settings).to_frame()
        return {name: found[name].to_numpy(dtype=float) for name in ("log2_fold_change", "statistic", "p")}

    return work


def radgen_gsva(given: Given) -> Work:
    from radgen_assets.science.expression import gsva

    matrix, sets = _matrix(given, "log2"), _gene_sets(given)
    return lambda: {"scores": gsva(matrix, sets).scores.to_numpy()}


def radgen_preranked(given: Given) -> Work:
    import pandas as pd

    from radgen_assets.science.expression import PrerankedSettings, preranked_gsea

    ranked, sets = pd.Series(given.values[:, 0], index=given.genes), _gene_sets(given)
    settings = PrerankedSettings(n_permutations=given.number)

    def work() -> Values:
        found = preranked_gsea(ranked, sets, settings, seed=1).table
        return {name: found[name].to_numpy(dtype=float) for name in ("enrichment", "normalised_enrichment", "p")}

    return work


def radgen_multilevel(given: Given) -> Work:
    import pandas as pd

    from radgen_assets.science.expression import PrerankedSettings, preranked_gsea

    ranked, sets = pd.Series(given.values[:, 0], index=given.genes), _gene_sets(given)
    settings = PrerankedSettings(n_permutations=given.number, multilevel=True)
    return lambda: {"p": preranked_gsea(ranked, sets, settings, seed=1).table["p"].to_numpy(dtype=float)}


def radgen_combat(given: Given) -> Work:
    from radgen_assets.science.expression import apply_combat, fit_combat

    matrix, covariates = _matrix(given, "log2"), given.design[["group"]]
    batch = given.design["batch"]

    def work() -> Values:
        fit = fit_combat(matrix, batch, covariates=covariates)
        return {"values": apply_combat(fit, matrix, batch, covariates=covariates).values}

    return work


# -- inmoose ------------------------------------------------------------------------------------------------------


def inmoose_deseq2(given: Given) -> Work:
    import pandas as pd
    from inmoose.deseq2 import DESeq, DESeqDataSet

    factor, level, reference = given.contrast
    counts = given.frame().T
    clinical = given.design.copy()
    for name in clinical:
        clinical[name] = clinical[name].astype("category")
    clinical[factor] = pd.Categorical(given.design[factor], [reference, level])
    names = [name for name in clinical if name != factor] + [factor]

    def work() -> Values:
        data = DESeqDataSet(countData=counts, clinicalData=clinical, design="~ " + " + ".join(names))
        found = DESeq(data).results().loc[given.genes]
        columns = {"log2_fold_change": "log2FoldChange", "std_err": "lfcSE", "statistic": "stat", "p": "pvalue",
                   "p_adjusted": "adj_pvalue"}  # fmt: skip
        return {ours: np.asarray(found[theirs], dtype=float) for ours, theirs in columns.items()}

    return work


def inmoose_limma(given: Given) -> Work:
    import patsy
    from inmoose import limma

    frame = given.frame()
    _, level, _ = given.contrast
    given.design["second"] = (given.design["group"] == level).astype(float)
    design = patsy.dmatrix("~ second", given.design)

    def work() -> Values:
        found = limma.eBayes(limma.lmFit(frame, design), trend=True)
        columns = {"log2_fold_change": found.coefficients, "statistic": found.t, "p": found.p_value}
        return {name: np.asarray(each, dtype=float)[:, 1] for name, each in columns.items()}

    return work


def inmoose_combat(given: Given) -> Work:
    from inmoose.pycombat import pycombat_norm

    frame, batch = given.frame(), list(given.design["batch"])
    group = given.design[["group"]].reset_index(drop=True)
    return lambda: {"values": np.asarray(pycombat_norm(frame, batch, covar_mod=group))}


# -- pydeseq2 -----------------------------------------------------------------------------------------------------


def pydeseq2_deseq2(given: Given) -> Work:
    from pydeseq2.dds import DeseqDataSet
    from pydeseq2.ds import DeseqStats

    factor, level, reference = given.contrast
    counts = given.frame().T.astype(int)
    names = [name for name in given.design if name != factor] + [factor]

    def work() -> Values:
        data = DeseqDataSet(
            counts=counts, metadata=given.design, design="~" + " + ".join(names), quiet=True, n_cpus=1
        )  # fmt: skip
        data.deseq2()
        test = DeseqStats(data, contrast=[factor, level, reference], quiet=True, n_cpus=1)
        test.summary()
        found = test.results_df.loc[given.genes]
        columns = {"log2_fold_change": "log2FoldChange", "std_err": "lfcSE", "statistic": "stat", "p": "pvalue",
                   "p_adjusted": "padj"}  # fmt: skip
        return {ours: found[theirs].to_numpy(dtype=float) for ours, theirs in columns.items()}

    return work


# -- gseapy -------------------------------------------------------------------------------------------------------


def gseapy_gsva(given: Given) -> Work:
    import gseapy

    frame = given.frame()

    def work() -> Values:
        found = gseapy.gsva(frame, given.sets, outdir=None, min_size=10, max_size=500, threads=1, verbose=False)
        scores = found.res2d.pivot(index="Term", columns="Name", values="ES").loc[list(given.sets), given.samples]
        return {"scores": scores.to_numpy(dtype=float)}

    return work


def gseapy_preranked(given: Given) -> Work:
    import gseapy
    import pandas as pd

    ranked = pd.Series(given.values[:, 0], index=given.genes).sort_values(ascending=False)

    def work() -> Values:
        found = gseapy.prerank(
            ranked, given.sets, weight=1.0, permutation_num=given.number, min_size=15, max_size=500, outdir=None,
            threads=1, seed=1, no_plot=True, verbose=False,
        ).res2d.set_index("Term").loc[list(given.sets)]  # fmt: skip
        columns = {"enrichment": "ES", "normalised_enrichment": "NES", "p": "NOM p-val"}
        return {ours: found[theirs].to_numpy(dtype=float) for ours, theirs in columns.items()}

    return work


# -- the measuring ------------------------------------------------------------------------------------------------


def main() -> None:
    """Measure one engine on one case."""
    engine, case, folder, warm, output, rounds, *number = sys.argv[1:]
    version = "this"
    if engine != "radgen":
        try:
            version = importlib.metadata.version(engine)
        except importlib.metadata.PackageNotFoundError:
            print(json.dumps({"absent": True}))
            return
    warnings.simplefilter("ignore")
    build = globals()[f"{engine}_{case}"]
    n = int(number[0]) if number else 0
    try:
        with contextlib.redirect_stdout(sys.stderr):
            build(Given(Path(warm), min(n, 10)))()
            work = build(Given(Path(folder), n))
            begun = {"begun": time.monotonic(), "processor": time.process_time()}  # for whoever may have to cut it
            print(json.dumps(begun), file=sys.__stdout__, flush=True)
            seconds = processor = float("inf")
            for _ in range(int(rounds)):
                began, at_work = time.perf_counter(), time.process_time()
                found = work()
                seconds = min(seconds, time.perf_counter() - began)
                processor = min(processor, time.process_time() - at_work)
    except Exception:  # noqa: BLE001 - an engine may fail in any way; the report says how
        print(json.dumps({"version": version, "failed": traceback.format_exc(limit=-1).strip().splitlines()[-1]}))
        return
    peak = int(Path("/proc/self/status").read_text(encoding="utf-8").split("VmHWM:")[1].split()[0]) / 1024
    np.savez(output, **found)
    print(json.dumps({"version": version, "seconds": seconds, "processor": processor, "peak_mb": peak}))


if __name__ == "__main__":
    main()
