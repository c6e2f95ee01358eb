"""What the time-dependent area counts, what it does not depend on, and when it is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.classification.receiver_operating import roc_auc
from radgen_assets.science.survival import (
    Outcome,
    compare_time_dependent_auc,
    time_dependent_auc,
    time_dependent_roc,
)
from radgen_assets_tests.science.survival.small_cohorts import tied_cohort

FEW = settings(deadline=None, max_examples=25)


def middle_times(outcome):
    return np.unique(np.quantile(outcome.time_months[outcome.event], [0.3, 0.6]))


def test_cases_are_the_dead_by_the_time_and_controls_those_observed_beyond_it():
    result = time_dependent_auc(Outcome([1, 2, 3, 4], [1, 1, 0, 1]), [4, 1, 3, 2], [2])
    assert (result.n_cases[0], result.n_controls[0], result.n_censored[0]) == (2, 2, 0)
    assert result.auc[0] == 0.5  # the first case beats both controls, the second neither


def test_without_censoring_it_is_the_plain_roc_area():
    generator = np.random.default_rng(3)
    time, risk = generator.exponential(size=80), generator.normal(size=80)
    outcome = Outcome(time, np.ones(80))
    plain = roc_auc(time <= 0.7, risk)
    result = time_dependent_auc(outcome, risk, 0.7)
    assert result.auc[0] == pytest.approx(plain.value, abs=1e-14)
    assert result.std_err[0] == pytest.approx(plain.std_err, rel=0.02)  # DeLong divides by n - 1 within each class


@FEW
@given(seed=st.integers(0, 500))
def test_order_units_and_monotone_transforms_leave_it(seed):
    outcome, risk = tied_cohort(seed)
    times = middle_times(outcome)
    order = np.random.default_rng(seed).permutation(outcome.n)
    moved = time_dependent_auc(
        Outcome(outcome.time_months[order] * 7, outcome.event[order]), np.exp(risk[order]), times * 7
    )
    plain = time_dependent_auc(outcome, risk, times)
    assert np.allclose(moved.auc, plain.auc, rtol=0, atol=1e-13)
    assert np.allclose(moved.std_err, plain.std_err, rtol=0, atol=1e-13)


@FEW
@given(seed=st.integers(0, 500))
def test_the_opposite_risk_has_the_opposite_area_and_the_same_standard_error(seed):
    outcome, risk = tied_cohort(seed)
    times = middle_times(outcome)
    plain, turned = time_dependent_auc(outcome, risk, times), time_dependent_auc(outcome, -risk, times)
    assert np.allclose(turned.auc, 1 - plain.auc, rtol=0, atol=1e-13)
    assert np.allclose(turned.std_err, plain.std_err, rtol=0, atol=1e-13)


@FEW
@given(seed=st.integers(0, 500))
def test_the_area_under_the_roc_curve_is_the_area(seed):
    outcome, risk = tied_cohort(seed)
    for time in middle_times(outcome):
        false, true = time_dependent_roc(outcome, risk, time)
        assert (false[0], true[0], false[-1], true[-1]) == (0, 0, 1, 1)
        assert (np.diff(false) >= 0).all()
        assert (np.diff(true) >= 0).all()
        area = np.trapezoid(true, false)
        assert area == pytest.approx(time_dependent_auc(outcome, risk, time).auc[0], abs=1e-13)


def test_leaving_a_patient_out_moves_the_area_by_its_influence():
    """Cases, controls and patients censored before the time alike, the last by their part in the censoring curve."""
    tied, risk = tied_cohort(5, 3000)
    spread = np.random.default_rng(5).random(tied.n)  # distinct times
    outcome = Outcome(tied.time_months - spread, tied.event)
    whole = time_dependent_auc(outcome, risk, 8)
    kinds = (outcome.event & (outcome.time_months <= 8), outcome.time_months > 8, ~outcome.event)
    for patient in (np.flatnonzero(kind)[0] for kind in kinds):
        rest = np.delete(np.arange(outcome.n), patient)
        moved = whole.auc[0] - time_dependent_auc(outcome.of(rest), risk[rest], 8).auc[0]
        assert moved == pytest.approx(whole.influence[0, patient], abs=0.003 * whole.influence.std())


def test_a_column_a_time_is_used_at_its_time():
    outcome, risk = tied_cohort(1)
    times = middle_times(outcome)
    both = time_dependent_auc(outcome, np.column_stack([risk, -risk]), times)
    assert both.auc[0] == time_dependent_auc(outcome, risk, times[0]).auc[0]
    assert both.auc[1] == time_dependent_auc(outcome, -risk, times[1]).auc[0]


def test_a_constant_risk_has_an_area_of_one_half_without_spread():
    outcome, _ = tied_cohort(1)
    result = time_dependent_auc(outcome, np.ones(outcome.n), middle_times(outcome))
    assert (result.auc == 0.5).all()
    assert (result.std_err == 0).all()


def test_a_perfect_order_has_an_area_of_one():
    outcome = Outcome([1, 2, 3, 4], [1, 1, 0, 0])
    result = time_dependent_auc(outcome, [4, 3, 2, 1], 2)
    assert (result.auc[0], result.std_err[0], result.high[0]) == (1, 0, 1)


def test_the_logit_interval_lies_within_zero_and_one_and_further_from_the_edge():
    outcome, risk = tied_cohort(3)
    plain, logit = (time_dependent_auc(outcome, risk, 5, interval=scale) for scale in ("plain", "logit"))
    assert plain.auc[0] > 0.6
    assert logit.low[0] < plain.low[0]
    assert plain.auc[0] < logit.high[0] < 1
    perfect = time_dependent_auc(Outcome([1, 2, 3, 4], [1, 1, 0, 0]), [4, 3, 2, 1], 2, interval="logit")
    assert (perfect.low[0], perfect.high[0]) == (1, 1)
    with pytest.raises(UsedWrongly, match="found the interval 'log', expected plain or logit"):
        time_dependent_auc(outcome, risk, 5, interval="log")


def test_two_patients_and_one_event_suffice():
    result = time_dependent_auc(Outcome([1, 2], [1, 0]), [1, 2], 1)
    assert (result.auc[0], result.n_cases[0], result.n_controls[0]) == (0, 1, 1)


def test_a_score_compared_with_itself_does_not_differ():
    outcome, risk = tied_cohort(1)
    result = compare_time_dependent_auc(outcome, risk, np.exp(risk), middle_times(outcome))
    assert (result.value == 0).all()
    assert (result.p == 1).all()


def test_patients_doubled_within_persons_do_not_narrow_the_interval():
    outcome, risk = tied_cohort(2)
    time = float(middle_times(outcome)[0])
    twice = Outcome(np.tile(outcome.time_months, 2), np.tile(outcome.event, 2))
    persons = np.tile(np.arange(outcome.n), 2)
    once = time_dependent_auc(outcome, risk, time).std_err[0]
    assert time_dependent_auc(twice, np.tile(risk, 2), time, persons=persons).std_err[0] == pytest.approx(once)
    assert time_dependent_auc(twice, np.tile(risk, 2), time).std_err[0] < 0.8 * once


@pytest.mark.parametrize(
    ("event", "time", "found"),
    [
        ([1, 1, 1], 0.5, "0 patients dead by then and 3 observed beyond"),
        ([1, 1, 1], 3, "3 patients dead by then and 0 observed beyond"),
        ([0, 0, 0], 2, "in another cohort: here nobody died"),
    ],
)
def test_a_time_without_cases_or_controls_is_refused_with_those_that_serve(event, time, found):
    with pytest.raises(UsedWrongly, match=found):
        time_dependent_auc(Outcome([1, 2, 3], event), [1, 2, 3], time)


def test_a_time_after_the_last_contact_is_refused():
    with pytest.raises(UsedWrongly, match="Choose a time before 3 months"):
        time_dependent_auc(Outcome([1, 2, 3], [1, 1, 0]), [1, 2, 3], 4)


def test_missing_risks_other_shapes_and_senseless_times_are_refused():
    outcome = Outcome([1, 2, 3], [1, 1, 0])
    with pytest.raises(UsedWrongly, match="found 1 risks that are NaN"):
        time_dependent_auc(outcome, [1, np.nan, 2], 1)
    with pytest.raises(UsedWrongly, match=r"risk of shape \(2,\), expected \(3,\) or \(3, 1\)"):
        time_dependent_auc(outcome, [1, 2], 1)
    with pytest.raises(UsedWrongly, match="negative or not finite"):
        time_dependent_auc(outcome, [1, 2, 3], -1)
    with pytest.raises(UsedWrongly, match="at least one"):
        time_dependent_auc(outcome, [1, 2, 3], [])
    with pytest.raises(UsedWrongly, match=r"labels of shape \(2,\), expected \(3,\)"):
        time_dependent_auc(outcome, [1, 2, 3], 1, persons=["a", "b"])
