"""Kappa equals R psych's, but for its weighted standard error, which follows the paper instead."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement import cohen_kappa
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

WEIGHTS = ("none", "linear", "quadratic")


def agree_each(function, quantity, found, expected):
    """Each number by its own size: a small P beside large degrees of freedom."""
    for one, other in zip(found, expected, strict=True):
        agree(function, quantity, one, other)


@pytest.mark.parametrize(("weights", "key"), [("none", "unweighted"), ("linear", "linear"), ("quadratic", "quadratic")])
def test_kappa_equals_psych(shared_reference, weights, key):
    golden = read_json(shared_reference, "r6_agreement/expected/kappa_dice")[f"cohen_{key}"]
    table = read_table(shared_reference, "r6_agreement/data/ratings")
    result = cohen_kappa(table["a"], table["b"], weights=weights)
    agree("agreement.cohen_kappa", "kappa", result.value, golden["kappa"])
    if weights == "none":
        found, expected = [result.std_err, result.low, result.high], [golden[n] for n in ("se", "ci_low", "ci_high")]
        agree_each("agreement.cohen_kappa", "se, limits, unweighted", found, expected)
    else:
        other = cohens_kappa(result.table, wt=weights)
        agree("agreement.cohen_kappa", "se, weighted", result.std_err, other.std_kappa)
        assert psychs_se(result, weights) == pytest.approx(golden["se"], rel=1e-12)
        assert result.std_err > 1.1 * golden["se"]
        assert jackknife_se(table, weights) == pytest.approx(result.std_err, rel=0.03)


def psychs_se(result, weights):
    """The second margin is weighed by the row's own total: why R's number differs."""
    k = len(result.classes)
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    credit = 1 - distance ** (1 if weights == "linear" else 2)
    share = result.table / result.n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    margins = (credit @ columns)[:, None] + (rows * credit.sum(axis=1))[None, :]
    spread = (share * (credit * (1 - result.expected) - margins * (1 - result.observed)) ** 2).sum()
    spread -= (result.observed * result.expected - 2 * result.expected + result.observed) ** 2
    return np.sqrt(spread / result.n) / (1 - result.expected) ** 2


def jackknife_se(table, weights):
    kept = [cohen_kappa(t["a"], t["b"], weights=weights).value for t in (table.drop(index=i) for i in table.index)]
    n = len(kept)
    return np.sqrt((n - 1) / n * ((np.array(kept) - np.mean(kept)) ** 2).sum())


@given(seed=st.integers(0, 1000), weights=st.sampled_from(WEIGHTS))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_order_of_subjects_and_readers_does_not_matter(seed, weights):
    generator = np.random.default_rng(seed)
    a = generator.integers(0, 4, 30)
    b = np.where(generator.random(30) < 0.6, a, generator.integers(0, 4, 30))
    order = generator.permutation(30)
    one, other = (cohen_kappa(*pair, weights=weights) for pair in ((a, b), (b[order], a[order])))
    assert other.value == pytest.approx(one.value)
    assert other.std_err == pytest.approx(one.std_err)


def test_two_classes_weigh_the_same_in_every_way():
    values = [cohen_kappa(list("aabbab"), list("ababab"), weights=weights).value for weights in WEIGHTS]
    assert values == pytest.approx([values[0]] * 3)


def test_complete_agreement_is_one_without_error():
    result = cohen_kappa([1, 2, 3, 1], [1, 2, 3, 1])
    assert (result.value, result.std_err) == (1, 0)


def test_a_class_that_nobody_told_changes_the_weights():
    a, b = [1, 1, 2, 2, 1], [1, 2, 2, 1, 1]
    assert cohen_kappa(a, b, weights="linear").value == pytest.approx(
        cohen_kappa(a, b, weights="linear", classes=[1, 2, 3, 4]).value
    )
    three, wide = [1, 1, 2, 4, 1], [1, 2, 2, 1, 4]
    narrow = cohen_kappa(three, wide, weights="linear").value
    assert cohen_kappa(three, wide, weights="linear", classes=[1, 2, 3, 4]).value != pytest.approx(narrow)


def test_what_kappa_cannot_tell_is_refused():
    with pytest.raises(BadInput, match="one and the same class of everyone"):
        cohen_kappa([1, 1], [1, 1])
    with pytest.raises(BadInput, match="found 1 missing"):
        cohen_kappa([1, None], [1, 2])
    with pytest.raises(UsedWrongly, match=r"shapes \(2,\) and \(3,\)"):
        cohen_kappa([1, 2], [1, 2, 3])
    with pytest.raises(UsedWrongly, match="found the weights 'cubic'"):
        cohen_kappa([1, 2], [1, 2], weights="cubic")
    with pytest.raises(UsedWrongly, match="found the label '3', expected one of 1, 2"):
        cohen_kappa([1, 3], [1, 2], classes=[1, 2])
