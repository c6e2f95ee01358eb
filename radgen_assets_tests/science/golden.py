"""Reads the golden values from R (../shared/reference) and says how far a value is from them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd


def read_json(reference: Path, name: str) -> Any:
    """`r1_survival/expected/cox` -> the decoded JSON."""
    with gzip.open(reference / f"{name}.json.gz") as file:
        return json.load(file)


def read_table(reference: Path, name: str, **options: Any) -> pd.DataFrame:
    """`r1_survival/data/lung` -> the data frame."""
    return pd.read_csv(reference / f"{name}.csv.gz", **options)


def numbers(values: Any) -> np.ndarray:
    """R's numbers: null is NaN, "Inf" is infinite."""
    return np.array([np.nan if value is None else float(value) for value in np.atleast_1d(np.array(values, object))])


def relative(found: Any, expected: Any) -> float:
    """Largest relative difference; infinite when the places of NaN differ."""
    a, b = np.asarray(found, dtype=float).ravel(), numbers(expected).ravel()
    if a.shape != b.shape or (np.isnan(a) != np.isnan(b)).any():
        return np.inf
    known = ~np.isnan(b)
    size = np.maximum(np.abs(b[known]), 1e-3 * np.abs(b[known]).max(initial=0))
    return float(np.max(np.abs(a[known] - b[known]) / np.where(size > 0, size, 1), initial=0))
