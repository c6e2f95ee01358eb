"""Points and parts of the ROC curve: Youden's threshold, the area over a range of specificity, a band to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.learning.classification.measures import person_weights
from radgen_assets.science.learning.classification.receiver_operating import checked_scores, roc_curve


@dataclass(frozen=True)
class YoudenPoint:
    """A threshold with the largest sensitivity + specificity - 1; "score > threshold" is called positive.

    threshold : half-way between two neighbouring scores, as pROC; infinite where nothing beats calling all one class
    """

    threshold: float
    sensitivity: float
    specificity: float
    index: float


@dataclass(frozen=True, eq=False)
class RocBand:
    """Sensitivity with a pointwise 95 % interval at each false positive rate, all (k,).

    n_bootstraps : resamples used; those without one of the classes were left out
    """

    false_positive_rate: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    n_bootstraps: int


def youden_points(outcome: ArrayLike, score: ArrayLike) -> tuple[YoudenPoint, ...]:
    """All thresholds with the largest Youden index, rising: more than one when they tie.

    The threshold was searched: its sensitivity and specificity hold for new patients only when it came from others.

    Raises
    ------
    UsedWrongly
        As `roc_auc`.

    Source: Youden 1950; R pROC::coords(best.method = "youden").
    """
    positive, _ = checked_scores(outcome, score)
    n_positive, n_negative = int(positive.sum()), int((~positive).sum())
    values, sensitivity, specificity = (each[::-1] for each in roc_curve(outcome, score))
    # whole numbers, so that equal points tie exactly
    gain = np.rint(sensitivity * n_positive) * n_negative + np.rint(specificity * n_negative) * n_positive
    between = np.concatenate([[-np.inf], (values[:-2] + values[1:-1]) / 2, [np.inf]])
    return tuple(
        YoudenPoint(
            float(between[i]),
            float(sensitivity[i]),
            float(specificity[i]),
            float(gain[i] / (n_positive * n_negative) - 1),
        )
        for i in np.flatnonzero(gain == gain.max())
    )


def partial_auc(outcome: ArrayLike, score: ArrayLike, *, specificity: tuple[float, float] = (0.9, 1.0)) -> float:
    """Area under the ROC curve between two specificities, uncorrected: at most the width of the range.

    Raises
    ------
    UsedWrongly
        As `roc_auc`, and when the range is not one within 0 .. 1.

    Source: McClish 1989; R pROC::auc(partial.auc =).
    """
    low, high = specificity
    if not 0 <= low < high <= 1:
        raise UsedWrongly(f"ROC: found the specificities {low:g} to {high:g}, expected a range within 0 to 1.")
    _, sensitivity, right = roc_curve(outcome, score)
    false, start, end = 1 - right, 1 - high, 1 - low
    inside = (false > start) & (false < end)
    # the upper end of a vertical step belongs to what follows it, its lower end to what comes before
    x = np.concatenate([[start], false[inside], [end]])
    y = np.concatenate(
        [[_height(false, sensitivity, start, "right")], sensitivity[inside], [_height(false, sensitivity, end, "left")]]
    )
    return float(np.trapezoid(y, x))


def roc_band(
    outcome: ArrayLike,
    score: ArrayLike,
    *,
    persons: ArrayLike | None = None,
    false_positive_rate: ArrayLike | None = None,
    n_bootstraps: int = 1000,
    seed: int = 0,
) -> RocBand:
    """Pointwise 95 % band of the ROC curve, for the figure.

    Parameters
    ----------
    persons : (n,) labels, optional
        Resampled whole. Without them patients are resampled within each class, as pROC's ci.se.
    false_positive_rate : (k,) float64, optional
        Rising, 0 to 1; 101 values by default.

    Raises
    ------
    UsedWrongly
        As `roc_auc`, and when fewer than half of the resamples hold both classes.

    Source: percentiles of bootstrap curves (R pROC::ci.se, whose draws differ). A pointwise band: the whole curve lies
    in it less often than in 95 %.
    """
    positive, values = checked_scores(outcome, score)
    grid = np.linspace(0, 1, 101) if false_positive_rate is None else np.asarray(false_positive_rate, dtype=np.float64)
    if persons is None:
        weights = _within_classes(positive, n_bootstraps, seed)
    else:
        weights = person_weights(persons, len(values), n_bootstraps, seed)
    weights = np.vstack([np.ones(len(values)), weights])
    usable = ((weights @ positive) > 0) & ((weights @ ~positive) > 0)
    if usable.sum() - 1 < n_bootstraps / 2:
        raise UsedWrongly(
            f"ROC band: found both classes in {usable.sum() - 1} of {n_bootstraps} resamples, expected at least half."
        )
    order = np.argsort(-values, kind="stable")
    last = np.append(np.flatnonzero(np.diff(values[order])), len(values) - 1)
    hit = np.cumsum((weights * positive)[usable][:, order], axis=1)[:, last]
    false = np.cumsum((weights * ~positive)[usable][:, order], axis=1)[:, last]
    curves = np.array([_at(f / f[-1], h / h[-1], grid) for h, f in zip(hit, false, strict=True)])
    low, high = np.quantile(curves[1:], (0.025, 0.975), axis=0)
    return RocBand(grid, curves[0], low, high, len(curves) - 1)


def _within_classes(positive: NDArray[np.bool_], draws: int, seed: int) -> NDArray[np.float64]:
    generator = np.random.default_rng(seed)
    weights = np.empty((draws, len(positive)))
    for each in (positive, ~positive):
        n = int(each.sum())
        weights[:, each] = generator.multinomial(n, np.full(n, 1 / n), size=draws)
    return weights


def _at(false: NDArray[np.float64], hit: NDArray[np.float64], grid: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sensitivity at each false positive rate: the top of a vertical step, then straight to the next step's foot."""
    x, y = np.append(0.0, false), np.append(0.0, hit)
    top = np.append(np.flatnonzero(np.diff(x) > 0), len(x) - 1)
    piece = np.clip(np.searchsorted(x[top], grid, side="right") - 1, 0, len(top) - 1)
    start = top[piece]
    after = np.minimum(start + 1, len(x) - 1)
    width = x[after] - x[start]
    share = np.divide(grid - x[start], width, out=np.zeros_like(grid), where=width > 0)
    return y[start] + share * (y[after] - y[start])


def _height(false: NDArray[np.float64], sensitivity: NDArray[np.float64], at: float, side: str) -> float:
    """Sensitivity at one false positive rate: the top of a vertical step from the right, its foot from the left."""
    place = np.flatnonzero(np.isclose(false, at, rtol=0, atol=1e-12))
    if len(place):
        return float(sensitivity[place[-1] if side == "right" else place[0]])
    return float(np.interp(at, false, sensitivity))
