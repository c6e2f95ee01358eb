"""Class measures equal the formulas of r6; shares of independent patients have Wilson's interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning import classification_metrics
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

FUNCTION = "learning.classification_metrics"


def test_measures_of_four_classes_equal_the_formulas(shared_reference):
    name = "classification_a_true_b_predicted"
    golden = read_json(shared_reference, "r6_agreement/expected/smd_classification")[name]
    table = read_table(shared_reference, "r6_agreement/data/ratings")
    result = classification_metrics(table["a"], table["b"], bootstraps=50)
    found = [each.value for each in (result.accuracy, result.balanced_accuracy, result.macro_f1)]
    expected = [golden[key] for key in ("accuracy", "balanced_accuracy", "macro_f1")]
    agree(FUNCTION, "accuracy, balanced accuracy, macro F1", found, expected)
    agree(FUNCTION, "MCC", result.mcc.value, golden["mcc"])
    for measure in ("recall", "precision", "f1"):
        found = [getattr(result, measure)[str(k)].value for k in range(1, 5)]
        agree(FUNCTION, "recall, precision, F1 of each class", found, golden[measure])
    assert result.sensitivity is None
    assert result.specificity is None


def test_wilsons_interval_equals_r(shared_reference):
    golden = read_json(shared_reference, "r6_agreement/expected/tests")["prop_wilson_no_correction"]
    calls = np.repeat([1, 0], [17, 23])
    estimate = classification_metrics(np.r_[np.ones(40), np.zeros(10)], np.r_[calls, np.zeros(10)]).sensitivity
    assert (estimate.method, estimate.n, estimate.n_events) == ("Wilson", 40, 17)
    agree(FUNCTION, "Wilson limits", [estimate.low, estimate.high], golden["ci"])


def test_rates_of_two_classes_by_hand():
    result = classification_metrics([1, 1, 1, 1, 0, 0], [1, 1, 1, 0, 0, 1], bootstraps=50)
    assert result.sensitivity.value == 0.75
    assert result.specificity.value == 0.5
    assert result.precision["1"].value == 0.75
    assert result.accuracy.value == pytest.approx(4 / 6)
    assert result.no_information_rate == pytest.approx(4 / 6)
    # P(at least 4 of 6 right by calling everyone positive)
    assert result.p_above_no_information == pytest.approx(1 - (1 + 6 * 2 + 15 * 4 + 20 * 8) / 3**6)


@given(seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_the_other_class_as_positive_exchanges_sensitivity_and_specificity(seed):
    generator = np.random.default_rng(seed)
    y, calls = np.arange(30) % 2, generator.integers(0, 2, 30)
    order = generator.permutation(30)
    one = classification_metrics(y, calls, bootstraps=20)
    other = classification_metrics(y[order], calls[order], positive=0, bootstraps=20)
    assert (one.sensitivity.value, one.sensitivity.low) == (other.specificity.value, other.specificity.low)
    assert one.mcc.value == pytest.approx(other.mcc.value)
    assert one.sensitivity.value == one.recall["1"].value
    assert one.p_above_no_information == other.p_above_no_information


def test_patients_of_one_person_are_not_counted_as_independent():
    y, calls = np.tile([0, 1], 20), np.repeat([0, 1], 20)
    result = classification_metrics(y, calls, persons=np.repeat(np.arange(20), 2), bootstraps=100)
    assert result.p_above_no_information is None
    assert result.accuracy.method == "bootstrap over persons, 100"
    single = classification_metrics(y, calls, persons=np.arange(40), bootstraps=100)
    assert single.accuracy.method == "Wilson"


def test_repeats_are_averaged_and_bootstrapped():
    y = np.arange(20) % 2
    calls = np.stack([y, 1 - y])
    result = classification_metrics(y, calls, bootstraps=100)
    assert result.accuracy.value == 0.5
    assert result.precision["1"].value == 0.5
    assert result.accuracy.method.startswith("bootstrap")


def test_a_class_that_was_never_called_has_no_precision():
    result = classification_metrics([1, 1, 0, 0], [1, 1, 1, 1], bootstraps=50)
    assert result.precision["0"].value is None
    assert result.precision["0"].note == "the class was never called"
    assert result.specificity.value == 0


def test_calls_of_other_patients_are_refused():
    with pytest.raises(UsedWrongly, match=r"found 3 outcomes and calls of shape \(1, 2\)"):
        classification_metrics([1, 0, 1], [1, 0])


def test_the_accuracies_of_paper_d_stand_beside_its_no_information_rate():
    """94 of 122 are low risk: TC 101/120, WT 99/120 right; Wilson's limits and one-sided P as METHODS prints."""
    from scipy.special import bdtrc

    for right, low, high, p in ((101, 0.766, 0.896, 0.036), (99, 0.747, 0.883, 0.09)):
        y = np.repeat([1, 0], [28, 92])
        calls = np.r_[y[:right], 1 - y[right:]]
        accuracy = classification_metrics(y, calls, bootstraps=20).accuracy
        assert (round(accuracy.low, 3), round(accuracy.high, 3)) == (low, high)
        assert bdtrc(right - 1, 120, 94 / 122) == pytest.approx(p, abs=0.003)
