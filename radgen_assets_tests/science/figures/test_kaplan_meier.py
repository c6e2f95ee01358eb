"""Kaplan-Meier figures."""

from __future__ import annotations

import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import SurvivalCurve
from radgen_assets.science.figures.kaplan_meier import month_ticks
from radgen_assets.science.survival import Outcome, kaplan_meier
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def curve(label, look, times, events):
    return SurvivalCurve(label, kaplan_meier(Outcome(times, events)), look)


def two_groups():
    return [
        curve("Low risk", "low_risk", [5, 14, 20, 30, 31, 40], [0, 1, 0, 1, 0, 0]),
        curve("High risk", "high_risk", [2, 3, 6, 12, 13, 25], [1, 1, 1, 1, 0, 1]),
    ]


def test_the_numbers_at_risk_are_those_still_followed_just_before_each_tick():
    """At 12 months 12 still counts: a person who dies at 12 was at risk then."""
    told = words(figures.kaplan_meier_figure(two_groups()))
    start = told.index("Low risk")
    ticks = month_ticks(40)
    assert ticks[:5] == [0, 6, 12, 18, 24]
    assert told[start + 1 : start + 1 + len(ticks)] == ["6", "5", "5", "4", "3", "3", "1"]
    start = told.index("High risk")
    assert told[start + 1 : start + 1 + len(ticks)] == ["6", "4", "3", "1", "1", "0", "0"]


def test_the_key_tells_counts_deaths_and_median():
    told = words(figures.kaplan_meier_figure(two_groups()))
    assert "Low risk: 6 persons, 2 deaths, median not reached" in told
    assert "High risk: 6 persons, 5 deaths, median 9.0 months" in told


def test_the_log_rank_p_is_written_only_when_given():
    assert "Log-rank P = 0.032" in words(figures.kaplan_meier_figure(two_groups(), log_rank_p=0.0317))
    assert not any("Log-rank" in text for text in words(figures.kaplan_meier_figure(two_groups())))


def test_the_curve_is_drawn_through_its_steps():
    figure = figures.kaplan_meier_figure([curve("All", "high_risk", [1, 2, 4], [1, 0, 1])])
    line = next(line for line in figure.axes[0].lines if line.get_label() == "curve")
    assert list(line.get_xdata()) == [0, 1, 2, 4, 4]
    assert list(line.get_ydata()) == pytest.approx([1, 2 / 3, 2 / 3, 0, 0])


def test_censored_patients_are_marked_on_the_curve():
    figure = figures.kaplan_meier_figure([curve("All", "high_risk", [1, 2, 4], [1, 0, 1])])
    marks = next(line for line in figure.axes[0].lines if line.get_label() == "censored")
    assert list(marks.get_xdata()) == [2]
    assert list(marks.get_ydata()) == pytest.approx([2 / 3])


@pytest.mark.parametrize("end", [0.4, 3, 11, 40, 107, 260, 900])
def test_ticks_are_at_most_eleven(end):
    assert 1 <= len(month_ticks(end)) <= 11


def test_texts_lie_inside_and_apart():
    groups = [*two_groups(), curve("A group of a rather long name", "middle_risk", [200, 201], [1, 0])]
    assert_readable(figures.kaplan_meier_figure(groups, log_rank_p=0.01))


def test_no_curve_is_refused():
    with pytest.raises(ValueError, match="found no curve or an empty group"):
        figures.kaplan_meier_figure([])
