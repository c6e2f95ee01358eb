"""Whether the interval of a published area under the ROC curve can come from so many patients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.agreement.published.printed_numbers import REMEDY, Printed, read_printed

AucFlag = Literal["TOO_NARROW", "NOT_SAMPLING"]
Z95 = float(ndtri(0.975))
TOO_NARROW = 1.5  # DeLong and Hanley-McNeil differ by about 10 %, binormal or not
NOT_SAMPLING = 3.0  # as if from nine times the patients: no sampling error of these


@dataclass(frozen=True)
class AucAudit:
    """What a published AUC implies, beside what its numbers of patients allow.

    std_err : stated, from the interval's width; from its other half where it was cut at 0 or 1
    hanley_mcneil_std_err, hanley_mcneil_low, hanley_mcneil_high : what so many patients give, cut at 0 and 1
    ratio : Hanley-McNeil over stated standard error; 1 for an honest interval
    n_needed : patients, in the same proportion, that would give the stated standard error
    flags, findings : "TOO_NARROW" or "NOT_SAMPLING", with one sentence; empty when the interval can be
    """

    auc: float
    low: float
    high: float
    n_positive: int
    n_negative: int
    std_err: float
    hanley_mcneil_std_err: float
    hanley_mcneil_low: float
    hanley_mcneil_high: float
    ratio: float
    n_needed: float
    flags: tuple[AucFlag, ...]
    findings: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether the interval can be what it says."""
        return not self.flags


def audit_auc(auc: Printed, low: Printed, high: Printed, n_positive: int, n_negative: int) -> AucAudit:
    """Ask whether the 95 % interval of a published AUC can be its sampling error.

    Parameters
    ----------
    auc, low, high : float or str
        Area and limits as printed, 0 to 1.
    n_positive, n_negative : int
        Patients of the two classes of the same test set.

    Raises
    ------
    BadInput
        When a number is not one, lies outside 0 .. 1, the interval does not hold the area or has no width, or a
        class has no patient.

    Notes
    -----
    TOO_NARROW above a ratio of 1.5, NOT_SAMPLING (which then stands alone) above 3.
    An area of 1 has a Hanley-McNeil standard error of 0 and always passes.
    Source: Hanley & McNeil 1982, Q1 = A / (2 - A), Q2 = 2 A^2 / (1 + A); within 10 % of the DeLong standard error of
    simulated binormal scores. The limits 1.5 and 3 are our own; no R function does this.
    """
    area, lower, upper = (read_printed(name, each).value for name, each in (("auc", auc), ("low", low), ("high", high)))
    if not 0 <= lower <= area <= upper <= 1 or lower == upper:
        raise BadInput(
            "published numbers", "auc, low, high", f"{auc} ({low} to {high})", "0 <= low <= auc <= high <= 1", REMEDY
        )
    if min(n_positive, n_negative) < 1:
        raise BadInput(
            "published numbers", "n_positive, n_negative", f"{n_positive} and {n_negative}", "patients of both", REMEDY
        )
    stated = _stated_std_err(area, lower, upper)
    expected = float(hanley_mcneil_std_err(area, n_positive, n_negative))
    ratio = expected / stated
    n_needed = (n_positive + n_negative) * ratio**2
    flags, findings = _judge(ratio, n_needed, n_positive + n_negative)
    return AucAudit(
        auc=area,
        low=lower,
        high=upper,
        n_positive=n_positive,
        n_negative=n_negative,
        std_err=stated,
        hanley_mcneil_std_err=expected,
        hanley_mcneil_low=max(0.0, area - Z95 * expected),
        hanley_mcneil_high=min(1.0, area + Z95 * expected),
        ratio=ratio,
        n_needed=n_needed,
        flags=flags,
        findings=findings,
    )


def hanley_mcneil_std_err(auc: ArrayLike, n_positive: int, n_negative: int) -> NDArray[np.float64]:
    """Standard error of an area from its size and the numbers of patients alone; same shape as `auc`.

    Source: Hanley & McNeil 1982, Radiology 143:29, equation 2 with the exponential model.
    """
    area = np.asarray(auc, dtype=np.float64)
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (n_positive - 1) * (q1 - area**2) + (n_negative - 1) * (q2 - area**2)
    return np.sqrt(np.maximum(variance, 0.0) / (n_positive * n_negative))


def _stated_std_err(area: float, low: float, high: float) -> float:
    """Half width over 1.96; an interval cut at 0 or 1 tells it only by its other half."""
    cut = [half for half, limit in ((area - low, high == 1), (high - area, low == 0)) if limit]
    return max([(high - low) / 2, *cut]) / Z95


def _judge(ratio: float, n_needed: float, n: int) -> tuple[tuple[AucFlag, ...], tuple[str, ...]]:
    if ratio <= TOO_NARROW:
        return (), ()
    said = f"The interval is {ratio:.1f} times narrower than {n} patients give; it would need {n_needed:,.0f}."
    if ratio <= NOT_SAMPLING:
        return ("TOO_NARROW",), (said,)
    return ("NOT_SAMPLING",), (f"{said} It is no sampling error; perhaps the spread of repeated runs.",)
