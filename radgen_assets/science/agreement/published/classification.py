"""Whether a published accuracy, sensitivity and precision can come from one test set of so many patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.agreement.published.printed_numbers import REMEDY, Printed, PrintedNumber, read_printed

ClassificationFlag = Literal["NOT_A_COUNT", "PREVALENCE", "NO_TABLE"]


@dataclass(frozen=True)
class ClassificationAudit:
    """What printed rates imply about the test set.

    implied_prevalence : share of positives that accuracy, sensitivity and precision imply together
    implied_prevalence_low, implied_prevalence_high : its range over what rounding leaves open
    n_tables : 2 x 2 tables of these patients that give all three rates as printed
    flags : "NOT_A_COUNT" (the accuracy is no k / n), "PREVALENCE" (the implied prevalence is not that of the test
        set), "NO_TABLE" (no table fits)
    findings : one sentence for each flag
    """

    accuracy: float
    sensitivity: float
    precision: float
    n_positive: int
    n_negative: int
    implied_prevalence: float
    implied_prevalence_low: float
    implied_prevalence_high: float
    n_tables: int
    flags: tuple[ClassificationFlag, ...]
    findings: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether the numbers can be what they say."""
        return not self.flags


def audit_classification(
    accuracy: Printed, sensitivity: Printed, precision: Printed, n_positive: int, n_negative: int
) -> ClassificationAudit:
    """Ask whether printed rates of one test set can be what they say.

    Parameters
    ----------
    accuracy, sensitivity, precision : float or str
        As printed, 0 to 1, sensitivity and precision above 0.
    n_positive, n_negative : int
        Patients of the test set.

    Raises
    ------
    BadInput
        For what is no rate, a class without a patient, and rates that leave the prevalence open (all of them 1).

    Notes
    -----
    Prevalence = (1 - accuracy) / ((1 - sensitivity) + sensitivity (1 / precision - 1)): errors are missed positives
    plus false ones. A row that averages folds has no table and no count; its prevalence must still be near the truth.
    Source: arithmetic of the 2 x 2 table; no R function.
    """
    rates = [_rate(*each) for each in (("accuracy", accuracy), ("sensitivity", sensitivity), ("precision", precision))]
    if min(n_positive, n_negative) < 1:
        raise BadInput(
            "published numbers", "n_positive, n_negative", f"{n_positive} and {n_negative}", "patients of both", REMEDY
        )
    values = [rate.value for rate in rates]
    if values[1] == values[2] == 1:
        raise BadInput(
            "published numbers", "sensitivity, precision", "1 and 1", "one of them below 1", "Nothing to audit."
        )
    n = n_positive + n_negative
    low, high = _prevalence_range(rates)
    tables = _count_tables(rates, n_positive, n_negative)
    findings: dict[ClassificationFlag, str] = {}
    if not _is_count(rates[0], n):
        findings["NOT_A_COUNT"] = f"No number of {n} patients gives an accuracy of {values[0]:g}."
    implied = _prevalence(*values)
    if not (low <= n_positive / n <= high):
        findings["PREVALENCE"] = (
            f"The rates imply {implied:.3f} positives, the test set holds {n_positive / n:.3f} ({n_positive} of {n})."
        )
    if not tables:
        findings["NO_TABLE"] = f"No table of {n_positive} positives and {n_negative} negatives gives the three rates."
    return ClassificationAudit(
        accuracy=values[0],
        sensitivity=values[1],
        precision=values[2],
        n_positive=n_positive,
        n_negative=n_negative,
        implied_prevalence=implied,
        implied_prevalence_low=low,
        implied_prevalence_high=high,
        n_tables=tables,
        flags=tuple(findings),
        findings=tuple(findings.values()),
    )


def _prevalence(accuracy: float, sensitivity: float, precision: float) -> float:
    return (1 - accuracy) / ((1 - sensitivity) + sensitivity * (1 / precision - 1))


def _prevalence_range(rates: list[PrintedNumber]) -> tuple[float, float]:
    """Least and most: fewer errors, or more of them explained by each positive, mean a smaller prevalence."""
    accuracy, sensitivity, precision = rates
    corners = [
        _prevalence(a, s, p)
        for a in (accuracy.low, accuracy.high)
        for s in (sensitivity.low, sensitivity.high)
        for p in (precision.low, precision.high)
        if (s, p) != (1.0, 1.0)
    ]
    return min(corners), max(corners)


def _count_tables(rates: list[PrintedNumber], n_positive: int, n_negative: int) -> int:
    hit, false = np.meshgrid(np.arange(n_positive + 1), np.arange(n_negative + 1), indexing="ij")
    called = hit + false
    share = np.divide(hit, called, out=np.zeros(hit.shape), where=called > 0)
    right = (hit + n_negative - false) / (n_positive + n_negative)
    fits = np.ones(hit.shape, dtype=bool)
    for rate, found in zip(rates, (right, hit / n_positive, share), strict=True):
        fits &= (found >= rate.low - 1e-9) & (found <= rate.high + 1e-9)
    return int(fits.sum())


def _is_count(rate: PrintedNumber, n: int) -> bool:
    return bool(np.floor(rate.high * n + 1e-9) >= np.ceil(rate.low * n - 1e-9))


def _rate(field: str, printed: Printed) -> PrintedNumber:
    number = read_printed(field, printed)
    if not 0 < number.value <= 1:
        raise BadInput("published numbers", field, f"{printed}", "a rate above 0, at most 1", REMEDY)
    return PrintedNumber(number.value, max(number.low, 1e-9), min(number.high, 1.0))
