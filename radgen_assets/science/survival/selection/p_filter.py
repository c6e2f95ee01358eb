"""Univariate, then multivariable Cox, dropping what is not significant: the selection that many papers make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival.cox.model import CoxFit, Ties, fit_cox
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.selection.backward import only_terms
from radgen_assets.science.survival.terms import CodedTerms, code_terms

_Fitted = tuple[CoxFit, CodedTerms] | None  # a model with its columns; None of no factor


@dataclass(frozen=True)
class FilteredTerm:
    """What became of one factor; P is Wald's, with one degree of freedom a coded column.

    univariate_p : alone; None when it could not be fitted alone, and then `note` says why
    entered : whether it stood in the multivariable model
    multivariable_p : beside all others that entered; None when it did not enter
    kept : whether it stands in the final model
    final_p : in the final model
    """

    term: str
    degrees_of_freedom: int
    forced: bool
    univariate_p: float | None
    entered: bool
    multivariable_p: float | None
    kept: bool
    final_p: float | None
    note: str


@dataclass(frozen=True, eq=False)
class PFilter:
    """Factors that passed two filters of P.

    rows : one a factor, in the frame's order
    terms : of the final model
    multivariable, fit : the model of all that entered, and the final one; None when nothing was left for it
    coded : columns of the final model
    """

    rows: tuple[FilteredTerm, ...]
    terms: tuple[str, ...]
    level: float
    multivariable: CoxFit | None
    fit: CoxFit | None
    coded: CodedTerms | None
    n: int
    n_events: int

    def to_frame(self) -> pd.DataFrame:
        """One row a factor."""
        return pd.DataFrame([vars(row) for row in self.rows])


def filter_by_p(
    outcome: Outcome,
    frame: pd.DataFrame,
    *,
    level: float = 0.05,
    forced: Sequence[str] = (),
    ties: Ties = "efron",
    strata: ArrayLike | None = None,
) -> PFilter:
    """Keep the factors whose P is at most `level` alone and again beside all others that passed.

    Parameters
    ----------
    frame : one row a patient, one column a factor, complete
        Numbers as they are, categories against their first level; a category is one test (code_terms).
    forced : columns that enter and stay whatever their P
    ties, strata : as in fit_cox

    Returns
    -------
    PFilter
        A factor that has no fit of its own (constant within strata, separation) does not enter, and its row says so:
        look at it, for a perfect predictor is lost in this way.

    Raises
    ------
    UsedWrongly
        A forced factor that is no column or has no fit, `level` outside 0 to 1, no event, missing values.

    Notes
    -----
    One pass: in the final model P may again exceed the level. A filter by P favours factors that are strong by chance
    and drops confounders; it is here because published models were made by it.
    Source: step C11 of paper C ("univariate then multivariable"); Wald tests as R's coxph prints them.
    """
    _refuse_what_cannot_be_filtered(outcome, frame, level, forced)
    coded = code_terms(frame)

    def fitted(terms: Sequence[str]) -> _Fitted:
        return _fit(outcome, coded, terms, ties, strata)

    alone = {term: _alone(fitted, term, must_fit=term in forced) for term in coded.terms}
    entered = [term for term in coded.terms if term in forced or _passes(alone[term][0], level)]
    joint = fitted(entered)
    beside = _wald_p(joint)
    kept = [term for term in entered if term in forced or _passes(beside[term], level)]
    final = fitted(kept)
    of_final = _wald_p(final)
    rows = [
        FilteredTerm(
            term=term,
            degrees_of_freedom=len(coded.columns_of(term)),
            forced=term in forced,
            univariate_p=p,
            entered=term in entered,
            multivariable_p=beside.get(term),
            kept=term in kept,
            final_p=of_final.get(term),
            note=note,
        )
        for term, (p, note) in alone.items()
    ]
    return PFilter(
        rows=tuple(rows),
        terms=tuple(kept),
        level=level,
        multivariable=joint and joint[0],
        fit=final and final[0],
        coded=final and final[1],
        n=outcome.n,
        n_events=outcome.n_events,
    )


def _refuse_what_cannot_be_filtered(outcome: Outcome, frame: pd.DataFrame, level: float, forced: Sequence[str]) -> None:
    if not 0 < level <= 1:
        raise UsedWrongly(f"filter by P: found the level {level:g}, expected a number above 0 and at most 1.")
    absent = [name for name in forced if name not in frame.columns]
    if absent:
        raise UsedWrongly(f"filter by P: found the forced factor '{absent[0]}', expected a column of the frame.")
    if not outcome.n_events:
        raise UsedWrongly(f"filter by P: found no event among {outcome.n} patients, expected at least one.")


def _alone(fitted: Callable[[Sequence[str]], _Fitted], term: str, *, must_fit: bool) -> tuple[float | None, str]:
    """P of one factor alone; or None, and why it has no fit."""
    try:
        return _wald_p(fitted([term]))[term], ""
    except UsedWrongly as error:
        if must_fit:
            raise
        return None, str(error)


def _passes(p: float | None, level: float) -> bool:
    return p is not None and p <= level


def _fit(outcome: Outcome, coded: CodedTerms, terms: Sequence[str], ties: Ties, strata: ArrayLike | None) -> _Fitted:
    if not terms:
        return None
    columns = only_terms(coded, terms)
    return fit_cox(outcome, columns, ties=ties, strata=strata), columns


def _wald_p(fitted: _Fitted) -> dict[str, float]:
    """Factor -> P of the Wald test that all its coefficients are zero."""
    if fitted is None:
        return {}
    fit, columns = fitted
    return {term: _wald(fit, columns.columns_of(term)) for term in columns.terms}


def _wald(fit: CoxFit, places: NDArray[np.int64]) -> float:
    part = fit.coefficients[places]
    statistic = float(part @ np.linalg.solve(fit.variance[np.ix_(places, places)], part))
    return float(chdtrc(len(places), statistic))
