"""What a fit leaves behind: estimates with intervals, out-of-fold predictions, coefficients. All of it goes to JSON.

Made by science/learning, recorded by the study asset, drawn by reporting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval; `low`, `high` and `p` are None where they are not defined, `note` says why."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    n_events: int  # events, or positives of a classification
    method: str  # "DeLong", "bootstrap over persons, 500", "infinitesimal jackknife", "Wald", ...
    p: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Predictions:
    """One score a patient, from a model that did not learn from that patient's person.

    score : higher = more likely positive, or earlier death
    fold : -1 outside cross-validation
    outcome : classification: 0/1 a patient; survival: empty
    time_months, event : survival; else empty
    """

    patients: tuple[str, ...]
    persons: tuple[str, ...]
    fold: tuple[int, ...]
    score: tuple[float, ...]
    outcome: tuple[int, ...] = ()
    time_months: tuple[float, ...] = ()
    event: tuple[int, ...] = ()
    probability: tuple[float, ...] = ()  # calibrated probability of the positive class, or of death by `horizon_months`
    horizon_months: float | None = None


@dataclass(frozen=True)
class Performance:
    """One model's estimates in one setting.

    model : "full", "baseline" or "centre_only"
    setting : "cross_validated" (train role, out of fold) or "<role>: <cohort>"
    estimates : "auc", "balanced_accuracy", "mcc", "brier" | "concordance", "log_rank_p", ...
    """

    model: str
    setting: str
    estimates: Mapping[str, Estimate]
    predictions: Predictions


@dataclass(frozen=True)
class Coefficient:
    """A term of the final model: standardised coefficient and the share of outer folds that selected it."""

    model: str
    block: str
    feature: str
    value: float
    selection_frequency: float


@dataclass(frozen=True)
class HazardRow:
    """A line of a forest plot: a hazard ratio (survival) or an odds ratio (classification)."""

    term: str
    level: str  # "per SD", "per 10 years", "male against female", ...
    ratio: Estimate


@dataclass(frozen=True)
class Missing:
    """How many values a predictor or outcome lacked, before anything was done about it."""

    column: str
    n_missing: int
    n: int
    handled: str  # "patient left out", "median of the training fold", ...


@dataclass(frozen=True)
class ProportionalHazards:
    """Whether a factor's hazard ratio stays the same over time; `term` is "GLOBAL" for all together."""

    term: str
    chi_squared: float
    degrees: int
    p: float
    n: int
    n_events: int
    method: str


@dataclass(frozen=True)
class NomogramRuler:
    """One factor of a nomogram: where its values lie on the points ruler."""

    term: str
    labels: tuple[str, ...]
    values: tuple[float, ...]
    points: tuple[float, ...]
    kind: str  # "number", "category"


@dataclass(frozen=True)
class NomogramSurvival:
    """Survival probability at one time against total points."""

    time_months: float
    survival: tuple[float, ...]
    total_points: tuple[float, ...]


@dataclass(frozen=True)
class NomogramValues:
    """The final model without penalty as rulers that can be read with a pencil."""

    rulers: tuple[NomogramRuler, ...]
    survival: tuple[NomogramSurvival, ...]
    points_per_unit: float
    largest_total: float


@dataclass(frozen=True)
class PatientGroups:
    """A column by which survival is shown: one label a patient ("" = unknown), and the labels in their order."""

    column: str
    order: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True)
class PenaltyPath:
    """Coefficients of the final full model along the penalty, from strong to weak.

    lambdas : (L,); coefficients : a row a term, (L,) values each; deviance, deviance_error : (L,) by inner folds
    chosen : place of the penalty that was taken
    """

    lambdas: tuple[float, ...]
    terms: tuple[str, ...]
    coefficients: tuple[tuple[float, ...], ...]
    deviance: tuple[float, ...]
    deviance_error: tuple[float, ...]
    chosen: int


@dataclass(frozen=True)
class FitResult:
    """Everything a report needs to tell about one fit."""

    fit: str
    kind: Literal["classification", "survival"]
    outcome: str
    positive: str | None
    n: int
    n_events: int
    n_persons: int
    performances: tuple[Performance, ...]
    comparison: Mapping[str, Estimate]  # setting -> full minus baseline (AUC or concordance), paired, with P
    coefficients: tuple[Coefficient, ...]
    unadjusted: tuple[HazardRow, ...]  # one clinical factor at a time
    adjusted: tuple[HazardRow, ...]  # the clinical factors together
    missing: tuple[Missing, ...]
    splits: tuple[tuple[str, int, int], ...]  # patient, repeat, outer fold
    excluded: tuple[tuple[str, str], ...]  # patient, reason
    seed: int
    warnings: tuple[str, ...]
    models: Mapping[str, Mapping[str, Any]]  # "full", "baseline": names, means, scales, coefficients: enough to predict
    settings: Mapping[str, Any] = field(default_factory=dict)
    # setting -> measure -> full minus baseline, beyond the main measure in `comparison`
    differences: Mapping[str, Mapping[str, Estimate]] = field(default_factory=dict)
    proportional_hazards: tuple[ProportionalHazards, ...] = ()  # of the model behind `adjusted`
    nomogram: NomogramValues | None = None
    groups: tuple[PatientGroups, ...] = ()  # labels in the order of the cross-validated predictions
    penalty_path: PenaltyPath | None = None
