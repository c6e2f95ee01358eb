"""Gene sets as rows."""

from __future__ import annotations

import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import GeneSetRow
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

ROWS = (
    GeneSetRow("HYPOXIA", 2.1, 188, 0.0004),
    GeneSetRow("A VERY LONG NAME OF A GENE ONTOLOGY TERM THAT NO COLUMN HAS ROOM FOR", 1.2, 12, 0.2),
    GeneSetRow("OXIDATIVE PHOSPHORYLATION", -1.9, 200, 0.004),
)


def test_each_set_has_its_size_and_its_adjusted_p():
    told = words(figures.gene_set_figure(ROWS, directions=("lower in mutant", "higher in mutant")))
    for text in ("HYPOXIA", "188", "< 0.001", "0.20", "← lower in mutant", "higher in mutant →"):
        assert text in told


def test_marks_point_the_way_and_are_filled_below_the_threshold():
    plot = figures.gene_set_figure(ROWS).axes[1]
    marks = [line for line in plot.lines if line.get_marker() in ("^", "v")]
    assert [mark.get_marker() for mark in marks] == ["^", "^", "v"]
    filled = [mark.get_markerfacecolor() == mark.get_markeredgecolor() for mark in marks]
    assert filled == [True, False, True]


def test_a_larger_set_has_a_larger_mark():
    plot = figures.gene_set_figure(ROWS).axes[1]
    sizes = [line.get_markersize() for line in plot.lines if line.get_marker() in ("^", "v")]
    assert sizes[1] < sizes[0] < sizes[2]


@pytest.mark.parametrize("n", [1, 3, 20])
def test_the_figure_can_be_read(n):
    assert_readable(figures.gene_set_figure((ROWS * 7)[:n], directions=("lower in a long level", "higher in that")))


def test_no_set_is_refused():
    with pytest.raises(ValueError, match="gene_set_figure: found no set"):
        figures.gene_set_figure(())
