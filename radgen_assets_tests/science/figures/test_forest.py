"""Forest plots."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.results import Estimate, HazardRow
from radgen_assets.science import figures
from radgen_assets.science.figures.forest import axis_range
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def row(value, low, high, term="Age", level="per 10 years", p=0.02, note=""):
    return HazardRow(term, level, Estimate(value, low, high, 107, 32, "Wald", p, note))


def test_a_row_tells_term_ratio_interval_p_n_and_events():
    told = words(figures.forest_figure([row(1.62, 1.21, 2.16)], counts_name="deaths"))
    for text in ("Age, per 10 years", "1.62 (1.21 to 2.16)", "0.020", "107 / 32", "n / deaths"):
        assert text in told


def test_the_line_of_no_effect_is_always_on_the_axis():
    low, high = axis_range([row(8, 4, 16)])
    assert low < 1 < high


def test_an_interval_beyond_the_axis_ends_in_an_arrow():
    figure = figures.forest_figure([row(8.4, 3.9, 1e9)])
    assert axis_range([row(8.4, 3.9, 1e9)])[1] == 100
    assert [line.get_marker() for line in figure.axes[1].lines if line.get_marker() in "<>"] == [">"]


def test_a_term_without_a_ratio_keeps_its_line_and_says_why():
    figure = figures.forest_figure([row(None, None, None, note="no death at the second centre", p=None)])
    assert any("no death" in text for text in words(figure))


def test_two_plots_that_are_read_together_have_one_axis():
    first, second = [row(1.2, 0.9, 1.6)], [row(6, 2, 20)]
    limits = [
        figures.forest_figure(rows, beside=others).axes[1].get_xlim()
        for rows, others in ((first, second), (second, first))
    ]
    assert limits[0] == limits[1]


@pytest.mark.parametrize("high", [1.1, 4, 30, 1e5])
def test_texts_lie_inside_and_apart(high):
    rows = [
        row(1.05, 0.02, high),
        row(1, 1 / high, high, term="Extent of resection as read from the first MRI", level="a"),
    ]
    figure = figures.forest_figure(rows)
    assert_readable(figure)
    assert len(figure.axes[1].get_xticks()) <= 6


def test_no_row_is_refused():
    with pytest.raises(ValueError, match="found no row"):
        figures.forest_figure([])
