"""Whether computed values are those of the IBSI reference, within its published tolerance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

from radgen_assets.science.radiomics.ibsi.configurations import DIGITAL_PHANTOM


@dataclass(frozen=True)
class Reference:
    """One published value.

    Attributes
    ----------
    tag, family, feature : str
    value : str
        As printed: its digits say how far it can be compared.
    tolerance : float
        Published; 0 means: equal as printed.
    consensus : str
        How many of the initiative's teams agreed: "≥ 10", "6-9", "3-5"; "" where it is not kept.
    """

    tag: str
    family: str
    feature: str
    value: str
    tolerance: float
    consensus: str = ""


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


def check_digital_phantom() -> tuple[Comparison, ...]:
    """The engine's values on IBSI's digital phantom, each beside the published one; takes a tenth of a second."""
    from radgen_assets.science.radiomics.ibsi.digital_phantom import SPACING_MM, digital_phantom, published_values
    from radgen_assets.science.radiomics.ibsi.features import ibsi_features

    image, mask = digital_phantom()
    return compare(ibsi_features(image, mask, SPACING_MM, DIGITAL_PHANTOM), published_values())


def agrees(found: float, printed: str, tolerance: float) -> bool:
    """Whether a value lies within the tolerance of a printed one; without tolerance, whether it would be printed so.

    Published values stand in three digits without trailing zeros, "2.6" for 2.60, or in more.
    """
    if not isfinite(found):
        return False
    expected = float(printed)
    if tolerance > 0:
        return abs(found - expected) <= tolerance * (1 + 1e-9)
    return rounded(found, max(3, _digits(printed))) == expected


def rounded(value: float, digits: int) -> float:
    """To that many significant digits."""
    return float(f"{value:.{digits}g}")


def _digits(printed: str) -> int:
    return len(printed.lstrip("-0.").replace(".", "").rstrip("0"))


def compare(found: Mapping[str, float], references: Iterable[Reference]) -> tuple[Comparison, ...]:
    """Each published value beside the computed one."""
    return tuple(Comparison(reference, found.get(reference.tag)) for reference in references)
