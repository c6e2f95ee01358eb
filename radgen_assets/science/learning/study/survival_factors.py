"""What is told of the clinical factors of a survival fit: proportional hazards, nomogram, groups for curves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import pandas as pd

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import (
    NomogramRuler,
    NomogramSurvival,
    NomogramValues,
    PatientGroups,
    ProportionalHazards,
)
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.nested.design_matrix import is_ordered
from radgen_assets.science.learning.study.data import StudyData
from radgen_assets.science.learning.study.effect_rows import SMALLEST_EVENTS_A_TERM
from radgen_assets.science.survival.cox.model import CoxFit, fit_cox
from radgen_assets.science.survival.cox.nomogram import nomogram
from radgen_assets.science.survival.cox.proportional_hazards import proportional_hazards_test
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.terms import CodedTerms, code_terms

DOUBTFUL = 0.05
TOO_MANY_GROUPS = 6  # curves that a reader can tell apart


def clinical_factors(
    data: StudyData, outcome: Outcome, in_nomogram: Collection[str], fit: FitDeclaration
) -> dict[str, Any]:
    """Fields of FitResult: `proportional_hazards` of all clinical factors together, `nomogram` of those of the model.

    Both from the patients that have every factor, and empty where the model cannot be fitted (its reason stands with
    the adjusted ratios).
    """
    told: dict[str, Any] = {"proportional_hazards": (), "nomogram": None}
    try:
        terms, kept, _ = _terms(data.clinical, outcome, list(data.clinical.columns))
        told["proportional_hazards"] = _proportional_hazards(kept, terms)
    except UsedWrongly:
        return told
    chosen = [name for name in data.clinical.columns if name in in_nomogram]
    if not chosen:
        return told
    try:
        terms, kept, frame = _terms(data.clinical, outcome, chosen)
        fitted = fit_cox(kept, terms.matrix, names=terms.names)
        within = [t for t in fit.times_months if fitted.event_times[0] <= t <= fitted.event_times[-1]]
        told["nomogram"] = _nomogram(fitted, terms, frame, within)
    except UsedWrongly:
        return told
    return told


def patient_groups(
    groups: pd.DataFrame | None, patients: Sequence[str], fit: FitDeclaration
) -> tuple[PatientGroups, ...]:
    """Labels of the fitted patients by each column of `fit.kaplan_meier_by`.

    Raises
    ------
    UsedWrongly
        For a column of numbers, and for one with more than six groups.
    """
    if groups is None:
        return ()
    told = []
    for name in fit.kaplan_meier_by:
        column = groups[name].set_axis(groups.index.map(str)).reindex(list(patients))
        known = column.dropna()
        if pd.api.types.is_float_dtype(column.dtype):
            raise UsedWrongly(f"fit {fit.name}: kaplan_meier_by names '{name}', a number; expected a column of groups.")
        present = set(known.astype(str))
        if len(present) > TOO_MANY_GROUPS:
            raise UsedWrongly(
                f"fit {fit.name}: kaplan_meier_by names '{name}' with {len(present)} groups, expected at most "
                f"{TOO_MANY_GROUPS}."
            )
        order = [str(level) for level in column.cat.categories] if is_ordered(column) else sorted(present)
        labels = column.astype(object).map(str, na_action="ignore").where(column.notna(), "")
        told.append(PatientGroups(name, tuple(level for level in order if level in present), tuple(labels)))
    return tuple(told)


def _proportional_hazards(outcome: Outcome, terms: CodedTerms) -> tuple[ProportionalHazards, ...]:
    found = proportional_hazards_test(outcome, terms)
    method = "score test (cox.zph), Kaplan-Meier scale of time"
    rows = [*zip(found.names, found.statistic, found.degrees_of_freedom, found.p, strict=True)]
    rows.append(("GLOBAL", found.global_statistic, found.global_degrees_of_freedom, found.global_p))
    return tuple(
        ProportionalHazards(name, float(statistic), int(degrees), float(p), found.n, found.n_events, method)
        for name, statistic, degrees, p in rows
    )


def _terms(clinical: pd.DataFrame, outcome: Outcome, columns: list[str]) -> tuple[CodedTerms, Outcome, pd.DataFrame]:
    """The factors that vary, together, on the patients that have them all."""
    complete = clinical[columns].notna().all(axis=1).to_numpy(dtype=bool)
    if not complete.any():
        raise UsedWrongly("clinical factors: no patient has them all.")
    frame = clinical.loc[complete, columns]
    frame = frame[[name for name in columns if frame[name].nunique() > 1]]
    if frame.shape[1] == 0:
        raise UsedWrongly("clinical factors: none varies.")
    terms = code_terms(frame)
    kept = outcome.of(np.flatnonzero(complete))
    if kept.n_events < SMALLEST_EVENTS_A_TERM * len(terms.names):
        raise UsedWrongly("clinical factors: too few events.")
    return terms, kept, frame


def _nomogram(fitted: CoxFit, terms: CodedTerms, frame: pd.DataFrame, times_months: Sequence[float]) -> NomogramValues:
    made = nomogram(fitted, terms, frame, times_months)
    return NomogramValues(
        rulers=tuple(NomogramRuler(a.term, a.labels, a.values, a.points, a.kind) for a in made.axes),
        survival=tuple(NomogramSurvival(a.time_months, a.survival, a.total_points) for a in made.survival_axes),
        points_per_unit=made.points_per_unit,
        largest_total=made.largest_total,
    )
