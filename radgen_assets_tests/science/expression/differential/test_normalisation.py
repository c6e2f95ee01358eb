"""Normalisation factors: the share of a library that most genes have, whatever a few of them do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import rankdata

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.normalisation import _in_the_middle, normalisation_factors
from radgen_assets_tests.science.expression.differential.counts_of_r import made_counts

METHODS = ["TMM", "RLE", "upper quartile"]


@pytest.mark.parametrize("method", METHODS)
def test_their_geometric_mean_is_one_and_the_order_of_samples_is_free(method):
    matrix, _ = made_counts(300)
    found = normalisation_factors(matrix, method)
    assert np.exp(np.log(found.factors).mean()) == pytest.approx(1.0, rel=1e-12)
    order = np.random.default_rng(0).permutation(12)
    turned = replace(matrix, values=matrix.values[:, order], samples=tuple(np.array(matrix.samples)[order]))
    np.testing.assert_allclose(normalisation_factors(turned, method).factors, found.factors[order], rtol=1e-12)


def test_depth_alone_needs_no_factor():
    matrix, _ = made_counts(200)
    same = replace(matrix, values=np.outer(matrix.values[:, 0], np.arange(1.0, 13.0)))
    for method in METHODS:
        np.testing.assert_allclose(normalisation_factors(same, method).factors, 1.0, rtol=1e-12)


def test_one_gene_that_takes_half_the_reads_halves_the_factor():
    matrix, _ = made_counts(500, smallest_mean=50.0)
    plain = normalisation_factors(matrix)
    matrix.values[0, 5] = matrix.values[:, 5].sum()
    loud = normalisation_factors(matrix)
    relative = (loud.factors / plain.factors)[5] / np.median((loud.factors / plain.factors)[np.arange(12) != 5])
    assert relative == pytest.approx(0.5, rel=0.03)
    np.testing.assert_allclose(loud.effective_sizes[5] / plain.effective_sizes[5], 1.0, rtol=0.1)


def test_library_sizes_may_be_those_before_a_filter():
    matrix, _ = made_counts(200)
    sizes = matrix.values.sum(axis=0) * 1.5
    found = normalisation_factors(matrix, library_sizes=sizes)
    np.testing.assert_array_equal(found.library_sizes, sizes)
    for wrong in (np.ones(3), np.zeros(12), np.full(12, np.nan)):
        with pytest.raises(UsedWrongly, match="expected 12 library sizes > 0"):
            normalisation_factors(matrix, library_sizes=wrong)


def test_a_sample_alone_has_a_factor_of_one():
    matrix, _ = made_counts(50)
    one = replace(matrix, values=matrix.values[:, :1], samples=("s00",))
    for method in METHODS:
        assert normalisation_factors(one, method).factors == pytest.approx([1.0])


def test_expected_counts_are_taken():
    matrix, _ = made_counts(200)
    broken = replace(matrix, values=matrix.values * 0.999)
    np.testing.assert_allclose(normalisation_factors(broken).factors, normalisation_factors(matrix).factors, rtol=1e-6)


def test_refusals_name_sample_and_way_out():
    matrix, _ = made_counts(40)
    with pytest.raises(UnitRefused, match="found log2, expected counts for normalisation_factors"):
        normalisation_factors(replace(matrix, unit=ExpressionUnit.log2))
    with pytest.raises(UsedWrongly, match="method 'quantile', expected TMM, RLE or upper quartile"):
        normalisation_factors(matrix, "quantile")
    apart = replace(matrix, values=matrix.values.copy())
    apart.values[:20, 0], apart.values[20:, 1:] = 0, 0
    with pytest.raises(BadInput, match="found no gene in common with"):
        normalisation_factors(apart)
    with pytest.raises(BadInput, match="a zero in every one of 40 genes"):
        normalisation_factors(apart, "RLE")
    apart.values[1:, 0], apart.values[0, 0] = 0, 9
    with pytest.raises(BadInput, match="sample s00: found an upper quartile of zero"):
        normalisation_factors(apart, "upper quartile")


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.sampled_from([0.05, 0.3]))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_trimming_without_ranks_keeps_what_ranks_keep(values, trimmed):
    x = np.array(values, dtype=float)
    lowest = int(len(x) * trimmed) + 1
    rank = rankdata(x)
    np.testing.assert_array_equal(_in_the_middle(x, trimmed), (rank >= lowest) & (rank <= len(x) + 1 - lowest))
