"""The censoring curve, the weights it gives, and where it leaves nobody to stand for the others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, censoring_curve, censoring_weights, kaplan_meier
from radgen_assets_tests.science.survival.small_cohorts import tied_cohort


def test_at_a_tied_time_the_events_leave_before_the_censorings():
    """Four at risk at 2; the event leaves, so one of three is censored there, not one of four."""
    curve = censoring_curve(Outcome([2, 2, 3, 4], [1, 0, 1, 1]))
    assert curve.at([1, 2, 5]) == pytest.approx([1, 2 / 3, 2 / 3])
    assert curve.before(2) == 1


def test_nobody_censored_leaves_the_curve_at_one():
    assert (censoring_curve(Outcome([1, 2, 3], [1, 1, 1])).at([0, 2, 9]) == 1).all()


def test_without_ties_it_is_the_kaplan_meier_curve_of_the_censorings():
    generator = np.random.default_rng(4)
    time, event = generator.permutation(30) + 1.0, generator.random(30) < 0.5
    curve, mirrored = censoring_curve(Outcome(time, event)), kaplan_meier(Outcome(time, ~event))
    assert np.allclose(curve.at(time), mirrored.survival_at(time), rtol=1e-14)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 500))
def test_the_weights_at_a_time_add_up_to_the_number_of_patients(seed):
    outcome, _ = tied_cohort(seed)
    weights = censoring_weights(outcome, float(np.median(outcome.time_months[outcome.event])))
    assert (weights.cases + weights.controls).sum() == pytest.approx(outcome.n, rel=1e-12)


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 500))
def test_the_curve_is_above_zero_just_before_every_event(seed):
    """So no case of the sample itself can weigh infinitely, whatever the ties."""
    outcome, _ = tied_cohort(seed)
    assert (censoring_curve(outcome).before(outcome.time_months[outcome.event]) > 0).all()


def test_who_was_censored_by_the_time_weighs_nothing():
    weights = censoring_weights(Outcome([1, 2, 3, 4], [1, 0, 1, 1]), 2.5)
    assert list(weights.cases) == [1, 0, 0, 0]
    assert weights.controls == pytest.approx([0, 0, 1.5, 1.5])


def test_a_time_by_which_all_the_rest_were_censored_is_refused_with_the_last_time_that_serves():
    with pytest.raises(UsedWrongly, match=r"at 6 months: .* is 0, expected more\. Choose a time before 5 months"):
        censoring_weights(Outcome([1, 2, 5], [1, 1, 0]), 6)


def test_a_time_that_is_not_finite_is_refused():
    with pytest.raises(UsedWrongly, match="found the time nan"):
        censoring_weights(Outcome([1, 2], [1, 1]), np.nan)
