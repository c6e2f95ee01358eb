"""Whether a published hazard ratio, its 95 % interval and its P can belong to one fit of so many patients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.agreement.published.printed_numbers import (
    REMEDY,
    Printed,
    PrintedNumber,
    read_printed,
    read_printed_p,
)

HazardRatioFlag = Literal["ASYM", "LINEAR", "CI_VS_P", "P_DIFF", "EVENTS"]
Z95 = float(ndtri(0.975))
OFF_CENTRE = 0.05  # share of the half interval by which a Wald estimate may lie off its centre
P_FACTOR = 2.0  # log-rank, likelihood-ratio and Wald P of one fit differ by less than this
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class HazardRatioAudit:
    """What a published hazard ratio implies, and where its numbers contradict each other.

    std_err : of the log hazard ratio, from the interval's width
    z, p_implied : Wald statistic and two-sided P that follow
    p_implied_low, p_implied_high : range of that P over what rounding leaves open
    log_offset : how far ln(HR) lies off the interval's centre, in half intervals; 0 for every Wald interval
    linear_offset : the same without logarithms; 0 for an interval made as HR +- 1.96 se
    min_events : fewest events that can give this standard error, two groups of equal size
    centre : hazard ratio at the centre of the interval
    fitting_low, fitting_high : the lower (upper) limit that would fit the hazard ratio and the other limit
    flags : "ASYM", "LINEAR", "CI_VS_P", "P_DIFF", "EVENTS", in this order
    findings : one sentence for each flag
    """

    hazard_ratio: float
    low: float
    high: float
    p: float | None
    p_is_bound: bool
    n: int | None
    std_err: float
    z: float
    p_implied: float
    p_implied_low: float
    p_implied_high: float
    log_offset: float
    linear_offset: float
    min_events: float
    centre: float
    fitting_low: float
    fitting_high: float
    flags: tuple[HazardRatioFlag, ...]
    findings: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether the numbers can be what they say."""
        return not self.flags


def audit_hazard_ratio(
    hr: Printed, low: Printed, high: Printed, p: Printed | None = None, n: int | None = None
) -> HazardRatioAudit:
    """Ask whether a published hazard ratio can be what it says.

    Parameters
    ----------
    hr, low, high : float or str
        Hazard ratio and 95 % limits as printed; text keeps last zeros ("8.340").
    p : float or str, optional
        Printed P, or its bound as text ("< 0.001"). Without it the two questions about P are not asked.
    n : int, optional
        Patients, for a hazard ratio of two groups. Without it EVENTS is not asked; leave it out for a hazard ratio
        per unit of a number, whose standard error depends on the unit.

    Raises
    ------
    BadInput
        When a number is not one, is not positive, or the interval does not hold the hazard ratio.

    Notes
    -----
    ASYM     |log_offset| > 0.05 for every number that rounds to the printed ones
    LINEAR   as ASYM, but symmetric without logarithms: made as HR +- 1.96 se, not an interval of a Cox model
    CI_VS_P  the interval excludes 1 but P >= 0.05, or the reverse, whatever was rounded
    P_DIFF   stated P beyond a factor 2 of the implied P over the rounding range; "< x": half the implied P above x.
             Log-rank and Wald P differ a little: alone it is a question, not a verdict
    EVENTS   more events needed than there are patients
    Source: arithmetic of the Wald interval; var(ln HR) >= 4 / events for two groups (Schoenfeld 1981). The rules are
    our own, from what published tables show; no R function does this.
    """
    printed = (_positive("hr", hr), _positive("low", low), _positive("high", high))
    ratio, lower, upper = (number.value for number in printed)
    if not lower <= ratio <= upper or lower == upper:
        raise BadInput("published numbers", "hr, low, high", f"{hr} ({low} to {high})", "low <= hr <= high", REMEDY)
    if n is not None and n < 1:
        raise BadInput("published numbers", "n", str(n), "a number of patients", REMEDY)
    stated = None if p is None else read_printed_p(p)
    std_err = _std_err(ratio, lower, upper)
    implied = _range(_p_implied, printed)
    if printed[0].low <= 1 <= printed[0].high:
        implied = (implied[0], 1.0)
    findings = {
        **_about_symmetry(printed),
        **(_about_p(printed, stated, implied) if stated else {}),
        **(_about_events(printed, n) if n else {}),
    }
    return HazardRatioAudit(
        hazard_ratio=ratio,
        low=lower,
        high=upper,
        p=stated.value if stated else None,
        p_is_bound=bool(stated and stated.is_bound),
        n=n,
        std_err=std_err,
        z=float(np.log(ratio) / std_err),
        p_implied=_p_implied(ratio, lower, upper),
        p_implied_low=implied[0],
        p_implied_high=implied[1],
        log_offset=_log_offset(ratio, lower, upper),
        linear_offset=_linear_offset(ratio, lower, upper),
        min_events=_min_events(ratio, lower, upper),
        centre=float(np.sqrt(lower * upper)),
        fitting_low=ratio**2 / upper,
        fitting_high=ratio**2 / lower,
        flags=tuple(findings),
        findings=tuple(findings.values()),
    )


def _about_symmetry(printed: tuple[PrintedNumber, ...]) -> dict[HazardRatioFlag, str]:
    """A Wald interval is symmetric about ln(HR)."""
    if _can_be_centred(_log_offset, printed):
        return {}
    ratio, low, high = (number.value for number in printed)
    if _can_be_centred(_linear_offset, printed):
        return {
            "LINEAR": "The interval is symmetric about the hazard ratio itself: a Cox model gives one about ln(HR)."
        }
    return {
        "ASYM": f"The interval's centre is {np.sqrt(low * high):.2f}, not {ratio:g}; "
        f"a lower limit of {ratio**2 / high:.2f}, or an upper one of {ratio**2 / low:.2f}, would fit."
    }


def _about_p(
    printed: tuple[PrintedNumber, ...], stated: PrintedNumber, implied: tuple[float, float]
) -> dict[HazardRatioFlag, str]:
    found: dict[HazardRatioFlag, str] = {}
    _, low, high = printed
    told = f"< {stated.value:g}" if stated.is_bound else f"{stated.value:g}"
    significant = stated.value <= SIGNIFICANT if stated.is_bound else stated.high < SIGNIFICANT
    not_significant = not stated.is_bound and stated.low >= SIGNIFICANT
    if not_significant and (low.low > 1 or high.high < 1):
        found["CI_VS_P"] = f"The interval excludes 1, but P is {told}."
    if significant and low.high < 1 < high.low:
        found["CI_VS_P"] = f"The interval holds 1, but P is {told}."
    above = stated.low > P_FACTOR * implied[1]
    below = implied[0] / P_FACTOR > stated.high
    if above or below:
        ratio, lower, upper = (number.value for number in printed)
        found["P_DIFF"] = f"The interval implies P = {_p_implied(ratio, lower, upper):.2g}; stated is {told}."
    return found


def _about_events(printed: tuple[PrintedNumber, ...], n: int) -> dict[HazardRatioFlag, str]:
    if _range(_min_events, printed)[0] <= n:
        return {}
    needed = _min_events(*(number.value for number in printed))
    return {
        "EVENTS": f"So narrow an interval needs at least {needed:,.0f} events in two groups; there are {n} patients."
    }


def _range(measure: Callable[[float, float, float], float], printed: tuple[PrintedNumber, ...]) -> tuple[float, float]:
    """Extremes over the corners of the rounding box: every measure is monotone in each of the three numbers."""
    corners = product(*((number.low, number.high) for number in printed))
    found = [measure(ratio, low, high) for ratio, low, high in corners if low < high]
    return min(found), max(found)


def _can_be_centred(offset: Callable[[float, float, float], float], printed: tuple[PrintedNumber, ...]) -> bool:
    lowest, highest = _range(offset, printed)
    return lowest <= OFF_CENTRE and highest >= -OFF_CENTRE


def _std_err(ratio: float, low: float, high: float) -> float:
    del ratio
    return float(np.log(high / low) / (2 * Z95))


def _p_implied(ratio: float, low: float, high: float) -> float:
    return float(2 * ndtr(-abs(np.log(ratio) / _std_err(ratio, low, high))))


def _log_offset(ratio: float, low: float, high: float) -> float:
    return _linear_offset(float(np.log(ratio)), float(np.log(low)), float(np.log(high)))


def _linear_offset(ratio: float, low: float, high: float) -> float:
    return (ratio - (low + high) / 2) / ((high - low) / 2)


def _min_events(ratio: float, low: float, high: float) -> float:
    return 4 / _std_err(ratio, low, high) ** 2


def _positive(field: str, printed: Printed) -> PrintedNumber:
    number = read_printed(field, printed)
    if number.value <= 0:
        raise BadInput("published numbers", field, f"{printed}", "a number above 0", REMEDY)
    # a limit printed as 0.01 may have been 0.005, one printed as 1 may have been 0.5: never 0
    return PrintedNumber(number.value, max(number.low, number.value / 1000), number.high)
