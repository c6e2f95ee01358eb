"""A right-censored outcome: time to death or last contact in months, and whether the death was observed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.units import MONTHS_PER, TimeUnit


@dataclass(frozen=True, eq=False)
class Outcome:
    """Times and events of n patients.

    Parameters
    ----------
    time_months : (n,) float64 >= 0
        Months from time zero to the event or to the last contact.
    event : (n,) bool
        True where the event was observed, False where the patient was censored. 0/1 are accepted.

    Raises
    ------
    BadInput
        For NaN, infinite or negative times, for events that are not 0/1, and for unequal lengths.
        Nothing is dropped or repaired here.
    """

    time_months: NDArray[np.float64]
    event: NDArray[np.bool_]

    def __init__(self, time_months: ArrayLike, event: ArrayLike) -> None:
        times = _as_times(time_months)
        events = _as_events(event)
        if len(times) != len(events):
            raise BadInput("outcome", "event", f"{len(events)} values", f"{len(times)}, one a time", "Align the two.")
        if not len(times):
            raise BadInput(
                "outcome", "time_months", "no patient", "at least one", "Check which patients were selected."
            )
        object.__setattr__(self, "time_months", times)
        object.__setattr__(self, "event", events)

    @classmethod
    def in_unit(cls, times: ArrayLike, event: ArrayLike, unit: TimeUnit | str) -> Outcome:
        """The same outcome from times in days, weeks, months or years."""
        return cls(_as_times(times) * MONTHS_PER[TimeUnit(unit)], event)

    @property
    def n(self) -> int:
        """Number of patients."""
        return len(self.time_months)

    @property
    def n_events(self) -> int:
        """Number of observed events."""
        return int(self.event.sum())

    def of(self, rows: NDArray) -> Outcome:
        """The outcome of some patients: `rows` is an index or a mask."""
        return Outcome(self.time_months[rows], self.event[rows])


def _as_times(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise BadInput(
            "outcome", "time_months", f"an array of shape {array.shape}", "one time a patient", "Flatten it."
        )
    try:
        times = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise BadInput("outcome", "time_months", str(error), "numbers", "Correct the column.") from error
    bad = np.flatnonzero(~np.isfinite(times) | (times < 0))
    if len(bad):
        row = int(bad[0])
        raise BadInput(
            "outcome",
            f"time_months, row {row}",
            str(times[row]),
            "a number >= 0",
            f"Correct or leave out {'this patient' if len(bad) == 1 else f'these {len(bad)} patients'}, with a reason.",
        )
    return times


def _as_events(values: ArrayLike) -> NDArray[np.bool_]:
    array = np.asarray(values)
    if array.ndim != 1:
        raise BadInput("outcome", "event", f"an array of shape {array.shape}", "one event a patient", "Flatten it.")
    if array.dtype == np.bool_:
        return array.copy()
    try:
        numbers = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise BadInput("outcome", "event", str(error), "0 or 1", "Declare the coding of the column.") from error
    bad = np.flatnonzero(~np.isin(numbers, (0.0, 1.0)))
    if len(bad):
        row = int(bad[0])
        raise BadInput(
            "outcome", f"event, row {row}", f"{numbers[row]:g}", "0 or 1", "Declare the coding of the event column."
        )
    return numbers == 1.0
