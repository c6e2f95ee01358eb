"""Clustered heat maps with strips."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_rgb

from radgen_assets.science import figures
from radgen_assets.science.figures.heat_cells import joined
from radgen_assets.science.figures.heat_colours import N_SHADES, STRIP_STOPS, VALUE_STOPS, shade_of, shades
from radgen_assets.science.figures.heat_map import cluster, round_limit
from radgen_assets.science.figures.inputs import HeatMap, Strip
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def values(n_rows=12, n_columns=9, seed=1):
    return np.random.default_rng(seed).normal(size=(n_rows, n_columns))


def heat_map(n_rows=12, n_columns=9, **strips):
    rows, columns = [f"gene {i}" for i in range(n_rows)], [f"patient {i}" for i in range(n_columns)]
    return HeatMap(values(n_rows, n_columns), rows, columns, **strips)


def grey(colour):
    """Relative luminance, as a print in grey shows it."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], channels)) ** (1 / 2.2)


def test_more_is_lighter_in_grey_over_the_whole_scale():
    """A scale that is dark at both ends cannot be read once the hue is gone."""
    assert (np.diff([grey(colour) for colour in shades(VALUE_STOPS, N_SHADES)]) > 0).all()


@pytest.mark.parametrize("stops", STRIP_STOPS)
def test_levels_of_a_strip_differ_in_grey(stops):
    assert (np.diff([grey(colour) for colour in shades(stops, 6)]) > 0.06).all()


def test_values_beyond_the_limit_have_the_last_colour():
    assert shade_of(np.array([-9.0, -2, 0, 2, 9]), -2, 2).tolist() == [0, 0, 24, 48, 48]


def test_rows_that_are_alike_become_neighbours():
    profile = np.array([[1, 2, 3, 4], [4, 3, 2, 1], [1.1, 2, 3, 4.2], [4, 3.2, 2, 0.9]])
    order = cluster(profile, "average", "correlation").order.tolist()
    assert {frozenset(order[:2]), frozenset(order[2:])} == {frozenset({0, 2}), frozenset({1, 3})}


def test_one_or_two_rows_have_no_tree():
    assert cluster(values(2), "average", "correlation").order.tolist() == [0, 1]
    assert_readable(figures.heat_map_figure(heat_map(2, 1)))


def test_neighbours_of_one_shade_are_one_block():
    blocks = joined(np.array([[1, 1, 2], [2, 2, 2]]))
    assert blocks.tolist() == [[1, 0, 0, 2], [2, 0, 2, 3], [2, 1, 0, 3]]


def test_names_are_written_in_the_order_of_the_leaves():
    figure = figures.heat_map_figure(heat_map(3, 4), cluster_columns=False)
    told = words(figure)
    order = cluster(values(3, 4), "average", "correlation").order
    start = told.index(f"gene {order[0]}")
    assert told[start : start + 3] == [f"gene {i}" for i in order]
    assert [text for text in told if text.startswith("patient")] == [f"patient {i}" for i in range(4)]


STRIPS = {
    "column_strips": (
        Strip("Subtype", ["a", "b", "c"] * 3, ("a", "b", "c")),
        Strip("IDH status", ["mutant", None, "wild type"] * 3),
        Strip("Age (years)", [30.0, None, 61.0] * 3),
    ),
    "row_strips": (Strip("A programme of a long name", ["on", "off"] * 6),),
}


def test_every_strip_has_a_key_and_what_is_not_known_is_told():
    figure = figures.heat_map_figure(heat_map(**STRIPS))
    told = words(figure)
    for text in ("Subtype", "a", "b", "c", "IDH status", "wild type", "Age (years)", "30", "61", "on", "off"):
        assert text in told
    assert told.count("not known") == 2
    assert_readable(figure)


@pytest.mark.parametrize(("n_rows", "n_columns"), [(1, 1), (3, 200), (54, 9), (300, 9), (40, 40)])
def test_texts_lie_inside_and_apart_at_any_size(n_rows, n_columns):
    assert_readable(figures.heat_map_figure(heat_map(n_rows, n_columns), metric="euclidean"))


def test_where_names_have_no_room_the_counts_are_told():
    assert "300 genes × 90 patients" in words(figures.heat_map_figure(heat_map(300, 90)))


def test_eight_thousand_cells_are_vectors_below_one_megabyte():
    svg = figures.to_svg(figures.heat_map_figure(heat_map(80, 100)))
    assert "<image" not in svg
    assert len(svg) < 1_000_000


def test_only_the_cells_of_a_very_large_map_are_pixels():
    svg = figures.to_svg(figures.heat_map_figure(heat_map(300, 300)))
    assert svg.count("<image") == 1
    assert ">300 genes × 300 patients<" in svg
    assert len(svg) < 1_000_000


def test_equal_maps_are_equal_bytes():
    first, second = (figures.to_svg(figures.heat_map_figure(heat_map(**STRIPS))) for _ in range(2))
    assert first == second


def test_a_scale_says_so_where_values_lie_beyond_it():
    assert "≥ 1.0" in words(figures.heat_map_figure(heat_map(), limit=1.0))
    assert "9.0" in words(figures.heat_map_figure(heat_map(), limit=9.0))


@pytest.mark.parametrize(("size", "limit"), [(2.07, 2.5), (1.0, 1), (0.43, 0.5), (0.0, 1), (130, 150)])
def test_the_scale_ends_at_a_round_number(size, limit):
    assert round_limit(size) == pytest.approx(limit)


def test_a_value_that_is_not_finite_is_refused():
    holes = HeatMap([[1.0, np.nan], [2.0, 3.0]], ["a", "b"], ["c", "d"])
    with pytest.raises(ValueError, match="found 1 values that are not finite"):
        figures.heat_map_figure(holes)


def test_a_row_of_equal_values_has_no_correlation():
    flat = HeatMap([[1.0, 1.0], [2.0, 3.0], [3.0, 1.0]], ["a", "b", "c"], ["d", "e"])
    with pytest.raises(ValueError, match="found 'a' with all values equal"):
        figures.heat_map_figure(flat)
    figures.heat_map_figure(flat, metric="euclidean")


def test_a_strip_of_another_length_and_one_of_too_many_categories_are_refused():
    with pytest.raises(ValueError, match="row strip 'S': found 1, expected 12"):
        figures.heat_map_figure(heat_map(row_strips=(Strip("S", ["a"]),)))
    with pytest.raises(ValueError, match="strip 'S': found 7 categories, expected at most 6"):
        figures.heat_map_figure(heat_map(row_strips=(Strip("S", list("abcdefgabcde")),)))
    with pytest.raises(ValueError, match="found 'z', which is none of its levels"):
        figures.heat_map_figure(heat_map(row_strips=(Strip("S", ["z"] * 12, ("a", "b")),)))
