"""What every measure of predicted risks asks of its input: probabilities, and follow-up at the time."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.outcome import Outcome


def as_risk(values: ArrayLike, n: int, what: str) -> NDArray[np.float64]:
    """(n,) probabilities of death by the time; refuses another shape, NaN, and what lies outside 0 to 1."""
    risk = np.asarray(values, dtype=np.float64)
    if risk.shape != (n,) or not ((risk >= 0) & (risk <= 1)).all():
        raise UsedWrongly(f"{what}: expected {n} risks between 0 and 1, one a patient.")
    return risk


def refuse_time_without_follow_up(outcome: Outcome, time_months: float, what: str) -> None:
    """A time beyond the last follow-up has nothing observed, and one that is not positive nothing to predict."""
    last = float(outcome.time_months.max())
    if not 0 < time_months <= last:
        raise UsedWrongly(
            f"{what}: found a time of {time_months:g} months, expected at most the last follow-up, {last:g} months"
            f"{'' if time_months > 0 else ', and more than 0'}."
        )
