"""Survival in two classes: who died before the cut, who lived until it, and whom censoring leaves out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import dichotomise_survival
from radgen_assets.science.survival import Outcome, kaplan_meier


def test_the_classes_by_hand():
    """Median 6 by Kaplan-Meier: 2 and 4 died before, 3 was censored before, the others lived until it."""
    result = dichotomise_survival(Outcome([2, 3, 4, 6, 8, 9], [1, 0, 1, 1, 0, 1]))
    assert result.cut_months == 6
    assert result.unfavourable.tolist() == [True, False, True, False, False, False]
    assert result.determined.tolist() == [True, False, True, True, True, True]
    assert (result.n_unfavourable, result.n_favourable, result.n_undetermined) == (2, 3, 1)


def test_as_published_takes_everyone_below_the_plain_median_for_dead():
    outcome = Outcome([2, 3, 4, 6, 8, 9], [1, 0, 1, 1, 0, 1])
    result = dichotomise_survival(outcome, variant="as_published")
    assert result.cut_months == 5
    assert result.unfavourable.tolist() == [True, True, True, False, False, False]
    assert result.n_undetermined == 0


def test_the_training_median_classifies_the_patients_held_out():
    """A death at the cut and a censoring at it are favourable: both lived until it."""
    result = dichotomise_survival(Outcome([5, 6, 6, 7], [1, 1, 0, 1]), cut_months=6)
    assert result.unfavourable.tolist() == [True, False, False, False]
    assert result.determined.all()


@given(seed=st.integers(0, 1000), factor=st.floats(0.1, 30))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_order_and_unit_do_not_matter_and_everyone_is_counted_once(seed, factor):
    generator = np.random.default_rng(seed)
    time, event = generator.integers(1, 30, 40).astype(float), generator.random(40) < 0.8
    order = generator.permutation(40)
    one, moved = (
        dichotomise_survival(Outcome(time, event)),
        dichotomise_survival(Outcome(time[order] * factor, event[order])),
    )
    assert moved.cut_months == pytest.approx(one.cut_months * factor)
    assert one.n_unfavourable + one.n_favourable + one.n_undetermined == 40
    assert one.cut_months == kaplan_meier(Outcome(time, event)).median[0]
    assert not event[~one.determined].any()


def test_without_censoring_the_classes_are_halves():
    result = dichotomise_survival(Outcome(np.arange(1, 11), np.ones(10)))
    assert (result.n_unfavourable, result.n_favourable) == (5, 5)


@pytest.mark.parametrize("events", [[0, 0, 0], [1, 0, 0]])
def test_a_median_that_is_not_reached_is_refused(events):
    outcome = Outcome([1, 2, 3], events)
    with pytest.raises(UsedWrongly, match="the median is not reached"):
        dichotomise_survival(outcome)
    assert dichotomise_survival(outcome, cut_months=2).n_undetermined == 1 - events[0]


def test_what_is_no_cut_or_variant_is_refused():
    outcome = Outcome([1, 2], [1, 1])
    with pytest.raises(UsedWrongly, match="found the cut 0, expected months above 0"):
        dichotomise_survival(outcome, cut_months=0)
    with pytest.raises(UsedWrongly, match="found the variant 'other'"):
        dichotomise_survival(outcome, variant="other")
