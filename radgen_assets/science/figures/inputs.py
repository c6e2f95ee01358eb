"""What the figures are drawn from, beyond contracts.results: curves, groups and steps as plain values.

Imports neither matplotlib nor scipy, so that a report's model can name these types cheaply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from radgen_assets.contracts.results import Estimate

if TYPE_CHECKING:
    from radgen_assets.science.survival.kaplan_meier import KaplanMeier

Look = Literal["full", "baseline", "centre_only", "low_risk", "middle_risk", "high_risk"]


@dataclass(frozen=True)
class SurvivalCurve:
    """The Kaplan-Meier curve of one group, as science.survival.kaplan_meier estimates it."""

    label: str
    estimate: KaplanMeier
    look: Look


@dataclass(frozen=True)
class RocCurve:
    """One model's receiver operating characteristic.

    false_positive_rate, true_positive_rate : (n_points,)     From (0, 0) to (1, 1), rising.
    auc : area with its interval (DeLong), as the fit states it.
    """

    label: str
    false_positive_rate: Sequence[float]
    true_positive_rate: Sequence[float]
    auc: Estimate
    look: Look


@dataclass(frozen=True)
class CalibrationGroup:
    """Patients of similar predicted probability: mean prediction against what happened, with a 95 % interval."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int
    n_events: int


@dataclass(frozen=True)
class CalibrationCurve:
    """One model's calibration: groups in rising order of prediction."""

    label: str
    groups: tuple[CalibrationGroup, ...]
    look: Look


@dataclass(frozen=True)
class EstimateRow:
    """A line of an interval plot: one model in one setting."""

    setting: str
    label: str
    estimate: Estimate
    look: Look


@dataclass(frozen=True)
class FlowStep:
    """A step of the cohort flow: who is left, and why the others left between the step before and this one.

    A patient leaves for one reason, so that `n` of the step before = `n` + the sum of `reasons`.
    """

    label: str
    n: int
    reasons: tuple[tuple[str, int], ...] = ()


def check_flow(steps: Sequence[FlowStep]) -> None:
    """Refuse a flow in which patients vanish or appear without a reason.

    Raises
    ------
    ValueError
        When the counts of two neighbouring steps and the reasons between them do not add up.
    """
    for before, after in pairwise(steps):
        lost = sum(n for _, n in after.reasons)
        if before.n - lost != after.n:
            raise ValueError(
                f"cohort flow: step '{after.label}': found {after.n} patients, expected {before.n} - {lost} = "
                f"{before.n - lost}. Give every exclusion one reason."
            )
