"""A Cox model as a nomogram: points for each factor, and survival at given times for a total of points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.model import CoxFit
from radgen_assets.science.survival.cox.nomogram_axis import NomogramAxis, SurvivalAxis, tidy_ticks
from radgen_assets.science.survival.spline import restricted_cubic_spline
from radgen_assets.science.survival.terms import CodedTerms

LONGEST_AXIS = 100.0  # points of the factor with the widest effect
FEW_VALUES = 10  # a number with at most so many distinct values has a tick at each of them, as rms
SURVIVAL_TICKS = (0.99, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05)


@dataclass(frozen=True)
class Nomogram:
    """Axes of the factors and of survival over one ruler of total points.

    points_per_unit : points per unit of the linear predictor (log hazard)
    largest_total : points of a patient at the far end of every axis
    """

    axes: tuple[NomogramAxis, ...]
    survival_axes: tuple[SurvivalAxis, ...]
    points_per_unit: float
    largest_total: float

    def total_points(self, frame: pd.DataFrame) -> NDArray[np.float64]:
        """(n,) total points of patients; `frame` has a column for each axis.

        Values beyond an axis continue its line, so a total may fall below 0 or above `largest_total`.

        Raises
        ------
        UsedWrongly
            For a factor that the frame lacks, a missing value, and a level that the axis does not hold.
        """
        lacking = [axis.term for axis in self.axes if axis.term not in frame.columns]
        if lacking:
            raise UsedWrongly(f"nomogram: the frame lacks {', '.join(lacking)}. Give a column for every factor.")
        return np.sum([axis.read(frame[axis.term]) for axis in self.axes], axis=0)

    def survival(self, total_points: ArrayLike, time_months: float) -> NDArray[np.float64]:
        """(n,) probability to live beyond a time of the nomogram, from total points.

        Raises
        ------
        UsedWrongly
            For a time without an axis.
        """
        axis = next((axis for axis in self.survival_axes if axis.time_months == time_months), None)
        if axis is None:
            times = ", ".join(f"{axis.time_months:g}" for axis in self.survival_axes)
            raise UsedWrongly(f"nomogram: found a time of {time_months:g} months, expected one of its axes: {times}.")
        # log(-log(survival)) is a straight line over points, so that any tick gives all others without rounding
        log_hazard = np.log(-np.log(axis.survival[0]))
        more = (np.asarray(total_points, dtype=np.float64) - axis.total_points[0]) / self.points_per_unit
        return np.exp(-np.exp(log_hazard + more))


def nomogram(fit: CoxFit, terms: CodedTerms, frame: pd.DataFrame, times_months: Sequence[float]) -> Nomogram:
    """Turn a fitted Cox model into points.

    The factor whose effect spans most of the linear predictor gets 100 points; each axis starts at 0 with its most
    favourable value. A number has ticks that cover its range in `frame` (each value, where there are at most ten).

    Parameters
    ----------
    fit : CoxFit
        Of `terms.matrix`, without strata.
    terms : CodedTerms
        As `code_terms(frame)` gives them.
    frame : one row a patient, one column a factor
        The patients of the fit.
    times_months : increasing or not
        Times at which survival is read. Choose them within follow-up: beyond the last death nothing was learnt.

    Raises
    ------
    UsedWrongly
        When fit and terms are not of the same columns, for a fit with strata, for a time before the first or after
        the last death, and when no factor has any effect.

    Source: Harrell, Regression Modeling Strategies, 2nd ed., section 5.3; R rms::nomogram.
    """
    if tuple(fit.names) != tuple(terms.names):
        raise UsedWrongly(
            f"nomogram: found a fit of {', '.join(fit.names)} and terms of {', '.join(terms.names)}. "
            "Fit terms.matrix with names=terms.names."
        )
    if len(fit.baselines) > 1:
        raise UsedWrongly("nomogram: found a fit with strata, expected one baseline hazard. Fit the strata as a term.")
    effects = {term: _Effect.of(fit, terms, frame, term) for term in terms.terms}
    widest = max(float(np.ptp(effect.on_ticks)) for effect in effects.values())
    if not widest > 0:
        raise UsedWrongly("nomogram: every coefficient is 0, so no factor has points.")
    per_unit = LONGEST_AXIS / widest
    axes = tuple(effect.axis(term, per_unit) for term, effect in effects.items())
    largest = float(sum(max(axis.points) for axis in axes))
    of_zero = sum(effect.on_ticks.min() for effect in effects.values()) - float(fit.means @ fit.coefficients)
    survival_axes = tuple(_survival_axis(fit, float(time), of_zero, per_unit, largest) for time in times_months)
    return Nomogram(axes, survival_axes, per_unit, largest)


@dataclass(frozen=True, eq=False)
class _Effect:
    """A factor's part of the linear predictor at its ticks (and at its knots)."""

    values: NDArray[np.float64]
    labels: tuple[str, ...]
    on_ticks: NDArray[np.float64]
    is_category: bool
    knots: tuple[float, ...]
    on_knots: NDArray[np.float64]

    @classmethod
    def of(cls, fit: CoxFit, terms: CodedTerms, frame: pd.DataFrame, term: str) -> _Effect:
        coefficients = fit.coefficients[terms.columns_of(term)]
        none = np.empty(0)
        if term in terms.levels:
            levels = terms.levels[term]
            return cls(np.arange(float(len(levels))), levels, np.append(0.0, coefficients), True, (), none)
        column = frame[term]
        values = _ticks(column.to_numpy(dtype=np.float64))
        labels = ("no", "yes") if column.dtype == bool else tuple(f"{value:.10g}" for value in values)
        knots = terms.knots.get(term, ())
        if not knots:
            return cls(values, labels, values * coefficients[0], False, (), none)
        on_ticks, on_knots = (restricted_cubic_spline(at, knots) @ coefficients for at in (values, np.array(knots)))
        return cls(values, labels, on_ticks, False, knots, on_knots)

    def axis(self, term: str, per_unit: float) -> NomogramAxis:
        start = self.on_ticks.min()
        return NomogramAxis(
            term=term,
            labels=self.labels,
            values=tuple(float(value) for value in self.values),
            points=tuple(float(points) for points in (self.on_ticks - start) * per_unit),
            kind="category" if self.is_category else "number",
            knots=self.knots,
            points_at_knots=tuple(float(points) for points in (self.on_knots - start) * per_unit),
        )


def _ticks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    distinct = np.unique(values)
    if len(distinct) <= FEW_VALUES:
        return distinct
    return tidy_ticks(float(distinct[0]), float(distinct[-1]))


def _survival_axis(fit: CoxFit, time_months: float, of_zero: float, per_unit: float, largest: float) -> SurvivalAxis:
    """Ticks where the survival of a total within the ruler is a round number; its ends where there is none."""
    first, last = float(fit.event_times[0]), float(fit.event_times[-1])
    if not first <= time_months <= last:
        raise UsedWrongly(
            f"nomogram: found a time of {time_months:g} months, expected one between the first and the last death, "
            f"{first:g} to {last:g} months."
        )
    at_means = float(fit.survival(fit.means[None, :], [time_months])[0, 0])
    log_hazard = np.log(-np.log(at_means)) + of_zero  # of a patient with no points
    ticks = np.array(SURVIVAL_TICKS)
    totals = (np.log(-np.log(ticks)) - log_hazard) * per_unit
    inside = (totals >= 0) & (totals <= largest)
    if not inside.any():
        totals = np.array([0.0, largest])
        ticks = np.exp(-np.exp(log_hazard + totals / per_unit))
        inside = (ticks > 0) & (ticks < 1)
    if not inside.any():
        raise UsedWrongly(
            f"nomogram: survival at {time_months:g} months is 0 or 1 to the last digit at both ends of the ruler. "
            "The fit tells some patients from others without error; look for a factor that follows from the outcome."
        )
    return SurvivalAxis(time_months, tuple(map(float, ticks[inside])), tuple(map(float, totals[inside])))
