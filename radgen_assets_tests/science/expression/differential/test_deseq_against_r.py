"""Size factors, dispersions, tests and adjusted P values equal R DESeq2's."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd
import pytest
from scipy.special import chdtrc

from radgen_assets.science.expression.differential.count_design import code_design, reduced_design
from radgen_assets.science.expression.differential.count_model import deviance_drop
from radgen_assets.science.expression.differential.deseq import DifferentialCounts, differential_counts
from radgen_assets.science.expression.differential.negative_binomial import fit_means
from radgen_assets.science.expression.differential.settings import CountTestSettings
from radgen_assets.science.expression.differential.size_factors import apply_size_factors, size_factors
from radgen_assets.science.expression.differential.variance_stabilising import variance_stabilise
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.differential.counts_of_r import CONTRAST, Case, simulated, tcga40

NAME = "expression.differential_counts"
DESIGNS = {"group": ["group"], "batch_group": ["batch", "group"]}
CASES = [("sim", "group"), ("sim", "batch_group"), ("tcga40", "group")]
ONE_DESIGN = [("sim", "group"), ("tcga40", "group")]


@pytest.fixture
def case(request, shared_reference, shared_data) -> tuple[Case, str]:
    name, design = request.param
    return (simulated(shared_reference) if name == "sim" else tcga40(shared_reference, shared_data)), design


@lru_cache(maxsize=16)
def fitted(case: Case, design: str, settings: CountTestSettings) -> DifferentialCounts:
    return differential_counts(case.matrix, case.samples[DESIGNS[design]], CONTRAST, settings=settings)


def rows(result: DifferentialCounts, table: pd.DataFrame) -> np.ndarray:
    place = {gene: row for row, gene in enumerate(result.genes)}
    return np.array([place[gene] for gene in table.index])


@pytest.mark.parametrize("case", ONE_DESIGN, indirect=True)
def test_size_factors_equal_deseq2(case):
    data, design = case
    name = "expression.size_factors"
    found = size_factors(data.matrix)
    agree(name, "median of ratios", found.factors, data.of_samples(data.summary(f"deseq2_{design}")["size_factors"]))
    positive = size_factors(data.matrix, "positive")
    agree(name, "positive counts", positive.factors, data.of_samples(data.summary("vst")["poscounts_size_factors"]))
    agree(name, "applied to the samples of the fit", apply_size_factors(found, data.matrix).factors, found.factors)
    agree(
        name, "applied to the samples of the fit", apply_size_factors(positive, data.matrix).factors, positive.factors
    )


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_dispersions_equal_deseq2(case):
    data, design = case
    found, table = fitted(data, design, CountTestSettings()), data.table(f"deseq2_{design}")
    summary, at = data.summary(f"deseq2_{design}"), rows(found, table)
    trend = [found.trend.asymptotic, found.trend.extra]
    agree(NAME, "trend of dispersions", trend, list(summary["dispersion_function"].values()))
    agree(NAME, "spread around the trend", found.trend.log_spread, summary["var_log_disp"])
    agree(NAME, "prior variance", found.trend.prior_variance, summary["prior_var"])
    agree(NAME, "mean count", found.base_mean[at], table["baseMean"])
    agree(NAME, "dispersion, gene-wise", found.gene_wise[at], table["dispGeneEst"])
    agree(NAME, "dispersion, trend", found.expected[at], table["dispFit"])
    agree(NAME, "dispersion, posterior", found.posterior[at], table["dispMAP"])
    agree(NAME, "dispersion, used", found.dispersion[at], table["dispersion"])
    is_outlier = table["dispOutlier"].eq(True)
    agree(NAME, "dispersion outliers, replaced genes", found.dispersion_outlier[at], is_outlier)
    agree(NAME, "dispersion outliers, replaced genes", found.replaced[at], table["replaced"].eq(True))


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_wald_tests_equal_deseq2(case):
    """Genes where R leaves reweighted least squares for its general optimiser are compared apart."""
    data, design = case
    found, table = fitted(data, design, CountTestSettings()), data.table(f"deseq2_{design}")
    at = rows(found, table)
    columns = {
        "log2 fold change": (found.log2_fold_change[at], table["log2FoldChange"]),
        "standard error": (found.std_err[at], table["lfcSE"]),
        "Wald statistic": (found.statistic[at], table["stat"]),
        "intercept": (found.coefficients[at, 0], table["intercept"]),
    }
    newton = found.by_newton[at]
    for quantity, (ours, in_r) in columns.items():
        agree(NAME, quantity, ours[~newton], in_r[~newton])
        agree(NAME, f"{quantity}, genes left to an optimiser", ours[newton], in_r[newton])


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_p_values_equal_deseq2_with_and_without_each_filter(case):
    data, design = case
    table, summary = data.table(f"deseq2_{design}"), data.summary(f"deseq2_{design}")
    at = rows(fitted(data, design, CountTestSettings()), table)
    for cooks, filtering, p, adjusted in (
        (True, True, "pvalue", "padj"),
        (False, True, "pvalue_no_cooks", "padj_no_cooks"),
        (True, False, "pvalue", "padj_no_filter"),
        (False, False, "pvalue_no_cooks", "padj_no_cooks_no_filter"),
    ):
        settings = CountTestSettings(outliers_by_cooks=cooks, independent_filtering=filtering)
        found = fitted(data, design, settings)
        newton = found.by_newton[at]
        agree(NAME, "P", found.p[at][~newton], table[p][~newton])
        agree(NAME, "P, genes left to an optimiser", found.p[at][newton], table[p][newton])
        whole = "adjusted P" if data.name == "sim" and cooks else "adjusted P, with genes left to an optimiser"
        agree(NAME, whole, found.p_adjusted[at], table[adjusted])
    found = fitted(data, design, CountTestSettings())
    filtering = summary["independent_filtering"]
    threshold = [found.filter_threshold, found.filter_quantile]
    agree(NAME, "filter threshold", threshold, [filtering["threshold_baseMean"], filtering["theta"]])
    counts = [int((found.p_adjusted < level).sum()) for level in (0.1, 0.05)]
    agree(NAME, "genes found", counts, [summary["n_significant_0.1"], summary["n_significant_0.05"]])


@pytest.mark.parametrize("case", CASES, indirect=True)
def test_p_against_a_least_change_equal_deseq2(case):
    data, design = case
    found = fitted(data, design, CountTestSettings(least_log2_fold_change=0.5))
    agree(
        NAME,
        "sum of P, least change 0.5",
        np.nansum(found.p),
        data.summary(f"deseq2_{design}")["sum_p_lfcThreshold_0.5"],
    )


@pytest.mark.parametrize("case", [("sim", "batch_group")], indirect=True)
def test_cooks_distances_equal_deseq2(case):
    data, design = case
    found, table = fitted(data, design, CountTestSettings()), data.table(f"deseq2_{design}")
    plain = ~found.by_newton
    agree(NAME, "largest Cook's distance", found.cooks[plain], table["maxCooks"][plain])
    agree(NAME, "Cook's cut-off", found.cooks_cut, data.summary(f"deseq2_{design}")["cooks_cutoff"])


@pytest.mark.parametrize("case", ONE_DESIGN, indirect=True)
def test_likelihood_ratios_equal_deseq2(case):
    """R's call tests the original counts at the dispersions that were found after replacement."""
    data, design = case
    found, table = fitted(data, design, CountTestSettings()), data.table("deseq2_lrt")
    coded = code_design(data.samples[["group"]], data.matrix.samples, CONTRAST)
    none = reduced_design(coded, data.samples[["group"]], data.matrix.samples, [])
    some = found.base_mean > 0
    counts = np.ascontiguousarray(data.matrix.values[np.ix_(some, coded.order)])
    depth, alpha = found.size_factors.factors[coded.order], found.dispersion[some]
    beta, _, how = fit_means(counts, depth, coded.first, coded.rows, coded.start, alpha)
    statistic, newton = np.full(len(some), np.nan), np.zeros(len(some), dtype=bool)
    statistic[some] = deviance_drop(counts, depth, coded, beta, none, alpha, (counts / depth).mean(axis=1))
    newton[some] = how > 0
    at = rows(found, table)
    plain = ~newton[at]
    agree(NAME, "likelihood-ratio statistic", statistic[at][plain], table["LRT_stat"][plain])
    agree(
        NAME, "likelihood-ratio statistic, genes left to an optimiser", statistic[at][~plain], table["LRT_stat"][~plain]
    )
    judged = plain & table["LRT_pvalue"].notna().to_numpy()
    agree(NAME, "likelihood-ratio P", chdtrc(1, np.maximum(statistic[at][judged], 0)), table["LRT_pvalue"][judged])


@pytest.mark.parametrize("case", ONE_DESIGN, indirect=True)
@pytest.mark.parametrize("blind", [True, False])
def test_variance_stabilised_values_equal_deseq2(case, blind):
    data, _ = case
    table = data.table("vst_blind" if blind else "vst_with_design")
    found = variance_stabilise(data.matrix, None if blind else data.samples[["group"]])
    frame = pd.DataFrame(found.values, index=found.genes, columns=found.samples).loc[table.index, list(table.columns)]
    kind = "blind" if blind else "with a design"
    agree("expression.variance_stabilise", kind, frame.to_numpy().ravel(), table.to_numpy().ravel())
    summary = data.summary("vst")["blind" if blind else "with_design"]
    agree(
        "expression.variance_stabilise",
        f"{kind}, mean of all genes",
        found.values.mean(axis=0),
        data.of_samples(summary["by_sample_mean"]),
    )
