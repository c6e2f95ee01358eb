"""Stability of features: a panel a comparison, a row a class and image family."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import StabilityGroup, StabilityPanel
from radgen_assets.science.figures.stability import groups_by_class
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

CLASSES = ("shape", "firstorder", "glcm", "glszm", "ngtdm")


def panel(title="expert and network", n=18, size=40, families=("original", "wavelet", "log"), low=0.2):
    generator = np.random.default_rng(3)
    groups = [
        StabilityGroup(name, family, tuple(generator.uniform(low, 1, size)))
        for name in CLASSES
        for family in (families if name != "shape" else families[:1])
    ]
    return StabilityPanel(title, n, tuple(groups))


def test_features_below_the_threshold_are_counted_beside_their_row():
    groups = (StabilityGroup("shape", "original", (0.2, 0.74, 0.75, 1.0)),)
    told = words(figures.stability_figure([StabilityPanel("a and b", 7, groups)]))
    for text in ("2 of 4", "below 0.75", "7 tumours", "a and b", "shape", "original", "Intraclass correlation"):
        assert text in told


def test_classes_and_filters_have_their_readers_names():
    told = words(figures.stability_figure([panel()], threshold=0.5))
    assert {"first order", "GLCM", "NGTDM", "LoG", "wavelet", "below 0.5"} <= set(told)


@pytest.mark.parametrize("n", [1, 2, 4])
def test_panels_of_all_numbers_can_be_read(n):
    long = "a maker with a name of some length and another one, given and perturbed many times over"
    assert_readable(figures.stability_figure([panel(long, n=number + 1) for number in range(n)]))


@pytest.mark.parametrize("size", [1, 2, 3000])
def test_one_feature_and_thousands_are_drawn(size):
    assert_readable(figures.stability_figure([panel(size=size, low=-1)]))


def test_every_feature_is_a_point_and_what_lies_below_the_axis_stands_at_its_edge():
    groups = (StabilityGroup("glcm", "log", (-0.9, 0.3, 0.8)),)
    line = next(
        line for line in figures.stability_figure([StabilityPanel("a", 3, groups)]).axes[0].lines
        if line.get_marker() == "o"
    )  # fmt: skip
    assert line.get_xdata().tolist() == [-0.25, 0.3, 0.8]


def test_panels_share_their_rows():
    first, second = panel(), panel(families=("original",))
    left, right = figures.stability_figure([first, second]).axes
    assert left.get_ylim() == right.get_ylim()
    assert_readable(figures.stability_figure([second, first]))


def test_thousands_of_points_are_pixels_and_the_rest_is_text_and_lines():
    svg = figures.to_svg(figures.stability_figure([panel(size=3000)]))
    assert "<image" in svg
    assert len(svg) < 1_500_000


def test_equal_figures_give_equal_bytes():
    assert figures.to_png(figures.stability_figure([panel()])) == figures.to_png(figures.stability_figure([panel()]))


def test_groups_leave_out_what_is_missing_and_keep_the_order():
    found = groups_by_class(["glcm", "shape", "glcm"], ["log", "original", "log"], [0.5, 0.6, np.nan])
    assert found == (StabilityGroup("glcm", "log", (0.5,)), StabilityGroup("shape", "original", (0.6,)))


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="found 0 panels"):
        figures.stability_figure([])
    with pytest.raises(ValueError, match="glcm on log: found no correlation"):
        figures.stability_figure([StabilityPanel("a", 3, (StabilityGroup("glcm", "log", (np.nan,)),))])
