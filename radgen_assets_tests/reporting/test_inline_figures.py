"""Figures as parts of a page."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.results import Missing
from radgen_assets.reporting.inline_figures import drawing
from radgen_assets.science import figures


def missing(column="age", handled="median"):
    return figures.missing_data_figure([Missing(column, 1, 10, handled)])


def test_colours_follow_the_page_and_keep_their_own_as_fallback():
    svg = drawing(missing(), "a", alt="x", caption="y").svg
    assert "var(--figure-ink, #1d2733)" in svg
    assert "fill: #1d2733" not in svg


def test_text_that_looks_like_a_colour_or_an_id_is_left_alone():
    """Only tags are changed; what stands between them is data."""
    told = 'id="b" : #1d2733;'
    assert told in drawing(missing(handled=told), "a", alt="x", caption="y").svg.replace("&quot;", '"')


def test_a_name_that_could_break_out_of_an_attribute_is_refused():
    with pytest.raises(ValueError, match="found 'a\"b', expected letters"):
        drawing(missing(), 'a"b', alt="x", caption="y")


def test_the_size_of_a_figure_is_in_css_pixels():
    assert drawing(missing(), "a", alt="x", caption="y").width == round(8.2 * 96)
