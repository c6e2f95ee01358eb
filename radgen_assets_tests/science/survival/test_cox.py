"""What a Cox model refuses, and what does not change it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, cox_path, fit_cox, fit_elastic_net_cox


def cohort(seed=0, n=60):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(n, 2))
    time = np.ceil(generator.exponential(20 * np.exp(-0.7 * x[:, 0])))
    return Outcome(time, generator.random(n) < 0.7), x


@settings(deadline=None, derandomize=True, max_examples=20)
@given(seed=st.integers(0, 200), scale=st.floats(0.01, 100), shift=st.floats(-50, 50))
def test_rescaling_a_covariate_rescales_its_coefficient(seed, scale, shift):
    outcome, x = cohort(seed)
    plain = fit_cox(outcome, x)
    moved = fit_cox(outcome, x * [scale, 1] + [shift, 0])
    assert moved.coefficients[0] * scale == pytest.approx(plain.coefficients[0], rel=1e-6, abs=1e-9)
    assert moved.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-10)


@settings(deadline=None, derandomize=True, max_examples=20)
@given(seed=st.integers(0, 200))
def test_order_of_patients_and_unit_of_time_do_not_matter(seed):
    outcome, x = cohort(seed)
    order = np.random.default_rng(seed).permutation(outcome.n)
    mixed = fit_cox(Outcome(outcome.time_months[order] * 30.4375, outcome.event[order]), x[order])
    assert mixed.coefficients == pytest.approx(fit_cox(outcome, x).coefficients, rel=1e-8, abs=1e-10)


def test_a_constant_covariate_is_refused_by_name():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="'site' is constant"):
        fit_cox(outcome, pd.DataFrame({"age": x[:, 0], "site": 1.0}))


def test_separation_is_refused_by_name():
    """One carrier who never has an event: R stops at -21, lifelines at -13.9; there is no maximum."""
    outcome = Outcome([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 0])
    with pytest.raises(UsedWrongly, match="no maximum, the coefficient of 'carrier' runs to infinity"):
        fit_cox(outcome, [0, 0, 0, 0, 0, 1], names=["carrier"])


def test_a_covariate_that_orders_all_deaths_is_refused():
    with pytest.raises(UsedWrongly, match="no maximum, the coefficient of 'x1'"):
        fit_cox(Outcome([1, 2, 3, 4, 5], [1] * 5), [5.0, 4, 3, 2, 1])


def test_linear_dependence_is_refused():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="depend on each other linearly"):
        fit_cox(outcome, np.column_stack([x[:, 0], 2 * x[:, 0]]))


def test_missing_values_and_wrong_shapes_are_refused():
    outcome, x = cohort()
    x[3, 1] = np.nan
    with pytest.raises(UsedWrongly, match="found NaN or infinity in 'x2'"):
        fit_cox(outcome, x)
    with pytest.raises(UsedWrongly, match=r"covariates of shape \(2, 2\), expected \(60, 2\)"):
        fit_cox(outcome, x[:2])


def test_without_an_event_there_is_no_fit():
    with pytest.raises(UsedWrongly, match="found no event among 3 patients"):
        fit_cox(Outcome([1, 2, 3], [0, 0, 0]), [1.0, 2, 3])
    with pytest.raises(UsedWrongly, match="elastic-net Cox: found no event among 3 patients"):
        cox_path(Outcome([1, 2, 3], [0, 0, 0]), np.array([[-1.0], [0], [1]]))


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
    assert coefficients[0] == pytest.approx(fit_cox(outcome, standardised, ties="breslow").coefficients, abs=1e-6)


def test_cross_validation_refuses_constant_columns_and_folds_without_events():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="column 1 is constant"):
        fit_elastic_net_cox(outcome, np.column_stack([x[:, 0], np.ones(60)]), folds=np.arange(60) % 5)
    lone = Outcome(outcome.time_months, np.arange(60) < 1)
    with pytest.raises(UsedWrongly, match=r"no event|events in at least two folds"):
        fit_elastic_net_cox(lone, x, folds=np.arange(60) % 5)


def test_columns_with_gaps_and_rising_penalties_are_refused():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="found NaN or infinity in the matrix"):
        cox_path(outcome, np.full_like(x, np.nan), lambdas=np.array([0.1]))
    with pytest.raises(UsedWrongly, match="expected penalties >= 0 in decreasing order"):
        cox_path(outcome, x, lambdas=np.array([0.1, 0.2]))


def test_the_chosen_coefficients_are_those_of_the_smallest_deviance():
    outcome, x = cohort(8, 150)
    fit = fit_elastic_net_cox(outcome, x, folds=np.arange(150) % 5)
    assert fit.deviance[fit.index_min] == fit.deviance.min()
    assert fit.index_1se <= fit.index_min
    assert np.array_equal(fit.chosen, fit.coefficients[fit.index_min])
