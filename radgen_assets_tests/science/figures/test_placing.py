"""Where labels and points go."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from radgen_assets.science.figures.placing import (
    draw_dots,
    first_that_fit,
    pixels_where_heavy,
    rows_that_fit,
    spread_apart,
)
from radgen_assets.science.figures.style import new_figure, place_axes, to_png, to_svg

PLACES = st.lists(st.floats(0, 10), min_size=1, max_size=12)


def test_labels_that_have_room_stay_where_they_are_wanted():
    assert spread_apart([3, 1, 2], 0.5).tolist() == [3, 1, 2]


def test_labels_of_one_place_are_spread_to_both_sides_of_it():
    assert spread_apart([5, 5, 5], 1).tolist() == [4, 5, 6]


def test_labels_stay_within_their_limits():
    assert spread_apart([0, 0, 10], 1, 0, 10).tolist() == [0, 1, 10]
    assert spread_apart([10, 10], 1, 0, 10).tolist() == [9, 10]


@settings(deadline=None, derandomize=True, max_examples=60)
@given(PLACES)
def test_spread_labels_keep_their_distance_and_their_order(wanted):
    places = spread_apart(wanted, 0.7)
    order = np.argsort(wanted, kind="stable")
    assert (np.diff(places[order]) >= 0.7 - 1e-9).all()


def test_no_label_needs_no_place():
    assert spread_apart([], 1).size == 0


def test_every_second_label_is_written_where_all_have_no_room():
    assert first_that_fit([0, 1, 2, 3, 4], [1.2] * 5, 0.1) == [0, 2, 4]
    assert first_that_fit([0, 1, 2, 3, 4], [0.5] * 5, 0.1) == [0, 1, 2, 3, 4]


def test_a_label_without_room_goes_to_the_next_row():
    assert rows_that_fit([0, 0.2, 0.4, 3], [1, 1, 1, 1], 0.1) == [0, 1, 2, 0]


def dots(n, spread=1.0):
    figure = new_figure(3, 3)
    axes = place_axes(figure, 0.5, 0.5, 2, 2)
    axes.set(xlim=(-4, 4), ylim=(-4, 4))
    generator = np.random.default_rng(3)
    n_drawn = draw_dots(axes, *(generator.normal(size=(2, n)) * spread), colour="#c3c9d1", size=2)
    return figure, axes, n_drawn


def test_a_dot_that_covers_another_is_drawn_once():
    _, axes, n_drawn = dots(500, spread=0.0)
    assert n_drawn == 1
    assert len(axes.patches[-1].get_path().vertices) == 2  # a very short line


@pytest.mark.parametrize(("n", "is_heavy"), [(10_000, False), (60_000, True)])
def test_few_dots_are_vectors_and_no_number_of_them_makes_a_large_file(n, is_heavy):
    figure, axes, n_drawn = dots(n)
    assert pixels_where_heavy(axes, n_drawn, 0, below=1.7) == is_heavy
    svg = to_svg(figure)
    assert ("<image" in svg) == is_heavy
    assert len(svg) < 1_000_000


def test_dots_are_seen_in_pixels_too():
    """A line without length leaves no pixel: 20,000 genes were missing from a volcano plot."""
    figure, _, _ = dots(300)
    picture = np.asarray(Image.open(BytesIO(to_png(figure))).convert("RGB")).reshape(-1, 3)
    grey = (picture == [0xC3, 0xC9, 0xD1]).all(axis=1)
    assert grey.sum() > 300


@pytest.mark.parametrize("n", [1, 7])
def test_dots_are_drawn_in_the_units_of_the_axes(n):
    figure = new_figure(3, 3)
    axes = place_axes(figure, 0.5, 0.5, 2, 2)
    axes.set(xlim=(0, n), ylim=(0, n))
    draw_dots(axes, np.arange(n), np.arange(n), colour="#c3c9d1", size=2)
    assert axes.patches[-1].get_path().vertices[::2].tolist() == [[i, i] for i in range(n)]
