"""A study's survival fit: elastic-net Cox regression beside its clinical-only baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Estimate, FitResult
from radgen_assets.contracts.study import FitDeclaration
from radgen_assets.science.learning.learners import CoxLearner, Learner
from radgen_assets.science.learning.receiver_operating import paired_difference, sum_by_person
from radgen_assets.science.learning.study_data import ExternalData, StudyData, gather
from radgen_assets.science.learning.study_fit import Scored, fit_study
from radgen_assets.science.survival.concordance import Concordance, harrell_c
from radgen_assets.science.survival.cox import fit_cox
from radgen_assets.science.survival.logrank import logrank
from radgen_assets.science.survival.outcome import Outcome

METHOD = "infinitesimal jackknife"
NO_WIDTH = "the estimate has no spread in these patients, so it has no interval"
ONE_GROUP = "every patient has a score on one side of 0, so there are no two groups"
SMALLEST_AT_RISK = 3  # patients, and
SMALLEST_SHARE_AT_RISK = 0.1  # share of all that a horizon must leave at risk


def fit_study_survival(
    predictors: Mapping[str, pd.DataFrame],
    block_kinds: Mapping[str, str],
    outcome: pd.DataFrame,
    persons: pd.Series,
    fit: FitDeclaration,
    *,
    centre: pd.Series | None = None,
    external: Mapping[str, ExternalData] | None = None,
) -> FitResult:
    """Predict overall survival from blocks of predictors, always beside the clinical block alone.

    Parameters
    ----------
    outcome : data frame indexed by patient key
        Columns time_months (>= 0) and event (0/1). Its index says who the patients are.
    others : as in `fit_study_classification`

    Returns
    -------
    FitResult
        Scores are log hazards minus the median among the training patients: a score above 0 is called high risk, and
        `log_rank_p`, `hazard_ratio_high_risk` compare the two groups. Probabilities are of death by `horizon_months`:
        the longest of `fit.times_months` that leaves at least a tenth of the patients (and 3) at risk.

    Raises
    ------
    UsedWrongly, BadInput
        As `fit_study_classification`; times or events that cannot be.
    """
    data = gather(predictors, block_kinds, outcome, persons, fit, centre=centre)
    tried = {
        setting: gather(e.predictors, block_kinds, e.outcome, e.persons, fit, centre=e.centre, like=data)
        for setting, e in (external or {}).items()
    }
    return fit_study(data, tried, _Survival(horizon(_target(data), fit.times_months)), fit)


def horizon(outcome: Outcome, times_months: tuple[float, ...]) -> float | None:
    """The longest declared time with enough patients still at risk; else the median time of death."""
    needed = max(SMALLEST_AT_RISK, SMALLEST_SHARE_AT_RISK * outcome.n)
    usable = [t for t in times_months if (outcome.time_months >= t).sum() >= needed]
    if usable:
        return float(max(usable))
    return float(np.median(outcome.time_months[outcome.event])) if outcome.n_events else None


@dataclass(frozen=True, eq=False)
class _Survival:
    horizon_months: float | None
    kind: Literal["survival"] = "survival"

    def learner(self, data: StudyData) -> Learner:
        return CoxLearner(_target(data))

    def estimates(self, data: StudyData, scored: Scored, seed: tuple[int, ...]) -> dict[str, Estimate]:
        del seed
        outcome = _target(data)
        try:
            parts = [harrell_c(outcome, score) for score in scored.score]
        except UsedWrongly as error:
            return {"concordance": Estimate(None, None, None, outcome.n, outcome.n_events, METHOD, note=str(error))}
        high = scored.score.mean(axis=0) > 0
        return {
            "concordance": _concordance(parts, data),
            "log_rank_p": _log_rank(outcome, high),
            "hazard_ratio_high_risk": _hazard_ratio(outcome, high),
        }

    def compare(self, data: StudyData, full: Scored, baseline: Scored) -> Estimate:
        outcome, method = _target(data), "paired infinitesimal jackknife"
        try:
            pairs = [
                (harrell_c(outcome, a), harrell_c(outcome, b)) for a, b in zip(full.score, baseline.score, strict=True)
            ]
        except UsedWrongly as error:
            return Estimate(None, None, None, outcome.n, outcome.n_events, method, note=str(error))
        value = float(np.mean([a.value - b.value for a, b in pairs]))
        influence = np.mean([a.influence - b.influence for a, b in pairs], axis=0)
        test = paired_difference(value, sum_by_person(influence, data.persons))
        if test.std_err == 0:
            note = "the two models order the patients equally"
            return Estimate(value, None, None, outcome.n, outcome.n_events, method, note=note)
        return Estimate(value, test.low, test.high, outcome.n, outcome.n_events, method, p=test.p)

    def outcome_fields(self, data: StudyData) -> dict[str, Any]:
        outcome = _target(data)
        return {
            "time_months": tuple(float(t) for t in outcome.time_months),
            "event": tuple(int(e) for e in outcome.event),
        }

    def warnings(self, data: StudyData) -> list[str]:
        """Say when survival differs between centres (log-rank P < 0.05)."""
        if data.centre is None or len(set(data.centre)) < 2:
            return []
        try:
            p = logrank(_target(data), data.centre).p
        except UsedWrongly:
            return []
        if p >= 0.05:
            return []
        return [
            f"Centre and survival are tied (log-rank P = {p:.2g}): compare with the centre-only model, since a model "
            "may have learnt the centre."
        ]


def _target(data: StudyData) -> Outcome:
    assert isinstance(data.target, Outcome)
    return data.target


def _concordance(parts: list[Concordance], data: StudyData) -> Estimate:
    outcome = _target(data)
    value = float(np.mean([part.value for part in parts]))
    influence = sum_by_person(np.mean([part.influence for part in parts], axis=0), data.persons)
    interval = paired_difference(value, influence)
    if interval.std_err == 0:
        return Estimate(value, None, None, outcome.n, outcome.n_events, METHOD, note=NO_WIDTH)
    note = f"mean of {len(parts)} repeats" if len(parts) > 1 else ""
    low, high = max(0.0, interval.low), min(1.0, interval.high)
    return Estimate(value, low, high, outcome.n, outcome.n_events, METHOD, note=note)


def _log_rank(outcome: Outcome, high: NDArray[np.bool_]) -> Estimate:
    method = "log-rank, score above against below the training median"
    try:
        p = logrank(outcome, np.where(high, "high", "low")).p
    except UsedWrongly as error:
        note = ONE_GROUP if len(set(high.tolist())) < 2 else str(error)
        return Estimate(None, None, None, outcome.n, outcome.n_events, method, note=note)
    return Estimate(p, None, None, outcome.n, outcome.n_events, method, p=p)


def _hazard_ratio(outcome: Outcome, high: NDArray[np.bool_]) -> Estimate:
    method = "Wald, Cox (Efron), score above against below the training median"
    try:
        fit = fit_cox(outcome, high.astype(float), names=["high risk"])
    except UsedWrongly as error:
        note = ONE_GROUP if len(set(high.tolist())) < 2 else str(error)
        return Estimate(None, None, None, outcome.n, outcome.n_events, method, note=note)
    values = (float(fit.hazard_ratio[0]), float(fit.low[0]), float(fit.high[0]))
    return Estimate(*values, outcome.n, outcome.n_events, method, p=float(fit.p[0]))
