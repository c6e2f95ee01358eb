"""How numbers are written in figures and reports: the same quantity looks the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from radgen_assets.contracts.results import Estimate

MINUS = "−"
ABSENT = "–"


def plain(value: float | None, decimals: int = 2) -> str:
    """A number with a fixed count of decimals and a true minus sign; an en dash where there is none."""
    if value is None or not math.isfinite(value):
        return ABSENT
    text = f"{value:.{decimals}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def signed(value: float | None, decimals: int = 2) -> str:
    """A difference: `plain` with its sign always written."""
    text = plain(value, decimals)
    return text if text == ABSENT or text.startswith(MINUS) or float(text) == 0 else f"+{text}"


def ratio(value: float | None) -> str:
    """A hazard or odds ratio: two decimals up to 10, fewer above; beyond 1,000 or below 0.001 only the side is told."""
    if value is None or not math.isfinite(value):
        return ABSENT
    if value > 1000:
        return "> 1000"
    if 0 <= value < 0.001:
        return "< 0.001"
    decimals = 0 if value >= 100 else 1 if value >= 10 else 3 if value < 0.1 else 2
    return plain(value, decimals)


def p_value(value: float | None) -> str:
    """A P value without its letter: "< 0.001", "0.004", "0.032", "0.21"."""
    if value is None or not math.isfinite(value):
        return ABSENT
    if value < 0.001:
        return "< 0.001"
    if value > 0.99:
        return "> 0.99"
    return f"{value:.3f}" if value < 0.0995 else f"{value:.2f}"


def p_phrase(value: float | None) -> str:
    """A P value with its letter: "P < 0.001", "P = 0.032"; empty where there is none."""
    text = p_value(value)
    if text == ABSENT:
        return ""
    return f"P {text}" if text[0] in "<>" else f"P = {text}"


def interval(estimate: Estimate, decimals: int = 2) -> str:
    """The 95 % interval as "0.61 to 0.80"; an en dash where it is not defined."""
    if estimate.low is None or estimate.high is None:
        return ABSENT
    return f"{plain(estimate.low, decimals)} to {plain(estimate.high, decimals)}"


def with_interval(estimate: Estimate, decimals: int = 2) -> str:
    """Value and interval as "0.71 (0.61 to 0.80)"."""
    if estimate.value is None:
        return ABSENT
    return f"{plain(estimate.value, decimals)} ({interval(estimate, decimals)})"


def ratio_with_interval(estimate: Estimate) -> str:
    """A ratio and its interval as "1.84 (1.10 to 3.07)"."""
    if estimate.value is None:
        return ABSENT
    if estimate.low is None or estimate.high is None:
        return f"{ratio(estimate.value)} ({ABSENT})"
    return f"{ratio(estimate.value)} ({ratio(estimate.low)} to {ratio(estimate.high)})"


def count(value: int) -> str:
    """A count with thousands set apart by a thin space that does not break."""
    return f"{value:,}".replace(",", "\u202f")


def tick_labels(ticks: Sequence[float]) -> list[str]:
    """Labels of an axis with as many decimals as tell the ticks apart; thousands set apart, no power on the side."""
    steps = [abs(after - before) for before, after in pairwise(ticks) if after != before]
    smallest = min(steps, default=abs(ticks[0]) if len(ticks) else 1.0) or 1.0
    decimals = max(0, math.ceil(-math.log10(smallest) - 1e-9))
    if any(abs(round(tick, decimals) - tick) > smallest / 100 for tick in ticks):
        decimals += 1  # steps of 2.5 or 0.25
    return [f"{tick + 0.0:,.{decimals}f}".replace(",", "\u202f").replace("-", MINUS) for tick in ticks]


def percent(part: float, whole: float) -> str:
    """A share of a whole as "12 %"; one decimal next to 0 % and 100 %, so that few are not told as none."""
    if whole == 0:
        return ABSENT
    share = 100 * part / whole
    return f"{share:.1f} %" if 0 < share < 1 or 99 < share < 100 else f"{share:.0f} %"
