"""Families of models on the same resamples: a better one is found, equal ones are not, persons stay whole."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import bootstrap_compare, roc_auc
from radgen_assets.science.learning.classification.bootstrap_comparison import auc


def column(place):
    """A family that learns only the direction of one column."""

    def family(train, outcome, held_out, seed):
        del seed
        sign = np.sign(train[outcome == 1, place].mean() - train[outcome == 0, place].mean())
        return sign * held_out[:, place]

    return family


def cohort(n=120, seed=0):
    generator = np.random.default_rng(seed)
    y = np.arange(n) % 3 == 0
    x = generator.normal(size=(n, 2))
    x[:, 0] += 1.5 * y
    return x, y.astype(int)


def test_a_better_family_is_better_in_every_way():
    x, y = cohort()
    result = bootstrap_compare(x, y, {"noise": column(1), "signal": column(0)}, n_bootstraps=30, n_folds=5)
    (difference,) = result.differences
    assert (difference.family, difference.reference, difference.n_bootstraps) == ("signal", "noise", 30)
    assert difference.low > 0.1
    assert difference.p == pytest.approx(2 / 31)
    assert result.measures["signal"].mean() == pytest.approx(roc_auc(y, x[:, 0]).value, abs=0.05)
    assert (result.n, result.n_persons, result.n_positive) == (120, 120, 40)


def test_a_family_does_not_differ_from_itself():
    x, y = cohort()
    result = bootstrap_compare(x, y, {"a": column(0), "b": column(0)}, n_bootstraps=10, n_folds=4)
    (difference,) = result.differences
    assert (difference.value, difference.low, difference.high, difference.p) == (0, 0, 0, 1)
    np.testing.assert_array_equal(result.measures["a"], result.measures["b"])


def test_the_reference_can_be_any_family_and_turns_the_sign():
    x, y = cohort()
    families = {"noise": column(1), "signal": column(0)}
    forward = bootstrap_compare(x, y, families, n_bootstraps=10, n_folds=4).differences[0]
    back = bootstrap_compare(x, y, families, reference="signal", n_bootstraps=10, n_folds=4).differences[0]
    assert (back.family, back.value) == ("noise", pytest.approx(-forward.value))


def test_the_comparison_is_seeded():
    x, y = cohort()
    families = {"noise": column(1), "signal": column(0)}
    first, again, other = (
        bootstrap_compare(x, y, families, n_bootstraps=8, n_folds=4, seed=seed).measures["signal"] for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_person_is_never_on_both_sides():
    x, y = cohort()
    persons, y = np.repeat(np.arange(40), 3), np.repeat(np.arange(40) % 3 == 0, 3)
    x[:, 1] = persons

    def watch(train, outcome, held_out, seed):
        del outcome, seed
        assert not set(train[:, 1]) & set(held_out[:, 1])
        for rows in (train, held_out):
            _, counts = np.unique(rows[:, 1], return_counts=True)
            assert (counts % 3 == 0).all()
        return held_out[:, 0]

    result = bootstrap_compare(
        x, y, {"one": watch, "other": watch}, persons=persons, n_bootstraps=5, n_folds=4, measure=lambda y, s: 0.0
    )
    assert result.n_persons == 40


def test_the_area_alone_is_that_of_roc_auc():
    y, score = np.array([0, 1, 0, 1, 1]), np.array([1.0, 1, 2, 3, 2])
    assert auc(y, score) == pytest.approx(roc_auc(y, score).value)


def test_what_cannot_be_compared_is_refused():
    x, y = cohort()
    pair = {"a": column(0), "b": column(1)}
    with pytest.raises(UsedWrongly, match="found the families a and the reference a"):
        bootstrap_compare(x, y, {"a": column(0)})
    with pytest.raises(UsedWrongly, match="found the families none"):
        bootstrap_compare(x, y, {})
    with pytest.raises(UsedWrongly, match="the reference c"):
        bootstrap_compare(x, y, pair, reference="c")
    with pytest.raises(UsedWrongly, match="an outcome other than 0 and 1"):
        bootstrap_compare(x, y + 1, pair)
    with pytest.raises(UsedWrongly, match=r"features \(120, 2\) and outcome \(119,\)"):
        bootstrap_compare(x, y[1:], pair)
    with pytest.raises(UsedWrongly, match="found 3 persons for 120 patients"):
        bootstrap_compare(x, y, pair, persons=[1, 2, 3])
    with pytest.raises(UsedWrongly, match="family 'b' gave scores of shape"):
        bootstrap_compare(x, y, {"a": column(0), "b": lambda *_: [1.0]}, n_bootstraps=1)
    with pytest.raises(UsedWrongly, match="expected at least 10 of each"):
        bootstrap_compare(x[:30], np.arange(30) < 4, pair)
