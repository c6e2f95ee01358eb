"""Adjusted P values equal R's p.adjust; NaN stays and is not counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement import adjust_p_values
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

METHODS = ("BH", "BY", "holm", "bonferroni", "hochberg", "hommel", "none")
p_values = st.lists(st.floats(0, 1), min_size=1, max_size=25)


@pytest.mark.parametrize("method", METHODS)
def test_adjusted_values_equal_r(shared_reference, method):
    golden = read_json(shared_reference, "r6_agreement/expected/p_adjust")
    p = read_table(shared_reference, "r6_agreement/data/p_values")["p"]
    agree("agreement.adjust_p_values", method, adjust_p_values(p, method), golden[method])


@given(p=p_values, method=st.sampled_from(METHODS), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_order_does_not_matter_and_nothing_gets_smaller(p, method, seed):
    values = np.array(p)
    order = np.random.default_rng(seed).permutation(len(values))
    adjusted = adjust_p_values(values, method)
    np.testing.assert_allclose(adjust_p_values(values[order], method), adjusted[order], rtol=1e-12)
    assert (adjusted >= values * (1 - 1e-12)).all()
    assert (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(values)]) >= -1e-12).all()


@given(p=p_values)
@settings(max_examples=40, deadline=None, derandomize=True)
def test_the_methods_stand_in_their_known_order(p):
    by = {method: adjust_p_values(p, method) for method in METHODS}
    slack = 1 + 1e-12
    for stricter, milder in (
        ("bonferroni", "holm"), ("holm", "hochberg"), ("hochberg", "hommel"), ("hommel", "BH"), ("BY", "BH")
    ):  # fmt: skip
        assert (by[milder] <= by[stricter] * slack).all()


@pytest.mark.parametrize("method", METHODS)
def test_what_was_not_tested_stays_nan_and_is_not_counted(method):
    with_gap = adjust_p_values([[0.01, np.nan], [0.04, 0.5]], method)
    assert with_gap.shape == (2, 2)
    assert np.isnan(with_gap[0, 1])
    np.testing.assert_allclose(with_gap[[0, 1, 1], [0, 0, 1]], adjust_p_values([0.01, 0.04, 0.5], method))
    assert np.isnan(adjust_p_values([np.nan], method)).all()
    assert adjust_p_values([], method).shape == (0,)
    assert adjust_p_values([0.2], method) == [0.2]


def test_what_is_no_p_or_no_method_is_refused():
    with pytest.raises(BadInput, match=r"found 1\.2, expected numbers in 0"):
        adjust_p_values([0.1, 1.2])
    with pytest.raises(UsedWrongly, match="found the method 'fdr', expected one of BH, BY"):
        adjust_p_values([0.1], "fdr")
