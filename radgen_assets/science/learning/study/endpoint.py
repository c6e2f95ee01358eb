"""What differs between a classification and a survival fit, and the scores that either measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.results import Estimate
from radgen_assets.science.learning.nested.cross_validation import FittedModel
from radgen_assets.science.learning.nested.learners import Learner
from radgen_assets.science.learning.nested.unpenalised import UnpenalisedCox
from radgen_assets.science.learning.study.data import StudyData

FULL, BASELINE, CENTRE_ONLY = "full", "baseline", "centre_only"
CROSS_VALIDATED = "cross_validated"


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of one model in one setting: (repeats, n); fold -1 and one repeat outside cross-validation.

    curve : (repeats, n, len(endpoint.curve_months)) probability to live beyond each time; survival only
    """

    score: NDArray[np.float64]
    probability: NDArray[np.float64]
    curve: NDArray[np.float64]
    fold: NDArray[np.int64]


class Endpoint(Protocol):
    """What differs between a classification and a survival fit."""

    @property
    def kind(self) -> Literal["classification", "survival"]:
        """Which of the two."""

    @property
    def horizon_months(self) -> float | None:
        """Survival: the time at which probabilities of death are given."""

    @property
    def curve_months(self) -> tuple[float, ...]:
        """Survival: the times at which predicted curves are kept, for measures over time."""

    def learner(self, data: StudyData, model: str) -> Learner | UnpenalisedCox:
        """The model family of full, baseline or centre_only, holding the outcome of these patients."""

    def estimates(self, data: StudyData, scored: Scored, seed: tuple[int, ...]) -> dict[str, Estimate]:
        """Measures with intervals."""

    def compare(self, data: StudyData, full: Scored, baseline: Scored) -> Estimate:
        """Full minus baseline, paired."""

    def differences(self, data: StudyData, full: Scored, baseline: Scored, seed: int) -> dict[str, Estimate]:
        """Full against baseline by further measures."""

    def optimism(self, data: StudyData, apparent: NDArray[np.float64], measured: Estimate) -> Estimate | None:
        """How much better the final model looks on the patients that it learnt from (their scores) than out of fold."""

    def described(self, data: StudyData, final: FittedModel) -> dict[str, Any]:
        """Further fields of FitResult about the clinical factors and the final full model."""

    def outcome_fields(self, data: StudyData) -> dict[str, Any]:
        """The outcome as the fields of Predictions."""

    def warnings(self, data: StudyData) -> list[str]:
        """What a reader must know about outcome, centre and predictors."""


def optimism_of(apparent: float, measured: Estimate, name: str) -> Estimate:
    """Apparent minus out-of-fold performance, with the apparent value in the note."""
    assert measured.value is not None
    return Estimate(
        apparent - measured.value,
        None,
        None,
        measured.n,
        measured.n_events,
        f"{name} of the final model on the patients it learnt from, minus the one out of fold",
        note=f"{apparent:.3f} where it learnt",
    )
