"""Linear removal of batch effects: limma's values, and what it must not remove."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.errors import Confounded, UnitRefused, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import remove_batch_effect
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.batch.batches_of_r import golden, made, of, stored

CASES = {
    "batch": ("remove_batch_effect", {}),
    "batch, group kept": ("remove_batch_effect_group", {"design": ["group"]}),
    "batch and age, group kept": (
        "remove_batch_effect_group_covariate_age",
        {"design": ["group"], "covariates": ["age"]},
    ),
}


@pytest.mark.parametrize("quantity", CASES)
def test_values_are_those_of_limma(shared_reference, quantity):
    matrix, samples = golden(shared_reference)
    name, columns = CASES[quantity]
    given = {key: samples[names] for key, names in columns.items()}
    found = remove_batch_effect(matrix, samples["batch"], **given)
    agree("expression.remove_batch_effect", quantity, *stored(shared_reference, name, found))


def test_batches_have_equal_means_and_the_mean_over_batches_stays():
    matrix, samples = made()
    found = remove_batch_effect(matrix, samples["batch"])
    means = [found.values[:, samples["batch"] == level].mean(axis=1) for level in "ABC"]
    before = [matrix.values[:, samples["batch"] == level].mean(axis=1) for level in "ABC"]
    np.testing.assert_allclose(means, [np.mean(before, axis=0)] * 3)


def test_two_crossed_batches_go_together():
    matrix, samples = made()
    day = samples["group"].rename("day")
    found = remove_batch_effect(matrix, samples["batch"], second=day)
    again = remove_batch_effect(matrix, day, second=samples["batch"])
    np.testing.assert_allclose(found.values, again.values)
    np.testing.assert_allclose(remove_batch_effect(found, day).values, found.values)


def test_a_group_in_the_design_keeps_its_difference():
    matrix, samples = made(sizes=(10, 10))
    group = (samples["group"] == "b").to_numpy()
    planted = of(matrix.values + 5 * group)
    found = remove_batch_effect(planted, samples["batch"], design=samples[["group"]])
    without = remove_batch_effect(matrix, samples["batch"], design=samples[["group"]])
    np.testing.assert_allclose(
        found.values - without.values, np.broadcast_to(5 * group, matrix.values.shape), atol=1e-9
    )


def test_what_goes_and_what_stays_must_be_told_apart():
    matrix, samples = made(sizes=(8, 8))
    tissue = np.where(samples["batch"] == "A", "normal", "tumour")
    with pytest.raises(Confounded, match="batch 'batch' and covariate 'tissue' cannot be told apart"):
        remove_batch_effect(matrix, samples["batch"], design=samples.assign(tissue=tissue)[["tissue"]])
    with pytest.raises(Confounded, match="batch 'batch' and batch 'lane'"):
        remove_batch_effect(matrix, samples["batch"], second=samples["batch"].str.lower().rename("lane"))


def test_what_cannot_be_removed_is_refused():
    matrix, samples = made()
    with pytest.raises(UsedWrongly, match=r"found one batch \('A'\) in 'batch', expected two"):
        remove_batch_effect(matrix, samples["batch"].replace(["B", "C"], "A"))
    with pytest.raises(UsedWrongly, match="covariate 'group' is no number"):
        remove_batch_effect(matrix, samples["batch"], covariates=samples[["group"]])
    with pytest.raises(UnitRefused, match="log2 for remove_batch_effect"):
        remove_batch_effect(of(matrix.values, unit=ExpressionUnit.counts), samples["batch"])
