"""Smooth calibration, slope and observed over expected equal R's, and say what they should of known predictions."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import (
    Outcome,
    calibrate_smooth,
    calibration_slope,
    observed_over_expected,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table


@pytest.mark.parametrize("model", ["full", "small", "noise"])
@pytest.mark.parametrize("months", [12, 24, 36])
def test_the_smooth_curve_equals_r(shared_reference, model, months):
    table = read_table(shared_reference, "r5_cutpoint_roc/data/test")
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/calibration")[f"{model}_{months}"]
    outcome, smooth, whole = Outcome(table["time"], table["event"]), golden["smooth_rcs3_of_cloglog"], golden["whole"]
    result = calibrate_smooth(outcome, table[f"risk_{model}_{months}"], months)
    of_r = smooth["observed_at_each_patient"]
    agree("survival.calibrate_smooth", "observed risk at each patient", result.observed_of_patients, of_r)
    agree("survival.calibrate_smooth", "knots", result.knots, smooth["knots"])
    errors = [result.ici, result.e50, result.e90, result.largest_error]
    names = ("ICI", "E50", "E90", "Emax")
    agree("survival.calibrate_smooth", "ICI, E50, E90, largest error", errors, [smooth[name] for name in names])
    slope = calibration_slope(outcome, table[f"lp_{model}"])
    expected = [whole["slope"], whole["slope_se"]]
    agree("survival.calibration_slope", "slope and standard error", [slope.value, slope.std_err], expected)
    ratio = result.observed_over_expected
    expected = [whole["observed_over_expected"], whole["observed"]]
    agree("survival.observed_over_expected", "ratio and observed share", [ratio.value, ratio.observed], expected)


def cohort(n=1500, seed=2):
    """Patients with their true risk of death by 12 months."""
    rng = np.random.default_rng(seed)
    log_hazard = rng.normal(-3, 0.8, n)
    time = rng.exponential(np.exp(-log_hazard))
    censored = rng.uniform(6, 40, n)
    outcome = Outcome(np.minimum(time, censored).round(3), time <= censored)
    return outcome, 1 - np.exp(-12 * np.exp(log_hazard)), log_hazard


def test_true_risks_lie_on_the_diagonal():
    outcome, risk, _ = cohort()
    result = calibrate_smooth(outcome, risk, 12)
    assert result.ici < 0.02
    assert result.slope.low < 1 < result.slope.high
    assert result.observed_over_expected.low < 1 < result.observed_over_expected.high
    inside = (result.predicted > np.quantile(risk, 0.05)) & (result.predicted < np.quantile(risk, 0.95))
    assert ((result.low < result.predicted) & (result.predicted < result.high))[inside].mean() > 0.9


def test_predictions_that_are_too_extreme_have_a_slope_below_1():
    outcome, _, log_hazard = cohort()
    extreme = 1 - np.exp(-12 * np.exp(-3 + 2 * (log_hazard + 3)))
    result = calibrate_smooth(outcome, extreme, 12)
    assert result.slope.high < 1
    assert result.slope.value == pytest.approx(0.5, abs=0.06)
    assert result.observed[0] > result.predicted[0]
    assert result.observed[-1] < result.predicted[-1]


def test_risks_that_are_too_low_are_seen_in_the_large():
    outcome, risk, _ = cohort()
    assert observed_over_expected(outcome, risk / 2, 12).low > 1.5


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 100), months_in_unit=st.floats(0.05, 20))
def test_neither_the_order_of_patients_nor_the_unit_of_time_matters(seed, months_in_unit):
    outcome, risk, _ = cohort(150)
    expected = calibrate_smooth(outcome, risk, 12)
    order = np.random.default_rng(seed).permutation(outcome.n)
    moved = Outcome(outcome.time_months[order] * months_in_unit, outcome.event[order])
    found = calibrate_smooth(moved, risk[order], 12 * months_in_unit)
    assert np.allclose(found.observed, expected.observed, rtol=1e-6)
    assert found.ici == pytest.approx(expected.ici, rel=1e-6)


def test_risks_of_0_and_1_are_held_inside():
    outcome, risk, _ = cohort(200)
    risk[:2] = 0, 1
    result = calibrate_smooth(outcome, risk, 12)
    assert np.isfinite(result.observed).all()
    assert np.isfinite([result.ici, result.slope.value]).all()


def test_nobody_dead_means_a_ratio_of_0_without_limits():
    found = observed_over_expected(Outcome([5, 6], [0, 0]), [0.2, 0.4], 5)
    assert (found.value, found.observed, found.low, found.high) == (0, 0, None, None)
    assert found.expected == pytest.approx(0.3)


def test_what_cannot_be_smoothed_is_refused():
    outcome, risk, _ = cohort(60)
    with pytest.raises(UsedWrongly, match="found 1 distinct values, expected at least 5 for 3 knots"):
        calibrate_smooth(outcome, np.full(60, 0.3), 12)
    with pytest.raises(UsedWrongly, match="nobody of 60 patients died by 12 months"):
        calibrate_smooth(Outcome(outcome.time_months, np.zeros(60)), risk, 12)
    with pytest.raises(UsedWrongly, match="at most the last follow-up"):
        calibrate_smooth(outcome, risk, 999)
    with pytest.raises(UsedWrongly, match="every predicted risk is 0"):
        observed_over_expected(outcome, np.zeros(60), 12)
    with pytest.raises(UsedWrongly, match="'predicted log hazard' is constant"):
        calibration_slope(outcome, np.ones(60))
