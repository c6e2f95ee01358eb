"""Figures with a line a term: coefficients, missing values, estimates, scores."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.results import Coefficient, Estimate, Missing
from radgen_assets.science import figures
from radgen_assets.science.figures.coefficients import strongest
from radgen_assets.science.figures.inputs import EstimateRow
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

LONG = "wavelet-LLH_glszm_SmallAreaLowGrayLevelEmphasis|flair|whole_tumour"


def term(feature, value, frequency=1.0):
    return Coefficient("full", "radiomics", feature, value, frequency)


def test_terms_are_told_by_size_and_those_of_zero_are_not():
    shown = strongest([term("a", 0.1), term("b", -0.5), term("c", 0.0), term("d", 0.1)], 3)
    assert [each.feature for each in shown] == ["b", "a", "d"]


def test_coefficients_are_told_with_sign_and_direction():
    figure = figures.coefficient_figure(
        [term("a", -0.61), term(LONG, 0.34)], directions=("later death", "earlier death")
    )
    told = words(figure)
    for text in ("−0.61", "+0.34", "← later death", "earlier death →", "a"):
        assert text in told
    assert_readable(figure)


def test_the_bar_of_a_term_is_the_share_of_folds_that_selected_it():
    figure = figures.coefficient_figure([term("a", 0.3, 0.4)])
    assert [patch.get_width() for patch in figure.axes[2].patches] == [1, 0.4]


def test_a_model_without_terms_has_no_coefficient_figure():
    with pytest.raises(ValueError, match="found no coefficient that differs from zero"):
        figures.coefficient_figure([term("a", 0.0)])


def test_missing_values_are_told_most_first():
    figure = figures.missing_data_figure(
        [Missing("age", 1, 10, "median"), Missing("kps", 4, 10, "median of the fold " * 9)]
    )
    told = words(figure)
    assert told.index("kps") < told.index("age")
    assert "4 / 10  (40 %)" in told
    assert_readable(figure)


def test_no_missing_row_is_refused():
    with pytest.raises(ValueError, match="found no row"):
        figures.missing_data_figure([])


def estimate(value, low, high, note=""):
    return Estimate(value, low, high, 10, 5, "DeLong", note=note)


def test_chance_is_on_the_axis_even_when_every_interval_is_above_it():
    figure = figures.estimate_intervals_figure(
        [EstimateRow("Cross-validated in the training cohorts", "Full model", estimate(0.9, 0.85, 0.95), "full")],
        x_label="AUC",
    )
    low, high = figure.axes[1].get_xlim()
    assert low < 0.5 < high
    assert "0.90 (0.85 to 0.95)" in words(figure)
    assert_readable(figure)


def test_an_estimate_without_a_value_keeps_its_line_and_says_why():
    rows = [
        EstimateRow("Here", "Full model", estimate(0.9, 0.85, 0.95), "full"),
        EstimateRow("Here", "Centre only", estimate(None, None, None, "one class"), "centre_only"),
    ]
    figure = figures.estimate_intervals_figure(rows, x_label="AUC")
    assert "one class" in words(figure)
    assert_readable(figure)


def test_estimates_without_any_value_are_refused():
    with pytest.raises(ValueError, match="found no row with a value"):
        figures.estimate_intervals_figure([EstimateRow("Here", "F", estimate(None, None, None), "full")], x_label="AUC")


def test_every_patient_is_a_point_of_its_group():
    figure = figures.score_distribution_figure([("wild type", [0.1, 0.2]), ("mutant", [0.3, 0.5, 0.6])], threshold=0)
    points = [line for line in figure.axes[0].lines if line.get_marker() in ("o", "^")]
    assert [len(line.get_xdata()) for line in points] == [2, 3]
    assert "mutant (n = 3)" in [text.replace("\n", " ") for text in words(figure)]
    assert_readable(figure)


def test_an_empty_group_is_refused():
    with pytest.raises(ValueError, match="an empty one, expected one to three"):
        figures.score_distribution_figure([("wild type", []), ("mutant", [1.0])])
