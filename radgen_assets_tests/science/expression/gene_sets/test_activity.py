"""Combined z-scores and plage equal R's; new samples are scored by what the training samples taught."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import (
    SetSizes,
    apply_activity,
    fit_plage,
    fit_z_score_activity,
    plage,
    z_score_activity,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.gene_sets.golden_sets import golden, matrix, normal, of
from radgen_assets_tests.science.golden import read_table

FITS = [fit_z_score_activity, fit_plage]


def test_combined_z_scores_equal_rs(shared_reference):
    data, sets = golden(shared_reference)
    found = z_score_activity(data, sets, SetSizes(smallest_set=1)).scores
    expected = read_table(shared_reference, "r4_gene_sets/expected/zscore", index_col=0)
    assert list(found.index) == list(expected.index)
    agree("expression.z_score_activity", "scores", found, expected.to_numpy().ravel())


def test_plage_equals_rs_up_to_the_sign_of_each_set(shared_reference):
    data, sets = golden(shared_reference)
    found = plage(data, sets, SetSizes(smallest_set=1)).scores
    expected = read_table(shared_reference, "r4_gene_sets/expected/plage", index_col=0)
    assert list(found.index) == list(expected.index)
    sign = np.sign((found.to_numpy() * expected.to_numpy()).sum(axis=1, keepdims=True))
    agree("expression.plage", "scores", found, (sign * expected.to_numpy()).ravel())


@pytest.mark.parametrize("fit", FITS)
def test_training_samples_get_their_own_scores_and_new_ones_theirs_alone(fit):
    data, new = normal(40, 15), normal(40, 4, seed=1)
    learnt = fit(data, of(range(12), range(20, 40)))
    method = z_score_activity if fit is fit_z_score_activity else plage
    own = method(data, of(range(12), range(20, 40))).scores
    pd.testing.assert_frame_equal(apply_activity(learnt, data).scores, own)
    together = apply_activity(learnt, new).scores["s3"]
    alone = apply_activity(learnt, ExpressionMatrix(new.values[:, 3:], new.genes, ("s3",), new.unit)).scores["s3"]
    np.testing.assert_allclose(together, alone, rtol=1e-12)


@pytest.mark.parametrize("method", [z_score_activity, plage])
def test_a_score_rises_with_the_genes_of_its_set(method):
    values = np.random.default_rng(0).normal(size=(40, 20))
    shared = np.linspace(-2, 2, 20)
    values[:12] += shared
    scores = method(matrix(values), of(range(12))).scores.loc["a"]
    assert np.corrcoef(scores, shared)[0, 1] > 0.9


def test_scores_of_plage_have_length_one():
    scores = plage(normal(40, 20), of(range(12), range(5, 30))).scores
    np.testing.assert_allclose((scores**2).sum(axis=1), 1)


@pytest.mark.parametrize("fit", FITS)
def test_counts_are_refused_by_name_and_so_is_another_unit_than_was_learnt(fit):
    with pytest.raises(UnitRefused, match="found counts, expected log2 or zscore for"):
        fit(normal(20, 4, unit=ExpressionUnit.counts), [])
    with pytest.raises(UnitRefused, match=r"found zscore, expected log2 for .* fitted on that unit"):
        apply_activity(fit(normal(20, 4), of(range(12))), normal(20, 4, unit=ExpressionUnit.zscore))
    with pytest.raises(BadInput, match="genes missing"):
        apply_activity(fit(normal(20, 4), of(range(12))), normal(19, 4))


def test_constant_genes_are_left_out():
    values = np.random.default_rng(0).normal(size=(30, 6))
    values[3] = 7.0
    assert fit_plage(matrix(values), of(range(12))).coverage[0].n_found == 11
