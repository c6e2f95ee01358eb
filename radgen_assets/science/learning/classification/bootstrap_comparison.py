"""Model families on the same bootstrap resamples of cross-validation: paired differences with intervals (paper B6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.folds import person_folds

Family = Callable[[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64], int], ArrayLike]
Measure = Callable[[NDArray[np.int64], NDArray[np.float64]], float]
MOST_REDRAWS = 1_000


@dataclass(frozen=True)
class FamilyDifference:
    """One family minus the reference, on the same resamples.

    value : mean of the paired differences
    low, high : 95 % percentiles of them
    p : two-sided, twice the smaller share of differences on one side of 0, each side counted one higher; not adjusted:
        use agreement.adjust_p_values(..., "holm") over families and traits
    """

    family: str
    reference: str
    value: float
    low: float
    high: float
    p: float
    n_bootstraps: int


@dataclass(frozen=True, eq=False)
class BootstrapComparison:
    """Measure of each family in each bootstrap, and the differences to the reference.

    measures : family -> (n_bootstraps,) mean over the folds
    """

    measures: Mapping[str, NDArray[np.float64]]
    differences: tuple[FamilyDifference, ...]
    reference: str
    n: int
    n_persons: int
    n_positive: int
    n_bootstraps: int
    n_folds: int


def auc(outcome: NDArray[np.int64], score: NDArray[np.float64]) -> float:
    """Area under the ROC curve alone, one patient of each class being enough."""
    positive = outcome == 1
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    return float((rankdata(score)[positive].sum() - n_positive * (n_positive + 1) / 2) / (n_positive * n_negative))


def bootstrap_compare(
    features: ArrayLike,
    outcome: ArrayLike,
    families: Mapping[str, Family],
    *,
    reference: str | None = None,
    persons: ArrayLike | None = None,
    measure: Measure = auc,
    n_bootstraps: int = 100,
    n_folds: int = 10,
    seed: int = 0,
) -> BootstrapComparison:
    """Compare families of models, each at its chosen settings, on resamples that all of them share.

    Parameters
    ----------
    features : (n, p) float64
    outcome : (n,) 0 or 1
    families : name -> function
        Called as ``family(train_features, train_outcome, held_out_features, seed)``; returns the held-out scores (m,),
        higher = more likely 1. All that learns (scaling, selection) happens inside it.
    reference : name, optional
        Each difference is family minus reference; the first family by default.
    persons : (n,) labels, optional
        Folds and resamples take persons whole.
    measure : function of (outcome, score)
        Higher = better.

    Raises
    ------
    UsedWrongly
        For shapes that do not match, fewer than two families, an unknown reference, a family that returns other than
        one finite score a patient, and when a class is so rare that no resample of a fold holds both.

    Notes
    -----
    Each bootstrap splits the persons anew into stratified folds, and in every fold draws training and held-out persons
    with replacement, apart from each other, again when a class is missing. The interval is that of
    resampling these patients: it does not undo settings that were chosen on all of them.
    Source: Smedley et al. 2020 (paper B), with percentile intervals; no R function.
    """
    x, y, code = _checked(features, outcome, persons)
    names = tuple(families)
    base = next(iter(names), "none") if reference is None else reference
    if len(names) < 2 or base not in families:
        raise UsedWrongly(
            f"bootstrap comparison: found the families {', '.join(names) or 'none'} and the reference {base}, "
            "expected two or more and one of them."
        )
    values: dict[str, NDArray[np.float64]] = {name: np.empty(n_bootstraps) for name in names}
    for draw in range(n_bootstraps):
        fold = person_folds(code, y, n_folds, seed=(seed, draw))
        generator = np.random.default_rng((seed, draw, 1))
        of_fold = [_one_fold(x, y, code, fold == each, families, measure, generator) for each in range(n_folds)]
        for name in names:
            values[name][draw] = np.mean([measured[name] for measured in of_fold])
    differences = tuple(_difference(name, base, values[name] - values[base]) for name in names if name != base)
    return BootstrapComparison(
        measures=values,
        differences=differences,
        reference=base,
        n=len(y),
        n_persons=len(np.unique(code)),
        n_positive=int(y.sum()),
        n_bootstraps=n_bootstraps,
        n_folds=n_folds,
    )


def _one_fold(
    x: NDArray[np.float64],
    y: NDArray[np.int64],
    code: NDArray[np.int64],
    held_out: NDArray[np.bool_],
    families: Mapping[str, Family],
    measure: Measure,
    generator: np.random.Generator,
) -> dict[str, float]:
    train = _resample(np.flatnonzero(~held_out), y, code, generator)
    test = _resample(np.flatnonzero(held_out), y, code, generator)
    seed = int(generator.integers(2**31))  # one for all families
    measured = {}
    for name, family in families.items():
        score = np.asarray(family(x[train], y[train], x[test], seed), dtype=np.float64)
        if score.shape != test.shape or not np.isfinite(score).all():
            raise UsedWrongly(
                f"bootstrap comparison: family '{name}' gave scores of shape {score.shape}, "
                f"{int((~np.isfinite(score)).sum())} of them not finite, expected {len(test)} numbers."
            )
        measured[name] = float(measure(y[test], score))
    return measured


def _resample(
    rows: NDArray[np.int64], y: NDArray[np.int64], code: NDArray[np.int64], generator: np.random.Generator
) -> NDArray[np.int64]:
    """As many persons as stand in `rows`, drawn with replacement, with all their rows; both classes."""
    members = [rows[code[rows] == person] for person in np.unique(code[rows])]
    for _ in range(MOST_REDRAWS):
        drawn = np.concatenate([members[i] for i in generator.integers(len(members), size=len(members))])
        positives = int(y[drawn].sum())
        if 0 < positives < len(drawn):
            return drawn
    raise UsedWrongly(
        f"bootstrap comparison: none of {MOST_REDRAWS} resamples of {len(members)} persons held both classes. "
        "Use fewer folds."
    )


def _difference(family: str, reference: str, differences: NDArray[np.float64]) -> FamilyDifference:
    low, high = np.quantile(differences, (0.025, 0.975))
    n = len(differences)
    side = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    p = min(1.0, 2 * (side + 1) / (n + 1))
    return FamilyDifference(family, reference, float(differences.mean()), float(low), float(high), p, n)


def _checked(
    features: ArrayLike, outcome: ArrayLike, persons: ArrayLike | None
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    x, y = np.asarray(features, dtype=np.float64), np.asarray(outcome)
    if x.ndim != 2 or y.shape != (len(x),):
        raise UsedWrongly(
            f"bootstrap comparison: found features {x.shape} and outcome {y.shape}, expected (n, p), (n,)."
        )
    if not np.isin(y, (0, 1)).all():
        raise UsedWrongly(
            "bootstrap comparison: found an outcome other than 0 and 1, expected 1 for the positive class."
        )
    labels = np.arange(len(x)) if persons is None else np.asarray(persons).astype(str)
    if labels.shape != y.shape:
        raise UsedWrongly(f"bootstrap comparison: found {len(labels)} persons for {len(y)} patients.")
    return x, y.astype(np.int64), np.unique(labels, return_inverse=True)[1].astype(np.int64)
