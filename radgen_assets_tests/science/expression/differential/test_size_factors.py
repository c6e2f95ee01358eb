"""Size factors: the scale of each sample, against a reference that new samples share."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.size_factors import apply_size_factors, size_factors
from radgen_assets_tests.science.expression.differential.counts_of_r import made_counts


def test_a_sample_twice_as_deep_has_twice_the_factor():
    matrix, _ = made_counts()
    matrix.values[:, 1] = 2 * matrix.values[:, 0]
    factors = size_factors(matrix).factors
    assert factors[1] / factors[0] == pytest.approx(2, rel=1e-12)


def test_a_few_extreme_genes_do_not_move_the_factors():
    matrix, _ = made_counts()
    plain = size_factors(matrix).factors
    matrix.values[:3, 0] *= 1000
    np.testing.assert_allclose(size_factors(matrix).factors, plain, rtol=0.1)


@pytest.mark.parametrize("method", ["ratio", "positive"])
def test_a_new_sample_is_measured_by_itself(method):
    matrix, _ = made_counts()
    fit = size_factors(matrix, method)
    alone = replace(matrix, values=matrix.values[:, [4]], samples=("s04",))
    assert apply_size_factors(fit, alone).factors[0] == pytest.approx(fit.factors[4], rel=1e-12)


def test_genes_may_stand_in_another_order_but_not_be_absent():
    matrix, _ = made_counts()
    fit = size_factors(matrix)
    turned = replace(matrix, values=matrix.values[::-1], genes=matrix.genes[::-1])
    np.testing.assert_allclose(apply_size_factors(fit, turned).factors, fit.factors, rtol=1e-12)
    fewer = replace(matrix, values=matrix.values[1:], genes=matrix.genes[1:])
    with pytest.raises(BadInput, match="gene g0000: found absent, and 0 more"):
        apply_size_factors(fit, fewer)


def test_a_zero_in_every_gene_asks_for_the_other_method():
    matrix, _ = made_counts(12)
    matrix.values[np.arange(12), np.arange(12)] = 0
    with pytest.raises(BadInput, match='Use method="positive"'):
        size_factors(matrix)
    assert np.exp(np.log(size_factors(matrix, "positive").factors).mean()) == pytest.approx(1)


def test_refusals_name_the_place():
    matrix, _ = made_counts(20)
    with pytest.raises(UsedWrongly, match="method 'median'"):
        size_factors(matrix, "median")
    with pytest.raises(UnitRefused, match="expected counts for size_factors"):
        size_factors(replace(matrix, unit=ExpressionUnit.tpm))
    with pytest.raises(BadInput, match="a gene twice"):
        size_factors(replace(matrix, genes=("g0000", *matrix.genes[:-1])))
    matrix.values[:, 3] = 0
    with pytest.raises(BadInput, match="sample s03: found no count at all"):
        size_factors(matrix)
