"""Logistic and linear elastic nets: properties, edges, and the plain model against a second implementation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import (
    PathSettings,
    fit_elastic_net_linear,
    fit_elastic_net_logistic,
    fit_logistic,
    logistic_path,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_table

SHORT = PathSettings(n_lambdas=12)
FOLDS = np.arange(90) % 6


def patients(seed=0, n=90):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, 4))
    number = x[:, 0] - 0.5 * x[:, 1] + generator.normal(size=n)
    return pd.DataFrame(x, columns=["age", "volume", "grade", "noise"]), number, (number > 0).astype(int)


def test_plain_logistic_regression_equals_statsmodels(shared_reference):
    """No golden value from R here: a second implementation instead."""
    from statsmodels.api import Logit

    table = read_table(shared_reference, "r5_cutpoint_roc/data/asah")
    outcome, matrix = table["outcome"].to_numpy(), table[["s100b", "age", "wfns"]].to_numpy()
    fit = fit_logistic(outcome, matrix)
    other = Logit(outcome, np.column_stack([np.ones(len(matrix)), matrix])).fit(disp=0, tol=1e-12)
    agree("learning.fit_logistic", "coefficients", [fit.intercept, *fit.coefficients], other.params)
    agree("learning.fit_logistic", "standard errors", fit.std_err, other.bse[1:])
    agree("learning.fit_logistic", "P", fit.p, other.pvalues[1:])


def test_without_penalty_the_path_is_plain_logistic_regression():
    frame, _, positive = patients()
    x = ((frame - frame.mean()) / frame.std(ddof=0)).to_numpy()
    _, intercepts, coefficients, converged = logistic_path(positive, x, lambdas=np.zeros(1))
    plain = fit_logistic(positive, x)
    assert converged.all()
    assert intercepts[0] == pytest.approx(plain.intercept, rel=1e-8)
    assert coefficients[0] == pytest.approx(plain.coefficients, rel=1e-8)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 500), measure=st.sampled_from(["deviance", "auc", "misclassification"]))
def test_turning_the_classes_turns_the_coefficients(seed, measure):
    frame, _, positive = patients(seed)
    fit = fit_elastic_net_logistic(positive, frame, folds=FOLDS, measure=measure, settings=SHORT)
    turned = fit_elastic_net_logistic(1 - positive, frame, folds=FOLDS, measure=measure, settings=SHORT)
    assert turned.coefficients == pytest.approx(-fit.coefficients, abs=1e-8)
    assert turned.intercepts == pytest.approx(-fit.intercepts, abs=1e-8)
    assert turned.cv_mean[1:] == pytest.approx(fit.cv_mean[1:], rel=1e-8)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 500), unit=st.floats(0.01, 1000), zero=st.floats(-100, 100))
def test_a_linear_model_follows_the_unit_of_its_outcome(seed, unit, zero):
    """scikit-learn's does not: its ridge part means something else in months than in days."""
    frame, number, _ = patients(seed)
    fit = fit_elastic_net_linear(number, frame, folds=FOLDS, settings=SHORT)
    moved = fit_elastic_net_linear(number * unit + zero, frame, folds=FOLDS, settings=SHORT)
    assert moved.coefficients / unit == pytest.approx(fit.coefficients, abs=1e-7)
    assert moved.linear_predictor(frame) == pytest.approx(fit.linear_predictor(frame) * unit + zero, rel=1e-6, abs=1e-6)


def test_least_squares_is_the_end_of_the_linear_path():
    frame, number, _ = patients()
    fit = fit_elastic_net_linear(number, frame, folds=FOLDS, lambdas=[0.1, 0.0])
    design = np.column_stack([np.ones(90), frame])
    expected = np.linalg.lstsq(design, number, rcond=None)[0]
    assert [fit.intercepts[1], *fit.coefficients[1]] == pytest.approx(expected, rel=1e-9)


def test_a_forced_column_is_in_every_model():
    frame, _, positive = patients()
    fit = fit_elastic_net_logistic(positive, frame, folds=FOLDS, penalty_factor=[1, 1, 1, 0], settings=SHORT)
    assert fit.coefficients[:, 3].all()
    assert list(fit.to_frame()["is_forced"]) == [False, False, False, True]
    assert not fit.coefficients[0, :3].any()


def test_a_fold_of_one_class_is_refused_where_its_measure_needs_both():
    frame, _, _ = patients()
    positive = (FOLDS < 2).astype(int)
    with pytest.raises(UsedWrongly, match="fold 1 has one class among its 15 held-out patients"):
        fit_elastic_net_logistic(positive, frame, folds=FOLDS, measure="auc")
    alone = (FOLDS == 0).astype(int)
    with pytest.raises(UsedWrongly, match="fold 1 has one class among its 75 training patients"):
        fit_elastic_net_logistic(alone, frame, folds=FOLDS)


def test_outcomes_that_cannot_be_fitted_are_refused():
    frame, number, _ = patients()
    with pytest.raises(UsedWrongly, match="found an outcome other than 0 and 1"):
        fit_elastic_net_logistic(number, frame, folds=FOLDS)
    with pytest.raises(UsedWrongly, match="expected a finite outcome that varies"):
        fit_elastic_net_linear(np.ones(90), frame, folds=FOLDS)
    with pytest.raises(UsedWrongly, match="expected a finite outcome that varies"):
        fit_elastic_net_linear(np.full(90, np.nan), frame, folds=FOLDS)


def test_separated_classes_stay_finite_under_a_penalty():
    x = np.linspace(-1, 1, 90)[:, None]
    fit = fit_elastic_net_logistic((x[:, 0] > 0).astype(int), x, folds=FOLDS, settings=SHORT)
    assert np.isfinite(fit.coefficients).all()
    assert fit.chosen[0] > 0
