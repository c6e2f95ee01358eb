"""What a reader of a fit must be warned of: few events, models that kept nothing, predictors absent elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from radgen_assets.contracts.results import Estimate
from radgen_assets.science.learning.study.data import StudyData
from radgen_assets.science.learning.study.endpoint import FULL
from radgen_assets.science.learning.study.models import StudyModel

FEW_EVENTS_A_CANDIDATE = 10


def model_warnings(data: StudyData, models: Mapping[str, StudyModel], difference: Estimate) -> list[str]:
    """Of the models that learnt here; `difference` is full minus baseline, out of fold."""
    lines = []
    rarer = min(data.n_events, len(data.patients) - data.n_events)
    candidates = len(data.design.columns)
    if rarer < FEW_EVENTS_A_CANDIDATE * candidates:
        lines.append(
            f"{data.n_events} events among {len(data.patients)} patients for {candidates} candidate columns: "
            "single coefficients are not to be trusted, only the out-of-fold performance."
        )
    if difference.value is not None and difference.value < 0:
        lines.append(
            "Out of fold the full model did not do better than the clinical baseline "
            f"(difference {difference.value:+.3f}): the added blocks brought nothing that these patients can show."
        )
    for name, model in models.items():
        nested, named = model.nested, name.replace("_", "-")
        if nested.n_empty:
            lines.append(
                f"The {named} model kept no predictor in {nested.n_empty} of {nested.n_fits} outer folds; "
                "there it gives every patient the same score."
            )
        unconverged = nested.n_unconverged + (not model.final.converged)
        if unconverged:
            fits = "1 fit" if unconverged == 1 else f"{unconverged} fits"
            lines.append(f"The {named} model's solver did not reach its threshold in {fits}.")
    return lines


def external_warnings(setting: str, where: StudyData, models: Mapping[str, StudyModel]) -> list[str]:
    """Of one external setting: its own, and predictors of the full model that nobody there has."""
    lines = [f"{setting}: {line}" for line in where.warnings]
    used = models[FULL].final.selected
    absent = [where.design.columns[j].name for j in used if np.isnan(where.design.values[:, j]).all()]
    if absent:
        lines.append(
            f"{setting}: {len(absent)} of {len(used)} predictors of the full model are absent and stand at the "
            f"training median: {', '.join(absent[:5])}{', ...' if len(absent) > 5 else ''}."
        )
    return lines
