"""Fold changes of two methods against one another."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import FoldChanges
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

NAMES = ("DESeq2", "limma-voom")
GENES = FoldChanges(NAMES, [2.0, -3.0, 0.4, 1.6], [1.8, -2.7, 0.5, 0.9], [1, 1, 0, 1], [1, 1, 0, 0])


def many(n: int) -> FoldChanges:
    generator = np.random.default_rng(1)
    true = generator.normal(0, 1.5, n)
    first, second = true + generator.normal(0, 0.2, n), true + generator.normal(0, 0.2, n)
    return FoldChanges(NAMES, first, second, np.abs(first) > 2, np.abs(second) > 2)


def test_what_both_and_what_one_finds_is_counted():
    told = words(figures.fold_changes_figure(GENES))
    for text in ("● 2 found by both", "▼ 1 by DESeq2 only", "▲ 0 by limma-voom only", "of 4 genes that both tested"):
        assert text in told


def test_both_axes_have_one_scale():
    axes = figures.fold_changes_figure(GENES).axes[1]
    assert axes.get_xlim() == axes.get_ylim() == (-axes.get_xlim()[1], axes.get_xlim()[1])


@pytest.mark.parametrize("n", [4, 4000])
def test_the_figure_can_be_read(n):
    assert_readable(figures.fold_changes_figure(many(n)))


def test_sixty_thousand_genes_stay_below_one_megabyte():
    assert len(figures.to_svg(figures.fold_changes_figure(many(60_000)))) < 1_000_000


def test_equal_genes_are_equal_bytes():
    one, other = (figures.to_svg(figures.fold_changes_figure(many(300))) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("change", [{"first": [1.0]}, {"first": [np.nan, 0, 0, 0]}])
def test_what_cannot_be_drawn_is_refused(change):
    with pytest.raises(ValueError, match="fold_changes_figure: found"):
        figures.fold_changes_figure(FoldChanges(**{**vars(GENES), **change}))
