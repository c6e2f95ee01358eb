"""Net reclassification equals the formulas in R; its bootstrap is of patients or persons and repeats itself."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, net_reclassification
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

KINDS = {
    "continuous": {},
    "continuous_change_over_0.05": {"least_change": 0.05},
    "categories_0.3_0.6": {"categories": (0.3, 0.6)},
    "category_0.5": {"categories": (0.5,)},
}


def values(result):
    return [result.events.value, result.non_events.value, result.total.value]


@pytest.mark.parametrize("kind", KINDS)
def test_the_numbers_equal_r(shared_reference, kind):
    table = read_table(shared_reference, "r5_cutpoint_roc/data/test")
    outcome = Outcome(table["time"], table["event"])
    for name, golden in read_json(shared_reference, "r5_cutpoint_roc/expected/net_reclassification").items():
        old, _, new, months = name.split("_")
        risks = table[f"risk_{old}_{months}"], table[f"risk_{new}_{months}"]
        expected = golden[kind]
        for method in ("km", "ipw"):
            result = net_reclassification(outcome, *risks, float(months), method=method, n_bootstraps=0, **KINDS[kind])
            of_r = [expected[method][part] for part in ("events", "nonevents", "nri")]
            quantity = f"events, non-events, total ({method.upper()})"
            agree("survival.net_reclassification", quantity, values(result), of_r)
            agree("survival.net_reclassification", "IDI", result.idi.value, expected["idi_ipw"])
            moved = [result.n_up, result.n_down]
            agree("survival.net_reclassification", "patients moved", moved, [expected["n_up"], expected["n_down"]])


DEATHS = Outcome([1, 2, 3, 20, 20, 20, 20, 20], [1, 1, 1, 0, 0, 0, 0, 0])
OLD = [0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4, 0.4]
NEW = [0.6, 0.5, 0.3, 0.1, 0.2, 0.3, 0.5, 0.4]


@pytest.mark.parametrize("method", ["km", "ipw"])
def test_without_censoring_it_is_the_count_of_right_moves(method):
    """Of three deaths two moved up and one down; of five alive three moved down and one up."""
    result = net_reclassification(DEATHS, OLD, NEW, 10, method=method, n_bootstraps=0)
    assert values(result) == pytest.approx([1 / 3, 2 / 5, 1 / 3 + 2 / 5])
    assert result.idi.value == pytest.approx((1.4 - 1.2) / 3 - (1.5 - 2.0) / 5)
    assert (result.n, result.n_events, result.n_up, result.n_down) == (8, 3, 3, 4)
    assert (result.total.low, result.total.std_err, result.n_bootstraps) == (None, None, 0)


def test_a_risk_at_a_cut_off_is_in_the_upper_category():
    result = net_reclassification(DEATHS, OLD, NEW, 10, categories=(0.5,), n_bootstraps=0)
    assert (result.n_up, result.n_down) == (3, 0)


def cohort(n=200, seed=4):
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=n)
    time = np.ceil(10 * rng.exponential(20 * np.exp(-signal))) / 10
    censored = np.ceil(rng.uniform(5, 40, n))
    outcome = Outcome(np.minimum(time, censored), time <= censored)
    old = 1 / (1 + np.exp(-0.3 * signal - rng.normal(size=n)))
    return outcome, old.round(3), (1 / (1 + np.exp(-signal))).round(3)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), months_in_unit=st.floats(0.05, 30), method=st.sampled_from(["km", "ipw"]))
def test_neither_order_nor_unit_nor_copies_of_all_patients_matter(seed, months_in_unit, method):
    outcome, old, new = cohort(60)
    expected = net_reclassification(outcome, old, new, 12, method=method, n_bootstraps=0)
    order = np.tile(np.random.default_rng(seed).permutation(60), 2)
    moved = Outcome(outcome.time_months[order] * months_in_unit, outcome.event[order])
    found = net_reclassification(moved, old[order], new[order], 12 * months_in_unit, method=method, n_bootstraps=0)
    assert values(found) == pytest.approx(values(expected), abs=1e-12)
    assert found.idi.value == pytest.approx(expected.idi.value, abs=1e-12)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(power=st.floats(0.2, 5), method=st.sampled_from(["km", "ipw"]))
def test_the_continuous_form_sees_only_the_order_of_each_patients_two_risks(power, method):
    outcome, old, new = cohort()
    expected = net_reclassification(outcome, old, new, 12, method=method, n_bootstraps=0)
    found = net_reclassification(outcome, old**power, new**power, 12, method=method, n_bootstraps=0)
    assert values(found) == values(expected)


@pytest.mark.parametrize("method", ["km", "ipw"])
def test_old_against_new_is_new_against_old_with_the_sign_turned(method):
    outcome, old, new = cohort()
    forth = net_reclassification(outcome, old, new, 12, method=method, n_bootstraps=50)
    back = net_reclassification(outcome, new, old, 12, method=method, n_bootstraps=50)
    assert values(back) == pytest.approx([-value for value in values(forth)])
    assert back.total.high == pytest.approx(-forth.total.low)


def test_the_interval_repeats_with_its_seed_and_holds_the_value():
    outcome, old, new = cohort()
    first, again, other = (net_reclassification(outcome, old, new, 12, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert first != other
    for part in (first.events, first.non_events, first.total, first.idi):
        assert part.low < part.value < part.high
    assert first.n_bootstraps == 1000
    assert first.total.p < 0.05


def test_two_scans_of_each_person_do_not_narrow_the_interval():
    outcome, old, new = cohort()
    twice = np.repeat(np.arange(outcome.n), 2)
    expected = net_reclassification(outcome, old, new, 12, n_bootstraps=200)
    found = net_reclassification(outcome.of(twice), old[twice], new[twice], 12, persons=twice, n_bootstraps=200)
    blind = net_reclassification(outcome.of(twice), old[twice], new[twice], 12, n_bootstraps=200)
    assert found.total.std_err == pytest.approx(expected.total.std_err, rel=0.15)
    assert blind.total.std_err < 0.85 * found.total.std_err


def test_equal_risks_move_nobody():
    outcome, old, _ = cohort()
    result = net_reclassification(outcome, old, old, 12, n_bootstraps=20)
    assert (result.n_up, result.n_down, result.total.value, result.total.p) == (0, 0, 0, None)


def test_follow_up_that_ends_at_the_time_leaves_the_idi_undefined_but_not_the_kaplan_meier_form():
    outcome = Outcome([2, 5, 12, 12], [1, 0, 0, 0])
    result = net_reclassification(outcome, [0.5] * 4, [0.9, 0.4, 0.3, 0.2], 12, n_bootstraps=20)
    assert result.idi is None
    assert result.total.value == pytest.approx(2)
    with pytest.raises(UsedWrongly, match="one half is empty"):
        net_reclassification(outcome, [0.5] * 4, [0.9, 0.4, 0.3, 0.2], 12, method="ipw", n_bootstraps=0)


def test_two_patients_one_dead_suffice():
    result = net_reclassification(Outcome([1, 9], [1, 0]), [0.5, 0.5], [0.6, 0.4], 5, n_bootstraps=20, seed=1)
    assert values(result) == [1, 1, 2]
    assert 0 < result.n_bootstraps < 20  # the others drew one patient twice


def test_what_has_no_answer_is_refused():
    outcome, old, new = cohort(30)
    with pytest.raises(UsedWrongly, match="by 12 months nobody had died"):
        net_reclassification(Outcome(outcome.time_months, np.zeros(30)), old, new, 12)
    with pytest.raises(UsedWrongly, match="or nobody of 2 patients was alive"):
        net_reclassification(Outcome([1, 2], [1, 1]), [0.1, 0.2], [0.2, 0.1], 2)
    with pytest.raises(UsedWrongly, match="expected increasing cut-offs between 0 and 1"):
        net_reclassification(outcome, old, new, 12, categories=(0.6, 0.3))
    with pytest.raises(UsedWrongly, match="expected 30 risks between 0 and 1"):
        net_reclassification(outcome, old, new * np.nan, 12)
    with pytest.raises(UsedWrongly, match="at most the last follow-up"):
        net_reclassification(outcome, old, new, 500)
    with pytest.raises(UsedWrongly, match=r"persons of shape \(2,\), expected \(30,\)"):
        net_reclassification(outcome, old, new, 12, persons=[1, 2])
