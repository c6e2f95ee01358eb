"""Cox regression without penalty as a study's learner, with an optional selection of whole factors in every fold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.nested.learners import LinearScore, breslow_hazard
from radgen_assets.science.survival.cox.model import fit_cox
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.selection.backward import backward_select
from radgen_assets.science.survival.selection.p_filter import filter_by_p

Selection = Literal["none", "backward_aic", "p_filter"]


@dataclass(frozen=True, eq=False)
class UnpenalisedCox:
    """Cox's model by maximum likelihood (Efron). Score 0 = the median log hazard of the training patients.

    selection : how factors are chosen among the training patients; a factor's levels stay or go together
    forced : factors that no selection drops
    """

    outcome: Outcome
    selection: Selection = "none"
    forced: tuple[str, ...] = ()

    @property
    def strata(self) -> NDArray[np.str_]:
        """Censored or event: folds are balanced by it."""
        return np.where(self.outcome.event, "event", "censored")

    def relevance(self, standardised: NDArray[np.float64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Nothing is screened: the factors were declared."""
        del rows
        return np.zeros(standardised.shape[1])

    def fit(
        self, x: NDArray[np.float64], rows: NDArray[np.int64], names: Sequence[str], factors: Sequence[str]
    ) -> LinearScore:
        """Fit on `rows`, whose prepared columns are x; `factors` says which factor each column belongs to.

        Raises
        ------
        UsedWrongly
            When the likelihood has no maximum among these patients (a level without a death, say).
        """
        outcome = self.outcome.of(rows)
        coefficients = np.zeros(x.shape[1])
        try:
            kept = self._chosen(outcome, x, names, factors)
            if not kept.any():
                times, hazard = breslow_hazard(outcome, np.zeros(outcome.n))
                return LinearScore(coefficients, 0.0, 0.0, hazard_times=times, cumulative_hazard=hazard)
            fitted = fit_cox(outcome, x[:, kept], names=[n for n, k in zip(names, kept, strict=True) if k])
        except UsedWrongly as error:
            raise UsedWrongly(
                f"Cox model without penalty on {outcome.n} training patients with {outcome.n_events} deaths: {error} "
                "Use fewer factors, merge levels, or take model = 'elastic_net'."
            ) from error
        coefficients[kept] = fitted.coefficients
        shift = -float(np.median(x @ coefficients))
        at_mean = float(fitted.means @ fitted.coefficients)  # the baseline stands at the covariates' means
        hazard = fitted.cumulative_hazard * np.exp(-shift - at_mean)
        return LinearScore(coefficients, shift, 0.0, hazard_times=fitted.event_times, cumulative_hazard=hazard)

    def _chosen(
        self, outcome: Outcome, x: NDArray[np.float64], names: Sequence[str], factors: Sequence[str]
    ) -> NDArray[np.bool_]:
        if self.selection == "none" or not len(names):
            return np.ones(len(names), dtype=bool)
        frame = _as_frame(x, names, factors)
        forced = [name for name in self.forced if name in frame.columns]  # one that is constant here cannot stay
        select = backward_select if self.selection == "backward_aic" else filter_by_p
        chosen = select(outcome, frame, forced=forced).terms
        return np.array([factor in chosen for factor in factors], dtype=bool)


def _as_frame(x: NDArray[np.float64], names: Sequence[str], factors: Sequence[str]) -> pd.DataFrame:
    """Prepared columns as one column a factor; the levels of a category, standardised, are above 0 where they hold."""
    columns: dict[str, NDArray[np.float64] | pd.Categorical] = {}
    for factor in dict.fromkeys(factors):
        places = np.flatnonzero(np.array(factors) == factor)
        if len(places) == 1:
            columns[factor] = x[:, places[0]]
            continue
        holds = x[:, places] > 0
        level = np.where(holds.any(axis=1), holds.argmax(axis=1) + 1, 0)
        columns[factor] = pd.Categorical.from_codes(level, ["reference", *(names[int(j)] for j in places)])
    return pd.DataFrame(columns)
