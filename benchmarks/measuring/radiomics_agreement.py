"""How far values lie from pyradiomics': what the tests of the engine call equal, counted and listed by class."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from measuring.radiomics_engines import Values

RELATIVE, ABSOLUTE, OF_MCC = 1e-6, 1e-9, 1e-5


@dataclass
class Class:
    """Of one class of features: how many values, how many within the tolerance, and the farthest."""

    n: int = 0
    n_equal: int = 0
    n_same_bits: int = 0
    worst: float = 0.0
    where: str = ""
    ours: float = float("nan")
    theirs: float = float("nan")

    def add(self, ours: float, theirs: float, feature: str, where: str) -> None:
        """One value; two that are both not finite are the same."""
        self.n += 1
        same = ours == theirs or (not np.isfinite(ours) and not np.isfinite(theirs))
        self.n_same_bits += same
        self.n_equal += same or is_equal(ours, theirs, feature)
        difference = 0.0 if same else float(np.nan_to_num(abs(ours - theirs) / max(abs(theirs), 1e-3), nan=np.inf))
        if difference > self.worst:
            self.worst, self.where, self.ours, self.theirs = difference, where, ours, theirs


def is_equal(ours: float, theirs: float, feature: str) -> bool:
    """Within 1e-6 relative (1e-5 for MCC, a root of an eigenvalue) or 1e-9."""
    return bool(np.isclose(ours, theirs, rtol=OF_MCC if feature.endswith("_MCC") else RELATIVE, atol=ABSOLUTE))


def compare(ours: Values, theirs: Values, into: dict[str, Class] | None = None, patient: str = "") -> dict[str, Class]:
    """Every value of pyradiomics beside ours, by class; one that we leave out counts as not finite."""
    classes = defaultdict(Class) if into is None else into
    for (sequence, region, name), value in theirs.items():
        kind = name.split("_")[1]
        key = ("mask" if kind == "shape" else sequence, region, name)
        classes[kind].add(ours.get(key, float("nan")), value, name, f"{patient} {region} {sequence} {name}".strip())
    return classes


def share_equal(classes: dict[str, Class]) -> tuple[int, int, float]:
    """Values within the tolerance, values, and the largest relative difference."""
    return (
        sum(each.n_equal for each in classes.values()),
        sum(each.n for each in classes.values()),
        max(each.worst for each in classes.values()),
    )


def table(classes: dict[str, Class]) -> list[str]:
    """Rows of a markdown table; differences relative to pyradiomics' value, or to 0.001 where that is smaller."""
    rows = ["| class | values | within the tolerance | same bits | worst relative difference | where |"]
    rows.append("|---|---:|---:|---:|---:|---|")
    for name, each in classes.items():
        rows.append(
            f"| {name} | {each.n:,} | {each.n_equal:,} | {each.n_same_bits:,} | {each.worst:.1e} | {each.where} |"
        )
    return rows
