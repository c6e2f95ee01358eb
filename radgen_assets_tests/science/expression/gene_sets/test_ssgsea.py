"""ssGSEA equals R GSVA's, depends on one sample alone, and says which sets it cannot score."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.expression import GeneSet
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import PathwaySettings, ssgsea
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.gene_sets.golden_sets import golden, matrix
from radgen_assets_tests.science.golden import read_table


@pytest.mark.parametrize(
    ("name", "quantity", "changes"),
    [
        ("ssgsea_raw", "raw", {}),
        ("ssgsea_raw_tau0.75", "raw, tau 0.75", {"tau": 0.75}),
        ("ssgsea_normalised", "divided by the range", {"normalise_by_range": True}),
    ],
)
def test_scores_equal_gsva(shared_reference, name, quantity, changes):
    """With a constant gene, ties, sets of 5 genes, and two members that were not measured."""
    data, sets = golden(shared_reference)
    scores, _ = ssgsea(data, sets, PathwaySettings(smallest_set=1, **changes))
    expected = read_table(shared_reference, f"r4_gene_sets/expected/{name}", index_col=0)
    assert list(scores.index) == list(expected.index)
    agree("expression.ssgsea", quantity, scores, expected.to_numpy().ravel())


def test_sets_too_small_or_too_large_are_returned_with_the_reason(shared_reference):
    data, sets = golden(shared_reference)
    scores, coverage = ssgsea(data, sets, PathwaySettings(largest_set=100))
    assert [row.name for row in coverage] == [each.name for each in sets]
    told = {row.name: row for row in coverage}
    assert told["SET_01"].reason == "5 of its genes are in the matrix, expected at least 10"
    assert told["SET_15"].reason == "300 of its genes are in the matrix, expected at most 100"
    assert told["SET_30"].n_genes == told["SET_30"].n_found + 2
    assert set(scores.index) == {row.name for row in coverage if row.scored}


def test_a_set_that_is_the_whole_matrix_has_nothing_to_be_compared_with():
    data = matrix(np.random.default_rng(0).normal(size=(12, 2)))
    scores, coverage = ssgsea(data, [GeneSet("all", "", data.genes)])
    assert scores.shape == (0, 2)
    assert "every gene of the matrix" in coverage[0].reason


@given(seed=st.integers(0, 100))
def test_a_samples_scores_do_not_depend_on_the_others_or_on_monotone_transforms(seed):
    values = np.random.default_rng(seed).gamma(1, 50, size=(60, 5))
    sets = [GeneSet("one", "", tuple(f"g{i}" for i in range(0, 40, 2)))]
    together, _ = ssgsea(matrix(values, ExpressionUnit.fpkm), sets)
    alone, _ = ssgsea(matrix(np.log2(values[:, 2:3] + 1)), sets)
    assert alone.iloc[0, 0] == pytest.approx(together.iloc[0, 2], rel=1e-12)


def test_the_best_genes_give_the_highest_score():
    values = np.arange(40.0)[:, None]
    low, middle, high = (GeneSet(str(k), "", tuple(f"g{i}" for i in range(k, k + 10))) for k in (0, 15, 30))
    scores, _ = ssgsea(matrix(values), [low, middle, high])
    assert scores["s0"].is_monotonic_increasing
    assert scores["s0"].iloc[-1] > 0 > scores["s0"].iloc[0]


def test_repeated_members_count_once():
    data = matrix(np.random.default_rng(0).normal(size=(40, 3)))
    members = tuple(f"g{i}" for i in range(12))
    once, _ = ssgsea(data, [GeneSet("a", "", members)])
    twice, coverage = ssgsea(data, [GeneSet("a", "", members * 2)])
    pd.testing.assert_frame_equal(once, twice)
    assert coverage[0].n_genes == 12


def test_many_samples_go_through_in_blocks():
    values = np.random.default_rng(0).normal(size=(50, 130))
    sets = [GeneSet("a", "", tuple(f"g{i}" for i in range(15)))]
    scores, _ = ssgsea(matrix(values), sets)
    last, _ = ssgsea(matrix(values[:, -1:]), sets)
    assert scores.iloc[0, -1] == last.iloc[0, 0]


def test_z_scores_are_refused_by_name():
    with pytest.raises(UnitRefused, match=r"unit: found zscore, expected .* for ssgsea"):
        ssgsea(matrix(np.zeros((20, 2)), ExpressionUnit.zscore), [])


def test_gaps_and_repeats_are_refused():
    values = np.ones((20, 2))
    values[3, 1] = np.nan
    with pytest.raises(BadInput, match="gene g3, sample s1: found nan, expected a finite number"):
        ssgsea(matrix(values), [])
    with pytest.raises(BadInput, match="genes: found a gene twice"):
        ssgsea(matrix(np.ones((2, 1)), genes=("a", "a")), [])
    with pytest.raises(BadInput, match="gene sets: a: found this name twice"):
        ssgsea(matrix(np.ones((20, 2))), [GeneSet("a", "", ()), GeneSet("a", "", ())])
