"""The flow of one study's patients, from the rows of the mart cohort_flow and what the study itself leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from radgen_assets.reporting.model import Exclusion
from radgen_assets.science.figures.inputs import FlowStep

STEP_NAMES = {
    "declared": "Declared in the study's cohorts",
    "not_excluded": "Not excluded by declaration",
    "has_images": "With images",
    "volumes": "With readable images",
    "registered_volumes": "With images on one grid",
    "tumour_masks": "With a usable tumour mask",
    "radiomics": "With radiomic features",
    "deep_features": "With deep features",
    "has_expression": "With an expression sample",
    "expression_matrix": "With usable expression",
    "pathway_activity": "With pathway activity",
    "overall_survival": "With known survival",
    "idh_status": "With known IDH status",
}
SAME_PERSON = "the same person as"
REASONS_SHOWN = 5


@dataclass(frozen=True)
class StudyFlow:
    """Steps for the drawing, and everyone who left with the full reason."""

    steps: tuple[FlowStep, ...]
    exclusions: tuple[Exclusion, ...]


def study_flow(rows: pd.DataFrame, steps: Sequence[str], *, further: Sequence[Exclusion] = ()) -> StudyFlow:
    """Walk the study's patients through the steps that it needs; each leaves at the first that it does not pass.

    Parameters
    ----------
    rows : cohort_flow of the study's cohorts: patient_key, cohort, step, included, reason; every patient in every step.
    steps : names of steps, in order; the first is where the count begins.
    further : who the study or its fits leave out after these steps (one person twice, outcome unknown); each with its
        own step, in the order in which they are to be told.

    Returns
    -------
    StudyFlow
        Steps at which no one left are not told, except the first. At most five reasons a step are named; rarer ones
        are counted as "other reasons" and stand, like all, in `exclusions`.

    Raises
    ------
    ValueError
        When a step is not in the rows, or `further` names a patient that has left already or was never there.
    """
    left: list[Exclusion] = []
    first, *others = steps
    here = dict(_included(rows, first)["cohort"])
    told = [FlowStep(STEP_NAMES.get(first, first), len(here))]
    for step in others:
        table = _of_step(rows, step)
        gone = [
            Exclusion(str(key), cohort, STEP_NAMES.get(step, step), str(table.at[key, "reason"]))
            for key, cohort in here.items()
            if not table.at[key, "included"]
        ]
        _leave(gone, here, left, told)
    for step in dict.fromkeys(each.step for each in further):
        gone = [each for each in further if each.step == step]
        _leave(gone, here, left, told)
    return StudyFlow(tuple(told), tuple(left))


def _of_step(rows: pd.DataFrame, step: str) -> pd.DataFrame:
    table = rows[rows["step"] == step].set_index("patient_key")
    if table.empty:
        raise ValueError(f"study_flow: step: found {step!r}, expected one of {', '.join(rows['step'].unique())}")
    return table


def _included(rows: pd.DataFrame, step: str) -> pd.DataFrame:
    table = _of_step(rows, step)
    return table[table["included"].astype(bool)]


def _leave(gone: list[Exclusion], here: dict[str, str], left: list[Exclusion], told: list[FlowStep]) -> None:
    if not gone:
        return
    for each in gone:
        if here.pop(each.patient, None) is None:
            raise ValueError(f"study_flow: further: found {each.patient}, expected a patient that is still there")
    left += gone
    ranked = sorted(
        Counter(_for_the_drawing([each.reason for each in gone])).items(), key=lambda item: (-item[1], item[0])
    )
    if len(ranked) > REASONS_SHOWN + 1:
        rest = sum(n for _, n in ranked[REASONS_SHOWN:])
        ranked = [*ranked[:REASONS_SHOWN], ("other reasons, each listed under Exclusions", rest)]
    told.append(FlowStep(gone[0].step, len(here), tuple(ranked)))


def _for_the_drawing(reasons: list[str]) -> list[str]:
    """Reasons as they are, but that those which name another patient are one; who it is stands in the list."""
    twice = {each for each in reasons if each.startswith(SAME_PERSON)}
    if len(twice) < 2:
        return reasons
    return [f"{SAME_PERSON} another patient, counted once" if each in twice else each for each in reasons]
