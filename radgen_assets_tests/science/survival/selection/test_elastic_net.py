"""What a penalised Cox model refuses, and what does not change it; its values are held to glmnet's elsewhere."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import PathSettings
from radgen_assets.science.learning.penalised.cross_validated_path import interpolated, summarise_folds
from radgen_assets.science.survival import Outcome, cox_path, fit_cox, fit_elastic_net_cox, fit_lasso_cox

SHORT = PathSettings(n_lambdas=12)


def cohort(seed=0, n=80, columns=4):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, columns))
    time = np.ceil(generator.exponential(20 * np.exp(-0.8 * x[:, 0])))
    return Outcome(time, generator.random(n) < 0.7), x


def folds_of(n, k=5):
    return np.arange(n) % k


def test_the_strongest_penalty_leaves_nothing_and_weaker_ones_let_the_signal_in():
    outcome, x = cohort(3, 200)
    _, coefficients, converged = cox_path(outcome, (x - x.mean(axis=0)) / x.std(axis=0))
    assert not coefficients[0].any()
    assert coefficients[-1, 0] > 0.4
    assert converged.all()


def test_without_penalty_the_elastic_net_is_the_cox_model_with_breslow_ties():
    outcome, x = cohort(5, 150)
    standardised = (x - x.mean(axis=0)) / x.std(axis=0)
    _, coefficients, _ = cox_path(outcome, standardised, lambdas=np.zeros(1))
    plain = fit_cox(outcome, standardised, ties="breslow").coefficients
    assert coefficients[0] == pytest.approx(plain, rel=1e-9, abs=1e-11)


def test_all_columns_forced_is_the_cox_model_at_every_penalty():
    outcome, x = cohort(6)
    fit = fit_lasso_cox(outcome, x, folds=folds_of(80), penalty_factor=np.zeros(4), lambdas=[0.3, 0.1])
    plain = fit_cox(outcome, x, ties="breslow").coefficients
    assert fit.coefficients == pytest.approx(np.tile(plain, (2, 1)), rel=1e-8)
    assert fit.to_frame()["is_forced"].all()


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 500), l1_ratio=st.sampled_from([0.3, 1.0]))
def test_order_of_patients_unit_of_time_and_scale_of_a_column_do_not_matter(seed, l1_ratio):
    outcome, x = cohort(seed)
    fit = fit_elastic_net_cox(outcome, x, folds=folds_of(80), l1_ratio=l1_ratio, settings=SHORT)
    order = np.random.default_rng(seed).permutation(80)
    moved = fit_elastic_net_cox(
        Outcome(outcome.time_months[order] * 30.4375, outcome.event[order]),
        x[order] * [1, 100, 1, 0.01] + [5, 0, -3, 0],
        folds=folds_of(80)[order],
        l1_ratio=l1_ratio,
        settings=SHORT,
    )
    assert moved.standardised == pytest.approx(fit.standardised, abs=1e-8)
    assert moved.cv_mean == pytest.approx(fit.cv_mean, rel=1e-8)
    assert moved.index_min == fit.index_min


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 500))
def test_every_patient_given_twice_changes_nothing_without_ties(seed):
    """With Breslow ties a cohort given twice has twice the log likelihood, but for a constant."""
    outcome, x = cohort(seed)
    standardised = (x - x.mean(axis=0)) / x.std(axis=0)
    lambdas = np.array([0.2, 0.05])
    once = cox_path(outcome, standardised, lambdas=lambdas)[1]
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    assert cox_path(twice, np.tile(standardised, (2, 1)), lambdas=lambdas)[1] == pytest.approx(once, abs=1e-8)


def test_more_columns_than_patients_reach_the_optimum():
    outcome, x = cohort(1, 60, 200)
    standardised = (x - x.mean(axis=0)) / x.std(axis=0)
    _, coefficients, converged = cox_path(outcome, standardised, l1_ratio=1.0)
    assert converged.all()
    assert (coefficients != 0).sum(axis=1).max() <= 60


def test_two_equal_columns_share_what_one_would_carry():
    outcome, x = cohort(2)
    standardised = (x - x.mean(axis=0)) / x.std(axis=0)
    doubled = np.column_stack([standardised, standardised[:, 0]])
    lambdas = np.array([0.1])
    one, converged = cox_path(outcome, standardised, l1_ratio=1.0, lambdas=lambdas)[1:]
    two, also = cox_path(outcome, doubled, l1_ratio=1.0, lambdas=lambdas)[1:]
    assert converged.all()
    assert also.all()
    assert two[0, 0] + two[0, 4] == pytest.approx(one[0, 0], abs=1e-8)


def test_a_column_that_orders_all_deaths_stays_finite_under_a_penalty():
    outcome = Outcome(np.arange(1.0, 31.0), np.ones(30))
    x = -np.arange(30.0)[:, None]
    fit = fit_lasso_cox(outcome, x, folds=folds_of(30), settings=SHORT)
    assert np.isfinite(fit.coefficients).all()
    assert fit.chosen[0] > 0


def test_a_column_constant_in_a_fold_keeps_its_coefficient_at_zero_there():
    outcome, x = cohort(4)
    x[:, 3] = 0
    x[::5, 3] = np.arange(16)  # all its values lie in the first fold
    fit = fit_lasso_cox(outcome, x, folds=folds_of(80), settings=SHORT)
    assert np.isfinite(fit.cv_mean).all()


def test_the_chosen_coefficients_are_those_of_the_best_mean_and_the_names_go_along():
    outcome, x = cohort(8, 150)
    frame = pd.DataFrame(x, columns=["age", "volume", "grade", "noise"])
    fit = fit_elastic_net_cox(outcome, frame, folds=folds_of(150))
    assert fit.cv_mean[fit.index_min] == fit.cv_mean.min()
    assert fit.index_1se <= fit.index_min
    assert np.array_equal(fit.chosen, fit.coefficients[fit.index_min])
    assert "age" in fit.selected
    assert set(fit.selected_1se) <= set(frame.columns)
    table = fit.to_frame().set_index("name")
    assert table.loc["age", "coefficient"] == fit.chosen[0]
    assert fit.linear_predictor(frame) == pytest.approx((x - x.mean(axis=0)) @ fit.chosen)


def test_lasso_is_the_elastic_net_without_a_ridge_part():
    outcome, x = cohort(9)
    lasso = fit_lasso_cox(outcome, x, folds=folds_of(80), settings=SHORT)
    net = fit_elastic_net_cox(outcome, x, folds=folds_of(80), l1_ratio=1.0, settings=SHORT)
    assert np.array_equal(lasso.coefficients, net.coefficients)


def test_a_path_whose_best_penalty_is_its_last_says_so():
    outcome, x = cohort(3, 200)
    fit = fit_lasso_cox(outcome, x[:, :1], folds=folds_of(200), settings=PathSettings(n_lambdas=5, smallest_ratio=0.5))
    assert fit.ends_too_early


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"folds": np.zeros(80)}, "found one fold"),
        ({"folds": np.arange(79) % 5}, r"found folds of shape \(79,\) for 80 patients"),
        ({"names": ["a", "b"]}, "found 2 names for 4 columns"),
        ({"penalty_factor": [-1, 1, 1, 1]}, "expected 4 finite penalty factors >= 0"),
        ({"penalty_factor": [1, 1]}, "expected 4 finite penalty factors >= 0"),
        ({"lambdas": [0.1, 0.2]}, "expected penalties >= 0 in decreasing order"),
    ],
)
def test_arguments_that_do_not_fit_the_cohort_are_refused(change, message):
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match=message):
        fit_elastic_net_cox(outcome, x, **{"folds": folds_of(80), **change})


def test_constant_columns_gaps_and_shapes_are_refused_by_name():
    outcome, x = cohort()
    frame = pd.DataFrame(x, columns=["age", "volume", "grade", "noise"])
    with pytest.raises(UsedWrongly, match="'site' is constant"):
        fit_elastic_net_cox(outcome, frame.assign(site=1.0), folds=folds_of(80))
    with pytest.raises(UsedWrongly, match="found NaN or infinity in 'grade'"):
        fit_elastic_net_cox(outcome, frame.assign(grade=np.nan), folds=folds_of(80))
    with pytest.raises(UsedWrongly, match=r"covariates of shape \(2, 4\) for 80 patients"):
        fit_elastic_net_cox(outcome, x[:2], folds=folds_of(80))


def test_without_events_or_with_events_in_one_fold_there_is_no_choice():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="found no event among 80 patients"):
        fit_elastic_net_cox(Outcome(outcome.time_months, np.zeros(80)), x, folds=folds_of(80))
    lone = Outcome(outcome.time_months, np.arange(80) % 5 == 1)
    with pytest.raises(UsedWrongly, match="found events in 1 fold, expected at least two"):
        fit_elastic_net_cox(lone, x, folds=folds_of(80))


def test_columns_with_gaps_and_rising_penalties_are_refused_by_the_path():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="found NaN or infinity in the matrix"):
        cox_path(outcome, np.full_like(x, np.nan), lambdas=np.array([0.1]))
    with pytest.raises(UsedWrongly, match="expected penalties >= 0 in decreasing order"):
        cox_path(outcome, x, lambdas=np.array([0.1, 0.2]))


def test_two_patients_have_a_path():
    _, coefficients, converged = cox_path(Outcome([1, 2], [1, 0]), np.array([[1.0], [-1.0]]))
    assert converged.all()
    assert (coefficients >= 0).all()
    assert np.isfinite(coefficients).all()


def test_a_fold_is_read_between_its_own_penalties_and_kept_beyond_them():
    own, coefficients = np.array([4.0, 2.0, 1.0]), np.array([[0.0], [1.0], [3.0]])
    found = interpolated(np.array([8.0, 3.0, 1.5, 0.5]), own, coefficients)
    assert found[:, 0] == pytest.approx([0, 0.5, 2, 3])


def test_folds_are_weighted_and_the_strongest_penalty_within_an_error_is_kept():
    table = np.array([[3.0, 1.0, 2.0], [3.0, 1.4, 1.2]])
    found = summarise_folds(table, np.array([1.0, 3.0]), larger_is_better=False)
    assert found.mean == pytest.approx([3.0, 1.3, 1.4])
    assert (found.index_min, found.index_1se) == (1, 1)
    assert summarise_folds(table, np.array([1.0, 3.0]), larger_is_better=True).index_min == 0
