"""Moderated tests, weights of counts, normalisation factors and the filter equal R limma's and edgeR's."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.expressed import expressed_genes
from radgen_assets.science.expression.differential.normalisation import normalisation_factors
from radgen_assets.science.expression.differential.normalised import DifferentialNormalised, differential_normalised
from radgen_assets.science.expression.differential.settings import NormalisedTestSettings
from radgen_assets.science.expression.differential.voom import differential_voom, voom
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.differential.counts_of_r import CONTRAST, ROOM, Case, simulated, tcga40
from radgen_assets_tests.science.golden import read_table

LIMMA, VOOM = "expression.differential_normalised", "expression.differential_voom"
PRIORS = {
    "plain": NormalisedTestSettings(),
    "trend": NormalisedTestSettings(trend=True),
    "robust": NormalisedTestSettings(robust=True),
    "trend and robust": NormalisedTestSettings(trend=True, robust=True),
}


@pytest.fixture(params=["sim", "tcga40"])
def case(request, shared_reference, shared_data) -> Case:
    return simulated(shared_reference) if request.param == "sim" else tcga40(shared_reference, shared_data)


@lru_cache(maxsize=2)
def expressed(case: Case) -> ExpressionMatrix:
    kept = expressed_genes(case.matrix, case.samples[["group"]]).kept
    genes = tuple(np.array(case.matrix.genes)[kept])
    return replace(case.matrix, values=case.matrix.values[kept], genes=genes)


@lru_cache(maxsize=2)
def log_values(case: Case) -> ExpressionMatrix:
    """What R's limma was given: edgeR's cpm(log = TRUE, prior.count = 2) with 10 digits."""
    matrix = expressed(case)
    sizes = normalisation_factors(matrix).effective_sizes
    prior = 2 * sizes / sizes.mean()
    values = np.log2((matrix.values + prior) / (sizes + 2 * prior) * 1e6)
    written = np.array([float(f"{value:.10g}") for value in values.ravel()]).reshape(values.shape)
    return replace(matrix, values=written, unit=ExpressionUnit.log2)


def places(matrix_or_result, table) -> np.ndarray:
    place = {gene: row for row, gene in enumerate(matrix_or_result.genes)}
    return np.array([place[gene] for gene in table.index])


@lru_cache(maxsize=8)
def fitted(case: Case, prior: str) -> DifferentialNormalised:
    return differential_normalised(log_values(case), case.samples[["group"]], CONTRAST, settings=PRIORS[prior])


def test_values_given_to_limma_are_those_of_the_file(shared_reference):
    ours = log_values(simulated(shared_reference))
    table = read_table(shared_reference, f"{ROOM}/data/sim_logcpm").set_index("gene")
    assert ours.genes == tuple(table.index)
    np.testing.assert_allclose(ours.values, table.to_numpy(), rtol=1e-9)


def test_linear_models_equal_limma(case):
    table, found = case.table("limma"), fitted(case, "plain")
    at = places(found, table)
    agree(LIMMA, "log2 fold change", found.log2_fold_change[at], table["logFC"])
    agree(LIMMA, "mean expression", found.mean_expression[at], table["AveExpr"])
    agree(LIMMA, "residual standard deviation", found.residual_sd[at], table["sigma"])


@pytest.mark.parametrize("prior", PRIORS)
def test_moderated_tests_equal_limma(case, prior):
    table, found = case.table("limma"), fitted(case, prior)
    at, column = places(found, table), prior.replace(" and ", "_")
    agree(LIMMA, f"t, {prior}", found.statistic[at], table[f"{column}_t"])
    agree(LIMMA, f"P, {prior}", found.p[at], table[f"{column}_p"])
    agree(LIMMA, f"log P, {prior}", np.log(found.p[at]), np.log(table[f"{column}_p"]))
    agree(LIMMA, f"prior variance, {prior}", found.prior_sd[at] ** 2, table[f"{column}_s2_prior"])
    if "robust" in prior:
        agree(LIMMA, f"prior degrees of freedom, {prior}", found.prior_degrees[at], table[f"{column}_df_prior"])
        return
    agree(LIMMA, f"adjusted P, {prior}", found.p_adjusted[at], table[f"{column}_padj"])
    agree(LIMMA, f"log odds, {prior}", found.log_odds[at], table[f"{column}_B"])
    if prior == "plain":
        agree(LIMMA, "prior degrees of freedom", found.prior_degrees[at], table["plain_df_prior"])
        limits = np.concatenate([found.low[at], found.high[at]])
        agree(LIMMA, "limits", limits, np.concatenate([table["plain_ci_low"], table["plain_ci_high"]]))


def test_weights_of_counts_equal_voom(case):
    table, found = case.table("voom_edger"), voom(expressed(case), case.samples[["group"]])
    at = places(found.matrix, table)
    agree("expression.voom", "log2 counts per million", found.matrix.values[at, 0], table["E_first_sample"])
    for sample, column in ((0, "weight_first_sample"), (-1, "weight_last_sample")):
        agree("expression.voom", "weights", found.weights[at, sample], table[column])


def test_the_whole_way_from_counts_equals_r(case):
    table, found = case.table("voom_edger"), differential_voom(case.matrix, case.samples[["group"]], CONTRAST)
    at, summary = places(found, table), case.summary("limma")
    agree(VOOM, "log2 fold change", found.log2_fold_change[at], table["logFC"])
    agree(VOOM, "mean expression", found.mean_expression[at], table["AveExpr"])
    agree(VOOM, "residual standard deviation", found.residual_sd[at], table["sigma"])
    agree(VOOM, "t", found.statistic[at], table["t"])
    agree(VOOM, "P", found.p[at], table["p"])
    agree(VOOM, "log P", np.log(found.p[at]), np.log(table["p"]))
    agree(VOOM, "adjusted P", found.p_adjusted[at], table["padj"])
    agree(VOOM, "log odds", found.log_odds[at], table["B"])
    agree(VOOM, "prior variance", found.prior_sd[at[0]] ** 2, summary["voom_s2_prior"])
    agree(VOOM, "prior degrees of freedom", found.prior_degrees[at[0]], summary["voom_df_prior"])


def test_weights_and_values_of_voom_give_the_same_test_in_two_steps(case):
    whole = differential_voom(case.matrix, case.samples[["group"]], CONTRAST)
    weighed = voom(expressed(case), case.samples[["group"]])
    steps = differential_normalised(weighed.matrix, case.samples[["group"]], CONTRAST, weights=weighed.weights)
    np.testing.assert_allclose(steps.p, whole.p[whole.status == "tested"], rtol=1e-10)


def test_normalisation_factors_equal_edger(case):
    name, summary = "expression.normalisation_factors", case.summary("edger")
    agree(
        name,
        "TMM, all genes",
        normalisation_factors(case.matrix).factors,
        case.of_samples(summary["norm_factors_all_genes"]),
    )
    agree(
        name,
        "TMM, expressed genes",
        normalisation_factors(expressed(case)).factors,
        case.of_samples(summary["norm_factors_after_filter"]),
    )
    sizes = case.matrix.values.sum(axis=0)
    for method, key in (("RLE", "RLE"), ("upper quartile", "upperquartile")):
        found = normalisation_factors(expressed(case), method, library_sizes=sizes)
        agree(name, method, found.factors, summary[f"norm_factors_{key}"])


def test_expressed_genes_equal_edger(case):
    table, found = case.table("filter"), expressed_genes(case.matrix, case.samples[["group"]])
    at = places(found, table)
    agree("expression.expressed_genes", "genes kept", found.kept[at], table["keep_group"])
    agree("expression.expressed_genes", "genes kept", found.kept[at], table["keep_design"])
    agree("expression.expressed_genes", "genes kept", int(found.kept.sum()), case.summary("edger")["kept"])
