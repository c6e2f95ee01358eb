"""Backward selection of a Cox model's factors by AIC, with factors that must stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.model import CoxFit, Ties, fit_cox
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.terms import CodedTerms, code_terms

LEAST_GAIN = 1e-7  # of AIC: a smaller one is rounding (as MASS::stepAIC)


@dataclass(frozen=True)
class BackwardStep:
    """One removal.

    removed : the factor that left, "" for the full model at the start
    aic : of the model after it
    alternatives : factor -> AIC of the model without it, had it left next
    """

    removed: str
    aic: float
    alternatives: dict[str, float]


@dataclass(frozen=True, eq=False)
class BackwardSelection:
    """What backward selection left.

    terms : factors of the final model, in the frame's order
    removed : factors that left, in order
    forced : factors that could not leave
    steps : the full model, then one a removal
    fit, coded : the final model and its columns; None when every factor left
    events_per_candidate : events divided by the coefficients of the full model; below 10 a selection is unstable
    """

    terms: tuple[str, ...]
    removed: tuple[str, ...]
    forced: tuple[str, ...]
    steps: tuple[BackwardStep, ...]
    fit: CoxFit | None
    coded: CodedTerms | None
    n: int
    n_events: int
    events_per_candidate: float

    @property
    def aic(self) -> float:
        """AIC of the final model."""
        return self.steps[-1].aic

    def to_frame(self) -> pd.DataFrame:
        """One row a step: what left, and the AIC then."""
        return pd.DataFrame({"removed": [step.removed for step in self.steps], "aic": [s.aic for s in self.steps]})


def backward_select(
    outcome: Outcome,
    frame: pd.DataFrame,
    *,
    forced: Sequence[str] = (),
    ties: Ties = "efron",
    strata: ArrayLike | None = None,
) -> BackwardSelection:
    """Leave out one factor after the other as long as AIC falls.

    Parameters
    ----------
    frame : one row a patient, one column a factor, complete
        Numbers as they are, categories against their first level; a category stays or leaves as a whole (code_terms).
    forced : columns that must stay
    ties, strata : as in fit_cox

    Raises
    ------
    UsedWrongly
        A forced factor that is no column; whatever code_terms and fit_cox refuse, for the full model above all (a
        factor without a maximum must be dealt with first).

    Notes
    -----
    The final model's P values and intervals take no account of the selection: they are too good.
    Source: R stats::step and MASS::stepAIC, direction = "backward", scope = list(lower = forced).
    """
    absent = [name for name in forced if name not in frame.columns]
    if absent:
        raise UsedWrongly(f"backward selection: found the forced factor '{absent[0]}', expected a column of the frame.")
    if not len(frame.columns):
        raise UsedWrongly("backward selection: found no factor, expected at least one column.")
    coded = code_terms(frame)
    left = list(coded.terms)
    fit: CoxFit | None = _fit(outcome, coded, left, ties, strata)
    assert fit is not None
    null, aic = -2 * fit.log_likelihood_null, fit.aic
    steps, removed = [], [""]
    while True:
        fits = {name: _fit(outcome, coded, [t for t in left if t != name], ties, strata) for name in left}
        aics = {name: null if one is None else one.aic for name, one in fits.items() if name not in forced}
        steps.append(BackwardStep(removed[-1], aic, aics))
        best = min(aics, key=lambda name: aics[name], default="")
        if not best or aics[best] > aic - LEAST_GAIN:
            break
        left.remove(best)
        removed.append(best)
        fit, aic = fits[best], aics[best]
    return BackwardSelection(
        terms=tuple(left),
        removed=tuple(removed[1:]),
        forced=tuple(forced),
        steps=tuple(steps),
        fit=fit,
        coded=only_terms(coded, left) if left else None,
        n=outcome.n,
        n_events=outcome.n_events,
        events_per_candidate=outcome.n_events / len(coded.names),
    )


def _fit(
    outcome: Outcome, coded: CodedTerms, terms: Sequence[str], ties: Ties, strata: ArrayLike | None
) -> CoxFit | None:
    return fit_cox(outcome, only_terms(coded, terms), ties=ties, strata=strata) if terms else None


def only_terms(coded: CodedTerms, terms: Sequence[str]) -> CodedTerms:
    """The columns of some factors."""
    kept = [j for j, term in enumerate(coded.term) if term in terms]
    return CodedTerms(
        np.ascontiguousarray(coded.matrix[:, kept]),
        tuple(coded.names[j] for j in kept),
        tuple(coded.term[j] for j in kept),
        {name: levels for name, levels in coded.levels.items() if name in terms},
        {name: knots for name, knots in coded.knots.items() if name in terms},
    )
