"""Penalised logistic regression equals R's glmnet, the plain one statsmodels'."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.learning import fit_logistic, logistic_path
from radgen_assets_tests.science.golden import numbers, read_json, read_table, relative


def scores(shared_reference, name, *columns):
    table = read_table(shared_reference, f"r5_cutpoint_roc/data/{name}")
    return table["outcome" if name == "asah" else "y"], *(table[column] for column in columns)


@pytest.mark.parametrize("alpha", ["1", "0.5"])
def test_the_logistic_path_equals_glmnet(shared_reference, alpha):
    """Absolute 1.2e-5: at lambda 40 R's own KKT violation is 2e-5 of lambda, ours half of it."""
    table = read_table(shared_reference, "r2_penalised/data/penalised")
    matrix = table.filter(regex="^x")
    golden = read_json(shared_reference, "r2_penalised/expected/glmnet")[f"binomial_alpha{alpha}_strict"]
    path = read_table(shared_reference, f"r2_penalised/expected/path_binomial_alpha{alpha}_strict").set_index("feature")
    scale = matrix.std(ddof=0).to_numpy()
    expected = path.reindex(matrix.columns, fill_value=0.0).to_numpy().T * scale
    standardised = ((matrix - matrix.mean()) / scale).to_numpy()
    own, *_ = logistic_path(table["class"], standardised, l1_ratio=float(alpha))
    assert relative(own, golden["lambda"]) < 1e-8
    _, _, coefficients, converged = logistic_path(
        table["class"], standardised, l1_ratio=float(alpha), lambdas=numbers(golden["lambda"])
    )
    assert converged.all()
    assert np.abs(coefficients - expected)[:40].max() < 1.2e-5
    assert np.abs(coefficients - expected).max() < 1e-4


def test_plain_logistic_regression_equals_statsmodels(shared_reference):
    """No golden value from R here: a second implementation instead."""
    from statsmodels.api import Logit

    outcome, *columns = scores(shared_reference, "asah", "s100b", "age", "wfns")
    matrix = np.column_stack(columns)
    fit = fit_logistic(outcome, matrix)
    other = Logit(outcome.to_numpy(), np.column_stack([np.ones(len(matrix)), matrix])).fit(disp=0, tol=1e-12)
    assert relative([fit.intercept, *fit.coefficients], other.params) < 1e-8
    assert relative(fit.std_err, other.bse[1:]) < 1e-6
    assert relative(fit.p, other.pvalues[1:]) < 1e-6
