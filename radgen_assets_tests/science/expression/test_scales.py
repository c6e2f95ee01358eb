"""Units become log2 sample by sample, and what does not suit an operation is refused by name."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import (
    LogSettings,
    LowExpressionSettings,
    filter_low_expression,
    log2_cpm,
    to_log2,
)


def matrix(values, unit=ExpressionUnit.counts):
    values = np.asarray(values, dtype=float)
    genes, samples = (tuple(f"{letter}{i}" for i in range(n)) for letter, n in zip("gs", values.shape, strict=True))
    return ExpressionMatrix(values, genes, samples, unit)


def test_log2_cpm_by_hand():
    """Law et al. 2014: log2((count + 0.5) / (library + 1) * 1e6)."""
    result = log2_cpm(matrix([[3], [0], [6]]))
    assert result.values[:, 0] == pytest.approx(np.log2([3.5e5, 0.5e5, 6.5e5]))
    assert result.unit is ExpressionUnit.log2
    assert result.notes == ("log2 counts per million, prior count 0.5, each sample by its own library size.",)


@given(seed=st.integers(0, 100), depth=st.integers(2, 1000))
def test_a_samples_values_do_not_depend_on_the_others(seed, depth):
    counts = np.random.default_rng(seed).poisson(20, size=(30, 4)).astype(float)
    deeper = counts * [1, depth, 1, 1]
    assert log2_cpm(matrix(deeper)).values[:, 0] == pytest.approx(log2_cpm(matrix(counts[:, :1])).values[:, 0])


def test_counts_per_million_are_refused_for_other_units_by_name():
    with pytest.raises(UnitRefused, match="unit: found tpm, expected counts for log2_cpm"):
        log2_cpm(matrix([[1]], ExpressionUnit.tpm))


def test_bad_counts_are_refused_by_gene_and_sample():
    with pytest.raises(BadInput, match=r"gene g1, sample s0: found -1, expected counts >= 0\. 1 values are so"):
        log2_cpm(matrix([[1], [-1]]))
    with pytest.raises(BadInput, match="gene g0, sample s0: found nan, expected a finite number"):
        log2_cpm(matrix([[np.nan]]))
    with pytest.raises(BadInput, match="sample s1: found no count at all"):
        log2_cpm(matrix([[1, 0], [2, 0]]))


@pytest.mark.parametrize("unit", [ExpressionUnit.tpm, ExpressionUnit.fpkm])
def test_tpm_and_fpkm_become_log2_of_one_more(unit):
    result = to_log2(matrix([[0], [3]], unit))
    assert list(result.values[:, 0]) == [0, 2]
    assert result.unit is ExpressionUnit.log2
    assert to_log2(matrix([[0]], unit), LogSettings(offset=0.25)).values[0, 0] == -2


def test_counts_become_counts_per_million_and_log2_stays():
    counts = matrix([[3], [6]])
    assert np.array_equal(to_log2(counts).values, log2_cpm(counts).values)
    log = matrix([[-1.0], [4]], ExpressionUnit.log2)
    assert to_log2(log) is log


def test_z_scores_pass_only_where_allowed_and_stay_z_scores():
    scores = matrix([[-1.0], [1]], ExpressionUnit.zscore)
    with pytest.raises(UnitRefused, match="unit: found zscore, expected log2 for to_log2"):
        to_log2(scores)
    assert to_log2(scores, allow_zscore=True).unit is ExpressionUnit.zscore


def test_genes_low_in_most_samples_are_left_out_and_counted():
    values = matrix([[0, 0, 0, 0, 5], [0, 0, 0, 0, 0], [5, 5, 5, 5, 5]], ExpressionUnit.log2)
    result = filter_low_expression(values, LowExpressionSettings(share_of_samples=0.2))
    assert result.genes == ("g0", "g2")
    assert result.notes[-1] == "1 of 3 genes left out: below 1 in more than 80% of 5 samples."
    with pytest.raises(UnitRefused, match="found counts, expected log2 for filter_low_expression"):
        filter_low_expression(matrix([[1]]))
