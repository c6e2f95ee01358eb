"""The flow of a study's patients from the mart's rows."""

from __future__ import annotations

import pandas as pd
import pytest

from radgen_assets.reporting.model import Exclusion
from radgen_assets.reporting.study_flow import study_flow
from radgen_assets.science.figures.inputs import check_flow


def rows(**left_at):
    """Four patients over three steps; `left_at` gives patient -> (step, reason)."""
    steps, found = ("declared", "not_excluded", "radiomics"), []
    for patient in ("p1", "p2", "p3", "p4"):
        step_left, reason = left_at.get(patient, (None, None))
        gone = False
        for step in steps:
            gone = gone or step == step_left
            found.append((f"a.{patient}", "a", step, not gone, reason if gone else None))
    return pd.DataFrame(found, columns=["patient_key", "cohort", "step", "included", "reason"])


STEPS = ("declared", "not_excluded", "radiomics")


def test_a_patient_leaves_at_the_first_step_that_it_does_not_pass():
    flow = study_flow(rows(p1=("not_excluded", "excluded by declaration: biopsy")), STEPS)
    assert [(step.label, step.n) for step in flow.steps] == [
        ("Declared in the study's cohorts", 4),
        ("Not excluded by declaration", 3),
    ]
    assert flow.exclusions == (
        Exclusion("a.p1", "a", "Not excluded by declaration", "excluded by declaration: biopsy"),
    )


def test_counts_and_reasons_add_up():
    flow = study_flow(
        rows(p1=("not_excluded", "biopsy"), p2=("radiomics", "mask is empty"), p3=("radiomics", "not made yet")), STEPS
    )
    check_flow(flow.steps)
    assert flow.steps[-1].n == 1
    assert flow.steps[-1].reasons == (("mask is empty", 1), ("not made yet", 1))


def test_what_the_study_leaves_out_itself_comes_last_in_its_own_steps():
    twice = Exclusion("a.p4", "a", "One patient a person", "the same person as b.p9")
    flow = study_flow(rows(), STEPS, further=[twice])
    assert flow.steps[-1].label == "One patient a person"
    assert flow.steps[-1].n == 3
    assert flow.exclusions == (twice,)


def test_rare_reasons_are_counted_together_and_listed_in_full():
    many = [Exclusion(f"a.p{i}", "a", "Outcome known", f"reason {i}") for i in range(1, 9)]
    frame = pd.DataFrame(
        [(f"a.p{i}", "a", "declared", True, None) for i in range(1, 10)],
        columns=["patient_key", "cohort", "step", "included", "reason"],
    )
    flow = study_flow(frame, ["declared"], further=many)
    check_flow(flow.steps)
    assert flow.steps[-1].reasons[-1] == ("other reasons, each listed under Exclusions", 3)
    assert len(flow.exclusions) == 8


def test_a_patient_cannot_leave_twice():
    again = Exclusion("a.p1", "a", "One patient a person", "twice")
    with pytest.raises(ValueError, match=r"found a\.p1, expected a patient that is still there"):
        study_flow(rows(p1=("radiomics", "mask is empty")), STEPS, further=[again])


def test_an_unknown_step_is_refused():
    with pytest.raises(ValueError, match="found 'radiomic', expected one of declared, not_excluded, radiomics"):
        study_flow(rows(), ["declared", "radiomic"])
