"""Cohen's kappa of two readers, unweighted or weighted, with its large-sample interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from radgen_assets.contracts.errors import BadInput, UsedWrongly

KappaWeights = Literal["none", "linear", "quadratic"]
Z95 = float(ndtri(0.975))


@dataclass(frozen=True, eq=False)
class Kappa:
    """Agreement beyond chance, 1 at most; `low` and `high` are not cut, as in R.

    observed, expected : (weighted) share of agreement seen, and expected from the readers' margins
    table : (k, k) counts, rows = first reader
    """

    value: float
    std_err: float
    low: float
    high: float
    observed: float
    expected: float
    n: int
    classes: tuple[str, ...]
    table: NDArray[np.int64]


def cohen_kappa(
    first: ArrayLike, second: ArrayLike, *, weights: KappaWeights = "none", classes: ArrayLike | None = None
) -> Kappa:
    """Kappa of two readers who told one class of each subject.

    Parameters
    ----------
    first, second : (n,) labels
    weights : str
        How much credit a disagreement has: none; falling linearly, or with the square of the distance, in the order
        of `classes`.
    classes : (k,) labels, optional
        All classes in their order; those seen, sorted, by default. A class that no reader told changes weighted kappa.

    Raises
    ------
    UsedWrongly
        For unequal lengths, unknown weights or a label outside `classes`.
    BadInput
        For missing labels, and when both readers told one and the same class of everyone: nothing but chance can be
        told then.

    Source: Cohen 1960, 1968; standard error of Fleiss, Cohen & Everitt 1969; R psych::cohen.kappa.
    """
    a, b = np.asarray(first), np.asarray(second)
    if a.shape != b.shape or a.ndim != 1 or not len(a):
        raise UsedWrongly(f"kappa: found readers of shapes {a.shape} and {b.shape}, expected (n,) twice.")
    if weights not in ("none", "linear", "quadratic"):
        raise UsedWrongly(f"kappa: found the weights '{weights}', expected none, linear or quadratic.")
    if missing := int((pd.isna(a) | pd.isna(b)).sum()):
        raise BadInput("readers", "labels", f"{missing} missing", "one of each reader", "Leave these subjects out.")
    order = np.unique(np.concatenate([a, b])) if classes is None else np.asarray(classes)
    place = {label: i for i, label in enumerate(order.tolist())}
    unknown = [label for label in np.concatenate([a, b]).tolist() if label not in place]
    if unknown:
        raise UsedWrongly(f"kappa: found the label '{unknown[0]}', expected one of {', '.join(map(str, place))}.")
    table = np.zeros((len(order), len(order)), dtype=np.int64)
    np.add.at(table, ([place[x] for x in a.tolist()], [place[x] for x in b.tolist()]), 1)
    return _from_table(table, _credit(len(order), weights), tuple(map(str, place)))


def _from_table(table: NDArray[np.int64], credit: NDArray[np.float64], classes: tuple[str, ...]) -> Kappa:
    n = int(table.sum())
    share = table / n
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    observed, expected = float((credit * share).sum()), float((credit * np.outer(rows, columns)).sum())
    if expected >= 1:
        raise BadInput(
            "readers", "labels", "one and the same class of everyone", "two classes", "Kappa needs some of another one."
        )
    value = (observed - expected) / (1 - expected)
    margins = (credit @ columns)[:, None] + (rows @ credit)[None, :]
    spread = (share * (credit * (1 - expected) - margins * (1 - observed)) ** 2).sum()
    spread -= (observed * expected - 2 * expected + observed) ** 2
    std_err = float(np.sqrt(max(spread, 0.0) / n) / (1 - expected) ** 2)
    return Kappa(value, std_err, value - Z95 * std_err, value + Z95 * std_err, observed, expected, n, classes, table)


def _credit(k: int, weights: KappaWeights) -> NDArray[np.float64]:
    if weights == "none" or k == 1:
        return np.eye(k)
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / (k - 1)
    return 1 - (distance if weights == "linear" else distance**2)
