"""Samples that are one are found, persons who are alike are not called so."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import duplicate_samples
from radgen_assets_tests.science.expression.checks.made import of, tumours


def with_copy(matrix, source=2, noise=0.1, seed=1):
    """The matrix with another measurement of one of its samples, as the last."""
    rng = np.random.default_rng(seed)
    copy = matrix.values[:, source] + rng.normal(0, noise, len(matrix.genes))
    return replace(matrix, values=np.column_stack([matrix.values, copy]), samples=(*matrix.samples, "COPY"))


def test_tumours_of_one_subtype_are_no_duplicates():
    found = duplicate_samples(tumours())
    assert found.pairs == ()
    assert len(found.correlations) == 60 * 59 // 2


@pytest.mark.parametrize("noise", [0.0, 0.1, 0.15])
def test_a_second_measurement_of_a_sample_is_found(noise):
    (pair,) = duplicate_samples(with_copy(tumours(), noise=noise)).pairs
    assert (pair.first, pair.second, pair.one_person) == ("P2", "COPY", False)
    assert pair.correlation > 0.97


def test_the_same_counts_at_half_the_depth_are_found():
    rng = np.random.default_rng(3)
    levels = np.exp2(tumours().values)
    counts = rng.poisson(levels * 40).astype(float)
    half = rng.poisson(counts[:, [0]] / 2).astype(float)
    found = duplicate_samples(of(np.hstack([counts, half]), ExpressionUnit.counts))
    assert [(pair.first, pair.second) for pair in found.pairs] == [("P0", "P60")]


def test_samples_of_one_person_are_told_apart_from_those_of_two():
    matrix = with_copy(tumours())
    known = duplicate_samples(matrix, pd.Series({"P2": "somebody", "COPY": "somebody"}))
    assert [pair.one_person for pair in known.pairs] == [True]
    assert known.between_persons == ()
    unknown = duplicate_samples(matrix, pd.Series({"P2": "somebody", "COPY": None}))
    assert len(unknown.between_persons) == 1


def test_three_samples_that_are_one_are_three_pairs():
    matrix = with_copy(with_copy(tumours()), seed=2)
    matrix = replace(matrix, samples=(*matrix.samples[:-1], "COPY2"))
    assert len(duplicate_samples(matrix).pairs) == 3


def test_every_sample_has_its_most_alike_other():
    frame = duplicate_samples(with_copy(tumours())).to_frame().set_index("sample")
    assert frame.loc["COPY", "nearest"] == "P2"
    assert frame.loc["P2", "nearest"] == "COPY"
    assert frame["is_duplicate"].sum() == 2
    assert frame.loc[["P2", "COPY"], "one_person"].tolist() == [False, False]
    assert frame["one_person"].isna().sum() == 59


def test_a_sample_without_any_deviation_is_like_nobody():
    values = tumours().values.copy()
    values[:, 4] = np.median(np.delete(values, 4, axis=1), axis=1)
    found = duplicate_samples(of(values))
    assert np.isfinite(found.correlations).all()
    assert found.pairs == ()


def test_order_does_not_matter():
    matrix = with_copy(tumours())
    order = np.random.default_rng(4).permutation(61)
    turned = replace(matrix, values=matrix.values[:, order], samples=tuple(matrix.samples[i] for i in order))
    (pair,) = duplicate_samples(turned).pairs
    assert {pair.first, pair.second} == {"P2", "COPY"}


def test_too_few_samples_are_refused():
    with pytest.raises(BadInput, match="samples: found 3, expected at least 10"):
        duplicate_samples(tumours(3))


def test_persons_named_twice_are_refused():
    with pytest.raises(UsedWrongly, match="persons names a sample twice"):
        duplicate_samples(tumours(), pd.Series(["a", "b"], index=["P1", "P1"]))


def test_all_pairs_of_five_hundred_samples_are_compared_at_once():
    matrix = with_copy(tumours(500, n_genes=6000))
    started = time.perf_counter()
    assert len(duplicate_samples(matrix).pairs) == 1
    assert time.perf_counter() - started < 30  # about half a second alone
