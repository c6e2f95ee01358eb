"""A row of the agreement table, and the one comparison that every golden test makes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Literal

import numpy as np

from radgen_assets_tests.science.golden import numbers, relative

RECORD = "RADGEN_AGREEMENT_FILE"  # when set: every comparison adds a line of JSON to this file
Scale = Literal["relative", "absolute", "exact"]
Strength = Literal["package", "base R", "formula"]


@dataclass(frozen=True)
class Row:
    """One quantity of one function against its reference.

    function : name with its room, "survival.fit_cox"
    quantity : what is compared, "coefficients"
    library : what the function stands on: "own", "scipy", ...
    reference : where the golden value comes from, "R survival coxph (r1_survival/cox)"
    tolerance : largest difference that passes; 0 for exact
    scale : relative to the value (or to a thousandth of the largest of its family), absolute, or exact
    strength : a package's own number, a base R function, or only a formula written in R by one author
    note : said on the page where a tolerance is wider than ../shared/reference states, or a convention differs
    """

    function: str
    quantity: str
    reference: str
    tolerance: float
    scale: Scale = "relative"
    strength: Strength = "package"
    library: str = "own"
    note: str = ""


@lru_cache(maxsize=1)
def all_rows() -> dict[tuple[str, str], Row]:
    """(function, quantity) -> row, from the ROWS of every module beside this one."""
    here = import_module("radgen_assets_tests.science.agreements")
    rows: dict[tuple[str, str], Row] = {}
    for module in iter_modules(here.__path__):
        for row in getattr(import_module(f"{here.__name__}.{module.name}"), "ROWS", ()):
            assert (row.function, row.quantity) not in rows, f"{row.function}: {row.quantity} stands twice"
            rows[row.function, row.quantity] = row
    return rows


def agree(function: str, quantity: str, found: Any, expected: Any) -> None:
    """Assert that `found` equals R's `expected` as the row of this function and quantity says."""
    row = all_rows()[function, quantity]
    difference = _difference(row.scale, found, expected)
    if path := os.environ.get(RECORD):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"function": function, "quantity": quantity, "difference": difference}) + "\n")
    assert difference <= row.tolerance, f"{function}: {quantity}: {difference:.3g} from R, at most {row.tolerance:g}"


def _difference(scale: Scale, found: Any, expected: Any) -> float:
    if scale == "exact":
        return 0.0 if list(np.atleast_1d(found)) == list(np.atleast_1d(expected)) else float("inf")
    if scale == "relative":
        return relative(found, expected)
    a, b = np.asarray(found, dtype=float).ravel(), numbers(expected).ravel()
    if a.shape != b.shape or (np.isnan(a) != np.isnan(b)).any():
        return float("inf")
    same = (a == b) | np.isnan(b)  # infinities that are equal
    return float(np.abs(a[~same] - b[~same]).max(initial=0))
