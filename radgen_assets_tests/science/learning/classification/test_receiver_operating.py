"""The ROC curve, its area, points and comparisons equal R's pROC."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import (
    compare_auc,
    compare_independent_auc,
    partial_auc,
    roc_auc,
    roc_band,
    roc_curve,
    youden_points,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

SINGLE = ("asah_s100b", "asah_ndka", "asah_wfns", "roc_good", "roc_rounded", "roc_inverse")
PAIRED = ("asah_s100b_ndka", "asah_wfns_s100b", "roc_good_fair", "roc_good_rounded")


def agree_each(function, quantity, found, expected):
    """Each number by its own size: a small P beside large degrees of freedom."""
    for one, other in zip(found, expected, strict=True):
        agree(function, quantity, one, other)


@pytest.fixture
def golden(shared_reference):
    return read_json(shared_reference, "r5_cutpoint_roc/expected/roc")


def scores(shared_reference, key):
    name, *columns = key.split("_")
    table = read_table(shared_reference, f"r5_cutpoint_roc/data/{name}")
    return table["outcome" if name == "asah" else "y"], *(table[column] for column in columns)


def some_scores(seed, n=40):
    generator = np.random.default_rng(seed)
    y = np.arange(n) % 2
    return y, (generator.normal(size=n) + y).round(1)


@pytest.mark.parametrize("key", SINGLE)
def test_the_area_and_its_delong_interval_equal_proc(shared_reference, golden, key):
    result, expected = roc_auc(*scores(shared_reference, key)), golden["single"][key]
    found = [result.value, result.std_err, result.low, result.high]
    names = ("auc", "se", "ci_low", "ci_high")
    agree_each("learning.roc_auc", "area, DeLong se, limits", found, [expected[name] for name in names])


@pytest.mark.parametrize("key", PAIRED)
def test_the_paired_test_equals_proc(shared_reference, golden, key):
    result, expected = compare_auc(*scores(shared_reference, key)), golden["paired_delong"][key]
    found = [result.z, result.p, result.low, result.high]
    agree_each(
        "learning.compare_auc", "z, P, limits", found, [expected["z"], expected["p"], *expected["difference_ci"]]
    )


def test_the_unpaired_test_equals_proc(shared_reference, golden):
    y, good, fair = scores(shared_reference, "roc_good_fair")
    result = compare_independent_auc(roc_auc(y[:150], good[:150]), roc_auc(y[150:], fair[150:]))
    expected = golden["unpaired_delong"]
    found = [result.t, result.df, result.p]
    agree_each("learning.compare_independent_auc", "t, df, P", found, [expected[name] for name in ("d", "df", "p")])


@pytest.mark.parametrize("key", SINGLE)
def test_the_curve_passes_through_procs_points(shared_reference, golden, key):
    """pROC's thresholds lie between values, ours on them; the points are the same."""
    _, sensitivity, specificity = roc_curve(*scores(shared_reference, key))
    expected = golden["single"][key]
    found = [*sensitivity[::-1], *specificity[::-1]]
    agree("learning.roc_curve", "all points", found, [*expected["sensitivities"], *expected["specificities"]])


@pytest.mark.parametrize("key", SINGLE)
def test_youdens_point_equals_proc_and_ties_are_all_told(shared_reference, golden, key):
    points, expected = youden_points(*scores(shared_reference, key)), golden["single"][key]["youden"]
    for name in ("threshold", "sensitivity", "specificity"):
        found = [getattr(point, name) for point in points]
        agree("learning.youden_points", "threshold, sensitivity, specificity", found, expected[name])


@pytest.mark.parametrize("key", SINGLE)
def test_the_partial_area_equals_proc(shared_reference, golden, key):
    y, score = scores(shared_reference, key)
    expected = golden["single"][key]["partial_auc_spec_1_0.9"]
    agree("learning.partial_auc", "specificity 0.9 to 1", partial_auc(y, score), expected)


@given(seed=st.integers(0, 1000), cut=st.floats(0.01, 0.99))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_parts_of_the_area_add_up_to_the_whole(seed, cut):
    y, score = some_scores(seed)
    parts = [partial_auc(y, score, specificity=ends) for ends in ((0, cut), (cut, 1))]
    assert sum(parts) == pytest.approx(roc_auc(y, score).value)


@given(seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_youdens_index_is_the_largest_of_all_thresholds(seed):
    y, score = some_scores(seed)
    _, sensitivity, specificity = roc_curve(y, score)
    points = youden_points(y, score)
    for point in points:
        assert point.index == pytest.approx((sensitivity + specificity - 1).max())
        called = score > point.threshold
        assert point.sensitivity == pytest.approx(called[y == 1].mean())
        assert point.specificity == pytest.approx((~called[y == 0]).mean())
    moved = youden_points(y[::-1], np.exp(score[::-1]))
    assert [p.sensitivity for p in moved] == [p.sensitivity for p in points]


@given(seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_exchanging_the_scores_turns_both_comparisons(seed):
    y, first = some_scores(seed)
    second = some_scores(seed + 1)[1]
    one, other = compare_auc(y, first, second), compare_auc(y, second, first)
    assert (one.value, one.p) == (pytest.approx(-other.value), pytest.approx(other.p))
    a, b = roc_auc(y, first), roc_auc(y, second)
    unpaired, turned = compare_independent_auc(a, b), compare_independent_auc(b, a)
    assert (unpaired.t, unpaired.df, unpaired.p) == (
        pytest.approx(-turned.t), pytest.approx(turned.df), pytest.approx(turned.p)
    )  # fmt: skip


def test_two_areas_that_cannot_vary_are_not_compared():
    perfect = roc_auc([0, 0, 1, 1], [1, 2, 3, 4])
    assert perfect.std_err == 0
    with pytest.raises(UsedWrongly, match="two areas without a standard error"):
        compare_independent_auc(perfect, perfect)
    assert compare_independent_auc(perfect, roc_auc([0, 1, 0, 1], [1, 2, 3, 4])).df == pytest.approx(3)


def test_the_band_holds_the_curve_and_its_mean_width_follows_delong(shared_reference):
    y, score = scores(shared_reference, "roc_good")
    band = roc_band(y, score, n_bootstraps=400)
    assert ((band.low <= band.sensitivity + 1e-12) & (band.sensitivity <= band.high + 1e-12)).all()
    assert (np.diff(band.sensitivity) >= 0).all()
    # curve of steps of height 1/80: the area under its tops at 101 places is within a step of the whole
    assert np.trapezoid(band.sensitivity, band.false_positive_rate) == pytest.approx(roc_auc(y, score).value, abs=0.013)
    assert band.n_bootstraps == 400
    again = roc_band(y, score, n_bootstraps=400)
    np.testing.assert_array_equal(again.low, band.low)
    assert (roc_band(y, score, n_bootstraps=400, seed=1).low != band.low).any()


def test_the_band_runs_straight_over_tied_scores():
    band = roc_band([0, 1, 0, 1], [1, 1, 1, 1], false_positive_rate=[0, 0.25, 1], n_bootstraps=20)
    assert band.sensitivity == pytest.approx([0, 0.25, 1])


def test_the_band_starts_at_the_top_of_its_first_step():
    band = roc_band([0, 0, 1, 1], [1, 3, 2, 4], false_positive_rate=[0, 0.4, 0.5, 1], n_bootstraps=20)
    assert band.sensitivity == pytest.approx([0.5, 0.5, 1, 1])


def test_the_band_resamples_persons():
    y, score = some_scores(3)
    persons = np.repeat(np.arange(4), 10)
    alone, grouped = roc_band(y, score, n_bootstraps=200), roc_band(y, score, n_bootstraps=200, persons=persons)
    assert grouped.n_bootstraps == 200
    assert (grouped.low != alone.low).any()
    with pytest.raises(UsedWrongly, match=r"found both classes in \d+ of 100 resamples"):
        roc_band([0, 0, 1, 1], [1, 2, 3, 4], persons=list("aabb")[:2] + list("bb"), n_bootstraps=100, seed=1)


def test_a_range_of_specificity_that_is_none_is_refused():
    with pytest.raises(UsedWrongly, match=r"found the specificities 1 to 0\.9"):
        partial_auc([0, 0, 1, 1], [1, 2, 3, 4], specificity=(1, 0.9))


@pytest.mark.slow
@pytest.mark.parametrize(("separation", "n_positive", "n_negative"), [(0.5, 40, 60), (1.2, 60, 60), (1.2, 30, 150)])
def test_delongs_interval_covers_the_true_area(separation, n_positive, n_negative):
    """1,000 cohorts of normal scores with unit variance: the area is Phi(separation / sqrt 2)."""
    from scipy.special import ndtr

    generator = np.random.default_rng(11)
    y = np.repeat([1, 0], [n_positive, n_negative])
    truth, covered = ndtr(separation / np.sqrt(2)), 0
    for _ in range(1000):
        result = roc_auc(y, generator.normal(size=len(y)) + separation * y)
        covered += result.low <= truth <= result.high
    assert 930 <= covered <= 970
