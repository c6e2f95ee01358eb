"""How good a classification is: rates with bootstrap intervals over persons, and calibration by quantile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtrc, ndtri

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Estimate

Z95 = float(ndtri(0.975))


@dataclass(frozen=True)
class ClassificationMetrics:
    """Measures of predicted against true classes; `recall`, `precision` and `f1` have one estimate a class.

    sensitivity, specificity : of two classes, where `positive` is one of them; else None
    no_information_rate : accuracy of calling everyone the most frequent class
    p_above_no_information : one-sided exact binomial P that the accuracy is above it; None with persons of several
        patients or with repeats, where the calls are not independent
    """

    balanced_accuracy: Estimate
    mcc: Estimate
    recall: Mapping[str, Estimate]
    f1: Mapping[str, Estimate]
    brier: Estimate | None
    accuracy: Estimate
    macro_f1: Estimate
    precision: Mapping[str, Estimate]
    sensitivity: Estimate | None
    specificity: Estimate | None
    no_information_rate: float
    p_above_no_information: float | None


@dataclass(frozen=True)
class CalibrationGroup:
    """Patients of similar predicted probability: the mean prediction, and what happened with its 95 % interval."""

    n: int
    n_positive: int
    predicted: float
    observed: float
    low: float
    high: float


def classification_metrics(
    outcome: ArrayLike,
    predicted: ArrayLike,
    *,
    probability: ArrayLike | None = None,
    persons: ArrayLike | None = None,
    positive: object = 1,
    bootstraps: int = 500,
    seed: int | tuple[int, ...] = 0,
) -> ClassificationMetrics:
    """Accuracy plain and balanced, Matthews correlation, recall, precision and F1 of each class, Brier score of two.

    Parameters
    ----------
    outcome : (n,) labels, two classes or more
    predicted : (n,) or (repeats, n) labels
        With repeats each measure is the mean over them.
    probability : like `predicted`, optional
        Probability of `positive`; asks for the Brier score.
    persons : (n,) labels, optional
        The bootstrap draws persons, not patients.

    Raises
    ------
    UsedWrongly
        When `outcome` holds fewer than two classes.

    Notes
    -----
    Intervals: percentiles of `bootstraps` resamples of persons; resamples that lack a class are left out and counted
    in `note`. Accuracy, sensitivity, specificity and precision have Wilson's interval instead where every patient is
    one person, called once. Precision of a class that was never called has no value. MCC of predictions that are all
    one class is 0. Source of the many-class MCC: Gorodkin 2004.
    """
    truth, classes = np.asarray(outcome), np.unique(np.asarray(outcome))
    calls = np.atleast_2d(np.asarray(predicted))
    _refuse_what_cannot_be_measured(truth, calls, classes)
    weights = np.vstack([np.ones(len(truth)), person_weights(persons, len(truth), bootstraps, seed)])
    tables = _confusion(truth, calls, classes, weights)
    recall, f1, balanced, mcc = _measures(tables)
    one_a_person = persons is None or len(np.unique(np.asarray(persons).astype(str))) == len(truth)
    told = _Intervals(len(truth), int((truth == positive).sum()), bootstraps, len(calls) == 1 and one_a_person)
    right, called = np.diagonal(tables, axis1=2, axis2=3), tables.sum(axis=2)
    of_class, total = tables.sum(axis=3), tables.sum(axis=(2, 3))
    no_information = float(of_class[0, 0].max() / len(truth))
    above = float(bdtrc(right[0, 0].sum() - 1, len(truth), no_information)) if told.independent else None
    rates = [told.share(right[:, :, k], of_class[:, :, k]) for k in range(len(classes))]
    place = {name: k for k, name in enumerate(classes.tolist())}.get(positive) if len(classes) == 2 else None
    return ClassificationMetrics(
        balanced_accuracy=told.mean(balanced),
        mcc=told.mean(mcc),
        recall={str(name): told.mean(recall[:, :, k]) for k, name in enumerate(classes)},
        f1={str(name): told.mean(f1[:, :, k]) for k, name in enumerate(classes)},
        brier=None if probability is None else told.brier(probability, truth == positive, weights),
        accuracy=told.share(right.sum(axis=2), total),
        macro_f1=told.mean(f1),
        precision={str(name): told.share(right[:, :, k], called[:, :, k]) for k, name in enumerate(classes)},
        sensitivity=None if place is None else rates[place],
        specificity=None if place is None else rates[1 - place],
        no_information_rate=no_information,
        p_above_no_information=above,
    )


def calibration_groups(
    outcome: ArrayLike, probability: ArrayLike, *, n_groups: int = 5
) -> tuple[CalibrationGroup, ...]:
    """Observed share of positives (Wilson's 95 % interval) against the mean prediction, in groups of equal size.

    Patients of equal probability stay in one group, so there may be fewer groups than asked for.
    """
    y, p = np.asarray(outcome, dtype=float), np.asarray(probability, dtype=float)
    edges = np.unique(np.quantile(p, np.linspace(0, 1, n_groups + 1)))
    group = np.clip(np.searchsorted(edges, p, side="left") - 1, 0, max(len(edges) - 2, 0))
    rows = [np.flatnonzero(group == g) for g in np.unique(group)]
    return tuple(_calibration_group(y[r], p[r]) for r in rows)


def person_weights(persons: ArrayLike | None, n: int, draws: int, seed: int | tuple[int, ...]) -> NDArray[np.float64]:
    """(draws, n) how often each patient stands in each bootstrap resample of persons."""
    code = np.arange(n) if persons is None else np.unique(np.asarray(persons).astype(str), return_inverse=True)[1]
    n_persons = int(code.max()) + 1
    counts = np.random.default_rng(seed).multinomial(n_persons, np.full(n_persons, 1 / n_persons), size=draws)
    return counts[:, code].astype(np.float64)


@dataclass(frozen=True)
class _Intervals:
    """From draws to estimates; the first draw is the sample itself. Arrays are (draws, repeats)."""

    n: int
    n_positive: int
    bootstraps: int
    independent: bool  # every patient is one person, called once

    def mean(self, values: NDArray[np.float64]) -> Estimate:
        return _percentiles(values.mean(axis=tuple(range(1, values.ndim))), self.n, self.n_positive, self.bootstraps)

    def share(self, hits: NDArray[np.float64], of: NDArray[np.float64]) -> Estimate:
        if self.independent:
            return _wilson(int(hits[0, 0]), int(of[0, 0]))
        return self.mean(np.divide(hits, of, out=np.full(hits.shape, np.nan), where=of > 0))

    def brier(self, probability: ArrayLike, is_positive: NDArray[np.bool_], weights: NDArray[np.float64]) -> Estimate:
        squared = ((np.atleast_2d(np.asarray(probability, dtype=float)) - is_positive) ** 2).mean(axis=0)
        return self.mean(((weights @ squared) / weights.sum(axis=1))[:, None])


def _refuse_what_cannot_be_measured(truth: NDArray, calls: NDArray, classes: NDArray) -> None:
    if len(classes) < 2:
        raise UsedWrongly(
            f"classification: found only the class '{classes[0]}' in {len(truth)} outcomes, expected two."
        )
    if calls.shape[1:] != truth.shape:
        raise UsedWrongly(f"classification: found {len(truth)} outcomes and calls of shape {calls.shape}.")


def _confusion(truth: NDArray, calls: NDArray, classes: NDArray, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """(draws, repeats, true class, predicted class) weighted counts."""
    k = len(classes)
    unknown = np.setdiff1d(calls, classes)
    if len(unknown):
        raise UsedWrongly(f"classification: found the predicted class '{unknown[0]}', which no patient truly has.")
    row, column = np.searchsorted(classes, truth), np.searchsorted(classes, calls)
    tables = np.empty((len(weights), len(calls), k, k))
    for repeat in range(len(calls)):
        cells = np.zeros((len(truth), k * k))
        cells[np.arange(len(truth)), row * k + column[repeat]] = 1.0
        tables[:, repeat] = (weights @ cells).reshape(-1, k, k)
    return tables


def _measures(tables: NDArray[np.float64]) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    right = np.diagonal(tables, axis1=2, axis2=3)
    of_class, called, total = tables.sum(axis=3), tables.sum(axis=2), tables.sum(axis=(2, 3))
    with np.errstate(invalid="ignore", divide="ignore"):  # a class absent from a resample gives NaN, left out later
        recall = right / of_class
        f1 = 2 * right / (of_class + called)
        covariance = right.sum(axis=2) * total - (of_class * called).sum(axis=2)
        spread = (total**2 - (of_class**2).sum(axis=2)) * (total**2 - (called**2).sum(axis=2))
        mcc = np.where(spread > 0, covariance / np.sqrt(spread), 0.0)
    complete = (of_class > 0).all(axis=2)
    return recall, f1, recall.mean(axis=2), np.where(complete, mcc, np.nan)


def _percentiles(draws: NDArray[np.float64], n: int, n_positive: int, bootstraps: int) -> Estimate:
    """First value = the sample itself, the rest = resamples."""
    usable = draws[1:][np.isfinite(draws[1:])]
    method = f"bootstrap over persons, {bootstraps}"
    if not np.isfinite(draws[0]) or len(usable) < bootstraps / 2:
        return Estimate(
            float(draws[0]) if np.isfinite(draws[0]) else None, None, None, n, n_positive, method,
            note="too few resamples hold every class for an interval",
        )  # fmt: skip
    low, high = np.quantile(usable, (0.025, 0.975))
    left_out = bootstraps - len(usable)
    note = f"{left_out} resamples without one of the classes left out" if left_out else ""
    return Estimate(float(draws[0]), float(low), float(high), n, n_positive, method, note=note)


def _calibration_group(y: NDArray[np.float64], p: NDArray[np.float64]) -> CalibrationGroup:
    n, hits = len(y), int(y.sum())
    low, high = wilson_interval(hits, n)
    return CalibrationGroup(n, hits, float(p.mean()), hits / n, low, high)


def wilson_interval(hits: int, n: int) -> tuple[float, float]:
    """95 % interval of a share of n > 0; R prop.test(correct = FALSE)."""
    share, z2 = hits / n, Z95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z95 * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return float(max(0.0, centre - half)), float(min(1.0, centre + half))


def _wilson(hits: int, n: int) -> Estimate:
    if not n:
        return Estimate(None, None, None, 0, 0, "Wilson", note="the class was never called")
    return Estimate(hits / n, *wilson_interval(hits, n), n, hits, "Wilson")
