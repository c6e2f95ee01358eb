"""Correlation of activity with a value: set by set what agreement.correlate gives, adjusted over the sets."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.agreement import adjust_p_values, correlate
from radgen_assets.science.expression import correlate_activity, z_score_activity
from radgen_assets_tests.science.expression.gene_sets.golden_sets import normal, of


def made(n=25):
    rng = np.random.default_rng(0)
    samples = [f"s{i}" for i in range(n)]
    scores = pd.DataFrame(rng.normal(size=(6, n)).round(1), index=list("abcdef"), columns=samples)
    return scores, pd.Series(rng.normal(size=n).round(1) + scores.loc["b"], index=samples, name="dls")


def test_each_set_is_correlated_as_by_correlate():
    scores, value = made()
    found = correlate_activity(scores, value).table.set_index("set")
    for name in scores.index:
        one = correlate(scores.loc[name], value, "pearson")
        assert found.loc[name, ["pearson", "p", "low", "high"]].to_list() == pytest.approx(
            [one.estimate, one.p, one.low, one.high], rel=1e-10
        )
        ranked = correlate(scores.loc[name], value, "spearman")
        assert found.loc[name, ["spearman", "spearman_p"]].to_list() == pytest.approx(
            [ranked.estimate, ranked.p], rel=1e-10
        )
    np.testing.assert_allclose(found["p_adjusted"], adjust_p_values(found["p"]))
    np.testing.assert_allclose(found["spearman_p_adjusted"], adjust_p_values(found["spearman_p"]))


def test_patients_are_met_by_name_and_those_without_value_are_told():
    scores, value = made()
    value["s3"] = np.nan
    found = correlate_activity(scores, value.drop("s7").sample(frac=1, random_state=0))
    assert found.without_value == ("s3", "s7")
    assert found.n == 23
    expected = correlate_activity(scores.drop(columns=["s3", "s7"]), value.drop(["s3", "s7"]))
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert set(found.to_frame()["value"]) == {"dls"}


def test_a_set_with_one_score_in_all_patients_is_told_and_not_counted():
    scores, value = made()
    scores.loc["c"] = 0.5
    found = correlate_activity(scores, value).table.set_index("set")
    assert found.loc["c", "status"] == "one value in all patients"
    assert found.loc["c", ["pearson", "p", "p_adjusted"]].isna().all()
    others = found.drop("c")
    np.testing.assert_allclose(others["p_adjusted"], adjust_p_values(others["p"]))


def test_scores_of_a_method_are_taken_as_they_come():
    activity = z_score_activity(normal(30, 12), of(range(12), range(15, 30)))
    value = activity.scores.loc["a"].rename("itself")
    found = correlate_activity(activity, value).table
    assert found["pearson"][0] == pytest.approx(1)
    assert found["p"][0] < 1e-6


def test_what_cannot_be_correlated_is_refused():
    scores, value = made()
    with pytest.raises(BadInput, match="found 0 patients with score and value, expected at least 3"):
        correlate_activity(scores, value.rename(lambda s: f"x{s}"))
    with pytest.raises(BadInput, match="found one value only"):
        correlate_activity(scores, value * 0)
    with pytest.raises(BadInput, match="sample s0: found it twice"):
        correlate_activity(scores, pd.concat([value, value[:1]]))
    scores.loc["d", "s1"] = np.nan
    with pytest.raises(BadInput, match="set d: found a missing score"):
        correlate_activity(scores, value)
