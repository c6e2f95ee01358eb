"""Penalised logistic and linear paths and their cross-validation equal R glmnet's."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.learning import PathSettings, fit_elastic_net_linear, fit_elastic_net_logistic
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.survival.penalised_cohort import SURE, penalised, worst_violation

LOGISTIC, LINEAR = "learning.fit_elastic_net_logistic", "learning.fit_elastic_net_linear"
FITS = {
    "binomial": (LOGISTIC, fit_elastic_net_logistic, "class"),
    "gaussian": (LINEAR, fit_elastic_net_linear, "y"),
}
MEASURES = (
    ("binomial", "deviance", "cv_deviance"),
    ("binomial", "misclassification", "cv_class"),
    ("gaussian", "squared_error", "cv_mse"),
    ("gaussian", "absolute_error", "cv_mae"),
)
ALPHAS = ("1", "0.5")


def fitted(data, family, alpha, **options):
    _, fit, column = FITS[family]
    return fit(data.table[column], data.matrix, folds=data.table["fold"], l1_ratio=float(alpha), **options)


@pytest.mark.parametrize("family", FITS)
@pytest.mark.parametrize("alpha", ALPHAS)
def test_the_path_equals_glmnet(shared_reference, family, alpha):
    data = penalised(shared_reference, f"{family}_alpha{alpha}_strict")
    found, name = fitted(data, family, alpha), FITS[family][0]
    assert found.converged.all()
    agree(name, "lambdas", found.lambdas, data.lambdas)
    agree(name, "coefficients, lambdas 1-40", found.standardised[:SURE], data.path[:SURE].ravel())
    agree(name, "coefficients, to lambda 60", found.standardised, data.path.ravel())
    agree(name, "intercepts", found.intercepts, data.golden["intercept"])


@pytest.mark.parametrize("alpha", ALPHAS)
def test_where_the_logistic_paths_differ_ours_is_nearer_to_the_optimum(shared_reference, alpha):
    """At lambdas 1-40 the two are up to 1.1e-5 apart: R's violation reaches 2e-5 of lambda there, ours 1e-10."""
    data = penalised(shared_reference, f"binomial_alpha{alpha}_strict")
    x, y = data.standardised, data.table["class"].to_numpy(float)
    ours = fitted(data, "binomial", alpha, lambdas=data.lambdas)
    centre = data.matrix.mean().to_numpy()

    def worst(intercepts, coefficients):
        found = []
        for at, intercept, b in zip(data.lambdas, intercepts, coefficients, strict=True):
            residual = y - 1 / (1 + np.exp(-(intercept + centre @ (b / data.scale) + x @ b)))
            found.append(max(worst_violation(x.T @ residual / len(y), b, at, float(alpha)), abs(residual.mean()) / at))
        return np.array(found)

    mine, glmnet = worst(ours.intercepts, ours.standardised), worst(data.golden["intercept"], data.path)
    assert mine.max() < 1e-8
    assert glmnet.max() > 5e-5
    assert (mine < glmnet + 1e-9).all()


@pytest.mark.parametrize(("family", "measure", "in_r"), MEASURES)
@pytest.mark.parametrize(("alpha", "folds_find_lambdas"), [("1", True), ("0.5", False)])
def test_cross_validation_equals_glmnet(shared_reference, family, measure, in_r, alpha, folds_find_lambdas):
    data = penalised(shared_reference, f"{family}_alpha{alpha}_strict")
    name = FITS[family][0]
    expected, fit = validated(data, family, alpha, folds_find_lambdas, measure, in_r)
    agree(name, "cross-validated mean, lambdas 1-40", fit.cv_mean[:SURE], expected["cvm"][:SURE])
    agree(name, "cross-validated mean, to lambda 60", fit.cv_mean, expected["cvm"])
    agree(name, "its standard error, lambdas 1-40", fit.cv_std_err[:SURE], expected["cvsd"][:SURE])
    agree(name, "its standard error, to lambda 60", fit.cv_std_err, expected["cvsd"])
    choices_agree(name, fit, expected)


@pytest.mark.parametrize(("alpha", "folds_find_lambdas"), [("1", True), ("0.5", False)])
def test_cross_validated_auc_equals_glmnet(shared_reference, alpha, folds_find_lambdas):
    data = penalised(shared_reference, f"binomial_alpha{alpha}_strict")
    expected, fit = validated(data, "binomial", alpha, folds_find_lambdas, "auc", "cv_auc")
    agree(LOGISTIC, "cross-validated AUC, lambdas 2-40", fit.cv_mean[1:SURE], expected["cvm"][1:SURE])
    agree(LOGISTIC, "cross-validated AUC, lambdas 2-40", fit.cv_std_err[1:SURE], expected["cvsd"][1:SURE])
    choices_agree(LOGISTIC, fit, expected)


def validated(data, family, alpha, folds_find_lambdas, measure, in_r):
    fit = fitted(
        data,
        family,
        alpha,
        lambdas=None if folds_find_lambdas else data.lambdas,
        measure=measure,
        settings=PathSettings(folds_find_lambdas=folds_find_lambdas),
    )
    return data.golden[f"{in_r}_{'default' if folds_find_lambdas else 'lambda_given'}"], fit


def choices_agree(name, fit, expected):
    found = [fit.index_min + 1, fit.index_1se + 1, len(fit.selected), len(fit.selected_1se)]
    wanted = [expected[key] for key in ("index_min", "index_1se", "nonzero_min", "nonzero_1se")]
    agree(name, "lambda.min, lambda.1se, features selected", found, wanted)
