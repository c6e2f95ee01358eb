"""Calibration groups and figures."""

from __future__ import annotations

import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.calibration import wilson_interval
from radgen_assets.science.figures.inputs import CalibrationCurve
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def test_wilsons_limits_are_where_the_score_test_reaches_its_bound():
    """The interval inverts the score test: |share - limit| / sqrt(limit (1 - limit) / n) is 1.96 at both ends."""
    for limit in wilson_interval(8, 10):
        assert abs(0.8 - limit) / (limit * (1 - limit) / 10) ** 0.5 == pytest.approx(1.959963984540054)


def test_wilsons_interval_stays_between_0_and_1():
    assert wilson_interval(0, 5)[0] == 0
    assert wilson_interval(5, 5)[1] == 1


def test_groups_are_of_nearly_equal_size_and_in_rising_order():
    groups = figures.groups_by_quantile([0.9, 0.1, 0.5, 0.3, 0.7], 2)
    assert [sorted(group.tolist()) for group in groups] == [[1, 3], [0, 2, 4]]


def test_patients_of_equal_probability_stay_together():
    assert [len(group) for group in figures.groups_by_quantile([0.2, 0.2, 0.2, 0.2, 0.9], 5)] == [4, 1]
    assert [len(group) for group in figures.groups_by_quantile([0.2] * 6, 5)] == [6]


def test_what_ties_took_from_one_group_is_shared_by_the_rest():
    """Otherwise a group of a few patients is left between the tie and the next boundary."""
    probability = [0.1] * 12 + [0.2 + i / 100 for i in range(8)]
    assert [len(group) for group in figures.groups_by_quantile(probability, 5)] == [12, 2, 2, 2, 2]


def test_every_patient_is_counted_once():
    outcome = [0, 1] * 26 + [1]
    groups = figures.binary_calibration(outcome, [i / 53 for i in range(53)], n_groups=5)
    assert sum(group.n for group in groups) == 53
    assert sum(group.n_events for group in groups) == sum(outcome)


def test_a_group_states_prediction_and_share():
    (group,) = figures.binary_calibration([1, 0, 1, 1], [0.5, 0.5, 0.5, 0.5])
    assert (group.predicted, group.observed, group.n, group.n_events) == (0.5, 0.75, 4, 3)


def test_counts_stand_under_the_plot_and_apart_even_where_predictions_crowd():
    groups = figures.binary_calibration([0, 1] * 500, [0.5 + i / 1e5 for i in range(1000)], n_groups=5)
    figure = figures.calibration_figure([CalibrationCurve("Full model", groups, "full")])
    assert words(figure).count("200") == 5
    assert_readable(figure)


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="found no curve"):
        figures.calibration_figure([])
