"""Folds keep persons whole, classes even, and do not depend on the order of rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import person_folds


@given(seed=st.integers(0, 300), n_folds=st.integers(2, 6), n=st.integers(24, 80))
def test_a_person_stands_in_one_fold(seed, n_folds, n):
    generator = np.random.default_rng(seed)
    persons = generator.integers(0, n // 2, n)
    folds = person_folds(persons, np.zeros(n), 2 if len(set(persons)) < n_folds else n_folds, seed=seed)
    for person in set(persons):
        assert len(set(folds[persons == person])) == 1


@given(seed=st.integers(0, 300), n_folds=st.integers(2, 6), n_positive=st.integers(6, 30))
def test_each_class_is_dealt_evenly(seed, n_folds, n_positive):
    strata = np.array([1] * n_positive + [0] * 40)
    folds = person_folds(np.arange(len(strata)), strata, n_folds, seed=seed)
    for stratum in (0, 1):
        counts = np.bincount(folds[strata == stratum], minlength=n_folds)
        assert counts.max() - counts.min() <= 1
    sizes = np.bincount(folds, minlength=n_folds)
    assert sizes.max() - sizes.min() <= 1


def test_the_order_of_rows_does_not_matter():
    persons, strata = np.array([f"p{i}" for i in range(40)]), np.arange(40) % 2
    order = np.random.default_rng(1).permutation(40)
    folds = person_folds(persons, strata, 5, seed=3)
    assert np.array_equal(person_folds(persons[order], strata[order], 5, seed=3), folds[order])


def test_another_seed_gives_other_folds():
    first, second = (person_folds(np.arange(40), np.zeros(40), 5, seed=s) for s in (1, 2))
    assert (first != second).any()


def test_too_few_of_a_class_is_refused_with_the_counts():
    with pytest.raises(
        UsedWrongly, match=r"17 with 'negative', 3 with 'positive' among 20 persons, expected at least 10"
    ):
        person_folds(np.arange(20), ["positive"] * 3 + ["negative"] * 17, 5, seed=0, smallest=2)


def test_a_person_with_two_outcomes_counts_once():
    """A patient scanned before and after progression is one person, dealt with the positives."""
    folds = person_folds(["a", "a", "b", "c", "d"], ["0", "1", "0", "0", "1"], 2, seed=0)
    assert folds[0] == folds[1]
    assert folds[0] != folds[4]
