"""Decision curves."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import NetBenefit
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def curve(label, threshold, look="full", share=0.4):
    benefit = share * (1 - threshold)
    return NetBenefit(label, threshold, benefit, look, benefit - 0.02, benefit + 0.02)


def drawn(low, high, share=0.4):
    threshold = np.linspace(low, high, 40)
    everyone = (threshold, share - (1 - share) * threshold / (1 - threshold))
    curves = [curve("Full model", threshold, share=share), curve("Clinical only", threshold, "baseline", share)]
    return figures.decision_curve_figure(curves, everyone, x_label="Threshold probability of death by 24 months")


def test_the_policies_that_need_no_model_are_in_the_key():
    told = words(drawn(0.01, 0.8))
    for text in ("Treat all", "Treat none", "Full model", "Clinical only"):
        assert text in told


def test_below_each_threshold_stands_what_it_says_of_harm_against_benefit():
    """At 20 % a needless treatment harms a quarter of what a right one gains."""
    told = words(drawn(0.01, 0.8))
    assert told[told.index("Harm : benefit") + 1 :][:3] == ["1 : 9", "1 : 4", "1 : 2.3"]
    assert "4 : 1" in told


def test_treating_all_does_not_pull_the_axis_far_below_zero():
    low, high = drawn(0.01, 0.9).axes[0].get_ylim()
    assert -0.2 * high < low < 0


@pytest.mark.parametrize(
    ("low", "high", "share"), [(0.01, 0.99, 0.4), (0.0, 0.25, 0.1), (0.3, 0.5, 0.01), (0.01, 0.02, 0.3)]
)
def test_texts_lie_inside_and_apart(low, high, share):
    assert_readable(drawn(low, high, share))


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="found no curve"):
        figures.decision_curve_figure([], ([0.1], [0.2]))
