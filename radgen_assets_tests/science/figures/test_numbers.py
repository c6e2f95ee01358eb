"""How numbers are written."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.results import Estimate
from radgen_assets.science.figures import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0004, "< 0.001"),
        (0.004, "0.004"),
        (0.0316, "0.032"),
        (0.0996, "0.10"),
        (0.214, "0.21"),
        (0.996, "> 0.99"),
        (None, "–"),
    ],
)
def test_a_p_value_has_the_figures_that_matter(value, text):
    assert numbers.p_value(value) == text


@pytest.mark.parametrize(("value", "text"), [(0.0004, "P < 0.001"), (0.21, "P = 0.21"), (None, ""), (float("nan"), "")])
def test_a_p_phrase_has_its_letter_or_nothing(value, text):
    assert numbers.p_phrase(value) == text


def test_a_negative_number_has_a_true_minus_and_zero_has_none():
    assert numbers.plain(-0.126) == "−0.13"
    assert numbers.plain(-0.001) == "0.00"


@pytest.mark.parametrize(("value", "text"), [(0.1, "+0.10"), (-0.1, "−0.10"), (0.0, "0.00"), (None, "–")])
def test_a_difference_carries_its_sign(value, text):
    assert numbers.signed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.843, "1.84"),
        (12.34, "12.3"),
        (118.2, "118"),
        (0.0312, "0.031"),
        (5e6, "> 1000"),
        (0.0, "< 0.001"),
        (None, "–"),
    ],
)
def test_a_ratio_has_about_three_figures(value, text):
    assert numbers.ratio(value) == text


def test_an_interval_that_is_not_defined_is_a_dash():
    assert numbers.with_interval(Estimate(0.5, None, None, 9, 4, "DeLong")) == "0.50 (–)"


def test_few_are_not_told_as_none_nor_most_as_all():
    assert numbers.percent(1, 400) == "0.2 %"
    assert numbers.percent(399, 400) == "99.8 %"
    assert numbers.percent(0, 400) == "0 %"
    assert numbers.percent(1, 0) == "–"


@pytest.mark.parametrize(
    ("ticks", "labels"),
    [
        ([0, 0.25, 0.5], ["0.00", "0.25", "0.50"]),
        ([-10, 0, 10], ["−10", "0", "10"]),
        ([0, 2.5, 5], ["0.0", "2.5", "5.0"]),
        ([0, 2e6], ["0", "2\u202f000\u202f000"]),
        ([0.00002, 0.00004], ["0.00002", "0.00004"]),
        ([3], ["3"]),
    ],
)
def test_labels_of_an_axis_have_the_decimals_that_tell_them_apart(ticks, labels):
    assert numbers.tick_labels(ticks) == labels


def test_thousands_are_set_apart():
    assert numbers.count(41200) == "41\u202f200"
