"""Rows of a forest plot: each clinical factor alone, and all together, without penalty and on complete cases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Estimate, HazardRow
from radgen_assets.science.learning.nested.design_matrix import code_column, is_category, is_ordered
from radgen_assets.science.learning.penalised.logistic import fit_logistic
from radgen_assets.science.survival.cox.model import fit_cox
from radgen_assets.science.survival.outcome import Outcome

SMALLEST_EVENTS_A_TERM = 5  # below this a joint model without penalty says more about chance than about patients
COMFORTABLE_EVENTS_A_TERM = 10  # Peduzzi et al. 1995

Target = Outcome | NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Ratios:
    """Hazard or odds ratios of the columns of one model."""

    ratio: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    p: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Term:
    """A clinical factor as the columns that enter a model, each with its label."""

    name: str
    levels: tuple[str, ...]
    columns: NDArray[np.float64]


def effect_rows(
    clinical: pd.DataFrame, target: Target
) -> tuple[tuple[HazardRow, ...], tuple[HazardRow, ...], tuple[str, ...]]:
    """Unadjusted rows, adjusted rows, and warnings.

    Years of age count per 10 years, Karnofsky's score per 10 points, other numbers per standard deviation, yes/no
    columns and categories each level against the reference (the most frequent level; of an ordered category, as grade,
    the lowest). A model uses the patients that have all its factors.
    The adjusted model is left out when it has fewer than 5 events (positives and negatives: the rarer) a term.
    """
    terms = [term for name in clinical.columns if (term := _term(clinical[name])) is not None]
    unadjusted = tuple(row for term in terms for row in _rows([term], target, _fitter(target)))
    if not terms:
        return (), (), ("No clinical factor varies, so there are no unadjusted or adjusted ratios.",)
    complete = np.asarray(np.isfinite(np.column_stack([term.columns for term in terms])).all(axis=1))
    n_columns = sum(len(term.levels) for term in terms)
    events = _rarer(target, complete)
    if events < SMALLEST_EVENTS_A_TERM * n_columns:
        warning = (
            f"The clinical factors were not fitted together without penalty: {events} "
            f"{'events' if isinstance(target, Outcome) else 'patients of the rarer class'} among {int(complete.sum())} "
            f"complete patients for {n_columns} terms, expected at least {SMALLEST_EVENTS_A_TERM} a term."
        )
        return unadjusted, (), (warning,)
    warnings: tuple[str, ...] = ()
    if events < COMFORTABLE_EVENTS_A_TERM * n_columns:
        warnings = (f"The adjusted ratios rest on {events / n_columns:.1f} events a term; fewer than 10 is few.",)
    return unadjusted, tuple(_rows(terms, target, _fitter(target))), warnings


def _term(values: pd.Series) -> _Term | None:
    """A factor's columns; None when it does not vary."""
    name = str(values.name)
    levels, coded = code_column(values, "clinical")
    if is_category(values):
        if len(levels) < 2:
            return None
        reference = 0 if is_ordered(values) else int(np.argmax(np.nansum(coded, axis=0)))
        others = [k for k in range(len(levels)) if k != reference]
        return _Term(name, tuple(f"{levels[k]} against {levels[reference]}" for k in others), coded[:, others])
    numbers = np.where(np.isinf(coded[:, 0]), np.nan, coded[:, 0])
    known = numbers[np.isfinite(numbers)]
    if len(known) < 2 or np.ptp(known) == 0:
        return None
    if set(np.unique(known)) <= {0.0, 1.0}:
        return _Term(name, ("yes against no",), numbers[:, None])
    if "age" in name.casefold().split("_") and "months" not in name:
        return _Term(name, ("per 10 years",), numbers[:, None] / 10)
    if name == "kps":
        return _Term(name, ("per 10 points",), numbers[:, None] / 10)
    spread = known.std(ddof=1)
    return _Term(name, (f"per SD ({spread:.3g})",), numbers[:, None] / spread)


def _rows(terms: Sequence[_Term], target: Target, fitter: Callable[..., Ratios]) -> list[HazardRow]:
    x = np.column_stack([term.columns for term in terms])
    labels = [(term.name, level) for term in terms for level in term.levels]
    complete = np.flatnonzero(np.isfinite(x).all(axis=1))
    kept = target.of(complete) if isinstance(target, Outcome) and len(complete) else target
    kept = kept[complete] if not isinstance(kept, Outcome) else kept
    events = kept.n_events if isinstance(kept, Outcome) else int(kept.sum())
    method = "Wald, Cox (Efron)" if isinstance(target, Outcome) else "Wald, logistic regression"

    def row(k: int, ratios: Ratios | None, note: str) -> HazardRow:
        if ratios is None:
            return HazardRow(*labels[k], Estimate(None, None, None, len(complete), events, method, note=note))
        value, low, high, p = (float(v[k]) for v in (ratios.ratio, ratios.low, ratios.high, ratios.p))
        return HazardRow(*labels[k], Estimate(value, low, high, len(complete), events, method, p=p))

    varies = np.ptp(x[complete], axis=0) > 0 if len(complete) else np.zeros(len(labels), dtype=bool)
    try:
        if not varies.any():
            raise UsedWrongly("no factor varies among the complete patients.")
        fitted = fitter(kept, x[complete][:, varies], [" ".join(labels[k]) for k in np.flatnonzero(varies)])
    except UsedWrongly as error:
        return [row(k, None, str(error)) for k in range(len(labels))]
    places = np.cumsum(varies) - 1
    spread = Ratios(*(v[places] for v in (fitted.ratio, fitted.low, fitted.high, fitted.p)))
    return [row(k, spread if varies[k] else None, "" if varies[k] else "constant") for k in range(len(labels))]


def _fitter(target: Target) -> Callable[..., Ratios]:
    return _cox_ratios if isinstance(target, Outcome) else _odds_ratios


def _cox_ratios(target: Outcome, x: NDArray[np.float64], names: Sequence[str]) -> Ratios:
    fit = fit_cox(target, x, names=names)
    return Ratios(fit.hazard_ratio, fit.low, fit.high, fit.p)


def _odds_ratios(target: NDArray[np.int64], x: NDArray[np.float64], names: Sequence[str]) -> Ratios:
    fit = fit_logistic(target, x, names=names)
    return Ratios(fit.odds_ratio, fit.low, fit.high, fit.p)


def _rarer(target: Target, complete: NDArray[np.bool_]) -> int:
    if isinstance(target, Outcome):
        return int(target.event[complete].sum())
    positives = int(target[complete].sum())
    return min(positives, int(complete.sum()) - positives)
