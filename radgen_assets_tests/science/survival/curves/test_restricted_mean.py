"""Restricted means that can be checked by hand, and what does not change them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, compare_restricted_means, restricted_mean
from radgen_assets_tests.science.survival.small_cohorts import tied_cohort


def test_without_censoring_it_is_the_mean_of_the_times_cut_at_the_horizon():
    times = np.array([1.0, 2, 4, 8, 16])
    result = restricted_mean(Outcome(times, np.ones(5)), 10)
    cut = np.minimum(times, 10)
    assert result.value == pytest.approx(cut.mean())
    assert result.std_err == pytest.approx(cut.std() / np.sqrt(5))


def test_beyond_the_last_death_of_all_nothing_is_added():
    outcome = Outcome([1, 2, 3], [1, 1, 1])
    assert restricted_mean(outcome, 100).value == pytest.approx(2)


def test_without_a_death_before_the_horizon_it_is_the_horizon_for_sure():
    result = restricted_mean(Outcome([5, 9, 9], [0, 1, 0]), 6)
    assert (result.value, result.std_err, result.low, result.high) == (6, 0, 6, 6)


def test_all_censored_and_two_patients_are_defined_within_follow_up():
    assert restricted_mean(Outcome([4, 8], [0, 0]), 8).value == 8
    one = restricted_mean(Outcome([4, 8], [1, 0]), 8)
    assert one.value == pytest.approx(6)
    assert one.std_err == pytest.approx(4 * np.sqrt(1 / 2) * 0.5)


def test_a_horizon_beyond_follow_up_is_refused_with_the_last_time():
    with pytest.raises(UsedWrongly, match="horizon of 24 months, but the cohort is followed to 9 only"):
        restricted_mean(Outcome([3, 9], [1, 0]), 24)
    with pytest.raises(UsedWrongly, match="group 'b' is followed to 9 only"):
        compare_restricted_means(Outcome([30, 30, 3, 9], [1, 0, 1, 0]), ["a", "a", "b", "b"], 24)


@pytest.mark.parametrize("horizon", [0, -1, np.nan, np.inf])
def test_a_horizon_must_be_a_positive_number(horizon):
    with pytest.raises(UsedWrongly, match="expected more than 0"):
        restricted_mean(Outcome([3, 9], [1, 0]), horizon)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), unit=st.floats(0.01, 100))
def test_order_and_unit_of_time_do_not_matter(seed, unit):
    outcome, _ = tied_cohort(seed)
    order = np.random.default_rng(seed).permutation(outcome.n)
    plain = restricted_mean(outcome, 4)
    moved = restricted_mean(Outcome(outcome.time_months[order] * unit, outcome.event[order]), 4 * unit)
    assert moved.value / unit == pytest.approx(plain.value, rel=1e-9)
    assert moved.std_err / unit == pytest.approx(plain.std_err, rel=1e-9)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_a_cohort_given_twice_has_the_error_of_its_persons(seed):
    outcome, _ = tied_cohort(seed)
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    plain = restricted_mean(outcome, 4)
    by_person = restricted_mean(twice, 4, persons=np.tile(np.arange(outcome.n), 2))
    assert by_person.value == pytest.approx(plain.value)
    assert by_person.std_err == pytest.approx(plain.std_err)
    assert restricted_mean(twice, 4).std_err == pytest.approx(plain.std_err / np.sqrt(2))


def test_the_difference_of_two_groups_adds_their_variances():
    outcome, risk = tied_cohort(7)
    result = compare_restricted_means(outcome, np.where(risk > 0, "high", "low"), 4)
    high, low = result.means
    assert result.groups == ("high", "low")
    assert result.value == pytest.approx(low.value - high.value)
    assert result.std_err == pytest.approx(np.hypot(high.std_err, low.std_err))
    assert result.low < result.value < result.high
    assert 0 < result.p < 0.2


def test_a_person_in_both_groups_takes_the_covariance_out():
    """Each patient stands in both groups: the difference is 0 without any error."""
    outcome, _ = tied_cohort(3)
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    result = compare_restricted_means(
        twice, np.repeat(["a", "b"], outcome.n), 4, persons=np.tile(np.arange(outcome.n), 2)
    )
    assert result.value == 0
    assert result.std_err == pytest.approx(0, abs=1e-12)


def test_a_difference_without_any_death_has_no_p():
    result = compare_restricted_means(Outcome([5, 6, 7, 8], [0, 0, 0, 0]), ["a", "a", "b", "b"], 5)
    assert (result.value, result.std_err, result.p) == (0, 0, None)


def test_other_than_two_groups_and_labels_of_others_are_refused():
    outcome = Outcome([1, 2, 3], [1, 1, 1])
    with pytest.raises(UsedWrongly, match=r"found 3 groups \(a, b, c\), expected two"):
        compare_restricted_means(outcome, ["a", "b", "c"], 1)
    with pytest.raises(UsedWrongly, match="found 2 group labels for 3 patients"):
        compare_restricted_means(outcome, ["a", "b"], 1)
    with pytest.raises(UsedWrongly, match="labels of persons for 3 patients"):
        restricted_mean(outcome, 1, persons=["p1"])
