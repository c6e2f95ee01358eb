"""Cox models equal R's survival::coxph, with strata, weights and persons; so do prediction and residuals."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.survival import code_terms, cox_residuals, fit_cox, harrell_c
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import numbers, read_json, read_table
from radgen_assets_tests.science.survival.cox_designs import factors_of, known_patients, new_patients, outcome_of

COHORTS = ("lung", "veteran", "pbc", "ties")
TIES = ("efron", "breslow")
STRATIFIED = {"ties_strata": ("ties", ["x1", "x2"], "grp"), "lung_strata": ("lung", ["age", "ph.ecog"], "sex")}
FIT = "survival.fit_cox"


def golden_of(reference, name):
    return read_json(reference, "r1_survival/expected/cox")[name]


def agrees_throughout(fit, golden):
    agree(FIT, "coefficients", fit.coefficients, golden["coef"])
    agree(FIT, "standard errors", fit.std_err, golden["se"])
    agree(FIT, "variance matrix", fit.variance, np.array(golden["var"]).ravel())
    for found, key in ((fit.hazard_ratio, "hr"), (fit.low, "ci_low"), (fit.high, "ci_high")):
        agree(FIT, "hazard ratios and limits", found, golden[key])
    agree(FIT, "z", fit.z, golden["z"])
    agree(FIT, "P of each coefficient", fit.p, golden["p"])
    agree(FIT, "log likelihood", fit.log_likelihood, golden["loglik"])
    agree(FIT, "log likelihood", fit.log_likelihood_null, golden["loglik_null"])
    agree(FIT, "AIC and BIC", [fit.aic, fit.bic], [golden["aic"], golden["bic"]])
    for found, expected, p in (
        (fit.likelihood_ratio, golden["lrt"], "pvalue"),
        (fit.score, golden["score"], "pvalue"),
        (fit.wald, golden["wald"], "p"),
    ):
        agree(FIT, "likelihood ratio, score and Wald tests", found[0], expected["test"])
        agree(FIT, "P of the global tests", found[1], expected[p])


def residuals_agree(residuals, golden):
    agree("survival.cox_residuals", "martingale", residuals.martingale, golden["martingale"])
    agree("survival.cox_residuals", "deviance", residuals.deviance, golden["deviance"])


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("ties", TIES)
def test_cox_equals_coxph(shared_reference, cohort, ties):
    golden = golden_of(shared_reference, f"{cohort}_{ties}")
    known = known_patients(shared_reference, cohort)
    outcome, coded = outcome_of(known), code_terms(factors_of(cohort, known))
    fit = fit_cox(outcome, coded, ties=ties)
    agrees_throughout(fit, golden)
    centred = (coded.matrix - numbers(golden["means"])) @ fit.coefficients
    agree(FIT, "linear predictor", centred, golden["linear_predictor_centred"])
    residuals_agree(cox_residuals(outcome, coded.matrix, fit.coefficients, ties=ties), golden)


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("ties", TIES)
def test_the_concordance_of_the_linear_predictor_equals_coxph(shared_reference, cohort, ties):
    golden = golden_of(shared_reference, f"{cohort}_{ties}")
    known = known_patients(shared_reference, cohort)
    outcome, coded = outcome_of(known), code_terms(factors_of(cohort, known))
    found = harrell_c(outcome, fit_cox(outcome, coded, ties=ties).linear_predictor(coded.matrix))
    quantity = "C of a Cox model, and its error"
    agree("survival.harrell_c", quantity, found.value, golden["concordance"])
    agree("survival.harrell_c", quantity, found.std_err, golden["concordance_se"])


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("ties", TIES)
def test_the_baseline_hazard_is_weighted_as_the_ties_are(shared_reference, cohort, ties):
    """lifelines and scikit-survival take Breslow's sum after an Efron fit: up to 8 % off with heavy ties."""
    golden = golden_of(shared_reference, f"{cohort}_{ties}")
    known = known_patients(shared_reference, cohort)
    fit = fit_cox(outcome_of(known), code_terms(factors_of(cohort, known)), ties=ties)
    at_zero = fit.baselines[0].at(numbers(golden["baseline"]["time"])) * np.exp(-fit.means @ fit.coefficients)
    agree(FIT, "baseline hazard", at_zero, golden["baseline"]["cumhaz_at_zero_covariates"])


@pytest.mark.parametrize("cohort", COHORTS)
@pytest.mark.parametrize("ties", TIES)
def test_predicted_survival_and_its_limits_equal_survfit(shared_reference, cohort, ties):
    golden = golden_of(shared_reference, f"{cohort}_{ties}")
    known = known_patients(shared_reference, cohort)
    coded = code_terms(factors_of(cohort, known))
    fit = fit_cox(outcome_of(known), coded, ties=ties)
    patients = code_terms(factors_of(cohort, new_patients(golden)), levels=coded.levels).matrix
    wanted = golden["predict"]
    found = fit.predict_survival(patients, wanted["times"])
    agree(FIT, "predicted survival", found.survival.T, np.ravel(wanted["surv_rows_are_times"]))
    agree(FIT, "predicted survival", fit.survival(patients, wanted["times"]).T, np.ravel(wanted["surv_rows_are_times"]))
    for values, key in ((found.std_err, "std_err"), (found.low, "lower_log"), (found.high, "upper_log")):
        agree(FIT, "standard errors and limits of predicted survival", values.T, np.ravel(wanted[key]))


@pytest.mark.parametrize("name", STRATIFIED)
@pytest.mark.parametrize("ties", TIES)
def test_strata_have_baselines_of_their_own_and_common_coefficients(shared_reference, name, ties):
    golden = golden_of(shared_reference, f"{name}_{ties}")
    cohort, columns, stratum = STRATIFIED[name]
    known = known_patients(shared_reference, cohort)
    outcome, strata = outcome_of(known), known[stratum]
    fit = fit_cox(outcome, known[columns], ties=ties, strata=strata)
    agrees_throughout(fit, golden)
    residuals_agree(cox_residuals(outcome, known[columns], fit.coefficients, ties=ties, strata=strata), golden)
    labels = [label.removeprefix(f"{stratum}=") for label in golden["baseline"]["strata"]]
    hazards = {one.stratum: one for one in fit.baselines}
    at_zero = [hazards[s].at(np.array([t]))[0] for s, t in zip(labels, golden["baseline"]["time"], strict=True)]
    factor = np.exp(-fit.means @ fit.coefficients)
    agree(
        FIT,
        "baseline hazard by stratum",
        np.array(at_zero) * factor,
        golden["baseline"]["cumhaz_at_zero_covariates"],
    )


def test_case_weights_equal_coxph(shared_reference):
    golden = golden_of(shared_reference, "ties_weights_efron")
    known = known_patients(shared_reference, "ties")
    outcome, covariates = outcome_of(known), known[["x1", "x2"]]
    fit = fit_cox(outcome, covariates, weights=known["w"])
    agrees_throughout(fit, golden)
    agree(FIT, "coefficients with case weights", fit.coefficients, golden["coef"])
    residuals_agree(cox_residuals(outcome, covariates, fit.coefficients, weights=known["w"]), golden)


def test_persons_widen_the_errors_as_cluster_does(shared_reference):
    golden = golden_of(shared_reference, "lung_cluster_efron")
    table = read_table(shared_reference, "r1_survival/data/lung").dropna(subset=["age", "sex", "inst"])
    fit = fit_cox(outcome_of(table), table[["age", "sex"]], persons=table["inst"])
    agrees_throughout(fit, golden)
    agree(FIT, "standard errors over persons", fit.std_err, golden["se"])
    agree(FIT, "standard errors over persons", fit.model_std_err, golden["naive_se"])


def test_weights_that_are_no_counts_take_each_patient_for_a_person(shared_reference):
    golden = golden_of(shared_reference, "ties_weights_robust_efron")
    known = known_patients(shared_reference, "ties")
    fit = fit_cox(outcome_of(known), known[["x1", "x2"]], weights=known["w"], persons=np.arange(len(known)))
    agrees_throughout(fit, golden)
    agree(FIT, "standard errors over persons", fit.std_err, golden["se"])
