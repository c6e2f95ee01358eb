"""Table 1 chooses a test, names it, and gives R's P; missing data are counted before anything is done."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.agreement import baseline_table, missing_data_report
from radgen_assets.science.survival import Outcome, logrank
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table


def of_r(shared_reference):
    return read_json(shared_reference, "r6_agreement/expected/tests")


def row(table, variable, level=""):
    return next(r for r in table.rows if (r.variable, r.level) == (variable, level))


@pytest.fixture
def clinical(shared_reference):
    return read_table(shared_reference, "r6_agreement/data/clinical")


@pytest.mark.parametrize(
    ("variable", "golden", "test"),
    [
        ("age", "wilcoxon_age_default_ties", "Wilcoxon"),
        ("score", "wilcoxon_score_ties", "Wilcoxon"),
        ("sex", "chisq_2x2_sex_no_correction", "chi-squared"),
        ("rare", "fisher_2x2_rare", "Fisher's exact"),
    ],
)
def test_two_groups_equal_r(shared_reference, clinical, variable, golden, test):
    pair = clinical[clinical["group"] != "c"]
    found = row(baseline_table(pair.drop(columns="group"), pair["group"]), variable)
    assert found.test == test
    agree("agreement.baseline_table", "P", found.p, of_r(shared_reference)[golden]["p"])


@pytest.mark.parametrize("variable", ["score", "skew"])
def test_three_groups_equal_r(shared_reference, clinical, variable):
    found = row(baseline_table(clinical.drop(columns="group"), clinical["group"]), variable)
    assert found.test == "Kruskal-Wallis"
    agree("agreement.baseline_table", "P", found.p, of_r(shared_reference)[f"kruskal_{variable}"]["p"])


def test_fishers_test_of_a_larger_table_equals_r(shared_reference, clinical):
    found = row(baseline_table(clinical[["stage"]], clinical["group"]), "stage")
    assert found.test == "Fisher's exact"
    agree("agreement.baseline_table", "P", found.p, of_r(shared_reference)["fisher_3x3_stage"]["p"])


def test_standardised_differences_equal_the_formula(shared_reference, clinical):
    golden = read_json(shared_reference, "r6_agreement/expected/smd_classification")["smd_a_minus_b"]
    pair = clinical[clinical["group"] != "c"]
    table = baseline_table(pair.drop(columns="group"), pair["group"])
    expected = {
        "age": golden["age"],
        "score": golden["score"],
        "sex": golden["sex_M"],
        "stage": golden["stage_mahalanobis"],
    }
    for variable, value in expected.items():
        agree("agreement.baseline_table", "standardised difference", row(table, variable).smd, abs(value))


def test_the_difference_of_more_than_two_groups_is_that_of_the_most_distant_pair():
    frame = pd.DataFrame({"age": [1.0, 2, 3, 2, 3, 4, 11, 12, 13], "sex": list("ffmffmmmm")})
    group = pd.Series(np.repeat(["a", "b", "c"], 3))
    table = baseline_table(frame, group)
    far = baseline_table(frame.drop(index=[3, 4, 5]), group.drop(index=[3, 4, 5]))
    assert row(table, "age").smd == pytest.approx(row(far, "age").smd)
    assert row(table, "age").smd == pytest.approx(10)
    assert row(table, "sex").smd == pytest.approx(row(far, "sex").smd)


def test_a_table_too_large_to_count_is_drawn_and_says_so():
    generator = np.random.default_rng(1)
    frame = pd.DataFrame({"site": generator.integers(0, 9, 400).astype(str)})
    frame.loc[0, "site"] = "rare"
    group = pd.Series(generator.choice(list("abcde"), 400))
    found = row(baseline_table(frame, group), "site")
    assert found.test == "Fisher's exact (drawn tables)"
    again = row(baseline_table(frame, group), "site")
    assert found.p == again.p
    assert 0.05 < found.p < 1


def test_survival_is_told_by_its_median_and_compared_by_log_rank():
    outcome = Outcome([2, 4, 6, 8, 3, 9, 12, 20], [1, 1, 1, 1, 1, 1, 0, 0])
    group = pd.Series(list("aaaabbbb"))
    table = baseline_table(pd.DataFrame(index=range(8)), group, times={"overall survival": outcome})
    assert row(table, "overall survival").test == "log-rank"
    assert row(table, "overall survival").p == pytest.approx(logrank(outcome, group).p)
    assert row(table, "overall survival", "events").values == ("4 (100%)", "2 (50%)")
    assert row(table, "overall survival", "median, months").values[0].startswith("5.00 (2.00 to ")


def test_survival_without_an_event_or_a_second_group_has_no_p():
    nobody = Outcome([2, 4], [0, 0])
    table = baseline_table(pd.DataFrame(index=range(2)), pd.Series(["a", "b"]), times={"survival": nobody})
    assert (row(table, "survival").test, row(table, "survival").p) == ("", None)
    assert row(table, "survival", "median, months").values == ("not reached", "not reached")
    alone = baseline_table(
        pd.DataFrame(index=range(2)), pd.Series(["a", "a"]), times={"survival": Outcome([1, 2], [1, 1])}
    )
    assert row(alone, "survival").p is None
    with pytest.raises(UsedWrongly, match="found 2 times of 'survival' for 3 patients"):
        baseline_table(pd.DataFrame(index=range(3)), pd.Series(["a", "b", "b"]), times={"survival": nobody})


def test_symmetric_numbers_in_large_groups_are_told_as_means_and_compared_by_welch():
    """scipy's Welch tests equal R's to 1e-15 (PYTHON_VS_R); here the choice is tested."""
    generator = np.random.default_rng(0)
    frame = pd.DataFrame({"age": generator.normal(50, 10, 120)})
    two = baseline_table(frame, pd.Series(np.repeat(["a", "b"], 60)))
    assert row(two, "age").test == "Welch's t"
    assert " (" in row(two, "age").values[0]
    assert " to " not in row(two, "age").values[0]
    assert row(baseline_table(frame, pd.Series(np.repeat(["a", "b", "c"], 40))), "age").test == "Welch's ANOVA"


def test_small_groups_without_ties_are_compared_exactly():
    frame = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, 6]})
    found = row(baseline_table(frame, pd.Series(list("aaabbb"))), "x")
    assert (found.test, found.p) == ("Wilcoxon, exact", pytest.approx(0.1))


def test_few_distinct_numbers_are_told_as_counts_in_their_order():
    frame = pd.DataFrame({"grade": [4.0, 2, 3, 4, 2, 3, 3, 10]})
    table = baseline_table(frame.iloc[:7], pd.Series(list("aabbabb")))
    assert [r.level for r in table.rows] == ["", "2", "3", "4"]
    assert row(table, "grade", "2").values == ("2 (67%)", "0 (0%)")


def test_missing_values_have_their_own_line_and_enter_no_test():
    frame = pd.DataFrame({"sex": ["f", None, "m", "f"], "alive": pd.array([True, False, None, True], dtype="boolean")})
    table = baseline_table(frame, pd.Series(["a", "a", "b", "b"]))
    assert row(table, "sex", "missing").values == ("1 (50%)", "0 (0%)")
    assert row(table, "sex", "f").values == ("1 (100%)", "1 (50%)")
    assert row(table, "alive", "yes").values == ("1 (50%)", "1 (100%)")


def test_a_test_that_is_not_defined_has_no_p():
    frame = pd.DataFrame({"site": ["x"] * 4, "level": [7.0] * 4, "age": [1.0, 2, 3, 5], "none": [None] * 4})
    one = baseline_table(frame, pd.Series(["a"] * 4))
    assert all(r.p is None for r in one.rows)
    two = baseline_table(frame, pd.Series(["a", "a", "b", "b"]))
    assert row(two, "site").p is None
    assert row(two, "level").p is None
    assert row(two, "site").smd is None


def test_groups_of_other_patients_are_refused():
    frame = pd.DataFrame({"age": [1.0, 2]})
    with pytest.raises(UsedWrongly, match="found another index for group"):
        baseline_table(frame, pd.Series(["a", "b"], index=[5, 6]))
    with pytest.raises(UsedWrongly, match="found 1 patients without a group"):
        baseline_table(frame, pd.Series(["a", None]))


def test_groups_stand_in_the_order_of_their_first_patient():
    table = baseline_table(pd.DataFrame({"age": [1.0, 2, 3]}), pd.Series(["z", "a", "z"]))
    assert table.groups == (("z", 2), ("a", 1))


def test_missing_data_are_counted_by_column_and_group_most_first():
    frame = pd.DataFrame({"age": [1.0, 2, np.nan, 4], "mgmt": [None, None, "m", None], "sex": ["f"] * 4})
    report = missing_data_report(frame, pd.Series(["a", "a", "b", "b"]), handled={"age": "median"})
    assert [(r.column, r.n_missing, r.n) for r in report] == [
        ("mgmt", 3, 4), ("mgmt [a]", 2, 2), ("mgmt [b]", 1, 2), ("age", 1, 4), ("age [b]", 1, 2), ("sex", 0, 4)
    ]  # fmt: skip
    assert {r.column: r.handled for r in report}["age"] == "median"
    assert {r.column: r.handled for r in report}["mgmt"] == "not handled yet"
    with pytest.raises(UsedWrongly, match="found another index for group"):
        missing_data_report(frame, pd.Series(["a"] * 4, index=[9, 8, 7, 6]))
