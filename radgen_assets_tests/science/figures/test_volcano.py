"""Volcano plots."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import Volcano
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

GENES = Volcano(
    ["UP", "DOWN", "WEAK", "NOISE"], [2.0, -3.0, 0.4, 1.6], [1e-8, 1e-12, 1e-6, 0.3], [4e-8, 4e-12, 2e-6, 0.3]
)


def many(n=4000, seed=1, spread=1.2):
    generator = np.random.default_rng(seed)
    effect = generator.normal(0, spread, n)
    p = 10 ** -np.abs(effect * generator.gamma(2, 2, n))
    return Volcano([f"GENE{i}" for i in range(n)], effect, p, np.minimum(1, p * 20))


def test_the_ones_beyond_both_thresholds_are_counted_by_side_and_named():
    told = words(figures.volcano_figure(GENES))
    for text in ("▼ 1 lower", "1 higher ▲", "of 4 genes", "UP", "DOWN"):
        assert text in told
    assert "WEAK" not in told
    assert "NOISE" not in told


def test_a_gene_can_be_named_whatever_it_shows():
    assert "WEAK" in words(figures.volcano_figure(GENES, named=["WEAK"]))


def test_a_name_hides_no_point_and_is_left_out_where_it_would():
    figure = figures.volcano_figure(many(4000), n_names=60)
    axes = figure.axes[1]
    figure.canvas.draw()
    marks = [line for line in axes.lines if line.get_marker() in ("^", "v")]
    points = np.vstack([axes.transData.transform(np.column_stack(line.get_data())) for line in marks])
    named = [text.get_window_extent() for text in axes.texts]
    assert 10 <= len(named) < 60
    hidden = [((points > (box.x0, box.y0)) & (points < (box.x1, box.y1))).all(axis=1).sum() for box in named]
    assert sum(hidden) == 0


def test_the_sides_differ_in_the_way_their_triangles_point():
    markers = [line.get_marker() for line in figures.volcano_figure(GENES).axes[1].lines]
    assert {"^", "v"} <= set(markers)


def test_the_line_of_the_threshold_is_the_largest_p_that_passes_adjustment():
    lines = [line for line in figures.volcano_figure(GENES).axes[1].lines if line.get_linestyle() == "--"]
    assert any(list(line.get_ydata()) == [6.0, 6.0] for line in lines)


@pytest.mark.parametrize("n_names", [0, 16, 40])
def test_names_lie_inside_and_apart_where_points_crowd(n_names):
    assert_readable(figures.volcano_figure(many(), n_names=n_names))


def test_a_p_of_zero_is_drawn_at_the_top_rather_than_nowhere():
    figure = figures.volcano_figure(Volcano(["A", "B"], [3, -2], [0.0, 0.2], [0.0, 0.2]))
    assert np.isfinite(figure.axes[1].get_ylim()).all()


def test_twenty_thousand_genes_are_a_vector_drawing_below_one_megabyte():
    svg = figures.to_svg(figures.volcano_figure(many(20_000, spread=0.4)))
    assert "<image" not in svg
    assert len(svg) < 1_000_000


def test_where_thousands_lie_beyond_only_the_points_become_pixels():
    svg = figures.to_svg(figures.volcano_figure(many(30_000)))
    assert "<image" in svg
    assert ">−log₁₀ P<" in svg
    assert len(svg) < 1_000_000


def test_equal_genes_are_equal_bytes():
    assert figures.to_svg(figures.volcano_figure(many())) == figures.to_svg(figures.volcano_figure(many()))


def test_what_was_not_tested_is_refused_rather_than_left_out_in_silence():
    with pytest.raises(ValueError, match="found for 'B' an effect or P that is not finite"):
        figures.volcano_figure(Volcano(["A", "B"], [1, np.nan], [0.1, 0.2], [0.1, 0.2]))


def test_columns_of_unequal_length_are_refused():
    with pytest.raises(ValueError, match=r"columns of \[1, 2\] values"):
        figures.volcano_figure(Volcano(["A", "B"], [1, 2], [0.1], [0.1, 0.2]))
