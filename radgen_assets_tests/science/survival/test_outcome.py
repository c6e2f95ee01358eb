"""What an outcome refuses, and what it accepts."""

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.survival import Outcome


def test_a_negative_time_is_refused_by_row():
    with pytest.raises(BadInput, match=r"outcome: time_months, row 1: found -3\.0, expected a number >= 0"):
        Outcome([1, -3, 2], [0, 1, 1])


def test_a_missing_time_is_refused_and_not_dropped():
    with pytest.raises(BadInput, match=r"time_months, row 0: found nan, expected a number >= 0.*these 2 patients"):
        Outcome([np.nan, np.nan, 2], [0, 1, 1])


def test_an_event_of_two_is_refused():
    with pytest.raises(BadInput, match=r"event, row 2: found 2, expected 0 or 1"):
        Outcome([1, 3, 2], [0, 1, 2])


def test_a_missing_event_is_refused():
    with pytest.raises(BadInput, match=r"event, row 0: found nan, expected 0 or 1"):
        Outcome([1, 3], [np.nan, 1])


def test_text_events_are_refused():
    with pytest.raises(BadInput, match=r"event: found .* expected 0 or 1. Declare the coding"):
        Outcome([1, 3], ["dead", "alive"])


def test_text_times_are_refused():
    with pytest.raises(BadInput, match=r"time_months: found .*expected numbers"):
        Outcome(["long", "short"], [1, 1])


def test_unequal_lengths_and_tables_are_refused():
    with pytest.raises(BadInput, match=r"event: found 1 values, expected 2, one a time"):
        Outcome([1, 3], [1])
    with pytest.raises(BadInput, match=r"time_months: found an array of shape \(1, 2\)"):
        Outcome([[1, 3]], [1])
    with pytest.raises(BadInput, match=r"event: found an array of shape \(1, 1\)"):
        Outcome([1], [[1]])


def test_no_patient_is_refused():
    with pytest.raises(BadInput, match="found no patient, expected at least one"):
        Outcome([], [])


def test_units_become_months():
    outcome = Outcome.in_unit([365.25, 0], [1, 0], "days")
    assert outcome.time_months == pytest.approx([12, 0])
    assert (outcome.n, outcome.n_events) == (2, 1)


def test_a_subset_keeps_times_and_events_together():
    part = Outcome([1, 2, 3], [1, 0, 1]).of(np.array([2, 1]))
    assert list(part.time_months) == [3, 2]
    assert list(part.event) == [True, False]
