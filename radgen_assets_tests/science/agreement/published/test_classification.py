"""The printed rates of paper C belong to no test set of 93; rates of a true table pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.agreement import audit_classification
from radgen_assets.science.learning import classification_metrics
from radgen_assets_tests.science.agreement.published.published_rows import CLASSIFICATIONS


@pytest.mark.parametrize("row", CLASSIFICATIONS, ids=lambda row: row[0])
def test_every_published_row_is_judged_as_in_methods(row):
    """Whichever of the two grades was the positive class."""
    _, accuracy, sensitivity, precision, prevalence = row
    for counts in ((58, 35), (35, 58)):
        audit = audit_classification(accuracy, sensitivity, precision, *counts)
        assert round(audit.implied_prevalence, 3) == prevalence
        assert audit.n_tables == 0
        assert {"PREVALENCE", "NO_TABLE"} <= set(audit.flags)
        assert len(audit.findings) == len(audit.flags)


def test_seven_of_the_eight_accuracies_are_no_count_of_93():
    flags = [audit_classification(*row[1:4], 58, 35).flags for row in CLASSIFICATIONS]
    assert sum("NOT_A_COUNT" in each for each in flags) == 7


@given(n_positive=st.integers(5, 80), n_negative=st.integers(5, 80), seed=st.integers(0, 1000))
@settings(max_examples=40, deadline=None, derandomize=True)
def test_rates_of_a_true_table_pass(n_positive, n_negative, seed):
    generator = np.random.default_rng(seed)
    hit, false = int(generator.integers(1, n_positive)), int(generator.integers(0, n_negative))
    rates = ((hit + n_negative - false) / (n_positive + n_negative), hit / n_positive, hit / (hit + false))
    audit = audit_classification(*(f"{rate:.3f}" for rate in rates), n_positive, n_negative)
    assert audit.passes
    assert audit.n_tables >= 1
    assert audit.implied_prevalence_low <= n_positive / (n_positive + n_negative) <= audit.implied_prevalence_high


def test_the_findings_say_what_is_wrong():
    findings = audit_classification("0.922", "0.923", "0.962", 58, 35).findings
    assert findings[0] == "No number of 93 patients gives an accuracy of 0.922."
    assert findings[1] == "The rates imply 0.687 positives, the test set holds 0.624 (58 of 93)."


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((0, 0.5, 0.5, 3, 3), "accuracy: found 0, expected a rate above 0"),
        ((0.5, 1.2, 0.5, 3, 3), "sensitivity: found 1.2"),
        ((0.9, 1, 1, 3, 3), "found 1 and 1, expected one of them below 1"),
        ((0.9, 0.9, 0.9, 0, 3), "found 0 and 3, expected patients of both"),
    ],
)
def test_what_is_no_rate_is_refused(arguments, text):
    with pytest.raises(BadInput, match=text):
        audit_classification(*arguments)


def test_the_f1_of_paper_d_is_the_weighted_mean_and_not_that_of_the_high_risk_class():
    """TC fold 2: 4 of 10 high-risk patients missed, 2 of 30 others called high; 0.844 is stated."""
    y = np.repeat([1, 0], [10, 30])
    calls = np.repeat([1, 0, 1, 0], [6, 4, 2, 28])
    result = classification_metrics(y, calls, bootstraps=20)
    weighted = (10 * result.f1["1"].value + 30 * result.f1["0"].value) / 40
    assert (round(weighted, 3), round(result.f1["1"].value, 3), result.accuracy.value) == (0.844, 0.667, 0.85)
