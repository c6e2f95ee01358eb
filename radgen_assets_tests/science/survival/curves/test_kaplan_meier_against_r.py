"""Curves, restricted means and log-rank tests equal R survival's."""

from __future__ import annotations

import pytest

from radgen_assets.science.survival import kaplan_meier, logrank, restricted_mean
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json
from radgen_assets_tests.science.survival.curves.cohorts_of_r import COHORTS, cohort_of, of_group, outcome_of

CURVE = "survival.kaplan_meier"


def golden_curves(shared_reference, cohort):
    table = cohort_of(shared_reference, cohort)
    for group, golden in read_json(shared_reference, "r1_survival/expected/kaplan_meier")[cohort].items():
        yield outcome_of(of_group(table, group)), golden


@pytest.mark.parametrize("cohort", COHORTS)
def test_curves_and_their_errors_equal_survfit(shared_reference, cohort):
    for outcome, golden in golden_curves(shared_reference, cohort):
        curve = kaplan_meier(outcome)
        agree(CURVE, "survival", curve.survival, golden["surv"])
        agree(CURVE, "standard errors", curve.std_err, golden["std_err_surv"])
        agree(CURVE, "Nelson-Aalen cumulative hazard", curve.cumulative_hazard, golden["cumhaz_nelson_aalen"])
        counts = [curve.n, curve.n_events, *curve.n_risk, *curve.n_event, *curve.n_censored]
        expected = [golden["n"], golden["events"], *golden["n_risk"], *golden["n_event"], *golden["n_censor"]]
        agree(CURVE, "numbers at risk, events, censored", counts, expected)


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("scale", ["log-log", "log", "plain"])
def test_limits_equal_survfit_on_each_scale(shared_reference, cohort, scale):
    key = scale.replace("-", "")
    for outcome, golden in golden_curves(shared_reference, cohort):
        curve = kaplan_meier(outcome, interval=scale)
        agree(CURVE, "limits: log-log, log, plain", curve.low, golden[f"lower_{key}"])
        agree(CURVE, "limits: log-log, log, plain", curve.high, golden[f"upper_{key}"])


@pytest.mark.parametrize("cohort", COHORTS)
def test_values_at_given_times_equal_survfit(shared_reference, cohort):
    for outcome, golden in golden_curves(shared_reference, cohort):
        curve, at = kaplan_meier(outcome, interval="log"), golden["at"]
        low, high = curve.interval_at(at["times"])
        agree(CURVE, "values at given times", curve.survival_at(at["times"]), at["surv"])
        agree(CURVE, "values at given times", curve.std_err_at(at["times"]), at["std_err"])
        agree(CURVE, "values at given times", low, at["lower_log"])
        agree(CURVE, "values at given times", high, at["upper_log"])
        agree(CURVE, "numbers at risk, events, censored", curve.at_risk(at["times"]), at["n_risk"])


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("scale", ["log-log", "log"])
def test_quartiles_of_survival_and_their_limits_equal_survfit(shared_reference, cohort, scale):
    for outcome, golden in golden_curves(shared_reference, cohort):
        curve, wanted = kaplan_meier(outcome, interval=scale), golden[f"quantiles_{scale.replace('-', '')}"]
        for place, share in enumerate(wanted["prob"]):
            expected = [wanted[key][place] for key in ("estimate", "lower", "upper")]
            agree(CURVE, "quartiles and their limits", curve.quantile(share), expected)


@pytest.mark.parametrize("cohort", COHORTS)
def test_restricted_means_equal_survfit(shared_reference, cohort):
    for outcome, golden in golden_curves(shared_reference, cohort):
        for wanted in golden["rmean"]:
            result = restricted_mean(outcome, wanted["tau"])
            agree("survival.restricted_mean", "mean", result.value, wanted["rmean"])
            agree("survival.restricted_mean", "standard error", result.std_err, wanted["se"])


@pytest.mark.parametrize("cohort", COHORTS)
def test_log_rank_with_rho_and_strata_equals_survdiff(shared_reference, cohort):
    table = cohort_of(shared_reference, cohort)
    for golden in read_json(shared_reference, "r1_survival/expected/logrank")[cohort]:
        group, _, strata = golden["formula"].split("~")[1].strip().partition(" + ")
        used = [name for name in (group, strata.removeprefix("strata(").removesuffix(")")) if name]
        known = table.dropna(subset=used)
        layers = known[used[1]] if len(used) > 1 else None
        result = logrank(outcome_of(known), known[group], rho=golden["rho"], strata=layers)
        agree("survival.logrank", "statistic (rho 0, 0.5, 1; strata)", result.statistic, golden["chisq"])
        agree("survival.logrank", "P", result.p, golden["p"])
        agree("survival.logrank", "observed and expected", result.observed, golden["obs"])
        agree("survival.logrank", "observed and expected", result.expected, golden["exp"])
        agree("survival.logrank", "variance matrix", result.variance, [value for row in golden["var"] for value in row])
        sizes = [golden["df"], *golden["n"]]
        agree("survival.logrank", "degrees of freedom, group sizes", [result.degrees_of_freedom, *result.n], sizes)
