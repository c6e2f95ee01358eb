"""Levene's test equals R car's with three centres; the filter keeps changes of variance and drops shifts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement import levene_filter
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

CENTRES = {"median": "median_brown_forsythe", "mean": "mean", "trimmed_mean": "trimmed_10_percent"}
VARIABLES = ["age", "skew", "score"]


@pytest.mark.parametrize("centre", CENTRES)
def test_levenes_test_equals_car(shared_reference, centre):
    tests = read_json(shared_reference, "r6_agreement/expected/tests")
    golden = [tests[f"levene_{name}"][CENTRES[centre]] for name in VARIABLES]
    table = read_table(shared_reference, "r6_agreement/data/clinical")
    result = levene_filter(table[VARIABLES], table["group"], centre=centre)
    agree("agreement.levene_filter", "F", result.f, [each["F"] for each in golden])
    agree("agreement.levene_filter", "P", result.p, [each["p"] for each in golden])
    assert [result.df1, result.df2] == golden[0]["df"]


def test_a_change_of_variance_is_kept_and_a_shift_is_dropped():
    generator = np.random.default_rng(0)
    group = np.repeat(["low", "high"], 40)
    wide, shifted = generator.normal(size=(2, 80))
    frame = pd.DataFrame({"wide": wide * np.repeat([1, 4], 40), "shifted": shifted + np.repeat([0, 9], 40)})
    result = levene_filter(frame, group)
    assert list(result.to_frame()["kept"]) == [True, False]
    assert result.dropped == ("shifted",)


@given(seed=st.integers(0, 1000), centre=st.sampled_from(list(CENTRES)))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_order_shift_and_unit_do_not_matter_and_many_are_as_one(seed, centre):
    generator = np.random.default_rng(seed)
    x, group = generator.normal(size=(25, 4)), np.arange(25) % 3
    order = generator.permutation(25)
    one = levene_filter(x, group, centre=centre)
    moved = levene_filter(7 - 3 * x[order], group[order], centre=centre)
    np.testing.assert_allclose(moved.p, one.p, rtol=1e-8)
    np.testing.assert_allclose([levene_filter(x[:, i], group, centre=centre).p[0] for i in range(4)], one.p, rtol=1e-12)


def test_features_without_variance_are_dropped_and_named_constant():
    group = ["a", "a", "b", "b", "b"]
    frame = pd.DataFrame({"constant": [0.1] * 5, "of_group": [1.0, 1, 2, 2, 2], "step": [1.0, -1, 3, -3, np.nan]})
    result = levene_filter(frame[["constant", "of_group"]], group)
    assert result.status == ("constant", "constant")
    assert not result.kept.any()
    assert np.isnan(result.p).all()
    exact = levene_filter(frame["step"][:4], group[:4], centre="mean")
    assert (exact.status, exact.p[0], exact.f[0], bool(exact.kept[0])) == (("no_residual",), 0, np.inf, True)
    with pytest.raises(BadInput, match="step: found NaN or infinity"):
        levene_filter(frame, group)


def test_what_cannot_be_tested_is_refused():
    x = np.zeros((4, 2))
    with pytest.raises(UsedWrongly, match="found 1 groups of 4 patients"):
        levene_filter(x, ["a"] * 4)
    with pytest.raises(UsedWrongly, match="found 4 groups of 4 patients"):
        levene_filter(x, list("abcd"))
    with pytest.raises(UsedWrongly, match=r"groups of shape \(3,\), expected \(4,\)"):
        levene_filter(x, list("abc"))
    with pytest.raises(UsedWrongly, match="found the centre 'mode'"):
        levene_filter(x, list("aabb"), centre="mode")
    with pytest.raises(UsedWrongly, match="found 1 names for 2 features"):
        levene_filter(x, list("aabb"), names=["one"])
    with pytest.raises(UsedWrongly, match="expected \\(patients, features\\)"):
        levene_filter(np.zeros((4, 0)), list("aabb"))
