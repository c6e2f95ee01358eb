"""Backward selection by AIC takes out the same factors, in the same order, as R's step and MASS::stepAIC."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.survival import backward_select
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table
from radgen_assets_tests.science.survival.cox_designs import outcome_of

FUNCTION = "survival.backward_select"
CASES = ("pbc_none_forced", "pbc_forced_trt_sex", "veteran_none_forced", "veteran_forced_trt_age", "genes_forced_age")


def factors_of_formula(table, formula):
    """`Surv(time, event) ~ age + log(bili)` -> a frame with these columns."""
    columns = {}
    for term in (part.strip() for part in formula.split("~")[1].split("+")):
        logged = term.startswith("log(")
        columns[term] = np.log(table[term[4:-1]]) if logged else table[term]
    return type(table)(columns)


@pytest.mark.parametrize("case", CASES)
def test_the_same_factors_leave_in_the_same_order_as_in_r(shared_reference, case):
    golden = read_json(shared_reference, "r1_survival/expected/backward_aic")[case]
    table = read_table(shared_reference, f"r1_survival/data/{case.split('_')[0]}")
    full = factors_of_formula(table, golden["full"])
    known = full.notna().all(axis=1)
    forced = [name.strip() for name in golden["forced"].removeprefix("~").split("+") if name.strip() != "1"]
    result = backward_select(outcome_of(table[known]), full[known], forced=forced)
    assert (result.n, result.n_events) == (golden["n"], golden["events"])
    removed = golden["removed"] if isinstance(golden["removed"], list) else [golden["removed"]]
    agree(FUNCTION, "order of removal and terms left", result.removed, removed)
    agree(FUNCTION, "order of removal and terms left", result.terms, golden["final_terms"])
    agree(FUNCTION, "AIC of each step", [step.aic for step in result.steps], golden["aic_path"])
    agree(FUNCTION, "coefficients", result.fit.coefficients, golden["coef"])
    agree(FUNCTION, "standard errors", result.fit.std_err, golden["se"])
