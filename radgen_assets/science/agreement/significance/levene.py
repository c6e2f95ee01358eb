"""Levene's test of equal variances, of one feature or thousands, and the filter of features that it makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import fdtrc

from radgen_assets.contracts.errors import BadInput, UsedWrongly

Centre = Literal["median", "mean", "trimmed_mean"]
TRIMMED = 0.1  # share cut from each end of a group, as R's mean(trim = 0.1)


@dataclass(frozen=True, eq=False)
class LeveneFilter:
    """Levene's test of each feature and which are kept.

    f, p : (m,) NaN where `status` is "constant"
    kept : (m,) bool, p < threshold
    status : (m,) "tested"; "constant" within every group: no variance to compare, dropped;
        "no_residual": no spread of the distances within groups but one between them: F infinite, P 0, kept
    """

    names: tuple[str, ...]
    f: NDArray[np.float64]
    df1: int
    df2: int
    p: NDArray[np.float64]
    kept: NDArray[np.bool_]
    status: tuple[str, ...]
    threshold: float
    centre: Centre

    @property
    def dropped(self) -> tuple[str, ...]:
        """Names of the features that were not kept: among them those whose groups differ by a pure shift."""
        return tuple(name for name, kept in zip(self.names, self.kept, strict=True) if not kept)

    def to_frame(self) -> pd.DataFrame:
        """A row a feature: f, p, kept, status."""
        columns = {"f": self.f, "p": self.p, "kept": self.kept, "status": self.status}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="feature"))


def levene_filter(
    features: ArrayLike | pd.DataFrame,
    group: ArrayLike,
    *,
    threshold: float = 0.05,
    centre: Centre = "median",
    names: ArrayLike | None = None,
) -> LeveneFilter:
    """Keep the features whose variance differs between groups (paper C7).

    A feature that only shifts with the group is dropped: state what the filter dropped beside what it kept, and fit it
    inside the training fold.

    Parameters
    ----------
    features : (n, m) or (n,) float64, or a table with named columns
    group : (n,) labels, two groups or more
    threshold : float
        Features with P below are kept.
    centre : str
        Distances are taken from each group's median (Brown-Forsythe, the default of R car), mean (Levene 1960) or
        mean without the outer 10 % on each side.
    names : (m,) labels, optional

    Raises
    ------
    UsedWrongly
        For shapes that do not match, fewer than two groups, no group with two patients, an unknown centre.
    BadInput
        For NaN or infinite values.

    Source: Levene 1960; Brown & Forsythe 1974; R car::leveneTest.
    """
    x, labels = _checked(features, names)
    code, n_groups = _groups(group, len(x))
    if centre not in ("median", "mean", "trimmed_mean"):
        raise UsedWrongly(f"Levene: found the centre '{centre}', expected median, mean or trimmed_mean.")
    distance = np.empty_like(x)
    for each in range(n_groups):
        rows = code == each
        distance[rows] = np.abs(x[rows] - _centre(x[rows], centre))
    size = np.bincount(code).astype(np.float64)
    means = np.stack([distance[code == each].mean(axis=0) for each in range(n_groups)])
    between = (size[:, None] * (means - distance.mean(axis=0)) ** 2).sum(axis=0)
    within = ((distance - means[code]) ** 2).sum(axis=0)
    floor = (np.finfo(np.float64).eps * 8 * np.abs(x).max(axis=0)) ** 2 * len(x)
    constant, exact = (between <= floor) & (within <= floor), (between > floor) & (within <= floor)
    df1, df2 = n_groups - 1, len(x) - n_groups
    with np.errstate(divide="ignore", invalid="ignore"):
        f = np.where(exact, np.inf, between / df1 / (within / df2))
    f[constant] = np.nan
    p = np.where(exact, 0.0, fdtrc(df1, df2, f))
    told = np.where(constant, "constant", np.where(exact, "no_residual", "tested"))
    with np.errstate(invalid="ignore"):
        kept = p < threshold
    return LeveneFilter(labels, f, df1, df2, p, kept, tuple(map(str, told)), threshold, centre)


def _centre(values: NDArray[np.float64], centre: Centre) -> NDArray[np.float64]:
    if centre == "median":
        return np.median(values, axis=0)
    cut = int(len(values) * TRIMMED) if centre == "trimmed_mean" else 0
    return np.sort(values, axis=0)[cut : len(values) - cut].mean(axis=0)


def _groups(group: ArrayLike, n: int) -> tuple[NDArray[np.int64], int]:
    labels = np.asarray(group)
    if labels.shape != (n,) or pd.isna(labels).any():
        raise UsedWrongly(f"Levene: found groups of shape {labels.shape}, expected ({n},), a label for each patient.")
    names, code = np.unique(labels.astype(str), return_inverse=True)
    if len(names) < 2 or n <= len(names):
        raise UsedWrongly(
            f"Levene: found {len(names)} groups of {n} patients, expected two groups or more and one of two patients."
        )
    return code, len(names)


def _checked(
    features: ArrayLike | pd.DataFrame, names: ArrayLike | None
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    x = np.asarray(features, dtype=np.float64)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or not x.size:
        raise UsedWrongly(f"Levene: found features of shape {x.shape}, expected (patients, features).")
    if names is None:
        own = features.columns if isinstance(features, pd.DataFrame) else [f"x{i}" for i in range(x.shape[1])]
        labels = tuple(map(str, own))
    else:
        labels = tuple(map(str, np.asarray(names)))
    if len(labels) != x.shape[1]:
        raise UsedWrongly(f"Levene: found {len(labels)} names for {x.shape[1]} features.")
    bad = np.flatnonzero(~np.isfinite(x).all(axis=0))
    if len(bad):
        raise BadInput(
            "features", labels[bad[0]], "NaN or infinity", "a number for every patient", "Impute inside the fold first."
        )
    return x, labels
