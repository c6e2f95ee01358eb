"""What is learnt about predictors before a model: imputation, scale, columns kept. Fitted on training rows only.

`fit_preparation` sees the training rows; `Preparation.transform` takes nothing but what that returned.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LARGEST_MISSING_SHARE = 0.5  # a column that more than half of the training patients lack is left out
REDUNDANT_CORRELATION = 0.95  # a screened column this close to a better one is passed over: radiomics come in clusters
SMALLEST_RELATIVE_SPREAD = 1e-10  # below this share of its size a column counts as constant

Relevance = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Preparation:
    """Columns kept, and for each the value that stands for a missing one, its mean and standard deviation.

    columns : (k,) int64, places in the design matrix, increasing
    fill, mean, scale : (k,) float64
    """

    columns: NDArray[np.int64]
    fill: NDArray[np.float64]
    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def transform(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(m, p) raw -> (m, k) imputed and standardised with the training patients' numbers."""
        kept = values[:, self.columns]
        return (np.where(np.isnan(kept), self.fill, kept) - self.mean) / self.scale


def fit_preparation(
    values: NDArray[np.float64],
    category: NDArray[np.int64],
    always: NDArray[np.bool_],
    relevance: Relevance,
    max_features: int,
    *,
    ordered: NDArray[np.bool_] | None = None,
) -> Preparation:
    """Learn the preparation from the training rows.

    Parameters
    ----------
    values : (n, p) float64
        Training rows only, NaN where missing.
    category : (p,) int
        Columns of one number are the levels of one category; the most frequent level becomes the reference.
    ordered : (p,) bool, optional
        Columns of ordered categories (grade): there the lowest level becomes the reference.
    always : (p,) bool
        Columns that the screen passes (clinical); the others compete for `max_features` places.
    relevance : callable, (n, q) standardised -> (q,)
        Univariate relevance of each column to the outcome of the training rows; higher = more relevant.

    Notes
    -----
    Numbers: the median stands for a missing value. Categories: a missing value counts as the most frequent level.
    """
    missing = np.isnan(values)
    fill = _fill_values(values, missing, category)
    filled = np.where(missing, fill, values) if missing.any() else values
    mean, scale = filled.mean(axis=0), filled.std(axis=0)
    usable = scale > SMALLEST_RELATIVE_SPREAD * np.maximum(np.abs(mean), 1.0e-300)
    usable &= missing.mean(axis=0) <= LARGEST_MISSING_SHARE
    usable[_reference_levels(filled, category, ordered)] = False
    kept = np.flatnonzero(usable & always)
    candidates = np.flatnonzero(usable & ~always)
    if len(candidates):
        standardised = (filled[:, candidates] - mean[candidates]) / scale[candidates]
        chosen = _screen(standardised, relevance(standardised), max_features)
        kept = np.sort(np.append(kept, candidates[chosen]))
    return Preparation(kept.astype(np.int64), _all_medians(values, fill, category, kept), mean[kept], scale[kept])


def _fill_values(
    values: NDArray[np.float64], missing: NDArray[np.bool_], category: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Medians of the columns with gaps; 1 for the most frequent level of a category, 0 for its others.

    (0, too, for columns without any value, which are left out later.)
    """
    fill = np.zeros(values.shape[1])
    if (category >= 0).any():
        fill[_most_frequent_levels(np.where(missing, 0.0, values), category)] = 1.0
    gaps = np.flatnonzero(missing.any(axis=0) & ~missing.all(axis=0) & (category < 0))
    if len(gaps):
        fill[gaps] = np.nanmedian(values[:, gaps], axis=0)
    return fill


def _all_medians(
    values: NDArray[np.float64], fill: NDArray[np.float64], category: NDArray[np.int64], kept: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Medians of the kept columns, those without gaps too: another patient may lack them."""
    result = fill[kept]
    numbers = category[kept] < 0
    if numbers.any():
        result[numbers] = np.nanmedian(values[:, kept[numbers]], axis=0)
    return result


def _reference_levels(
    filled: NDArray[np.float64], category: NDArray[np.int64], ordered: NDArray[np.bool_] | None
) -> NDArray[np.int64]:
    """The most frequent level of each category; of an ordered one the lowest that a training patient has."""
    reference = _most_frequent_levels(filled, category)
    if ordered is None or not ordered.any():
        return reference
    present = filled.any(axis=0)
    for k, j in enumerate(reference):
        if ordered[j]:
            reference[k] = np.flatnonzero((category == category[j]) & present)[0]
    return reference


def _most_frequent_levels(filled: NDArray[np.float64], category: NDArray[np.int64]) -> NDArray[np.int64]:
    """The most frequent level of each category (the first in order of equals)."""
    return np.array(
        [
            members[int(np.argmax(filled[:, members].sum(axis=0)))]
            for number in np.unique(category[category >= 0])
            for members in [np.flatnonzero(category == number)]
        ],
        dtype=np.int64,
    )


def _screen(standardised: NDArray[np.float64], relevance: NDArray[np.float64], max_features: int) -> NDArray[np.int64]:
    """The most relevant columns, passing over those that repeat a better one (greedy, in blocks)."""
    order = np.argsort(-relevance, kind="stable")
    n = len(standardised)
    chosen: list[int] = []
    for start in range(0, len(order), 4 * max_features):
        block = order[start : start + 4 * max_features]
        columns = np.append(np.array(chosen, dtype=np.int64), block)
        repeats = np.abs(standardised[:, columns].T @ standardised[:, columns]) / n > REDUNDANT_CORRELATION
        taken = list(range(len(chosen)))
        for place in range(len(chosen), len(columns)):
            if not repeats[place, taken].any():
                taken.append(place)
                chosen.append(int(columns[place]))
            if len(chosen) == max_features:
                return np.array(chosen, dtype=np.int64)
    return np.array(chosen, dtype=np.int64)
