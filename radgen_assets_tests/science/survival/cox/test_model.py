"""What a Cox model refuses, and what does not change it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import (
    Outcome,
    cox_residuals,
    fit_cox,
    proportional_hazards_test,
    univariate_cox,
)


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


def test_all_deaths_in_patients_alike_leave_nothing_to_fit():
    """The two who differ were censored before the first death: no risk set holds them."""
    with pytest.raises(UsedWrongly, match="'marker' does not vary among the patients at risk"):
        fit_cox(Outcome([1, 1, 3, 4, 5], [0, 0, 1, 1, 0]), [0.0, 1, 2, 2, 2], names=["marker"])


def test_a_covariate_that_is_its_stratum_is_refused():
    outcome, x = cohort()
    half = np.arange(60) % 2
    with pytest.raises(UsedWrongly, match="'site' does not vary among the patients at risk"):
        fit_cox(outcome, pd.DataFrame({"age": x[:, 0], "site": half}), strata=half)


@pytest.mark.parametrize("x", [[0.0, 1.0], [1.0, 0.0]])
@pytest.mark.parametrize("event", [[1, 1], [1, 0]])
def test_two_patients_are_always_separated(x, event):
    with pytest.raises(UsedWrongly, match="no maximum"):
        fit_cox(Outcome([1, 2], event), x)


def test_one_event_is_enough_when_its_covariate_is_not_extreme():
    """One death among three at risk, value 1 of 0, 1, 3: the maximum solves 1 = 2 exp(3 b)."""
    fit = fit_cox(Outcome([1, 2, 2], [1, 0, 0]), [1.0, 0, 3])
    assert fit.coefficients[0] == pytest.approx(-np.log(2) / 3, rel=1e-9)
    assert fit.n_events == 1


def test_when_all_die_at_once_efron_and_breslow_count_them_all():
    """Three deaths at one time among four patients, at coefficient zero: log(4 * 3 * 2) and 3 log 4."""
    outcome, x = Outcome([1, 1, 1, 2], [1, 1, 1, 0]), [0.0, 1, 2, 1]
    assert fit_cox(outcome, x).log_likelihood_null == pytest.approx(-np.log(24))
    assert fit_cox(outcome, x, ties="breslow").log_likelihood_null == pytest.approx(-3 * np.log(4))


@settings(deadline=None, derandomize=True, max_examples=20)
@given(seed=st.integers(0, 200))
def test_without_ties_efron_and_breslow_are_one(seed):
    outcome, x = cohort(seed)
    apart = Outcome(outcome.time_months + np.arange(60) * 1e-3, outcome.event)
    assert fit_cox(apart, x).coefficients == pytest.approx(fit_cox(apart, x, ties="breslow").coefficients, rel=1e-12)


@settings(deadline=None, derandomize=True, max_examples=20)
@given(seed=st.integers(0, 200), ties=st.sampled_from(["efron", "breslow"]))
def test_a_cohort_given_twice_as_two_strata_halves_the_variance(seed, ties):
    outcome, x = cohort(seed)
    one = fit_cox(outcome, x, ties=ties)
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    two = fit_cox(twice, np.tile(x, (2, 1)), ties=ties, strata=np.repeat(["a", "b"], 60))
    assert two.coefficients == pytest.approx(one.coefficients, rel=1e-8, abs=1e-10)
    assert two.std_err == pytest.approx(one.std_err / np.sqrt(2), rel=1e-8)
    assert two.log_likelihood == pytest.approx(2 * one.log_likelihood, rel=1e-12)
    for baseline in two.baselines:
        assert baseline.cumulative_hazard == pytest.approx(one.cumulative_hazard, rel=1e-8)


@settings(deadline=None, derandomize=True, max_examples=20)
@given(seed=st.integers(0, 200))
def test_with_breslow_ties_a_weight_of_two_is_the_patient_twice(seed):
    outcome, x = cohort(seed)
    count = np.random.default_rng(seed).integers(1, 4, 60)
    rows = np.repeat(np.arange(60), count)
    weighted = fit_cox(outcome, x, ties="breslow", weights=count)
    repeated = fit_cox(outcome.of(rows), x[rows], ties="breslow")
    assert weighted.coefficients == pytest.approx(repeated.coefficients, rel=1e-8, abs=1e-10)
    assert weighted.std_err == pytest.approx(repeated.std_err, rel=1e-8)
    assert weighted.means == pytest.approx(repeated.means, abs=1e-12)


def test_a_person_given_twice_counts_once_in_the_error_over_persons():
    outcome, x = cohort(4)
    rows = np.repeat(np.arange(60), 2)
    once = fit_cox(outcome, x, ties="breslow", persons=np.arange(60))
    twice = fit_cox(outcome.of(rows), x[rows], ties="breslow", persons=rows)
    assert twice.std_err == pytest.approx(once.std_err, rel=1e-8)
    assert twice.model_std_err == pytest.approx(once.model_std_err / np.sqrt(2), rel=1e-8)


@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_a_person_who_stands_in_two_strata_is_still_one_person(ties):
    outcome, x = cohort(6)
    once = fit_cox(outcome, x, ties=ties, persons=np.arange(60))
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    persons, strata = np.tile(np.arange(60), 2), np.repeat(["a", "b"], 60)
    two = fit_cox(twice, np.tile(x, (2, 1)), ties=ties, persons=persons, strata=strata)
    assert two.std_err == pytest.approx(once.std_err, rel=1e-8)


def test_fewer_persons_than_a_variance_needs_are_refused():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="found 2 persons, expected more than the 2 covariates"):
        fit_cox(outcome, x, persons=np.arange(60) % 2)


@pytest.mark.parametrize("weights", [np.zeros(60), -np.ones(60), np.ones(59), np.full(60, np.nan)])
def test_weights_must_be_positive_numbers_one_a_patient(weights):
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match=r"expected \(60,\) finite numbers above 0"):
        fit_cox(outcome, x, weights=weights)


def test_a_missing_stratum_is_refused():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match="found a missing stratum"):
        fit_cox(outcome, x, strata=pd.Series(["a"] * 59 + [None]))


def test_a_stratified_fit_predicts_only_with_a_stratum():
    outcome, x = cohort()
    fit = fit_cox(outcome, x, strata=np.where(np.arange(60) % 2, "north", "south"))
    assert [one.stratum for one in fit.baselines] == ["north", "south"]
    with pytest.raises(UsedWrongly, match=r"a baseline for each stratum \(north, south\)"):
        fit.survival(x[:2], [6, 12])
    with pytest.raises(UsedWrongly, match="found the stratum 'west', expected one of north, south"):
        fit.survival(x[:2], [6, 12], strata=["north", "west"])
    survival = fit.survival(x[:2], [0, 6, 12], strata=["north", "south"])
    assert survival == pytest.approx(fit.predict_survival(x[:2], [0, 6, 12], strata=["north", "south"]).survival)
    assert (survival[:, 0] == 1).all()
    assert (np.diff(survival, axis=1) <= 0).all()


def test_where_nobody_of_a_stratum_dies_its_survival_stays_at_one():
    outcome, x = cohort()
    north = np.arange(60) < 20
    spared = Outcome(outcome.time_months, outcome.event & ~north)
    fit = fit_cox(spared, x, strata=np.where(north, "north", "south"))
    assert (fit.survival(x[:3], [1, 12, 99], strata=["north"] * 3) == 1).all()
    alone = fit_cox(spared.of(~north), x[~north])
    assert fit.coefficients == pytest.approx(alone.coefficients, rel=1e-9)


@settings(deadline=None, derandomize=True, max_examples=20)
@given(seed=st.integers(0, 200), ties=st.sampled_from(["efron", "breslow"]))
def test_martingale_residuals_sum_to_zero_and_scores_to_the_gradient(seed, ties):
    outcome, x = cohort(seed)
    fit = fit_cox(outcome, x, ties=ties)
    residuals = cox_residuals(outcome, x, fit.coefficients, ties=ties)
    assert residuals.martingale.sum() == pytest.approx(0, abs=1e-9)
    assert residuals.score.sum(axis=0) == pytest.approx(np.zeros(2), abs=1e-7)
    assert (residuals.martingale <= 1).all()
    assert (np.sign(residuals.deviance) == np.sign(residuals.martingale)).all()


def test_new_patients_with_other_columns_or_gaps_are_refused():
    outcome, x = cohort()
    fit = fit_cox(outcome, x, names=["age", "kps"])
    with pytest.raises(UsedWrongly, match=r"shape \(1, 3\), expected \(m, 2\) finite numbers: age, kps"):
        fit.survival([1.0, 2, 3], [12])
    with pytest.raises(UsedWrongly, match="finite numbers"):
        fit.linear_predictor([[1.0, np.nan]])


def test_residuals_need_an_event_and_a_coefficient_a_column():
    outcome, x = cohort()
    with pytest.raises(UsedWrongly, match=r"found coefficients of shape \(1,\), expected \(2,\)"):
        cox_residuals(outcome, x, [0.5])
    with pytest.raises(UsedWrongly, match="found no event among 3 patients"):
        cox_residuals(Outcome([1, 2, 3], [0, 0, 0]), [1.0, 2, 3], [0.5])


def test_other_treatments_of_ties_are_refused_by_name():
    outcome, x = cohort()
    for function in (fit_cox, univariate_cox, proportional_hazards_test):
        with pytest.raises(UsedWrongly, match="found the ties 'exact', expected efron or breslow"):
            function(outcome, x, ties="exact")


def test_a_unit_so_large_that_the_ratio_overflows_gives_infinity_not_an_error():
    """One mm2/s is a thousand times any diffusivity: exp of its coefficient can pass 1e308."""
    outcome, x = cohort(3, 200)
    fit = fit_cox(outcome, x[:, 0] * 1e-6)
    assert fit.hazard_ratio[0] == np.inf
    assert fit.z[0] == pytest.approx(fit_cox(outcome, x[:, 0]).z[0], rel=1e-8)
