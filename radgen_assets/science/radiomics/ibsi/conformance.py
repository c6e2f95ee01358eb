"""Whether computed values are those of the IBSI reference, within its published tolerance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True)
class Reference:
    """One published value.

    Attributes
    ----------
    tag, family, feature : str
    consensus : str
        How many of the initiative's teams agreed: "≥ 10", "6-9", "3-5".
    value : str
        As printed: its digits say how far it can be compared.
    tolerance : float
        Published; 0 means: equal as printed.
    """

    tag: str
    family: str
    feature: str
    consensus: str
    value: str
    tolerance: float


@dataclass(frozen=True)
class Comparison:
    """A published value and the computed one; None when the feature is not computed."""

    reference: Reference
    found: float | None

    @property
    def is_covered(self) -> bool:
        """Whether the feature is computed."""
        return self.found is not None

    @property
    def passes(self) -> bool:
        """Whether the computed value is the published one within its tolerance."""
        return self.found is not None and agrees(self.found, self.reference.value, self.reference.tolerance)


def agrees(found: float, printed: str, tolerance: float) -> bool:
    """Whether a value agrees with a printed one: as computed, or rounded to as many digits as are printed (3 or more).

    Published values stand in three digits without trailing zeros, "2.6" for 2.60.
    """
    if not isfinite(found):
        return False
    expected = float(printed)
    allowed = tolerance * (1 + 1e-9) + 1e-12 * abs(expected)
    digits = max(3, len(printed.lstrip("-0.").replace(".", "").rstrip("0")))
    return abs(found - expected) <= allowed or abs(rounded(found, digits) - expected) <= allowed


def rounded(value: float, digits: int) -> float:
    """To that many significant digits."""
    return float(f"{value:.{digits}g}")


def compare(found: Mapping[str, float], references: Iterable[Reference]) -> tuple[Comparison, ...]:
    """Each published value beside the computed one."""
    return tuple(Comparison(reference, found.get(reference.tag)) for reference in references)
