"""Decision curves equal the formulas in R, with censoring and without."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, decision_curve
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table


@pytest.mark.parametrize("months", [12, 24, 36])
def test_net_benefit_equals_r(shared_reference, months):
    table = read_table(shared_reference, "r5_cutpoint_roc/data/test")
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/decision_curve")
    outcome = Outcome(table["time"], table["event"])
    for model in ("full", "small", "noise"):
        result = decision_curve(outcome, table[f"risk_{model}_{months}"], months, thresholds=golden["threshold"])
        expected = golden[f"t{months}"]
        agree("survival.decision_curve", "net benefit of a model", result.net_benefit, expected[model])
        agree("survival.decision_curve", "net benefit of treating all", result.treat_all, expected["treat_all"])


def test_without_censoring_it_is_the_classical_curve(shared_reference):
    table = read_table(shared_reference, "r5_cutpoint_roc/data/roc")
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/decision_curve")
    sick = table["y"].to_numpy() == 1
    risk = 1 / (1 + np.exp(1.2 - 1.1 * table["good"].to_numpy()))
    result = decision_curve(Outcome(np.where(sick, 1, 3), sick), risk, 2, thresholds=golden["threshold"])
    agree("survival.decision_curve", "net benefit without censoring", result.net_benefit, golden["binary"]["model"])
    agree("survival.decision_curve", "net benefit of treating all", result.treat_all, golden["binary"]["treat_all"])


def test_net_benefit_by_hand():
    """At 0.5 a false positive costs as much as a true one brings: two dead and one alive treated, of four."""
    outcome = Outcome([1, 2, 9, 9], [1, 1, 0, 0])
    result = decision_curve(outcome, [0.9, 0.5, 0.6, 0.1], 5, thresholds=[0.5, 0.95], label="A")
    assert result.net_benefit == pytest.approx([2 / 4 - 1 / 4, 0])
    assert result.treat_all == pytest.approx([0, 0.5 - 0.5 * 19])
    assert (result.label, result.n, result.n_events, result.time_months, result.low) == ("A", 4, 2, 5, None)


def cohort(n=150, seed=8):
    rng = np.random.default_rng(seed)
    signal = rng.normal(size=n)
    time = np.ceil(10 * rng.exponential(20 * np.exp(-signal))) / 10
    censored = np.ceil(rng.uniform(5, 40, n))
    return Outcome(np.minimum(time, censored), time <= censored), (1 / (1 + np.exp(-signal))).round(2)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), months_in_unit=st.floats(0.05, 30))
def test_neither_order_nor_unit_nor_copies_of_all_patients_matter(seed, months_in_unit):
    outcome, risk = cohort()
    expected = decision_curve(outcome, risk, 12)
    order = np.tile(np.random.default_rng(seed).permutation(outcome.n), 2)
    moved = Outcome(outcome.time_months[order] * months_in_unit, outcome.event[order])
    found = decision_curve(moved, risk[order], 12 * months_in_unit)
    assert np.allclose(found.net_benefit, expected.net_benefit, rtol=0, atol=1e-12)
    assert np.allclose(found.treat_all, expected.treat_all, rtol=0, atol=1e-12)


def test_the_band_repeats_with_its_seed_holds_the_curve_and_respects_persons():
    outcome, risk = cohort()
    thresholds = np.array([0.2, 0.4, 0.6])
    first, again = (decision_curve(outcome, risk, 12, thresholds=thresholds, n_bootstraps=300) for _ in range(2))
    assert np.array_equal(first.low, again.low)
    assert (first.low < first.net_benefit).all()
    assert (first.net_benefit < first.high).all()
    twice = np.repeat(np.arange(outcome.n), 2)
    options = {"thresholds": thresholds, "n_bootstraps": 300}
    known = decision_curve(outcome.of(twice), risk[twice], 12, persons=twice, **options)
    blind = decision_curve(outcome.of(twice), risk[twice], 12, **options)
    assert np.allclose(known.high - known.low, first.high - first.low, rtol=0.2)
    assert (blind.high - blind.low < known.high - known.low).all()


def test_all_censored_means_that_treating_only_harms():
    result = decision_curve(Outcome([9, 9, 9], [0, 0, 0]), [0.2, 0.5, 0.9], 5, thresholds=[0.1, 0.5])
    assert (result.net_benefit < 0).all()
    assert result.n_events == 0


def test_odd_thresholds_and_times_are_refused():
    outcome, risk = cohort()
    with pytest.raises(UsedWrongly, match="increasing thresholds between 0 and 1"):
        decision_curve(outcome, risk, 12, thresholds=[0, 0.5])
    with pytest.raises(UsedWrongly, match="at most the last follow-up"):
        decision_curve(outcome, risk, 100)
    with pytest.raises(UsedWrongly, match="expected 150 risks between 0 and 1"):
        decision_curve(outcome, risk + 1, 12)
    with pytest.raises(UsedWrongly, match="found -1 samples"):
        decision_curve(outcome, risk, 12, n_bootstraps=-1)
