"""Pictures of the checks of samples."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import SampleDistances, SampleLikeness, SampleSexes
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words
from scripts.gallery import samples

SEXES = SampleSexes(
    ["P1", "P2", "P3", "P4"], [-5, 6, 1, 7], ["female", "male", "undecided", "male"],
    ["female", "female", "male", ""], (0, 2),
)  # fmt: skip
DISTANCES = SampleDistances(["P1", "P2", "P3"], [0, 1, 9], [0, 1, 2], (0.3, 0.1), [0, 1, 6], 5.0, 2000)
LIKENESS = SampleLikeness([0.1, -0.2, 0.99], [("P1", "P3", 0.99, False)], 0.97, 2000)


@pytest.mark.parametrize("draw", ["sample_sexes", "sample_distances", "sample_likeness"])
def test_texts_lie_inside_and_apart(draw):
    assert_readable(getattr(samples, draw)())


def test_a_sample_of_the_other_sex_and_an_undecided_one_are_named_and_counted():
    told = words(figures.sample_sexes_figure(SEXES))
    assert {"P2", "P3", "1 of 2 show another sex than the recorded one", "not recorded\nn = 1"} <= set(told)
    assert "P1" not in told


def test_sexes_are_told_apart_by_markers():
    axes = figures.sample_sexes_figure(SEXES).axes[1]
    assert {line.get_marker() for line in axes.lines} >= {"o", "^", "D"}


def test_a_row_without_samples_is_left_out():
    only_men = SampleSexes(["P1"], [6], ["male"], ["male"], None)
    assert not any(text.startswith(("women", "not recorded")) for text in words(figures.sample_sexes_figure(only_men)))


def test_outliers_are_named_in_both_panels():
    told = words(figures.sample_distances_figure(DISTANCES))
    assert told.count("P3") == 2
    assert "P1" not in told
    assert "▲ 1 of 3 samples beyond 5 robust SDs" in told


def test_the_limit_is_seen_where_nobody_is_beyond_it():
    calm = SampleDistances(["P1", "P2"], [0, 1], [0, 1], (0.3, 0.1), [0, 1], 5.0, 20)
    right = figures.sample_distances_figure(calm).axes[2]
    assert right.get_ylim()[1] > 5


def test_pairs_are_listed_with_their_correlation():
    told = words(figures.sample_likeness_figure(LIKENESS))
    assert {"▲ P1 – P3", "0.990", "1 pair of two persons too alike"} <= set(told)


def test_more_pairs_than_there_is_room_for_are_counted():
    pairs = [(f"P{i}", f"Q{i}", 0.99, False) for i in range(25)]
    assert "and 15 more" in words(figures.sample_likeness_figure(SampleLikeness([0.99] * 25, pairs, 0.97, 20)))


@pytest.mark.parametrize(
    ("draw", "value", "message"),
    [
        (figures.sample_sexes_figure, SampleSexes([], [], [], [], None), "expected equal ones of at least one"),
        (figures.sample_sexes_figure, SampleSexes(["P1"], [np.nan], ["male"], [""], None), "no finite score of 'P1'"),
        (
            figures.sample_distances_figure,
            SampleDistances(["P1"], [np.nan], [0], (1, 0), [0], 5, 9),
            "a value that is not finite",
        ),
        (figures.sample_likeness_figure, SampleLikeness([], [], 0.97, 9), "found no pair"),
    ],
)
def test_what_cannot_be_drawn_is_refused(draw, value, message):
    with pytest.raises(ValueError, match=message):
        draw(value)


def test_equal_samples_are_equal_bytes():
    assert figures.to_svg(figures.sample_sexes_figure(SEXES)) == figures.to_svg(figures.sample_sexes_figure(SEXES))
