"""ROC curves and figures."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.results import Estimate
from radgen_assets.science import figures
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

AUC = Estimate(0.75, 0.4, 0.95, 4, 2, "DeLong")


def test_a_curve_goes_through_every_threshold():
    curve = figures.roc_curve("Full model", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], AUC, "full")
    assert curve.false_positive_rate == (0, 0, 0.5, 0.5, 1)
    assert curve.true_positive_rate == (0, 0.5, 0.5, 1, 1)


def test_equal_scores_make_one_slanted_step():
    """Were ties walked one by one, their order in the table would decide the area."""
    curve = figures.roc_curve("Full model", [1, 0], [0.5, 0.5], AUC, "full")
    assert curve.false_positive_rate == (0, 1)
    assert curve.true_positive_rate == (0, 1)


def test_the_area_under_the_points_is_the_share_of_pairs_in_order():
    generator = np.random.default_rng(1)
    outcome, score = generator.integers(0, 2, 60), generator.integers(0, 8, 60)
    curve = figures.roc_curve("Full model", outcome, score, AUC, "full")
    pairs = [(p > n) + (p == n) / 2 for p in score[outcome == 1] for n in score[outcome == 0]]
    assert np.trapezoid(curve.true_positive_rate, curve.false_positive_rate) == pytest.approx(np.mean(pairs))


def test_one_class_has_no_curve():
    with pytest.raises(ValueError, match="found one class, expected positives and negatives"):
        figures.roc_curve("Full model", [1, 1], [0.2, 0.4], AUC, "full")


def test_the_key_states_each_area_with_its_interval():
    curve = figures.roc_curve("Full model", [0, 1], [0, 1], AUC, "full")
    figure = figures.roc_figure([curve])
    assert "Full model: AUC 0.75 (0.40 to 0.95)" in words(figure)
    assert_readable(figure)


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="found no curve"):
        figures.roc_figure([])
