"""GSVA equals R's, and what was learnt from training samples scores new ones one by one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr, pdtr

from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import GsvaSettings, apply_gsva, fit_gsva, gsva
from radgen_assets.science.expression.gene_sets.gsva_kernel import descending_order
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.gene_sets.golden_sets import golden, matrix, normal, of
from radgen_assets_tests.science.golden import read_table

ALL = {"smallest_set": 1, "largest_set": None}


@pytest.mark.parametrize(
    ("name", "quantity", "changes"),
    [
        ("gsva_gaussian_maxdiff", "Gaussian kernel, maximal difference", {}),
        ("gsva_gaussian_maxdev", "Gaussian kernel, maximal deviation", {"statistic": "max_deviation"}),
        ("gsva_gaussian_absranking", "Gaussian kernel, absolute ranking", {"absolute_ranking": True}),
        (
            "gsva_gaussian_size10to100",
            "Gaussian kernel, sets of 10 to 100 genes",
            {"smallest_set": 10, "largest_set": 100},
        ),
        ("gsva_nokernel_maxdiff", "no kernel", {"kernel": "none"}),
        ("gsva_poisson_maxdiff", "Poisson kernel", {"kernel": "poisson"}),
    ],
)
def test_scores_equal_rs(shared_reference, name, quantity, changes):
    """R reads the normal distribution from a table, drops constant genes, and keeps ties in the order of the file."""
    data, sets = golden(shared_reference, "counts" if changes.get("kernel") == "poisson" else "expression")
    found = gsva(data, sets, GsvaSettings(**(ALL | changes)))
    expected = read_table(shared_reference, f"r4_gene_sets/expected/{name}", index_col=0)
    assert list(found.scores.index) == list(expected.index)
    agree("expression.gsva", quantity, found.scores, expected.to_numpy().ravel())


def rs_order(train, test):
    """R's kernel estimate and its order written out, adding sample after sample."""
    table = ndtr(10.0 * np.arange(10001) / 10000)
    v = (test[:, :, None] - train[:, None, :]) / (train.std(axis=1, ddof=1) / 4)[:, None, None]
    tail = np.where(np.abs(v) > 10, 1.0, table[np.minimum(np.abs(v) / 10 * 10000, 10000).astype(int)])
    share = np.where(v < 0, 1 - tail, tail).cumsum(axis=2)[:, :, -1] / train.shape[1]
    with np.errstate(divide="ignore"):
        return np.argsort(np.log((1 - share) / share), axis=0, kind="stable")


@pytest.mark.parametrize("seed", range(4))
def test_sums_of_whole_numbers_give_the_order_of_rs_own_sums(seed):
    """Also with many equal values, very skewed genes, equal genes, and few samples; own samples and new ones."""
    rng = np.random.default_rng(seed)
    n = (4, 7, 50, 123)[seed]
    values = rng.normal(size=(150, n)) * rng.gamma(1, 1, size=(150, 1))
    values[20:60] = np.where(rng.random((40, n)) < 0.8, 0.0, values[20:60])  # mostly zeros, as lowly expressed genes
    values[60:80] = np.round(values[60:80], 1)
    values[80:90] = np.exp(4 * values[80:90])
    values[90:100] = values[80:90]
    values = np.ascontiguousarray(values[values.std(axis=1) > 0])
    bandwidth = values.std(axis=1, ddof=1) / 4
    np.testing.assert_array_equal(descending_order(values, bandwidth, values, "gaussian"), rs_order(values, values))
    new = np.column_stack([values[:, :2], values[:, 0] * 1.5, rng.normal(size=len(values)), values[:, 1] + 100])
    np.testing.assert_array_equal(descending_order(values, bandwidth, new, "gaussian"), rs_order(values, new))


@pytest.mark.parametrize("kernel", ["gaussian", "none", "poisson"])
def test_a_new_sample_is_scored_alone_as_in_company(kernel):
    if kernel == "poisson":
        values = np.random.default_rng(0).poisson(30, size=(60, 25)).astype(float)
        train, new = matrix(values[:, :20], ExpressionUnit.counts), matrix(values[:, 20:], ExpressionUnit.counts)
    else:
        train, new = normal(60, 20), normal(60, 5, seed=1)
    fit = fit_gsva(train, of(range(12), range(30, 50)), GsvaSettings(kernel=kernel))
    together = apply_gsva(fit, new).scores
    alone = apply_gsva(fit, ExpressionMatrix(new.values[:, 2:3], new.genes, ("s2",), new.unit)).scores
    pd.testing.assert_series_equal(together["s2"], alone["s2"])


def test_the_training_samples_get_their_own_scores_again():
    data = normal(60, 20)
    sets = of(range(12), range(30, 50))
    pd.testing.assert_frame_equal(apply_gsva(fit_gsva(data, sets), data).scores, gsva(data, sets).scores)


@given(seed=st.integers(0, 50))
def test_genes_and_samples_may_come_in_any_order_and_each_gene_on_its_own_scale(seed):
    rng = np.random.default_rng(seed)
    data, sets = normal(50, 10, seed), of(range(10), range(20, 45))
    genes, samples = rng.permutation(50), rng.permutation(10)
    moved = data.values * rng.uniform(0.5, 2, (50, 1)) + rng.normal(size=(50, 1))
    other = ExpressionMatrix(
        np.ascontiguousarray(moved[genes][:, samples]),
        tuple(data.genes[i] for i in genes),
        tuple(data.samples[i] for i in samples),
        ExpressionUnit.zscore,
    )
    first, second = gsva(data, sets).scores, gsva(other, sets).scores
    np.testing.assert_allclose(second[first.columns].to_numpy(), first.to_numpy(), atol=1e-12)


def test_a_set_of_the_highest_genes_scores_high_and_of_the_lowest_low():
    values = np.random.default_rng(0).normal(size=(60, 20))
    values[:12, 0] += 5
    values[20:32, 0] -= 5
    scores = gsva(matrix(values), of(range(12), range(20, 32))).scores["s0"]
    assert scores["a"] > 0.8
    assert scores["b"] < -0.8


def test_constant_genes_are_left_out_and_counted():
    values = np.random.default_rng(0).normal(size=(30, 6))
    values[3] = 7.0
    fit = fit_gsva(matrix(values), of(range(12)))
    assert fit.n_constant == 1
    assert fit.coverage[0].n_found == 11


def test_sets_of_other_sizes_are_told_with_the_reason():
    found = gsva(normal(30, 6), of(range(3), range(12)))
    assert list(found.scores.index) == ["b"]
    told = found.coverage_frame()
    assert told.loc[0, "reason"] == "3 of its genes are in the matrix, expected at least 10"
    assert list(found.to_frame().columns) == ["set", "sample", "score"]
    assert len(found.to_frame()) == 6


@pytest.mark.parametrize(
    ("unit", "kernel"), [("counts", "gaussian"), ("fpkm", "gaussian"), ("log2", "poisson"), ("counts", "none")]
)
def test_a_unit_that_does_not_suit_the_kernel_is_refused_by_name(unit, kernel):
    with pytest.raises(UnitRefused, match=f"unit: found {unit}, expected .* for gsva with the kernel '{kernel}'"):
        fit_gsva(normal(20, 4, unit=ExpressionUnit(unit)), [], GsvaSettings(kernel=kernel))


def test_samples_of_another_unit_or_with_other_genes_are_refused():
    fit = fit_gsva(normal(20, 4), of(range(12)))
    with pytest.raises(UnitRefused, match="found zscore, expected log2 for gsva fitted on that unit"):
        apply_gsva(fit, normal(20, 2, unit=ExpressionUnit.zscore))
    with pytest.raises(BadInput, match=r"found 2 genes missing \(g18, g19\), expected all 20 that gsva was fitted on"):
        apply_gsva(fit, normal(18, 2))


def test_gaps_negative_counts_and_a_single_sample_are_refused():
    values = np.ones((20, 3))
    values[2, 1] = np.nan
    with pytest.raises(BadInput, match="gene g2, sample s1: found nan"):
        fit_gsva(matrix(values), [])
    with pytest.raises(BadInput, match="found 1 samples, expected at least 2"):
        fit_gsva(normal(20, 1), [])
    with pytest.raises(BadInput, match="found negative counts"):
        fit_gsva(normal(20, 3, unit=ExpressionUnit.counts), [], GsvaSettings(kernel="poisson"))


def test_the_poisson_kernel_is_scipys_from_single_reads_to_hundreds_of_thousands():
    rng = np.random.default_rng(0)
    mean = np.exp(rng.uniform(0, 12, size=(40, 1)))
    train, new = (rng.negative_binomial(3, 3 / (3 + mean), size=(40, n)).astype(float) for n in (20, 6))
    share = pdtr(new[:, :, None], train[:, None, :] + 0.5).mean(axis=2)
    expected = np.argsort(-share, axis=0, kind="stable")
    np.testing.assert_array_equal(descending_order(train, np.empty(0), new, "poisson"), expected)
