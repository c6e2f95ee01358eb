"""The test of proportional hazards equals R's cox.zph (survival 3.5) on all four scales of time."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.survival import code_terms, proportional_hazards_test
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import numbers, read_json
from radgen_assets_tests.science.survival.cox_designs import factors_of, known_patients, outcome_of

FUNCTION = "survival.proportional_hazards_test"
FITS = ("lung", "veteran", "pbc", "ties", "lung_strata", "ties_breslow")


@pytest.mark.parametrize("fit", FITS)
@pytest.mark.parametrize("transform", ["km", "identity", "log", "rank"])
@pytest.mark.parametrize("by", ["term", "coefficient"])
def test_every_scale_of_time_equals_cox_zph(shared_reference, fit, transform, by):
    golden = read_json(shared_reference, "r1_survival/expected/cox_zph")[fit][f"{transform}_by_{by}"]
    cohort = fit.split("_")[0]
    known = known_patients(shared_reference, cohort)
    stratified = fit == "lung_strata"
    factors = known[["age", "ph.ecog"]] if stratified else factors_of(cohort, known)
    coded = code_terms(factors)
    result = proportional_hazards_test(
        outcome_of(known),
        coded if by == "term" else coded.matrix,
        names=None if by == "term" else coded.names,
        ties="breslow" if fit.endswith("breslow") else "efron",
        strata=known["sex"] if stratified else None,
        transform=transform,
    ).to_frame()
    if by == "term":
        assert list(result["name"]) == golden["name"]
    ending = "by term, and GLOBAL" if by == "term" else "by coefficient"
    agree(FUNCTION, f"statistic {ending}", result["statistic"], golden["chisq"])
    agree(FUNCTION, f"P {ending}", result["p"], golden["p"])
    assert list(result["degrees_of_freedom"]) == golden["df"]


def test_scaled_schoenfeld_residuals_equal_cox_zph(shared_reference):
    golden = read_json(shared_reference, "r1_survival/expected/cox_zph")["veteran"]["scaled_schoenfeld_km"]
    known = known_patients(shared_reference, "veteran")
    result = proportional_hazards_test(outcome_of(known), code_terms(factors_of("veteran", known)))
    assert list(result.names) == golden["columns"]
    assert list(result.time_months) == golden["time"]
    agree(FUNCTION, "times on the Kaplan-Meier scale", result.time_scaled, golden["x"])
    expected = np.array(golden["y"], dtype=float)
    for column in range(len(result.names)):
        agree(FUNCTION, "scaled Schoenfeld residuals", result.residuals[:, column], numbers(expected[:, column]))
