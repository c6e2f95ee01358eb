"""Curves and tests that can be checked by hand, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, kaplan_meier, logrank
from radgen_assets_tests.science.survival.small_cohorts import tied_cohort


def test_a_curve_falls_by_the_share_that_dies():
    curve = kaplan_meier(Outcome([1, 2, 3, 4], [1, 0, 1, 0]))
    assert curve.survival == pytest.approx([0.75, 0.75, 0.375, 0.375])
    assert list(curve.n_censored) == [0, 1, 0, 1]


def test_without_an_event_the_curve_stays_at_one_and_has_no_median():
    curve = kaplan_meier(Outcome([1, 2], [0, 0]))
    assert list(curve.survival) == [1, 1]
    assert curve.median == (None, None, None)


def test_the_median_of_a_flat_half_is_its_middle():
    curve = kaplan_meier(Outcome([2, 6], [1, 1]))
    assert curve.median[0] == 4


def test_when_all_have_died_the_curve_is_zero_and_has_no_limits_there():
    curve = kaplan_meier(Outcome([5], [1]))
    assert curve.survival[-1] == 0
    assert np.isnan(curve.low[-1])
    assert np.isnan(curve.std_err[-1])


def test_numbers_at_risk_count_those_who_reach_the_time():
    curve = kaplan_meier(Outcome([3, 6, 6, 9], [1, 1, 0, 0]))
    assert list(curve.at_risk([0, 3, 6, 6.5, 10])) == [4, 4, 3, 1, 0]


def test_survival_is_read_from_the_right_and_kept_beyond_the_end():
    curve = kaplan_meier(Outcome([3, 6], [1, 0]))
    assert list(curve.survival_at([0, 2.9, 3, 100])) == [1, 1, 0.5, 0.5]
    low, high = curve.interval_at([0, 3])
    assert low[0] == high[0] == 1
    assert low[1] < 0.5 < high[1]


def test_one_group_cannot_be_compared():
    with pytest.raises(UsedWrongly, match="found one group"):
        logrank(Outcome([1, 2], [1, 1]), ["a", "a"])


def test_labels_of_other_patients_are_refused():
    with pytest.raises(UsedWrongly, match="found 3 group labels for 2 patients"):
        logrank(Outcome([1, 2], [1, 1]), ["a", "b", "a"])


def test_groups_never_at_risk_together_cannot_be_compared():
    with pytest.raises(UsedWrongly, match="no event happened while two groups were at risk"):
        logrank(Outcome([1, 2, 3], [0, 0, 1]), ["a", "a", "b"])


def test_equal_groups_have_a_statistic_of_zero():
    result = logrank(Outcome([1, 1, 2, 2, 3, 3], [1] * 6), ["a", "b"] * 3)
    assert result.statistic == pytest.approx(0)
    assert result.p == pytest.approx(1)
    assert result.n == (3, 3)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), unit=st.floats(0.01, 100), rho=st.sampled_from([0.0, 0.5, 1.0]))
def test_order_and_unit_of_time_do_not_change_a_test(seed, unit, rho):
    outcome, risk = tied_cohort(seed)
    group = np.where(risk > 0.5, "c", np.where(risk > -0.5, "b", "a"))
    order = np.random.default_rng(seed).permutation(outcome.n)
    plain = logrank(outcome, group, rho=rho)
    moved = logrank(Outcome(outcome.time_months[order] * unit, outcome.event[order]), group[order], rho=rho)
    assert moved.statistic == pytest.approx(plain.statistic, rel=1e-8)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_observed_and_expected_deaths_are_as_many(seed):
    outcome, risk = tied_cohort(seed)
    result = logrank(outcome, risk > 0, strata=np.arange(outcome.n) % 3)
    assert result.observed.sum() == pytest.approx(result.expected.sum())
    assert result.observed.sum() == pytest.approx(outcome.n_events)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_a_curve_falls_from_one_and_its_limits_hold_it(seed):
    outcome, _ = tied_cohort(seed)
    curve = kaplan_meier(outcome)
    assert (np.diff(np.append(1, curve.survival)) <= 0).all()
    known = ~np.isnan(curve.low)
    assert (curve.low[known] <= curve.survival[known]).all()
    assert (curve.survival[known] <= curve.high[known]).all()


def test_the_cumulative_hazard_adds_the_share_that_dies():
    curve = kaplan_meier(Outcome([1, 2, 3, 4], [1, 0, 1, 0]))
    assert curve.cumulative_hazard == pytest.approx([1 / 4, 1 / 4, 3 / 4, 3 / 4])
    assert list(curve.std_err_at([0.5])) == [0]
