"""Subtypes by the nearest centroid: Verhaak's own samples get their own labels again."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import fit_centroids, subtype_by_centroid
from radgen_assets_tests.science.expression.gene_sets.golden_sets import matrix, normal


def verhaak(shared_data):
    table = pd.read_csv(
        shared_data / "gene_sets/TCGA_unified_CORE_ClaNC840.txt.gz", sep="\t", index_col=0, low_memory=False
    )
    labels = table.iloc[0, 1:].rename("subtype")
    values = table.iloc[1:, 1:].astype(float)
    return ExpressionMatrix(
        values.to_numpy(), tuple(values.index), tuple(values.columns), ExpressionUnit.zscore
    ), labels


def test_172_of_verhaaks_173_samples_are_called_as_labelled(shared_data):
    data, labels = verhaak(shared_data)
    centroids = fit_centroids(data, labels)
    assert centroids.classes == ("Classical", "Mesenchymal", "Neural", "Proneural")
    found = subtype_by_centroid(data, centroids, centring="none").table.set_index("sample")
    assert (found["subtype"] == labels[found.index]).sum() == 172
    wrong = found[found["subtype"] != labels[found.index]]
    assert (wrong["margin"] < found["margin"].median()).all()


def made(n=40, seed=0):
    """Two classes, each with 15 genes of its own."""
    rng = np.random.default_rng(seed)
    values, labels = rng.normal(size=(30, n)), np.where(np.arange(n) % 2, "x", "y")
    values[:15, labels == "x"] += 2
    values[15:, labels == "y"] += 2
    data = matrix(values)
    return data, pd.Series(labels, index=data.samples)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@pytest.mark.parametrize("centring", ["cohort", "training"])
def test_new_samples_are_called_right_where_classes_differ(method, centring):
    centroids = fit_centroids(*made())
    data, labels = made(20, seed=1)
    found = subtype_by_centroid(data, centroids, centring=centring, method=method).table.set_index("sample")
    assert (found["subtype"] == labels).all()
    np.testing.assert_allclose(found["margin"], (found["x"] - found["y"]).abs())
    np.testing.assert_allclose(found["correlation"], found[["x", "y"]].max(axis=1))


def test_a_shift_of_a_platform_is_taken_out_within_the_cohort_only():
    centroids = fit_centroids(*made())
    data, labels = made(20, seed=1)
    shifted = matrix(data.values * 2 + 10 * (np.arange(30) < 15)[:, None])  # probes of the genes of x bind better
    within = subtype_by_centroid(shifted, centroids).table.set_index("sample")
    assert (within["subtype"] == labels).all()
    by_training = subtype_by_centroid(shifted, centroids, centring="training").table.set_index("sample")
    assert (by_training["subtype"] == "x").all()


def test_missing_genes_are_told_or_refused():
    data, _ = made()
    centroids = fit_centroids(*made())
    fewer = matrix(data.values[:27])
    found = subtype_by_centroid(fewer, centroids)
    assert found.not_measured == ("g27", "g28", "g29")
    with pytest.raises(BadInput, match=r"found 27 of 30 .* expected at least 95%"):
        subtype_by_centroid(fewer, centroids, smallest_share=0.95)


def test_a_sample_without_any_spread_has_no_subtype():
    centroids = fit_centroids(*made())
    values = np.column_stack([np.zeros(30), made()[0].values[:, 1]])
    found = subtype_by_centroid(matrix(values, ExpressionUnit.zscore), centroids, centring="none").table
    assert found["subtype"][0] is None
    assert found["status"][0] == "one value in all genes"
    assert found["status"][1] == "called"


def test_units_that_do_not_suit_the_centring_are_refused_by_name():
    centroids = fit_centroids(*made())
    with pytest.raises(UnitRefused, match="found log2, expected zscore for subtype_by_centroid without centring"):
        subtype_by_centroid(normal(30, 4), centroids, centring="none")
    with pytest.raises(UnitRefused, match="found counts, expected log2 or zscore for subtype_by_centroid centred"):
        subtype_by_centroid(normal(30, 4, unit=ExpressionUnit.counts), centroids)
    with pytest.raises(UnitRefused, match="found zscore, expected log2 for subtype_by_centroid centred by training"):
        subtype_by_centroid(normal(30, 4, unit=ExpressionUnit.zscore), centroids, centring="training")
    with pytest.raises(UnitRefused, match="found fpkm, expected log2 or zscore for fit_centroids"):
        fit_centroids(normal(30, 4, unit=ExpressionUnit.fpkm), pd.Series(dtype=object))
    with pytest.raises(UsedWrongly, match="found 'platform' and 'pearson'"):
        subtype_by_centroid(normal(30, 4), centroids, centring="platform")


def test_labels_of_one_class_are_refused():
    data, labels = made()
    with pytest.raises(BadInput, match="found 1 classes in 20 samples with a label, expected at least 2"):
        fit_centroids(data, labels[labels == "x"])
    with pytest.raises(BadInput, match="found 1 samples, expected at least 2 to centre"):
        subtype_by_centroid(normal(30, 1), fit_centroids(data, labels))
