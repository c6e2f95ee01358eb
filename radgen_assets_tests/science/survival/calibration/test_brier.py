"""What the Brier score is, how it is averaged over time, and when it is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, brier_score, compare_brier, integrated_brier, kaplan_meier
from radgen_assets_tests.science.survival.small_cohorts import tied_cohort

FEW = settings(deadline=None, max_examples=25)
TIMES = np.array([2.0, 5.0, 9.0])


def predicted(risk, times=TIMES):
    return np.exp(-np.exp(risk)[:, None] * np.asarray(times) / 8)


def test_without_censoring_it_is_the_mean_squared_error():
    result = brier_score(Outcome([1, 2, 3, 4], [1, 1, 1, 1]), [0.1, 0.4, 0.8, 1.0], 2)
    assert result.brier[0] == pytest.approx((0.1**2 + 0.4**2 + 0.2**2 + 0) / 4)


def test_one_half_for_everybody_scores_a_quarter():
    outcome, _ = tied_cohort(1)
    result = brier_score(outcome, np.full((outcome.n, 3), 0.5), TIMES)
    assert result.brier == pytest.approx([0.25] * 3)
    assert (result.low <= 0.25).all()


def test_the_null_model_explains_nothing():
    outcome, _ = tied_cohort(1)
    result = brier_score(outcome, np.tile(kaplan_meier(outcome).survival_at(TIMES), (outcome.n, 1)), TIMES)
    assert (result.brier == result.null_brier).all()
    assert (result.explained == 0).all()


@FEW
@given(seed=st.integers(0, 500))
def test_order_and_units_leave_it(seed):
    outcome, risk = tied_cohort(seed)
    survival = predicted(risk)
    order = np.random.default_rng(seed).permutation(outcome.n)
    moved = Outcome(outcome.time_months[order] * 7, outcome.event[order])
    for function in (brier_score, integrated_brier):
        a, b = function(outcome, survival, TIMES), function(moved, survival[order], TIMES * 7)
        assert np.allclose(a.brier, b.brier, rtol=1e-12)
        assert np.allclose(a.std_err, b.std_err, rtol=1e-10)


@FEW
@given(seed=st.integers(0, 500))
def test_the_influences_add_up_to_nothing(seed):
    outcome, risk = tied_cohort(seed)
    assert np.abs(brier_score(outcome, predicted(risk), TIMES).influence.sum(axis=1)).max() < 1e-12


def test_the_step_rule_holds_each_score_until_the_next_and_the_trapezium_joins_them():
    outcome, risk = tied_cohort(1)
    at = np.append(0.0, brier_score(outcome, predicted(risk), TIMES).brier)
    step = integrated_brier(outcome, predicted(risk), TIMES)
    joined = integrated_brier(outcome, predicted(risk), TIMES, rule="trapezium")
    assert step.value == pytest.approx((2 * at[0] + 3 * at[1] + 4 * at[2]) / 9)
    assert joined.value == pytest.approx((2 * at[:2].mean() + 3 * at[1:3].mean() + 4 * at[2:].mean()) / 9)
    assert (step.tau_months, list(step.time_months)) == (9, [0, 2, 5, 9])


def test_a_grid_that_begins_at_zero_is_taken_as_it_is():
    outcome, risk = tied_cohort(1)
    whole = integrated_brier(outcome, predicted(risk, [0, *TIMES]), [0, *TIMES])
    assert whole.value == integrated_brier(outcome, predicted(risk), TIMES).value


def test_the_integrated_standard_error_lies_below_the_mean_of_those_at_the_times():
    outcome, risk = tied_cohort(1)
    whole = integrated_brier(outcome, predicted(risk), TIMES, rule="trapezium")
    assert 0 < whole.std_err < brier_score(outcome, predicted(risk), TIMES).std_err.max()
    assert whole.low < whole.value < whole.high


def test_a_model_compared_with_itself_does_not_differ():
    outcome, risk = tied_cohort(1)
    result = compare_brier(outcome, predicted(risk), predicted(risk), TIMES)
    assert (result.value == 0).all()
    assert (result.p == 1).all()


def test_patients_doubled_within_persons_do_not_narrow_the_interval():
    outcome, risk = tied_cohort(2)
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    persons = np.tile(np.arange(outcome.n), 2)
    once = brier_score(outcome, predicted(risk), TIMES).std_err
    doubled = brier_score(twice, predicted(np.tile(risk, 2)), TIMES, persons=persons).std_err
    assert doubled == pytest.approx(once)


def test_all_censored_scores_the_predicted_deaths_alone():
    """Nobody died by the time: the null model is certain, and nothing is left to explain."""
    result = brier_score(Outcome([5, 6, 7], [0, 0, 0]), [0.9, 0.8, 1.0], 2)
    assert result.brier[0] == pytest.approx((0.01 + 0.04) / 3)
    assert result.null_brier[0] == 0
    assert np.isnan(result.explained[0])


def test_two_patients_and_one_event_suffice():
    result = brier_score(Outcome([1, 2], [1, 0]), [0.5, 0.5], 1)
    assert (result.brier[0], result.std_err[0]) == (0.25, 0)


def test_a_time_at_which_nobody_is_left_to_stand_for_the_censored_is_refused():
    with pytest.raises(UsedWrongly, match="Choose a time before 3 months"):
        brier_score(Outcome([1, 2, 3], [1, 1, 0]), [0.5, 0.5, 0.5], 3)


def test_one_patient_has_no_standard_error():
    with pytest.raises(UsedWrongly, match="found 1 independent person, expected at least 2"):
        brier_score(Outcome([1], [1]), [0.5], 1)


@pytest.mark.parametrize(
    ("survival", "found"),
    [
        ([0.5, np.nan, 0.5], "found 1 predictions that are NaN"),
        ([0.5, 1.5, 0.5], r"found predictions from 0\.5 to 1\.5, expected probabilities"),
        ([0.5, 0.5], r"predictions of shape \(2,\), expected \(3, 1\)"),
    ],
)
def test_predictions_that_are_no_probabilities_are_refused(survival, found):
    with pytest.raises(UsedWrongly, match=found):
        brier_score(Outcome([1, 2, 3], [1, 1, 1]), survival, 1)


def test_a_grid_that_does_not_increase_and_an_unknown_rule_are_refused():
    outcome, risk = tied_cohort(1)
    with pytest.raises(UsedWrongly, match="times that do not increase"):
        integrated_brier(outcome, predicted(risk, [5, 2]), [5, 2])
    with pytest.raises(UsedWrongly, match="found the rule 'simpson'"):
        integrated_brier(outcome, predicted(risk), TIMES, rule="simpson")
