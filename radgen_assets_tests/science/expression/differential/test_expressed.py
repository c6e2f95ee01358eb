"""Genes with enough counts for a test: how many samples must reach how much."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.expressed import expressed_genes
from radgen_assets.science.expression.differential.settings import ExpressedSettings
from radgen_assets_tests.science.expression.differential.counts_of_r import made_counts


def counted(rows, n=None):
    """Counts whose libraries all have a million reads: a count is a count per million."""
    values = np.array(rows, dtype=float)
    rest = 1e6 - values.sum(axis=0)
    values = np.vstack([values, rest])
    genes = (*(f"g{place}" for place in range(len(rows))), "rest")
    samples = tuple(f"s{place}" for place in range(values.shape[1]))
    return ExpressionMatrix(values, genes, samples, ExpressionUnit.counts)


def groups(*sizes):
    labels = np.repeat([chr(97 + place) for place in range(len(sizes))], sizes)
    return pd.DataFrame({"group": labels}, index=[f"s{place}" for place in range(len(labels))])


def test_as_many_samples_as_the_smallest_group_must_reach_ten_counts():
    matrix = counted([[10, 10, 0, 0, 0, 0], [10, 9, 0, 0, 0, 0], [9, 9, 9, 9, 9, 9]])
    found = expressed_genes(matrix, groups(2, 4))
    assert found.n_needed == pytest.approx(2.0)
    assert list(found.kept) == [True, False, False, True]
    assert list(found.n_reaching) == [2, 1, 0, 6]
    assert found.why_not(1) == "1 of 6 samples reach 10 counts per million, 2 must."


def test_a_gene_needs_a_few_counts_in_all():
    matrix = counted([[10, 4, 0, 0], [10, 5, 0, 0]])
    found = expressed_genes(matrix, groups(1, 3))
    assert list(found.kept) == [False, True, True]
    assert found.why_not(0) == "14 counts over all samples, fewer than 15."


def test_in_large_groups_seven_in_ten_of_those_above_ten_are_enough():
    matrix = counted([np.where(np.arange(60) < 17, 10, 0), np.where(np.arange(60) < 16, 10, 0)])
    found = expressed_genes(matrix, groups(20, 40))
    assert found.n_needed == pytest.approx(17.0)
    assert list(found.kept) == [True, False, True]


def test_without_a_design_all_samples_are_one_group():
    matrix = counted([[10, 10, 10, 9], [10, 10, 10, 10]])
    assert list(expressed_genes(matrix).kept) == [False, True, True]


def test_the_limit_is_in_counts_of_a_library_of_median_size():
    matrix = counted([[10, 10, 10], [19, 19, 19], [20, 20, 20]])
    deep = replace(matrix, values=matrix.values * np.array([1.0, 2.0, 4.0]))
    found = expressed_genes(deep)
    assert found.least_per_million == pytest.approx(5.0)
    assert list(found.kept) == [True, True, True, True]
    assert list(expressed_genes(deep, settings=ExpressedSettings(least_count=38.5)).kept) == [False, False, True, True]


def test_labels_of_groups_do_not_matter():
    matrix, design = made_counts(300, 14, smallest_mean=1.0)
    swapped = design.assign(group=design["group"].map({"a": "z", "b": "c"}))
    one, other = expressed_genes(matrix, design), expressed_genes(matrix, swapped)
    np.testing.assert_array_equal(one.kept, other.kept)
    assert 0 < one.kept.sum() < 300


def test_refusals():
    matrix, design = made_counts(20)
    with pytest.raises(UnitRefused, match="found tpm, expected counts for expressed_genes"):
        expressed_genes(replace(matrix, unit=ExpressionUnit.tpm), design)
    with pytest.raises(UsedWrongly, match="no row for 1 of 12 samples"):
        expressed_genes(matrix, design.iloc[1:])
