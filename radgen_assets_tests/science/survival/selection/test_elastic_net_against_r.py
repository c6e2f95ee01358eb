"""Penalised Cox paths and their cross-validation equal R glmnet's."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.learning import PathSettings
from radgen_assets.science.learning.penalised.coordinate_descent import cox_derivatives
from radgen_assets.science.survival import cox_path, fit_elastic_net_cox, fit_lasso_cox
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.survival.penalised_cohort import SURE, penalised, worst_violation

COX, LASSO = "survival.fit_elastic_net_cox", "survival.fit_lasso_cox"
ALPHAS = ("1", "0.5")


def violations(data, coefficients, alpha):
    x, outcome = data.standardised, data.outcome
    return np.array(
        [
            worst_violation(x.T @ cox_derivatives(x @ b, outcome.time_months, outcome.event)[1] / len(x), b, at, alpha)
            for at, b in zip(data.lambdas, coefficients, strict=True)
        ]
    )


@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_path_equals_glmnet(shared_reference, alpha):
    data = penalised(shared_reference, f"cox_alpha{alpha}_strict")
    agree(COX, "lambdas", cox_path(data.outcome, data.standardised, l1_ratio=float(alpha))[0], data.lambdas)
    _, found, converged = cox_path(data.outcome, data.standardised, l1_ratio=float(alpha), lambdas=data.lambdas)
    assert converged.all()
    agree(COX, "coefficients, lambdas 1-40", found[:SURE], data.path[:SURE].ravel())
    agree(COX, "coefficients, to lambda 60", found, data.path.ravel())


@pytest.mark.parametrize("alpha", ALPHAS)
def test_where_the_two_differ_ours_is_nearer_to_the_optimum(shared_reference, alpha):
    """glmnet stops when its steps are small, at a violation of up to 3e-4 of lambda even with thresh 1e-11."""
    data = penalised(shared_reference, f"cox_alpha{alpha}_strict")
    _, found, _ = cox_path(data.outcome, data.standardised, l1_ratio=float(alpha), lambdas=data.lambdas)
    ours, glmnet = violations(data, found, float(alpha)), violations(data, data.path, float(alpha))
    assert ours.max() < 1e-8
    assert glmnet.max() > 1e-4
    assert (ours < glmnet + 1e-9).all()


@pytest.mark.parametrize(
    ("alpha", "folds_find_lambdas", "measure", "in_r"),
    [
        ("1", False, "deviance", "cv_deviance"),
        ("1", True, "deviance", "cv_deviance"),
        ("0.5", False, "deviance", "cv_deviance"),
        ("0.5", True, "deviance", "cv_deviance"),
        ("1", False, "held_out_deviance", "cv_deviance_ungrouped"),
        ("0.5", True, "held_out_deviance", "cv_deviance_ungrouped"),
    ],
)
def test_cross_validated_deviance_equals_glmnet(shared_reference, alpha, folds_find_lambdas, measure, in_r):
    data = penalised(shared_reference, f"cox_alpha{alpha}_strict")
    expected = data.golden[f"{in_r}_{'default' if folds_find_lambdas else 'lambda_given'}"]
    fit = validated(data, alpha, folds_find_lambdas, measure)
    agree(COX, "cross-validated mean, lambdas 1-40", fit.cv_mean[:SURE], expected["cvm"][:SURE])
    agree(COX, "cross-validated mean, to lambda 60", fit.cv_mean, expected["cvm"])
    agree(COX, "its standard error, lambdas 1-40", fit.cv_std_err[:SURE], expected["cvsd"][:SURE])
    agree(COX, "its standard error, to lambda 60", fit.cv_std_err, expected["cvsd"])
    assert fit.lambda_min == pytest.approx(expected["lambda_min"], rel=1e-8)
    assert fit.lambda_1se == pytest.approx(expected["lambda_1se"], rel=1e-8)
    if "index_min" in expected:
        found = [fit.index_min + 1, fit.index_1se + 1, len(fit.selected), len(fit.selected_1se)]
        wanted = [expected[key] for key in ("index_min", "index_1se", "nonzero_min", "nonzero_1se")]
        agree(COX, "lambda.min, lambda.1se, features selected", found, wanted)


@pytest.mark.parametrize(("alpha", "folds_find_lambdas"), [("1", True), ("0.5", False)])
def test_cross_validated_concordance_equals_glmnet(shared_reference, alpha, folds_find_lambdas):
    """To lambda 40; beyond, R's error in the coefficients turns a pair of near-equal scores here and there."""
    data = penalised(shared_reference, f"cox_alpha{alpha}_strict")
    expected = data.golden[f"cv_C_{'default' if folds_find_lambdas else 'lambda_given'}"]
    fit = validated(data, alpha, folds_find_lambdas, "concordance")
    agree(COX, "cross-validated C, lambdas 1-40", fit.cv_mean[:SURE], expected["cvm"][:SURE])
    agree(COX, "cross-validated C, lambdas 1-40", fit.cv_std_err[:SURE], expected["cvsd"][:SURE])
    found = [fit.index_min + 1, fit.index_1se + 1]
    agree(COX, "lambda.min, lambda.1se, features selected", found, [expected["index_min"], expected["index_1se"]])


def validated(data, alpha, folds_find_lambdas, measure):
    return fit_elastic_net_cox(
        data.outcome,
        data.matrix,
        folds=data.table["fold"],
        l1_ratio=float(alpha),
        lambdas=None if folds_find_lambdas else data.lambdas,
        measure=measure,
        settings=PathSettings(folds_find_lambdas=folds_find_lambdas),
    )


def test_forced_covariates_equal_glmnet(shared_reference):
    data = penalised(shared_reference, "cox_first_two_features_forced")
    factor = np.r_[0, 0, np.ones(data.matrix.shape[1] - 2)]
    own = cox_path(data.outcome, data.standardised, l1_ratio=1.0, penalty_factor=factor)[0]
    agree(LASSO, "lambdas with forced features", own, data.lambdas)
    fit = fit_lasso_cox(
        data.outcome, data.matrix, folds=data.table["fold"], lambdas=data.lambdas, penalty_factor=factor
    )
    expected = data.stored_rows() * data.scale
    agree(LASSO, "coefficients with forced features, lambdas 1-40", fit.standardised[:SURE], expected[:SURE].ravel())
    agree(LASSO, "coefficients with forced features, to lambda 60", fit.standardised, expected.ravel())
    assert fit.standardised[:, :2].all()
    assert fit.selected[:2] == tuple(data.matrix.columns[:2])


def test_unstandardised_columns_equal_glmnet(shared_reference):
    data = penalised(shared_reference, "cox_unstandardised")
    fit = fit_lasso_cox(data.outcome, data.matrix, folds=data.table["fold"], settings=PathSettings(standardise=False))
    agree(COX, "lambdas", fit.lambdas, data.lambdas)
    agree(COX, "coefficients without standardising", fit.standardised, (data.stored_rows() * data.scale).ravel())
