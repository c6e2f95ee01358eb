"""UpSet plots."""

from __future__ import annotations

import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.upset import exclusive_intersections
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

SETS = {"A": {"a", "b", "c", "d"}, "B": {"b", "c", "x"}, "C": {"c"}}


def test_a_member_is_counted_in_exactly_the_sets_that_hold_it():
    assert exclusive_intersections(SETS) == [(("A",), 2), (("B",), 1), (("A", "B"), 1), (("A", "B", "C"), 1)]


def test_the_counts_of_all_columns_are_all_members():
    assert sum(n for _, n in exclusive_intersections(SETS)) == len(set.union(*SETS.values()))


def test_sizes_of_sets_and_of_intersections_are_written():
    figure = figures.upset_figure(SETS)
    told = words(figure)
    for text in ("A", "B", "C", "4", "3", "2"):
        assert text in told
    assert_readable(figure)


def test_what_is_not_drawn_is_counted():
    figure = figures.upset_figure(SETS, at_most=2)
    assert "2 smaller intersections with 2 genes are not drawn" in words(figure)
    assert_readable(figure)


@pytest.mark.parametrize("n_sets", [2, 9])
def test_texts_lie_inside_and_apart(n_sets):
    sets = {
        f"Method {i} with a name that takes room": {str(j) for j in range(40_000 // (i + 1))} for i in range(n_sets)
    }
    assert_readable(figures.upset_figure(sets))


def test_one_set_is_refused():
    with pytest.raises(ValueError, match="found 1 sets, expected two or more with members"):
        figures.upset_figure({"A": {"a"}})
