"""Measures of a classification: by hand, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import (
    calibration_groups,
    classification_metrics,
    compare_auc,
    fit_logistic,
    logistic_path,
    roc_auc,
)


def test_auc_is_the_share_of_pairs_in_the_right_order():
    assert roc_auc([0, 1, 0, 1], [1, 2, 3, 4]).value == 0.75


def test_an_auc_below_one_half_is_not_turned():
    assert roc_auc([1, 1, 0, 0], [1, 2, 3, 4]).value == 0


@given(seed=st.integers(0, 500))
def test_auc_ignores_order_and_monotone_transforms(seed):
    generator = np.random.default_rng(seed)
    y, score = np.arange(30) % 2, generator.normal(size=30).round(1)
    order = generator.permutation(30)
    moved, plain = roc_auc(y[order], np.exp(score[order])), roc_auc(y, score)
    assert (moved.value, moved.std_err) == (pytest.approx(plain.value), pytest.approx(plain.std_err))


def test_patients_doubled_within_persons_do_not_narrow_the_interval():
    generator = np.random.default_rng(0)
    y, score = np.arange(40) % 2, generator.normal(size=40)
    persons = np.tile(np.arange(40), 2)
    clustered = roc_auc(np.tile(y, 2), np.tile(score, 2), persons=persons).std_err
    assert clustered == pytest.approx(roc_auc(y, score).std_err, rel=0.05)


def test_one_positive_has_no_delong_interval():
    with pytest.raises(UsedWrongly, match="found 1 positives and 3 negatives, expected at least 2 of each"):
        roc_auc([1, 0, 0, 0], [1, 2, 3, 4])


def test_scores_that_are_missing_or_of_others_are_refused():
    with pytest.raises(UsedWrongly, match="found 1 scores that are NaN"):
        roc_auc([1, 0], [np.nan, 1])
    with pytest.raises(UsedWrongly, match=r"shapes \(2,\) and \(3,\)"):
        roc_auc([1, 0], [1, 2, 3])
    with pytest.raises(UsedWrongly, match="an outcome other than 0 and 1"):
        roc_auc([1, 2], [1, 2])


def test_two_equal_scores_do_not_differ():
    difference = compare_auc([0, 0, 1, 1], [1, 3, 2, 4], [1, 3, 2, 4])
    assert (difference.value, difference.p) == (0, 1)


def test_measures_by_hand():
    """Three of four positives and one of two negatives found."""
    result = classification_metrics(
        [1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 1], probability=[1, 1, 1, 0, 0, 1], bootstraps=50
    )
    assert result.balanced_accuracy.value == 0.625
    assert result.recall["1"].value == 0.75
    assert result.f1["1"].value == 0.75
    assert result.mcc.value == pytest.approx(0.25)
    assert result.brier is not None
    assert result.brier.value == pytest.approx(2 / 6)


def test_calling_everyone_positive_has_a_correlation_of_zero():
    assert classification_metrics([1, 1, 0, 0], [1, 1, 1, 1], bootstraps=50).mcc.value == 0


def test_resamples_without_a_class_are_left_out_and_counted():
    result = classification_metrics([1, 0, 0, 0, 0, 0], [1, 0, 0, 0, 0, 1], bootstraps=200)
    assert "resamples without one of the classes left out" in result.balanced_accuracy.note


def test_the_bootstrap_is_seeded():
    y, calls = np.arange(20) % 2, np.arange(20) % 3 % 2
    first, again, other = (classification_metrics(y, calls, bootstraps=100, seed=s).mcc for s in (1, 1, 2))
    assert first == again
    assert (first.low, first.high) != (other.low, other.high)


def test_the_bootstrap_draws_persons():
    """Twenty patients that are two persons vary as two, not as twenty."""
    y, calls = np.tile([0, 1], 20), np.repeat([0, 1], 20)
    persons = np.repeat(["a", "b"], 20)
    alone = classification_metrics(y, calls, bootstraps=200).recall["1"]
    grouped = classification_metrics(y, calls, persons=persons, bootstraps=200).recall["1"]
    assert grouped.high - grouped.low > 2 * (alone.high - alone.low)


def test_one_class_or_an_unknown_call_is_refused():
    with pytest.raises(UsedWrongly, match="found only the class '1' in 2 outcomes"):
        classification_metrics([1, 1], [1, 0])
    with pytest.raises(UsedWrongly, match="found the predicted class '2'"):
        classification_metrics([1, 0], [1, 2])


def test_calibration_groups_hold_everyone_once():
    probability = np.linspace(0, 1, 50)
    groups = calibration_groups(probability > 0.5, probability, n_groups=5)
    assert [group.n for group in groups] == [10] * 5
    assert [group.observed for group in groups] == [0, 0, 0.5, 1, 1]
    assert groups[0].low == 0
    assert groups[0].high > 0.2


def test_equal_probabilities_are_one_group():
    groups = calibration_groups([0, 1, 1, 0], [0.5] * 4, n_groups=4)
    assert [(group.n, group.observed) for group in groups] == [(4, 0.5)]


def test_logistic_regression_names_what_it_cannot_fit():
    y, x = np.array([0, 0, 1, 1]), np.array([1.0, 2, 3, 4])
    with pytest.raises(UsedWrongly, match="no maximum, the coefficient of 'age' runs to infinity"):
        fit_logistic(y, x, names=["age"])
    with pytest.raises(UsedWrongly, match="'x1' is constant"):
        fit_logistic(y, np.ones(4))
    with pytest.raises(UsedWrongly, match="found NaN or infinity in 'x1'"):
        fit_logistic(y, [1, np.nan, 2, 3])
    with pytest.raises(UsedWrongly, match="depend on each other linearly"):
        fit_logistic([0, 1, 0, 1], np.column_stack([x, -x]))
    with pytest.raises(UsedWrongly, match="found 2 positives among 2 patients, expected both classes"):
        logistic_path([1, 1], np.zeros((2, 1)))
    with pytest.raises(UsedWrongly, match="an outcome other than 0 and 1"):
        fit_logistic([0, 2], [1.0, 2])
    with pytest.raises(UsedWrongly, match=r"covariates of shape \(3, 1\), expected \(4, 1\)"):
        fit_logistic(y, [1.0, 2, 3])
