"""Samples unlike all others are found, and subtypes are not called so."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import OutlierSettings, expression_outliers
from radgen_assets_tests.science.expression.checks.made import of, tumours


def with_sample(matrix, place, change):
    """The matrix with one sample changed."""
    values = matrix.values.copy()
    values[:, place] = change(values[:, place])
    return replace(matrix, values=values)


def test_tumours_of_two_subtypes_have_no_outlier():
    found = expression_outliers(tumours())
    assert found.outliers == ()
    assert found.variance[0] > 2 * found.variance[1]  # the subtype is there, and is no reason


@pytest.mark.parametrize("seed", range(20))
def test_normal_samples_are_hardly_ever_called(seed):
    rng = np.random.default_rng(seed)
    assert expression_outliers(of(rng.normal(size=(300, 40)))).outliers == ()


def test_a_sample_of_other_genes_is_found():
    """Another tissue: a third of the genes stand elsewhere."""
    rng = np.random.default_rng(2)
    other = with_sample(tumours(), 7, lambda x: x + (rng.uniform(size=len(x)) < 0.33) * rng.normal(0, 4, len(x)))
    assert expression_outliers(other).outliers == ("P7",)


def test_a_noisy_sample_is_found():
    rng = np.random.default_rng(2)
    found = expression_outliers(with_sample(tumours(200), 7, lambda x: x + rng.normal(0, 2.5, len(x))))
    assert found.outliers == ("P7",)
    assert found.apart[7] > found.robust_sds
    assert found.times_usual[7] > 1.7


def test_a_rare_subtype_is_none_however_far_away():
    matrix = tumours()
    moved = matrix.values.copy()
    moved[:130, :15] += 5
    assert expression_outliers(replace(matrix, values=moved)).outliers == ()


def test_in_a_small_cohort_an_outlier_is_found_beside_a_sample_given_twice():
    rng = np.random.default_rng(9)
    values = tumours(16).values.copy()
    values[:, 1] = values[:, 0]
    values[:, 2] = rng.permutation(values[:, 2])
    assert expression_outliers(of(values)).outliers == ("P2",)


def test_several_outliers_do_not_hide_one_another():
    rng = np.random.default_rng(5)
    matrix = tumours()
    for place in (3, 4, 5, 6):
        matrix = with_sample(matrix, place, lambda x: x + rng.normal(0, 5, len(x)))
    assert set(expression_outliers(matrix).outliers) == {"P3", "P4", "P5", "P6"}


def test_order_of_samples_and_genes_does_not_matter():
    rng = np.random.default_rng(6)
    matrix = with_sample(tumours(), 9, lambda x: x + rng.normal(0, 5, len(x)))
    order, rows = rng.permutation(60), rng.permutation(400)
    turned = replace(
        matrix,
        values=matrix.values[rows][:, order],
        genes=tuple(matrix.genes[i] for i in rows),
        samples=tuple(matrix.samples[i] for i in order),
    )
    assert expression_outliers(turned).apart == pytest.approx(expression_outliers(matrix).apart[order])
    assert expression_outliers(turned).outliers == ("P9",)


def test_genes_that_are_hardly_expressed_do_not_decide():
    """Their logarithms are noise: a sample that differs on them alone is like the others."""
    rng = np.random.default_rng(7)
    matrix = tumours()
    silent = rng.normal(-8, 3, size=(300, 60))
    silent[:, 5] += 12
    values = np.vstack([matrix.values, silent])
    settings = OutlierSettings(n_best_expressed=400)
    assert expression_outliers(of(values), settings).outliers == ()


def test_the_table_has_a_row_a_sample():
    frame = expression_outliers(tumours(12)).to_frame()
    assert list(frame.columns) == ["sample", "times_usual", "apart", "is_outlier", "pc1", "pc2"]
    assert len(frame) == 12


def test_too_few_samples_are_refused():
    with pytest.raises(BadInput, match="samples: found 9, expected at least 10 to see what is usual"):
        expression_outliers(tumours(9))


def test_genes_that_do_not_vary_are_refused():
    with pytest.raises(BadInput, match="found 0 genes whose values differ in half of the samples"):
        expression_outliers(of(np.ones((30, 12))))


def test_z_scores_are_taken_as_they_are():
    rng = np.random.default_rng(8)
    values = rng.normal(size=(300, 40))
    values[:, 3] *= 6
    assert expression_outliers(of(values, ExpressionUnit.zscore)).outliers == ("P3",)
