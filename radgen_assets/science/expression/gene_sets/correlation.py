"""Correlation of pathway activity with a value of each patient: Pearson and Spearman, adjusted over the sets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import ndtri, stdtr
from scipy.stats import rankdata

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.expression.gene_sets.activity_scores import ActivityScores

CORRELATED, CONSTANT = "correlated", "one value in all patients"


@dataclass(frozen=True, eq=False)
class ActivityCorrelation:
    """Correlation of every set's score with one value.

    table : data frame, a row a set
        set; n; pearson, low, high (95 %, Fisher), p, p_adjusted (BH); spearman, spearman_p, spearman_p_adjusted;
        status
    value : name of the value
    n : patients with score and value
    without_value : patients that have a score only; they are left out
    """

    table: pd.DataFrame
    value: str
    n: int
    without_value: tuple[str, ...]

    def to_frame(self) -> pd.DataFrame:
        """The table, with the value's name on every row."""
        return self.table.assign(value=self.value)


def correlate_activity(scores: ActivityScores | pd.DataFrame, value: pd.Series) -> ActivityCorrelation:
    """Correlate each set's score with `value` over the patients that have both.

    Parameters
    ----------
    scores : ActivityScores, or data frame sets x samples
    value : series by sample, e.g. a risk score
        Missing values leave their patients out, by name.

    Raises
    ------
    BadInput
        For fewer than 3 patients, a constant or infinite value, a repeated patient, or missing scores.

    Source: R cor.test; P of both from t with n - 2 degrees of freedom (Spearman: R's rule for ties).
    """
    frame = scores.scores if isinstance(scores, ActivityScores) else scores
    for what, index in (("value", value.index), ("scores", frame.columns)):
        if index.has_duplicates:
            twice = index[index.duplicated()][0]
            raise BadInput(what, f"sample {twice}", "it twice", "each patient once", "Keep one by a stated rule.")
    known = value.reindex(frame.columns).astype(np.float64)
    here = known.notna().to_numpy()
    y, x = known.to_numpy()[here], frame.to_numpy(dtype=np.float64)[:, here]
    _refuse(x, y, frame)
    n = len(y)
    varies = np.ptp(x, axis=1) > 0
    pearson = _correlations(x, y, varies)
    spearman = _correlations(rankdata(x, axis=1), rankdata(y), varies)
    p, rank_p = _t_test(pearson, n), _t_test(spearman, n)
    reach = -ndtri(0.025) / np.sqrt(n - 3) if n > 3 else np.nan
    with np.errstate(divide="ignore"):
        middle = np.arctanh(pearson)
    table = pd.DataFrame(
        {
            "set": frame.index.to_numpy(),
            "n": n,
            "pearson": pearson,
            "low": np.tanh(middle - reach),
            "high": np.tanh(middle + reach),
            "p": p,
            "p_adjusted": adjust_p_values(p),
            "spearman": spearman,
            "spearman_p": rank_p,
            "spearman_p_adjusted": adjust_p_values(rank_p),
            "status": np.where(varies, CORRELATED, CONSTANT),
        }
    )
    return ActivityCorrelation(table, str(value.name or "value"), n, tuple(map(str, frame.columns[~here])))


def _refuse(x: NDArray[np.float64], y: NDArray[np.float64], frame: pd.DataFrame) -> None:
    if len(y) < 3:
        found = f"{len(y)} patients with score and value"
        raise BadInput("value", "samples", found, "at least 3", "Check that both tables name patients alike.")
    if not np.isfinite(y).all() or np.ptp(y) == 0:
        found = "one value only" if np.isfinite(y).all() else "an infinite value"
        raise BadInput("value", "values", found, "finite values that differ", "Choose another value, or correct it.")
    if not np.isfinite(x).all():
        row = int(np.argmax(~np.isfinite(x).all(axis=1)))
        raise BadInput(
            "scores", f"set {frame.index[row]}", "a missing score", "a score a patient", "Leave the set out."
        )


def _correlations(x: NDArray[np.float64], y: NDArray[np.float64], varies: NDArray[np.bool_]) -> NDArray[np.float64]:
    centred, target = x - x.mean(axis=1, keepdims=True), y - y.mean()
    length = np.sqrt((centred**2).sum(axis=1) * (target @ target))
    found = np.full(len(x), np.nan)
    found[varies] = np.clip((centred[varies] @ target) / length[varies], -1.0, 1.0)
    return found


def _t_test(r: NDArray[np.float64], n: int) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        t = np.abs(r) * np.sqrt((n - 2) / (1 - r**2))
    return np.asarray(2 * stdtr(n - 2, -t))
