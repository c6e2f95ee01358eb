"""A study's classification: elastic-net logistic regression beside its clinical-only baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2_contingency

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Estimate, FitResult
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.classification.measures import classification_metrics
from radgen_assets.science.learning.classification.receiver_operating import (
    AreaUnderCurve,
    paired_difference,
    roc_auc,
    sum_by_person,
)
from radgen_assets.science.learning.nested.cross_validation import FittedModel
from radgen_assets.science.learning.nested.learners import Learner, LogisticLearner
from radgen_assets.science.learning.study.data import ExternalData, StudyData, gather
from radgen_assets.science.learning.study.endpoint import Scored, optimism_of
from radgen_assets.science.learning.study.fit import fit_study

METHOD = "DeLong"
NO_WIDTH = "the estimate has no spread in these patients, so it has no interval"


def fit_study_classification(
    predictors: Mapping[str, pd.DataFrame],
    block_kinds: Mapping[str, str],
    outcome: pd.Series,
    persons: pd.Series,
    fit: FitDeclaration,
    *,
    centre: pd.Series | None = None,
    external: Mapping[str, ExternalData] | None = None,
) -> FitResult:
    """Predict a yes/no outcome from blocks of predictors, always beside the clinical block alone.

    Parameters
    ----------
    predictors : block name -> data frame indexed by patient key
        Numbers, booleans or categories (coded against their most frequent level in each training fold).
    block_kinds : block name -> "clinical", "radiomics", "deep_features", "pathway_activity"
        Columns of clinical blocks are never screened out.
    outcome : series indexed by patient key
        Raw values; `fit.positive` names the positive one. Its index says who the patients are.
    persons : series, patient key -> person
    centre : series, patient key -> centre; with two or more a centre-only model stands beside the others
    external : setting (for example "external: ucsf") -> a cohort that the final model is tried on

    Returns
    -------
    FitResult
        Scores are log odds minus those of the training prevalence: a score above 0 is called positive. With repeats,
        estimates are means over repeats, and a patient's score is the mean of its out-of-fold scores.

    Raises
    ------
    UsedWrongly
        Too few persons of a class for the folds (the counts are named); the outcome among the predictors; an absent
        block; persons in training and external at once.
    BadInput
        A patient or column twice.
    """
    data = gather(predictors, block_kinds, outcome, persons, fit, centre=centre)
    tried = {
        setting: gather(e.predictors, block_kinds, e.outcome, e.persons, fit, centre=e.centre, like=data)
        for setting, e in (external or {}).items()
    }
    return fit_study(data, tried, _Classification(fit), fit)


@dataclass(frozen=True, eq=False)
class _Classification:
    fit: FitDeclaration
    kind: Literal["classification"] = "classification"
    horizon_months: None = None
    curve_months: tuple[float, ...] = ()

    def learner(self, data: StudyData, model: str) -> Learner:
        del model
        return LogisticLearner(_target(data))

    def estimates(self, data: StudyData, scored: Scored, seed: tuple[int, ...]) -> dict[str, Estimate]:
        y = _target(data)
        n, positives = len(y), int(y.sum())
        try:
            areas = [roc_auc(y, score) for score in scored.score]
            estimates = {"auc": _area(areas, data, n, positives)}
            measures = classification_metrics(
                y,
                (scored.score > 0).astype(np.int64),
                probability=scored.probability,
                persons=data.persons,
                bootstraps=self.fit.bootstraps,
                seed=seed,
            )
        except UsedWrongly as error:  # an external cohort may hold one class only: said, not raised
            return {"auc": Estimate(None, None, None, n, positives, METHOD, note=str(error))}
        estimates["balanced_accuracy"] = measures.balanced_accuracy
        estimates["sensitivity"], estimates["specificity"] = measures.recall["1"], measures.recall["0"]
        estimates["mcc"] = measures.mcc
        if measures.brier is not None:
            estimates["brier"] = measures.brier
        return estimates

    def compare(self, data: StudyData, full: Scored, baseline: Scored) -> Estimate:
        y = _target(data)
        n, positives, method = len(y), int(y.sum()), "paired DeLong"
        try:
            pairs = [(roc_auc(y, a), roc_auc(y, b)) for a, b in zip(full.score, baseline.score, strict=True)]
        except UsedWrongly as error:
            return Estimate(None, None, None, n, positives, method, note=str(error))
        value = float(np.mean([a.value - b.value for a, b in pairs]))
        influence = np.mean([a.influence - b.influence for a, b in pairs], axis=0)
        test = paired_difference(value, sum_by_person(influence, data.persons))
        if test.std_err == 0:
            return Estimate(value, None, None, n, positives, method, note="the two models give equal scores")
        return Estimate(value, test.low, test.high, n, positives, method, p=test.p)

    def differences(self, data: StudyData, full: Scored, baseline: Scored, seed: int) -> dict[str, Estimate]:
        del data, full, baseline, seed
        return {}

    def optimism(self, data: StudyData, apparent: NDArray[np.float64], measured: Estimate) -> Estimate | None:
        if measured.value is None:
            return None
        area = roc_auc(_target(data), apparent).value
        return optimism_of(area, measured, "AUC")

    def described(self, data: StudyData, final: FittedModel) -> dict[str, Any]:
        del data, final
        return {}

    def outcome_fields(self, data: StudyData) -> dict[str, Any]:
        return {"outcome": tuple(int(v) for v in _target(data))}

    def warnings(self, data: StudyData) -> list[str]:
        return [*_tied_centre(data), *_perfect_columns(data)]


def _target(data: StudyData) -> NDArray[np.int64]:
    assert isinstance(data.target, np.ndarray)
    return data.target


def _area(areas: list[AreaUnderCurve], data: StudyData, n: int, positives: int) -> Estimate:
    value = float(np.mean([area.value for area in areas]))
    influence = sum_by_person(np.mean([area.influence for area in areas], axis=0), data.persons)
    interval = paired_difference(value, influence)
    if interval.std_err == 0:
        return Estimate(value, None, None, n, positives, METHOD, note=NO_WIDTH)
    note = f"mean of {len(areas)} repeats" if len(areas) > 1 else ""
    return Estimate(value, max(0.0, interval.low), min(1.0, interval.high), n, positives, METHOD, note=note)


def _tied_centre(data: StudyData) -> list[str]:
    """Say when the centre alone tells something of the outcome (chi-squared, P < 0.05)."""
    if data.centre is None or len(set(data.centre)) < 2 or not 0 < data.n_events < len(data.patients):
        return []
    table = pd.crosstab(data.centre, _target(data)).to_numpy()
    p = float(chi2_contingency(table).pvalue)
    if p >= 0.05:
        return []
    shares = ", ".join(
        f"{name} {share:.0%}" for name, share in pd.Series(_target(data)).groupby(data.centre).mean().items()
    )
    return [
        f"Centre and outcome are tied (chi-squared P = {p:.2g}; positives: {shares}): compare with the centre-only "
        "model, since a model may have learnt the centre."
    ]


def _perfect_columns(data: StudyData) -> list[str]:
    """Clinical columns that alone separate the outcome without error: perhaps the outcome under another name."""
    y, lines = _target(data), []
    for j in np.flatnonzero(data.design.clinical):
        values = data.design.values[:, j]
        known = np.isfinite(values)
        if min(y[known].sum(), (1 - y[known]).sum()) < 2:
            continue
        if roc_auc(y[known], values[known]).value in (0.0, 1.0):
            lines.append(
                f"Column {data.design.columns[j].name} alone separates the outcome without error: "
                "is it the outcome under another name?"
            )
    return lines
