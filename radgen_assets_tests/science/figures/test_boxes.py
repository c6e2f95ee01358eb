"""Box plots with tests."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import PairTest
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def groups(*sizes, shift=0.5):
    generator = np.random.default_rng(2)
    return [(f"group {i}", generator.normal(i * shift, 1, n)) for i, n in enumerate(sizes)]


def all_pairs(n, p=0.0123):
    return [PairTest(f"group {i}", f"group {j}", p) for i in range(n) for j in range(i + 1, n)]


def test_tests_and_counts_are_told():
    figure = figures.box_figure(
        groups(20, 30, 10), y_label="Volume (ml)", test="Kruskal-Wallis", p=0.0004,
        pairs=[PairTest("group 0", "group 2", 0.0123)], pair_test="Wilcoxon, Holm-adjusted",
    )  # fmt: skip
    told = words(figure)
    for text in ("Kruskal-Wallis P < 0.001", "Brackets: Wilcoxon, Holm-adjusted", "P = 0.012", "group 1\nn = 30"):
        assert text in told
    assert_readable(figure)


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_brackets_of_all_pairs_lie_apart(n):
    assert_readable(figures.box_figure(groups(*[12] * n), y_label="v", pairs=all_pairs(n), pair_test="t"))


def test_every_patient_is_a_point_at_its_value():
    given = groups(20, 3)
    lines = figures.box_figure(given, y_label="v").axes[0].lines
    points = [line.get_ydata().tolist() for line in lines if line.get_marker() in ("o", "s")]
    assert points == [values.tolist() for _, values in given]


def test_groups_differ_in_marker():
    lines = figures.box_figure(groups(5, 5, 5, 5, 5), y_label="v").axes[0].lines
    assert len({line.get_marker() for line in lines} - {"None", "", None}) == 5


@pytest.mark.parametrize("values", [[1.0], [2.0, 2.0, 2.0], [0.0, 1e7]])
def test_one_patient_and_equal_values_are_drawn(values):
    assert_readable(figures.box_figure([("few", values), ("others of a rather long name", [1.0, 2.0])], y_label="v"))


def test_what_cannot_be_drawn_is_refused():
    with pytest.raises(ValueError, match="an empty one"):
        figures.box_figure([("none", [])], y_label="v")
    with pytest.raises(ValueError, match="group 'a': found a value that is not finite"):
        figures.box_figure([("a", [1.0, np.nan])], y_label="v")
    with pytest.raises(ValueError, match="found a pair 'group 0', 'group 9'"):
        figures.box_figure(groups(3, 3), y_label="v", pairs=[PairTest("group 0", "group 9", 0.1)])
