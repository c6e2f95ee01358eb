"""Concordance, time-dependent AUC and Brier scores equal R's (packages survival, riskRegression, pec)."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.survival import (
    Outcome,
    brier_score,
    censoring_curve,
    compare_brier,
    compare_concordance,
    compare_time_dependent_auc,
    harrell_c,
    integrated_brier,
    joint_concordance,
    time_dependent_auc,
    uno_c,
    weighted_concordance,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table

SCORES = {
    "lung_age": ("lung", "age", 1),
    "lung_ecog_tied_predictor": ("lung", "ph.ecog", 1),
    "veteran_karno_reversed_sign": ("veteran", "karno", -1),
    "ties_x1": ("ties", "x1", 1),
    "ties_x2": ("ties", "x2", 1),
    "pbc_bili": ("pbc", "bili", 1),
}
TIMES = (12.0, 24.0, 36.0)
MODELS = ("full", "small", "noise")


def outcome_of(table):
    return Outcome(table["time"], table["event"])


def golden_score(shared_reference, name):
    cohort, column, sign = SCORES[name]
    known = read_table(shared_reference, f"r1_survival/data/{cohort}").dropna(subset=[column])
    expected = read_json(shared_reference, "r1_survival/expected/concordance")["single"][name]
    return outcome_of(known), sign * known[column].to_numpy(), expected


@pytest.mark.parametrize("name", SCORES)
def test_harrells_c_its_standard_error_and_its_pairs_equal_r(shared_reference, name):
    outcome, risk, expected = golden_score(shared_reference, name)
    golden = expected["n"]
    result = harrell_c(outcome, risk)
    agree("survival.harrell_c", "value, standard error", [result.value, result.std_err], both(golden))
    counts = [golden["count"][kind] for kind in ("concordant", "discordant", "tied.x")]
    agree("survival.harrell_c", "pairs", [result.n_concordant, result.n_discordant, result.n_tied_risk], counts)


@pytest.mark.parametrize("name", SCORES)
def test_unos_c_and_its_standard_error_equal_r(shared_reference, name):
    """`ties` ends with censorings only, where scikit-survival finds G = 0 and refuses."""
    outcome, risk, expected = golden_score(shared_reference, name)
    result = uno_c(outcome, risk)
    agree("survival.uno_c", "value, standard error", [result.value, result.std_err], both(expected["n/G2"]))


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("weighting", ["S", "S/G", "I"])
def test_rs_other_weightings_equal_r(shared_reference, name, weighting):
    outcome, risk, expected = golden_score(shared_reference, name)
    result = weighted_concordance(outcome, risk, weighting=weighting)
    quantity = "value, standard error: S, S/G, I"
    agree("survival.weighted_concordance", quantity, [result.value, result.std_err], both(expected[weighting]))


def test_a_last_time_leaves_out_later_events_as_rs_ymax(shared_reference):
    outcome, risk, _ = golden_score(shared_reference, "pbc_bili")
    expected = read_json(shared_reference, "r1_survival/expected/concordance")["single"]["pbc_bili_ymax_1826"]
    for function, weighting in ((harrell_c, "n"), (uno_c, "n/G2")):
        result = function(outcome, risk, tau_months=1826)
        name = f"survival.{function.__name__}"
        agree(name, "until a last time", [result.value, result.std_err], both(expected[weighting]))


def test_paired_differences_and_covariances_equal_r(shared_reference):
    for golden in read_json(shared_reference, "r1_survival/expected/concordance")["paired"]:
        table = read_table(shared_reference, f"r1_survival/data/{golden['data']}")
        turned = {f"minus_{name.removeprefix('ph.')}": -table[name] for name in table if name in MINUS}
        known = table.assign(**turned).dropna(subset=["time", "event", golden["x"], golden["y"]])
        outcome, weighting = outcome_of(known), golden["timewt"]
        risks = {name: known[name] for name in (golden["x"], golden["y"])}
        result = compare_concordance(outcome, *risks.values(), weighting=weighting)
        expected = [golden[key] for key in ("difference", "se", "p")]
        quantity = "difference, standard error, P"
        agree("survival.compare_concordance", quantity, [result.value, result.std_err, result.p], expected)
        joint = joint_concordance(outcome, risks, weighting=weighting)
        agree("survival.joint_concordance", "covariance", joint.covariance, np.ravel(golden["var"]))
        again = joint.difference(*risks)
        assert (again.value, again.std_err) == pytest.approx((result.value, result.std_err), rel=1e-9)
        assert joint.p == pytest.approx(result.p, rel=1e-8)  # with two scores the joint test is the paired one


MINUS = ("albumin", "karno", "ph.karno")


def both(golden):
    return [golden["concordance"], golden["se"]]


@pytest.fixture(scope="module")
def scored_half(shared_reference):
    """The test half of the simulated cohort, with the risks of three models at three times."""
    table = read_table(shared_reference, "r5_cutpoint_roc/data/test")
    risks = {model: table[[f"risk_{model}_{time:g}" for time in TIMES]].to_numpy() for model in MODELS}
    return outcome_of(table), risks, read_json(shared_reference, "r5_cutpoint_roc/expected/time_dependent")


def at_times(golden, keys, **which):
    """Rows of one of riskRegression's tables, one a time, columns by name."""
    rows = [
        [golden[key][row] for key in keys]
        for time in TIMES
        for row in range(len(golden["times"]))
        if golden["times"][row] == time and all(golden[name][row] == value for name, value in which.items())
    ]
    assert len(rows) == len(TIMES)
    return np.array(rows)


def test_the_censoring_curve_equals_prodlims(scored_half):
    outcome, _, expected = scored_half
    curve = censoring_curve(outcome)
    golden = expected["censoring_curve"]
    agree("survival.censoring_curve", "probability", curve.at(golden["time"]), golden["G"])


@pytest.mark.parametrize("model", MODELS)
def test_the_time_dependent_area_and_its_interval_equal_riskregression(scored_half, model):
    outcome, risks, expected = scored_half
    result = time_dependent_auc(outcome, risks[model], TIMES)
    golden = at_times(expected["auc"], ("AUC", "se", "lower", "upper"), model=model)
    agree("survival.time_dependent_auc", "area", result.auc, golden[:, 0])
    found = np.column_stack([result.std_err, result.low, result.high])
    agree("survival.time_dependent_auc", "standard error, limits", found, golden[:, 1:].ravel())


@pytest.mark.parametrize(("model", "reference"), [("small", "full"), ("noise", "full"), ("noise", "small")])
def test_paired_differences_of_areas_equal_riskregression(scored_half, model, reference):
    outcome, risks, expected = scored_half
    result = compare_time_dependent_auc(outcome, risks[model], risks[reference], TIMES)
    keys = ("delta.AUC", "se", "lower", "upper", "p")
    golden = at_times(expected["auc_contrasts"], keys, model=model, reference=reference)
    for column, found in enumerate((result.value, result.std_err, result.low, result.high, result.p)):
        quantity = "difference, standard error, limits, P"
        agree("survival.compare_time_dependent_auc", quantity, found, golden[:, column])


@pytest.mark.parametrize("model", MODELS)
def test_the_brier_score_and_its_interval_equal_riskregression(scored_half, model):
    outcome, risks, expected = scored_half
    result = brier_score(outcome, 1 - risks[model], TIMES)
    golden = at_times(expected["brier"], ("Brier", "se", "lower", "upper"), model=model)
    null = at_times(expected["brier"], ("Brier",), model="Null model")
    agree("survival.brier_score", "score", result.brier, golden[:, 0])
    agree("survival.brier_score", "score", result.null_brier, null.ravel())
    found = np.column_stack([result.std_err, result.low, result.high])
    agree("survival.brier_score", "standard error, limits", found, golden[:, 1:].ravel())


@pytest.mark.parametrize(
    ("model", "reference"),
    [("full", "Null model"), ("small", "Null model"), ("noise", "Null model"), ("small", "full"), ("noise", "small")],
)
def test_paired_differences_of_brier_scores_equal_riskregression(scored_half, model, reference):
    outcome, risks, expected = scored_half
    other = None if reference == "Null model" else 1 - risks[reference]
    result = compare_brier(outcome, 1 - risks[model], other, TIMES)
    keys = ("delta.Brier", "se", "lower", "upper", "p")
    golden = at_times(expected["brier_contrasts"], keys, model=model, reference=reference)
    for column, found in enumerate((result.value, result.std_err, result.low, result.high, result.p)):
        quantity = "difference, standard error, limits, P"
        agree("survival.compare_brier", quantity, found, golden[:, column])


@pytest.mark.parametrize("model", MODELS)
def test_the_integrated_brier_score_equals_pec(shared_reference, scored_half, model):
    outcome, _, _ = scored_half
    expected = read_json(shared_reference, "r5_cutpoint_roc/expected/integrated_brier")
    table = read_table(shared_reference, "r5_cutpoint_roc/data/survival_on_grid")
    survival = table[table["model"] == model].iloc[:, 2:].to_numpy()
    grid = np.array(expected["grid"], dtype=float)
    for step, trapezium in zip(expected["integrated"], expected["trapezium"], strict=True):
        upto = grid <= step["tau"]
        result = integrated_brier(outcome, survival[:, upto], grid[upto])
        golden = [step["crps"][model], step["crps"]["Reference"]]
        agree("survival.integrated_brier", "step rule", [result.value, result.null_value], golden)
        agree("survival.integrated_brier", "Brier curve", result.brier, np.array(expected["brier"][model])[upto])
        result = integrated_brier(outcome, survival[:, upto], grid[upto], rule="trapezium")
        golden = [trapezium["value"][model], trapezium["value"]["Reference"]]
        agree("survival.integrated_brier", "trapezium rule", [result.value, result.null_value], golden)
