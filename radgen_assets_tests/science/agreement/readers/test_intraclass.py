"""Intraclass correlation equals R psych's six forms, and says what it cannot estimate."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement import intraclass_correlation
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

TABLES = ("shrout_fleiss", "good", "poor", "perfect_nearly", "biased_reader")


def agree_each(function, quantity, found, expected):
    """Each number by its own size: a small P beside large degrees of freedom."""
    for one, other in zip(found, expected, strict=True):
        agree(function, quantity, one, other)


def ratings(seed, n=12, k=3, spread=1.0):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n, 1)) * 2 + generator.normal(size=(n, k)) * spread


@pytest.mark.parametrize("name", TABLES)
def test_the_six_forms_equal_psych(shared_reference, name):
    golden = read_json(shared_reference, "r6_agreement/expected/icc")[name]
    result = intraclass_correlation(read_table(shared_reference, f"r6_agreement/data/icc_{name}").iloc[:, 1:])
    assert list(result.forms) == golden["type"]
    assert result.status == ("estimated",)
    function = "agreement.intraclass_correlation"
    agree_each(function, "six forms", result.value[0], golden["icc"])
    agree_each(function, "F", result.f[0], golden["F"])
    agree_each(function, "P", result.p[0], golden["p"])
    agree_each(function, "limits", [*result.low[0], *result.high[0]], [*golden["ci_low"], *golden["ci_high"]])
    np.testing.assert_array_equal(result.df1[0], golden["df1"])
    np.testing.assert_array_equal(result.df2[0], golden["df2"])


def test_the_table_of_shrout_and_fleiss_gives_their_printed_numbers():
    """1979, table 4: 0.17, 0.29, 0.71, 0.44, 0.62, 0.91."""
    table = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    assert [round(v, 2) for v in intraclass_correlation(table).value[0]] == [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]


def test_many_measurements_at_once_are_each_as_alone():
    many = np.stack([ratings(seed) for seed in range(20)])
    together = intraclass_correlation(many, names=[f"feature {i}" for i in range(20)])
    frame = together.of("ICC2")
    for i in range(20):
        alone = intraclass_correlation(many[i])
        for name in ("value", "low", "high", "f", "p"):
            np.testing.assert_allclose(getattr(together, name)[i], getattr(alone, name)[0], rtol=1e-12)
        assert frame.loc[f"feature {i}", "value"] == together.value[i, 1]


@given(seed=st.integers(0, 1000), shift=st.floats(-100, 100), factor=st.floats(0.01, 100))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_order_unit_and_zero_of_the_measurement_do_not_matter(seed, shift, factor):
    x = ratings(seed)
    generator = np.random.default_rng(seed)
    moved = x[generator.permutation(12)][:, generator.permutation(3)] * factor + shift
    one, other = intraclass_correlation(x), intraclass_correlation(moved)
    np.testing.assert_allclose(other.value, one.value, rtol=1e-8, atol=1e-10)
    np.testing.assert_allclose(other.low, one.low, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(other.p, one.p, rtol=1e-6, atol=1e-12)


@given(seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_a_constant_shift_of_one_reader_lowers_absolute_agreement_but_not_consistency(seed):
    x = ratings(seed)
    shifted = x + np.array([0, 0, 5.0])
    one, other = intraclass_correlation(x), intraclass_correlation(shifted)
    np.testing.assert_allclose(other.value[:, [2, 5]], one.value[:, [2, 5]], rtol=1e-9)
    assert other.value[0, 0] < one.value[0, 0]
    assert other.value[0, 1] < one.value[0, 1]


@given(seed=st.integers(0, 1000), level=st.sampled_from([0.8, 0.95, 0.99]))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_limits_hold_the_value_and_widen_with_the_level(seed, level):
    x = ratings(seed)
    result, wider = intraclass_correlation(x, level=level), intraclass_correlation(x, level=0.995)
    assert ((result.low < result.value) & (result.value < result.high)).all()
    assert ((wider.low < result.low) & (wider.high > result.high)).all()


def test_readers_that_never_differ_agree_completely():
    result = intraclass_correlation([[1, 1], [2, 2], [5, 5.0]])
    assert result.status == ("identical",)
    assert (result.value == 1).all()
    assert (result.low == 1).all()
    assert (result.f == np.inf).all()
    assert (result.p == 0).all()


def test_readers_that_differ_by_a_constant_are_consistent_but_do_not_agree():
    result = intraclass_correlation([[1, 2], [2, 3], [3, 4.0]])
    assert result.status == ("shifted",)
    assert (result.value[0, [2, 5]] == 1).all()
    assert (result.low[0, [2, 5]] == 1).all()
    assert result.value[0, 1] == pytest.approx(2 / 3)
    assert np.isfinite(result.low).all()
    assert np.isfinite(result.high).all()


@pytest.mark.parametrize(
    ("table", "status"), [([[3, 3], [3, 3.0]], "constant"), ([[1, 2], [2, 1.0]], "subjects_alike")]
)
def test_subjects_that_do_not_differ_leave_nothing_to_estimate_and_the_status_says_so(table, status):
    result = intraclass_correlation(table)
    assert result.status == (status,)
    assert np.isnan(result.value).all()
    assert np.isnan(result.p).all()


def test_a_constant_far_from_zero_is_constant_in_spite_of_rounding():
    assert intraclass_correlation(np.full((5, 3), 0.1) + 1e9).status == ("constant",)


def test_two_subjects_and_two_readers_are_enough():
    result = intraclass_correlation([[1, 2], [7, 7.5]])
    assert result.status == ("estimated",)
    assert np.isfinite([result.low, result.high, result.p]).all()
    assert (result.low < result.value).all()


def test_agreement_worse_than_chance_is_negative_and_stays_so():
    result = intraclass_correlation([[1, 9], [2, 7], [8, 3], [9, 1.5]])
    assert (result.value[0, :3] < 0).all()
    assert (result.p > 0.5).all()


@pytest.mark.parametrize("shape", [(3,), (1, 2), (3, 1), (0, 3, 2), (2, 2, 2, 2)])
def test_ratings_of_another_shape_are_refused(shape):
    with pytest.raises(UsedWrongly, match="expected \\(subjects, readers\\)"):
        intraclass_correlation(np.zeros(shape))


def test_missing_ratings_are_refused_by_name():
    x = np.stack([ratings(0), ratings(1)])
    x[1, 3, 0] = np.nan
    with pytest.raises(BadInput, match="texture: found 1 values that are NaN or infinite"):
        intraclass_correlation(x, names=["size", "texture"])
    with pytest.raises(UsedWrongly, match="found 1 names for 2 measurements"):
        intraclass_correlation(x, names=["size"])
    with pytest.raises(UsedWrongly, match="found the level 95"):
        intraclass_correlation(ratings(0), level=95)
    with pytest.raises(UsedWrongly, match="found the form 'ICC4'"):
        intraclass_correlation(ratings(0)).of("ICC4")


@pytest.mark.slow
def test_the_interval_of_absolute_agreement_covers_the_truth():
    """Two-way random effects: subjects 4, readers 0.5, error 1, so the correlation is 4 / 5.5; 1,000 studies of 30."""
    generator = np.random.default_rng(7)
    shape, truth = (1000, 30, 4), 4 / 5.5
    x = 2 * generator.normal(size=(1000, 30, 1)) + np.sqrt(0.5) * generator.normal(size=(1000, 1, 4))
    result = intraclass_correlation(x + generator.normal(size=shape)).of("ICC2")
    covered = result["low"].le(truth).mul(result["high"].ge(truth)).mean()
    assert 0.93 <= covered <= 0.97
