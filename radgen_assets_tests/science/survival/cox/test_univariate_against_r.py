"""500 genes, one at a time, equal R's coxph; a constant gene and one without a maximum have stated results."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.survival import univariate_cox
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_table
from radgen_assets_tests.science.survival.cox_designs import outcome_of

FUNCTION = "survival.univariate_cox"
CONSTANT, LONE_CARRIER = 40, 41  # G0041, G0042


@pytest.fixture(scope="module")
def genes(shared_reference):
    return read_table(shared_reference, "r1_survival/data/genes")


def matrix_of(table):
    return table.filter(regex="^G")


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_every_gene_equals_coxph(shared_reference, genes, ties):
    golden = read_table(shared_reference, f"r1_survival/expected/univariate_{ties}")
    result = univariate_cox(outcome_of(genes), matrix_of(genes), ties=ties)
    assert list(result.names) == list(golden["gene"])
    fitted = result.status == "fitted"
    assert list(np.flatnonzero(~fitted)) == [CONSTANT, LONE_CARRIER]
    for quantity, found, column in (
        ("coefficients", result.coefficient, "coef"),
        ("standard errors", result.std_err, "se"),
        ("hazard ratios", result.hazard_ratio, "hr"),
        ("Wald z", result.z, "z"),
    ):
        for gene in np.flatnonzero(fitted):
            agree(FUNCTION, quantity, found[gene], golden[column][gene])
    agree(FUNCTION, "Wald P", result.p[fitted], golden["p_wald"][fitted])
    agree(FUNCTION, "log likelihood", result.log_likelihood_null, golden["loglik_null"])
    agree(FUNCTION, "log likelihood", result.log_likelihood, golden["loglik"])
    agree(FUNCTION, "likelihood ratio and score tests", result.likelihood_ratio[fitted], golden["lrt"][fitted])
    agree(FUNCTION, "likelihood ratio and score tests", result.score[fitted], golden["score"][fitted])
    agree(FUNCTION, "P of likelihood ratio and score", result.likelihood_ratio_p[fitted], golden["p_lrt"][fitted])
    agree(FUNCTION, "P of likelihood ratio and score", result.score_p[fitted], golden["p_score"][fitted])


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_without_a_maximum_the_likelihood_ratio_and_the_score_still_hold(shared_reference, genes, ties):
    golden = read_table(shared_reference, f"r1_survival/expected/univariate_{ties}").iloc[LONE_CARRIER]
    result = univariate_cox(outcome_of(genes), matrix_of(genes).iloc[:, [LONE_CARRIER]], ties=ties)
    assert (result.status[0], result.coefficient[0]) == ("no_maximum", -np.inf)
    for found, key in (
        (result.likelihood_ratio, "lrt"),
        (result.likelihood_ratio_p, "p_lrt"),
        (result.score, "score"),
        (result.score_p, "p_score"),
    ):
        agree(FUNCTION, "tests without a maximum", found, golden[key])


def test_every_gene_beside_age_equals_coxph(shared_reference, genes):
    golden = read_table(shared_reference, "r1_survival/expected/univariate_efron_adjusted_age")
    result = univariate_cox(outcome_of(genes), matrix_of(genes), adjust_for=genes[["age"]])
    fitted = result.status == "fitted"
    assert list(np.flatnonzero(~fitted)) == [CONSTANT, LONE_CARRIER]
    agree(FUNCTION, "coefficients, adjusted", result.coefficient[fitted], golden["coef"][fitted])
    agree(FUNCTION, "standard errors, adjusted", result.std_err[fitted], golden["se"][fitted])
    agree(FUNCTION, "Wald P, adjusted", result.p[fitted], golden["p_wald"][fitted])
    agree(FUNCTION, "log likelihood, adjusted", result.log_likelihood, golden["loglik"])
    without = golden["loglik"][CONSTANT]  # a constant gene leaves the model of age alone
    agree(FUNCTION, "log likelihood, adjusted", result.log_likelihood_null, np.full(len(golden), without))
