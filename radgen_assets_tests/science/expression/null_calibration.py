"""Do P values keep their promise where nothing differs? 200 nulls of made counts, 200 of real tumours.

python -m radgen_assets_tests.science.expression.null_calibration             prints the section of docs/expression.md
python -m radgen_assets_tests.science.expression.null_calibration --measure   measures anew (about two minutes; needs
                                                                              ../shared/data) and keeps what came out
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import hypergeom, kstest

from radgen_assets.contracts.expression import GeneSet
from radgen_assets.science.expression import (
    NormalisedTestSettings,
    PrerankedSettings,
    correlate_activity,
    differential_counts,
    differential_normalised,
    differential_voom,
    gsva,
    over_representation,
    preranked_gsea,
)
from radgen_assets_tests.science.expression.null_labels import (
    CONTRAST,
    N_GENES,
    N_HALLMARKS,
    N_NULLS,
    N_REAL_GENES,
    N_REAL_SAMPLES,
    N_SAMPLES,
    Null,
    made_nulls,
    real_nulls,
)

KEPT = Path(__file__).parent / "null_calibration.json"
DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
HEADING = "## Do P values keep their promise?"
LISTED = 0.1  # share of the genes that over-representation is asked of
PERMUTATIONS = 400
SMALLEST_P = 1e-4  # smaller ones say no more here, and take longer
MADE, REAL = "made counts", "tumours"
RANDOM, HALLMARK = "random sets", "Hallmark sets"
ACTIVITY = f"activity by GSVA, correlated with the label, {HALLMARK}"
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """What a test did over the nulls.

    ks_p : of a Kolmogorov-Smirnov test of one P a null against the uniform distribution (of over-representation the
        randomised P, since its own is discrete)
    below_5, below_1 : share of all P values at most 0.05, 0.01
    found : share of nulls in which something was found at a false discovery rate of 5 %
    """

    test: str
    data: str
    n_nulls: int
    ks_p: float
    below_5: float
    below_1: float
    found: float


class _Tally:
    """P values of every null, test by test."""

    def __init__(self) -> None:
        self.one: dict[str, list[float]] = defaultdict(list)
        self.below: dict[str, list[tuple[float, float]]] = defaultdict(list)
        self.found: dict[str, list[bool]] = defaultdict(list)

    def add(self, test: str, seed: int, p: Array, adjusted: Array, for_ks: Array | None = None) -> None:
        kept = np.isfinite(p)
        candidates = p[kept] if for_ks is None else for_ks
        self.one[test].append(float(candidates[seed % len(candidates)]))
        self.below[test].append((float((p[kept] <= 0.05).mean()), float((p[kept] <= 0.01).mean())))
        self.found[test].append(bool((adjusted[np.isfinite(adjusted)] < 0.05).any()))

    def told(self, data: str) -> list[Calibration]:
        rows = []
        for test, one in self.one.items():
            below_5, below_1 = np.mean(self.below[test], axis=0)
            ks = float(kstest(one, "uniform").pvalue)
            rows.append(
                Calibration(test, data, len(one), ks, float(below_5), float(below_1), float(np.mean(self.found[test])))
            )
        return rows


def calibrate(nulls: Iterable[Null], data: str) -> list[Calibration]:
    """Every test on every null."""
    tally = _Tally()
    for null in nulls:
        wald = differential_counts(null.counts, null.design, CONTRAST)
        tally.add("DESeq2, Wald", null.seed, wald.p, wald.p_adjusted)
        if data == MADE:
            ratio = differential_counts(null.counts, null.design, CONTRAST, reduced=[])
            tally.add("DESeq2, likelihood ratio", null.seed, ratio.p, ratio.p_adjusted)
        voom = differential_voom(null.counts, null.design, CONTRAST)
        tally.add("limma-voom", null.seed, voom.p, voom.p_adjusted)
        settings = NormalisedTestSettings(trend=data == REAL)
        limma = differential_normalised(null.log2, null.design, CONTRAST, settings=settings)
        tally.add("limma with a trend" if settings.trend else "limma", null.seed, limma.p, limma.p_adjusted)
        tested = np.isfinite(wald.statistic)
        genes = [gene for gene, kept in zip(wald.genes, tested, strict=True) if kept]
        statistic = pd.Series(wald.statistic[tested], index=genes)
        p = pd.Series(np.where(np.isfinite(wald.p), wald.p, 1.0)[tested], index=genes)
        ask_sets(tally, null, statistic, p, null.sets, RANDOM)
        if null.hallmarks:
            ask_sets(tally, null, statistic, p, null.hallmarks, HALLMARK)
            label = (null.design["group"] == CONTRAST[1]).astype(float)
            activity = correlate_activity(gsva(null.log2, null.hallmarks), label).table
            columns = (activity[column].to_numpy(dtype=float) for column in ("p", "p_adjusted"))
            tally.add(ACTIVITY, null.seed, *columns)
    return tally.told(data)


def ask_sets(
    tally: _Tally, null: Null, statistic: pd.Series, p: pd.Series, sets: tuple[GeneSet, ...], kind: str
) -> None:
    """The three tests of gene sets."""
    query = list(p.nsmallest(int(LISTED * len(p))).index)
    found = over_representation(query, sets, list(p.index), universe_name="genes tested")
    table = found.table
    tally.add(
        f"over-representation, {kind}",
        null.seed,
        table["p"].to_numpy(dtype=float),
        table["p_adjusted"].to_numpy(dtype=float),
        randomised(table, found.n_universe, found.n_query, null.seed),
    )
    for name, multilevel in (("simple", False), ("multilevel", True))[: 1 if kind == HALLMARK else 2]:
        asked = PrerankedSettings(
            smallest_set=10, n_permutations=PERMUTATIONS, multilevel=multilevel, smallest_p=SMALLEST_P
        )
        ranked = preranked_gsea(statistic, sets, asked, seed=null.seed).table
        columns = (ranked[column].to_numpy(dtype=float) for column in ("p", "p_adjusted"))
        tally.add(f"pre-ranked, {name}, {kind}", null.seed, *columns)


def randomised(table: pd.DataFrame, n_universe: int, n_query: int, seed: int) -> Array:
    """P(X > x) + U P(X = x), which is uniform where P(X >= x) can only take few values."""
    overlap, size = (table[name].to_numpy(dtype=float) for name in ("n_overlap", "n_in_universe"))
    share = np.random.default_rng([3, seed]).random(len(table))
    return np.asarray(
        hypergeom.sf(overlap, n_universe, size, n_query) + share * hypergeom.pmf(overlap, n_universe, size, n_query)
    )


def kept() -> list[Calibration]:
    """What was measured last."""
    return [Calibration(**row) for row in json.loads(KEPT.read_text(encoding="utf-8"))]


def measure() -> None:
    """Measure, and keep."""
    rows = calibrate(made_nulls(), MADE) + calibrate(real_nulls(DATA), REAL)
    told = [
        {name: float(f"{value:.3g}") if isinstance(value, float) else value for name, value in asdict(row).items()}
        for row in rows
    ]
    KEPT.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def section() -> str:
    """The section of docs/expression.md."""
    rows = kept()
    lines = [HEADING, "", *_METHOD.format(**_SIZES).splitlines(), ""]
    for data, title in ((MADE, "Made counts"), (REAL, "Real tumours under labels drawn at random")):
        lines += [f"{title}:", "", "| test | P <= 0.05 | P <= 0.01 | nulls with a finding | KS test's P |"]
        lines.append("|---|---:|---:|---:|---:|")
        for row in rows:
            if row.data == data:
                shares = " | ".join(f"{100 * share:.1f} %" for share in (row.below_5, row.below_1, row.found))
                lines.append(f"| {row.test} | {shares} | {row.ks_p:.2g} |")
        lines.append("")
    return "\n".join([*lines, *_meaning(rows), ""])


def _meaning(rows: list[Calibration]) -> list[str]:
    """With the figures of the tables."""
    by_test = {(row.data, row.test): row for row in rows}

    def share(data: str, test: str, column: str = "below_5") -> str:
        return f"{100 * getattr(by_test[data, test], column):.1f} %"

    text = _MEANING.format(
        deseq_5=share(REAL, "DESeq2, Wald"),
        deseq_found=share(REAL, "DESeq2, Wald", "found"),
        made_5=share(MADE, "DESeq2, Wald"),
        voom_5=share(REAL, "limma-voom"),
        voom_found=share(REAL, "limma-voom", "found"),
        ranked_5=share(REAL, f"pre-ranked, simple, {HALLMARK}"),
        over_5=share(REAL, f"over-representation, {HALLMARK}"),
        activity_5=share(REAL, ACTIVITY),
    )
    return text.splitlines()


_SIZES = {
    "n_nulls": N_NULLS, "n_genes": N_GENES, "n": N_SAMPLES, "n_real_genes": f"{N_REAL_GENES:,}",
    "n_real": N_REAL_SAMPLES, "n_hallmarks": N_HALLMARKS, "listed": f"{100 * LISTED:.0f}",
}  # fmt: skip
_METHOD = """\
Where nothing differs, 5 % of the P values should lie below 0.05, and all of them be spread evenly. {n_nulls} nulls of
made data ({n_genes} genes, independent of each other, {n} samples) and {n_nulls} of real ones: {n_real_genes} genes of
{n_real} lower-grade gliomas of TCGA, drawn at random and labelled at random, half and half. The tests of gene sets are
asked of each null's Wald statistics, over-representation of the {listed} % of genes with the smallest P; random sets of
15 to 60 genes, and {n_hallmarks} Hallmark sets as they are. One P a null enters the Kolmogorov-Smirnov test (of
over-representation the randomised P, since its own takes few values, which makes its share below 0.05 smaller than
5 %); "nulls with a finding": anything at a false discovery rate of 5 %. Printed by
`python -m radgen_assets_tests.science.expression.null_calibration`.
"""
_MEANING = """\
What follows from it:

- **DESeq2's P is too small in real tumours**: {deseq_5} of them are below 0.05, and in {deseq_found} of the nulls it
  finds genes at a false discovery rate of 5 % where nothing is. Its model holds in the made counts ({made_5}), and
  radgen's values are R's. But tumours of several kinds under one label are not negative binomial, and few patients then
  decide (Li et al. 2022, Genome Biology 23:79, found the same in other cohorts). Ask **limma-voom** beside it:
  {voom_5}, and a finding in {voom_found} of the nulls. A contrast may name both methods; its report says where they
  agree.
- The Kolmogorov-Smirnov test sees one P a null and misses this: the shares, over all genes, are the sharper measure.
- **Over-representation and pre-ranked enrichment suppose that the genes of a set vary independently.** Random sets do,
  and P keeps its promise. Genes of a pathway go up and down together: {ranked_5} of the pre-ranked P of Hallmark sets,
  and {over_5} of over-representation's, are below 0.05 under labels that mean nothing. So it is in every tool that
  permutes genes (Goeman & Buehlmann 2007; Wu & Smyth 2012). Read these P as an order of the sets, not as evidence that
  a pathway differs.
- **The activity of a set, patient by patient, keeps its promise** ({activity_5}): `gsva` or another of the activities,
  then `correlate_activity` or a fit over the patients. Where a claim rests on a pathway, test it so.
"""


def main() -> None:
    """Print the section; measure first when asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true", help="measure anew")
    if parser.parse_args().measure:
        measure()
    print(section(), end="")


if __name__ == "__main__":
    main()
