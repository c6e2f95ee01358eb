"""ROC and penalised logistic regression equal R's (pROC, glmnet); class measures equal the formulas of r6."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.learning import (
    classification_metrics,
    compare_auc,
    fit_logistic,
    logistic_path,
    roc_auc,
    roc_curve,
)
from radgen_assets_tests.science.golden import numbers, read_json, read_table, relative

SINGLE = ("asah_s100b", "asah_ndka", "asah_wfns", "roc_good", "roc_rounded", "roc_inverse")
PAIRED = ("asah_s100b_ndka", "asah_wfns_s100b", "roc_good_fair", "roc_good_rounded")


def scores(shared_reference, name, *columns):
    table = read_table(shared_reference, f"r5_cutpoint_roc/data/{name}")
    return table["outcome" if name == "asah" else "y"], *(table[column] for column in columns)


@pytest.mark.parametrize("key", SINGLE)
def test_auc_and_delong_interval_equal_proc(shared_reference, key):
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/roc")["single"][key]
    result = roc_auc(*scores(shared_reference, *key.split("_")))
    found = [result.value, result.std_err, result.low, result.high]
    assert relative(found, [golden[name] for name in ("auc", "se", "ci_low", "ci_high")]) < 1e-10


@pytest.mark.parametrize("key", PAIRED)
def test_the_paired_delong_test_equals_proc(shared_reference, key):
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/roc")["paired_delong"][key]
    result = compare_auc(*scores(shared_reference, *key.split("_")))
    assert relative([result.z, result.p], [golden["z"], golden["p"]]) < 1e-10
    assert relative([result.low, result.high], golden["difference_ci"]) < 1e-10


@pytest.mark.parametrize("key", SINGLE)
def test_the_roc_curve_passes_through_procs_points(shared_reference, key):
    """pROC's thresholds lie between values, ours on them; the points are the same."""
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/roc")["single"][key]
    _, sensitivity, specificity = roc_curve(*scores(shared_reference, *key.split("_")))
    assert relative(sensitivity[::-1], golden["sensitivities"]) < 1e-12
    assert relative(specificity[::-1], golden["specificities"]) < 1e-12


def test_measures_of_four_classes_equal_the_formulas(shared_reference):
    golden = read_json(shared_reference, "r6_agreement/expected/smd_classification")[
        "classification_a_true_b_predicted"
    ]
    table = read_table(shared_reference, "r6_agreement/data/ratings")
    result = classification_metrics(table["a"], table["b"], bootstraps=50)
    assert result.balanced_accuracy.value == pytest.approx(golden["balanced_accuracy"], rel=1e-12)
    assert result.mcc.value == pytest.approx(golden["mcc"], rel=1e-12)
    assert [result.f1[str(k)].value for k in range(1, 5)] == pytest.approx(golden["f1"], rel=1e-12)
    assert [result.recall[str(k)].value for k in range(1, 5)] == pytest.approx(golden["recall"], rel=1e-12)


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
