"""What counts as a pair, what C does not depend on, and when it is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import (
    Outcome,
    censoring_curve,
    compare_concordance,
    harrell_c,
    joint_concordance,
    uno_c,
    weighted_concordance,
)
from radgen_assets_tests.science.survival.small_cohorts import tied_cohort

FEW = settings(deadline=None, max_examples=40)
EVERY = (harrell_c, uno_c)


def cohort(seed, n=40):
    generator = np.random.default_rng(seed)
    risk = generator.normal(size=n).round(1)
    time = np.ceil(generator.exponential(10 * np.exp(-risk)))
    event = generator.random(n) < 0.7
    event[int(np.argmin(time))] = True
    return Outcome(time, event), risk


def test_a_person_censored_before_the_first_death_forms_no_pair():
    result = harrell_c(Outcome([3, 5, 9], [False, True, True]), [9, 2, 1])
    assert (result.n_concordant, result.n_discordant) == (1, 0)


def test_a_person_censored_at_the_time_of_a_death_outlives_it():
    result = harrell_c(Outcome([5, 5], [True, False]), [2, 1])
    assert result.n_concordant == 1


def test_two_deaths_at_one_time_are_no_pair():
    with pytest.raises(UsedWrongly, match="no pair of patients can be ordered"):
        harrell_c(Outcome([5, 5], [True, True]), [2, 1])


def test_tied_risks_count_one_half():
    assert harrell_c(Outcome([1, 2], [1, 1]), [3, 3]).value == 0.5


def test_all_censored_is_refused_with_the_counts():
    with pytest.raises(UsedWrongly, match=r"no pair of patients can be ordered \(3 patients, 0 events\)"):
        harrell_c(Outcome([1, 2, 3], [0, 0, 0]), [1, 2, 3])


def test_missing_risks_and_other_lengths_are_refused():
    with pytest.raises(UsedWrongly, match="found 1 risks that are NaN"):
        harrell_c(Outcome([1, 2], [1, 1]), [np.nan, 1])
    with pytest.raises(UsedWrongly, match=r"risk of shape \(3,\), expected \(2,\)"):
        harrell_c(Outcome([1, 2], [1, 1]), [1, 2, 3])


@FEW
@given(seed=st.integers(0, 500))
def test_monotone_transforms_order_and_units_leave_it(seed):
    outcome, risk = cohort(seed)
    order = np.random.default_rng(seed).permutation(outcome.n)
    moved = harrell_c(Outcome(outcome.time_months[order] * 7, outcome.event[order]), np.exp(risk[order]) + 3)
    plain = harrell_c(outcome, risk)
    assert moved.value == pytest.approx(plain.value, abs=1e-12)
    assert moved.std_err == pytest.approx(plain.std_err, abs=1e-12)


@FEW
@given(seed=st.integers(0, 500))
def test_the_opposite_score_has_the_opposite_concordance(seed):
    outcome, risk = cohort(seed)
    assert harrell_c(outcome, -risk).value == pytest.approx(1 - harrell_c(outcome, risk).value, abs=1e-12)


def test_a_score_compared_with_itself_does_not_differ():
    outcome, risk = cohort(1)
    difference = compare_concordance(outcome, risk, 2 * risk + 1)
    assert (difference.value, difference.std_err, difference.p) == (0, 0, 1)


def test_patients_doubled_within_persons_do_not_narrow_the_interval():
    """Counting a person's two scans as two people would divide the variance by two."""
    outcome, risk = cohort(2, 60)
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    persons = np.tile(np.arange(60), 2)
    once = harrell_c(outcome, risk).std_err
    clustered = harrell_c(twice, np.tile(risk, 2), persons=persons).std_err
    assert clustered == pytest.approx(once, rel=0.05)
    assert harrell_c(twice, np.tile(risk, 2)).std_err < 0.8 * once


@FEW
@given(seed=st.integers(0, 500))
def test_the_fast_count_is_that_of_all_pairs(seed):
    """Each pair of an event with who outlives it, looked at one by one, weighted as Uno's C."""
    outcome, risk = tied_cohort(seed)
    time, event = outcome.time_months, outcome.event
    outlives = event[:, None] & ((time > time[:, None]) | ((time == time[:, None]) & ~event))
    right = (risk[:, None] > risk) + (risk[:, None] == risk) / 2
    weight = np.where(event, censoring_curve(outcome).before(time), 1)[:, None] ** -2.0
    assert harrell_c(outcome, risk).value == pytest.approx((outlives * right).sum() / outlives.sum(), abs=1e-14)
    expected = (weight * outlives * right).sum() / (weight * outlives).sum()
    assert uno_c(outcome, risk).value == pytest.approx(expected, abs=1e-13)


@FEW
@given(seed=st.integers(0, 500))
@pytest.mark.parametrize("weighting", ["n/G2", "S", "S/G", "I"])
def test_weighted_pairs_do_not_depend_on_order_units_or_the_scale_of_risk(weighting, seed):
    outcome, risk = tied_cohort(seed)
    order = np.random.default_rng(seed).permutation(outcome.n)
    moved_outcome = Outcome(outcome.time_months[order] / 12, outcome.event[order])
    plain = weighted_concordance(outcome, risk, weighting=weighting)
    moved = weighted_concordance(moved_outcome, risk[order] ** 3, weighting=weighting)
    assert moved.value == pytest.approx(plain.value, abs=1e-12)
    assert moved.std_err == pytest.approx(plain.std_err, abs=1e-12)


@FEW
@given(seed=st.integers(0, 500))
@pytest.mark.parametrize("function", EVERY)
def test_each_patient_twice_leaves_the_value(function, seed):
    outcome, risk = tied_cohort(seed)
    once = function(outcome, risk)
    both = function(Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2)), np.tile(risk, 2))
    assert both.value == pytest.approx(once.value, abs=1e-12)
    assert both.std_err == pytest.approx(once.std_err / np.sqrt(2), abs=1e-12)


def test_without_censoring_unos_c_is_harrells():
    outcome, risk = tied_cohort(1)
    everybody_dies = Outcome(outcome.time_months, np.ones(outcome.n))
    uno, harrell = uno_c(everybody_dies, risk), harrell_c(everybody_dies, risk)
    assert (uno.value, uno.std_err) == pytest.approx((harrell.value, harrell.std_err), abs=1e-14)


def test_unos_c_exists_where_everybody_left_is_censored_at_an_events_time():
    """G is 0 after 3 but not before it; scikit-survival refuses this cohort."""
    assert uno_c(Outcome([1, 2, 3, 3], [1, 0, 1, 0]), [4, 3, 2, 1]).value == 1


@pytest.mark.parametrize("function", EVERY)
def test_a_last_time_keeps_the_pairs_of_earlier_events_only(function):
    outcome, risk = Outcome([1, 2, 3, 4], [1, 1, 1, 1]), [4, 1, 2, 3]
    result = function(outcome, risk, tau_months=1)
    assert (result.n_concordant, result.n_discordant, result.n_events) == (3, 0, 1)
    assert function(outcome, risk, tau_months=4).value == function(outcome, risk).value
    with pytest.raises(UsedWrongly, match=r"\(4 patients, 0 events until 0\.5 months\)"):
        function(outcome, risk, tau_months=0.5)


@pytest.mark.parametrize("function", EVERY)
def test_one_event_and_two_patients_suffice_and_all_censored_does_not(function):
    assert function(Outcome([1, 2], [1, 0]), [2, 1]).value == 1
    with pytest.raises(UsedWrongly, match="no pair of patients can be ordered"):
        function(Outcome([1, 2], [0, 0]), [2, 1])


@pytest.mark.parametrize("function", EVERY)
def test_a_constant_risk_has_a_concordance_of_one_half_without_spread(function):
    result = function(tied_cohort(1)[0], np.zeros(60))
    assert (result.value, result.std_err, result.n_concordant) == (0.5, 0, 0)


def test_infinite_risks_are_ordered_like_others():
    assert harrell_c(Outcome([1, 2, 3], [1, 1, 1]), [np.inf, 0, -np.inf]).value == 1


def test_an_unknown_weighting_is_refused():
    with pytest.raises(UsedWrongly, match="found weighting 'G', expected one of n, S, S/G, n/G2, I"):
        weighted_concordance(*tied_cohort(1), weighting="G")


def test_scores_of_one_order_are_one_score_in_the_joint_test():
    outcome, risk = tied_cohort(1)
    other = np.random.default_rng(1).normal(size=outcome.n)
    joint = joint_concordance(outcome, {"a": risk, "twice a": 2 * risk, "b": other})
    pair = joint_concordance(outcome, {"a": risk, "b": other})
    assert (joint.degrees_of_freedom, joint.p) == (1, pytest.approx(pair.p))
    same = joint_concordance(outcome, {"a": risk, "twice a": 2 * risk})
    assert (same.degrees_of_freedom, same.p) == (0, 1)


def test_a_score_that_was_not_given_cannot_be_compared():
    joint = joint_concordance(*tied_cohort(1)[:1], {"a": tied_cohort(1)[1]})
    with pytest.raises(UsedWrongly, match="found no score 'b', expected one of a"):
        joint.difference("a", "b")
    with pytest.raises(UsedWrongly, match="found no score, expected at least one"):
        joint_concordance(tied_cohort(1)[0], {})
