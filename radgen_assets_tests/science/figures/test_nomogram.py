"""Nomograms."""

from __future__ import annotations

import pytest

from radgen_assets.science import figures
from radgen_assets.science.survival.cox.nomogram import Nomogram
from radgen_assets.science.survival.cox.nomogram_axis import NomogramAxis, SurvivalAxis
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

AGE = NomogramAxis("age", ("20", "40", "60", "80"), (20, 40, 60, 80), (0, 33.3, 66.7, 100), "number")
GRADE = NomogramAxis("grade", ("2", "3", "4"), (0, 1, 2), (0, 20, 55), "category")
YEAR = SurvivalAxis(12, (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1), (20, 50, 70, 85, 98, 110, 122, 135, 150))


def test_factors_points_totals_and_times_are_told():
    told = words(figures.nomogram_figure(Nomogram((AGE, GRADE), (YEAR,), 30.0, 155.0), names={"age": "Age (years)"}))
    for text in ("Points", "Age (years)", "grade", "Total points", "12-month survival", "100", "60", "90 %", "10 %"):
        assert text in told


def test_a_tick_stands_below_its_points():
    """The ruler on top and every factor share one scale, so that points are read straight up."""
    axes = figures.nomogram_figure(Nomogram((AGE, GRADE), (YEAR,), 30.0, 155.0)).axes[0]
    start, end, grade_4 = (
        next(text.get_position()[0] for text in axes.texts if text.get_text() == name) for name in ("0", "100", "4")
    )
    assert grade_4 == pytest.approx(start + 0.55 * (end - start))


def crowded(n, kind="category", together=0.0):
    labels = tuple(f"a level of name {i}" for i in range(n))
    return NomogramAxis("where", labels, tuple(range(n)), tuple(together + i * 2.0 for i in range(n)), kind)


def test_all_levels_are_told_where_they_crowd():
    figure = figures.nomogram_figure(Nomogram((AGE, crowded(6)), (YEAR,), 30.0, 155.0))
    assert sum(text.startswith("a level") for text in words(figure)) == 6
    assert_readable(figure)


def test_an_axis_that_turns_back_is_read_below_on_the_way_and_above_on_the_way_back():
    labels = ("21", "32", "43", "54", "65")
    turning = NomogramAxis("age", labels, (21, 32, 43, 54, 65), (60, 20, 0, 35, 100), "number")
    figure = figures.nomogram_figure(Nomogram((turning,), (YEAR,), 30.0, 155.0))
    y = {text.get_text(): text.get_position()[1] for text in figure.axes[0].texts}
    assert y["21"] == y["32"] == y["43"] < y["54"] == y["65"]
    assert_readable(figure)


def test_a_number_of_little_effect_is_told_at_its_ends():
    """All its labels would need a row each."""
    labels = tuple(f"{value}" for value in range(1110, 2220, 111))
    weak = NomogramAxis("volume", labels, tuple(range(10)), tuple(i * 0.4 for i in range(10)), "number")
    figure = figures.nomogram_figure(Nomogram((AGE, weak), (YEAR,), 30.0, 155.0))
    assert [text for text in words(figure) if text in labels] == [labels[0], labels[-1]]
    assert_readable(figure)


def test_every_second_number_is_told_where_not_all_have_room():
    labels = tuple(f"{value}" for value in range(1110, 2220, 111))
    dense = NomogramAxis("volume", labels, tuple(range(10)), tuple(i * 5.0 for i in range(10)), "number")
    figure = figures.nomogram_figure(Nomogram((AGE, dense), (YEAR,), 30.0, 155.0))
    assert [text for text in words(figure) if text in labels] == list(labels[::2])


@pytest.mark.parametrize("largest", [101.0, 155.0, 433.0, 1200.0])
@pytest.mark.parametrize("names", [{}, {"age": "Age at the first operation, in completed years", "grade": "WHO grade"}])
def test_texts_lie_inside_and_apart(largest, names):
    scaled = SurvivalAxis(12, YEAR.survival, tuple(each * largest / 155 for each in YEAR.total_points))
    later = SurvivalAxis(60, (0.123456, 0.00045), (0.0, largest))
    assert_readable(figures.nomogram_figure(Nomogram((AGE, GRADE), (scaled, later), 30.0, largest), names=names))


def test_no_factor_is_refused():
    with pytest.raises(ValueError, match="found no factor or no time"):
        figures.nomogram_figure(Nomogram((), (YEAR,), 30.0, 155.0))
