"""A study's survival fit: a Cox model, with or without penalty, beside its clinical-only baseline."""

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
from radgen_assets.science.learning.nested.cross_validation import FittedModel
from radgen_assets.science.learning.nested.learners import CoxLearner, Learner
from radgen_assets.science.learning.nested.unpenalised import UnpenalisedCox
from radgen_assets.science.learning.study.data import ExternalData, StudyData, gather
from radgen_assets.science.learning.study.endpoint import FULL, Scored, optimism_of
from radgen_assets.science.learning.study.fit import fit_study
from radgen_assets.science.learning.study.survival_factors import clinical_factors, patient_groups
from radgen_assets.science.learning.study.survival_measures import difference_of, further_differences, measures
from radgen_assets.science.survival.curves.logrank import logrank
from radgen_assets.science.survival.discrimination.concordance import harrell_c
from radgen_assets.science.survival.outcome import Outcome

SMALLEST_AT_RISK = 3  # patients, and
SMALLEST_SHARE_AT_RISK = 0.1  # share of all that a horizon must leave at risk
CURVE_POINTS = 60  # times at which predicted curves are kept up to the horizon


def fit_study_survival(
    predictors: Mapping[str, pd.DataFrame],
    block_kinds: Mapping[str, str],
    outcome: pd.DataFrame,
    persons: pd.Series,
    fit: FitDeclaration,
    *,
    centre: pd.Series | None = None,
    external: Mapping[str, ExternalData] | None = None,
    groups: pd.DataFrame | None = None,
) -> FitResult:
    """Predict overall survival from blocks of predictors, always beside the clinical block alone.

    Parameters
    ----------
    outcome : data frame indexed by patient key
        Columns time_months (>= 0) and event (0/1). Its index says who the patients are.
    groups : data frame indexed by patient key
        Columns by which survival is shown (`fit.kaplan_meier_by`).
    others : as in `fit_study_classification`

    Returns
    -------
    FitResult
        Scores are log hazards minus the median among the training patients: a score above 0 is called high risk, and
        `log_rank_p`, `hazard_ratio_high_risk` compare the two groups. Probabilities are of death by `horizon_months`:
        the longest of `fit.times_months` that leaves at least a tenth of the patients (and 3) at risk.
        Every estimate of setting "cross_validated" is made from out-of-fold predictions; with repeats it is the mean
        over them. `optimism` alone looks at the final model on the patients that it learnt from.

    Raises
    ------
    UsedWrongly, BadInput
        As `fit_study_classification`; times or events that cannot be; with model = "cox" a likelihood without maximum.
    """
    data = gather(predictors, block_kinds, outcome, persons, fit, centre=centre)
    tried = {
        setting: gather(e.predictors, block_kinds, e.outcome, e.persons, fit, centre=e.centre, like=data)
        for setting, e in (external or {}).items()
    }
    return fit_study(data, tried, _Survival(horizon(_target(data), fit.times_months), fit, groups), fit)


def horizon(outcome: Outcome, times_months: tuple[float, ...]) -> float | None:
    """The longest declared time with enough patients still at risk; else the median time of death."""
    usable = usable_times(outcome, times_months)
    if usable:
        return max(usable)
    return float(np.median(outcome.time_months[outcome.event])) if outcome.n_events else None


def usable_times(outcome: Outcome, times_months: tuple[float, ...]) -> tuple[float, ...]:
    """Declared times that leave enough patients at risk, increasing."""
    needed = max(SMALLEST_AT_RISK, SMALLEST_SHARE_AT_RISK * outcome.n)
    return tuple(sorted(float(t) for t in times_months if (outcome.time_months > t).sum() >= needed))


@dataclass(frozen=True, eq=False)
class _Survival:
    horizon_months: float | None
    fit: FitDeclaration
    groups: pd.DataFrame | None
    kind: Literal["survival"] = "survival"

    @property
    def curve_months(self) -> tuple[float, ...]:
        if self.horizon_months is None:
            return ()
        return tuple(map(float, np.linspace(0, self.horizon_months, CURVE_POINTS + 1)[1:]))

    def learner(self, data: StudyData, model: str) -> Learner | UnpenalisedCox:
        if self.fit.model == "elastic_net" or model == "centre_only":  # a centre without a death has no maximum
            return CoxLearner(_target(data))
        if model == FULL:
            return UnpenalisedCox(_target(data), self.fit.selection, self.fit.forced)
        return UnpenalisedCox(_target(data))

    def estimates(self, data: StudyData, scored: Scored, seed: tuple[int, ...]) -> dict[str, Estimate]:
        del seed
        return measures(
            _target(data),
            data.persons,
            scored,
            times_months=self.fit.times_months,
            curve_months=self.curve_months,
            horizon_months=self.horizon_months,
        )

    def compare(self, data: StudyData, full: Scored, baseline: Scored) -> Estimate:
        outcome, method = _target(data), "paired infinitesimal jackknife"
        try:
            pairs = [
                (harrell_c(outcome, a), harrell_c(outcome, b)) for a, b in zip(full.score, baseline.score, strict=True)
            ]
        except UsedWrongly as error:
            return Estimate(None, None, None, outcome.n, outcome.n_events, method, note=str(error))
        return difference_of(pairs, outcome, data.persons, method)

    def differences(self, data: StudyData, full: Scored, baseline: Scored, seed: int) -> dict[str, Estimate]:
        return further_differences(
            _target(data),
            data.persons,
            full,
            baseline,
            times_months=self.fit.times_months,
            curve_months=self.curve_months,
            horizon_months=self.horizon_months,
            bootstraps=self.fit.bootstraps,
            seed=seed,
        )

    def optimism(self, data: StudyData, apparent: NDArray[np.float64], measured: Estimate) -> Estimate | None:
        if measured.value is None:
            return None
        return optimism_of(harrell_c(_target(data), apparent).value, measured, "concordance")

    def described(self, data: StudyData, final: FittedModel) -> dict[str, Any]:
        """Proportional hazards and nomogram of the clinical factors, and the groups by which survival is shown."""
        kept = {data.design.columns[j].source for j in final.selected}
        described = clinical_factors(data, _target(data), kept if self.fit.model == "cox" else set(), self.fit)
        return {**described, "groups": patient_groups(self.groups, data.patients, self.fit)}

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
