"""The sex that a sample's genes show, beside the one that the clinical table records.

XIST is expressed from an inactive X chromosome, so by women; the Y-linked genes by men. A tumour may lose either: one
of the two alone is a weak witness, their difference a strong one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.checks.settings import SexCheckSettings
from radgen_assets.science.expression.scales import DATA, to_log2

XIST = "XIST"
Y_GENES = ("RPS4Y1", "DDX3Y", "KDM5D", "EIF1AY", "UTY", "USP9Y", "ZFY")  # of the male-specific region, widely expressed
LARGEST_Z = 5.0  # z-scores of single genes reach thousands


@dataclass(frozen=True, eq=False)
class SexCheck:
    """What each sample's genes show, and what is recorded.

    xist, y_linked : (n,) float64, log2 (or z-scores); the highest of the Y-linked genes; nan where none is measured
    score : (n,) float64, higher = more like a man
    shown : (n,) "female", "male" or "undecided"
    recorded : (n,) "female", "male" or "" where nothing is recorded
    score_name : which genes it is made of; rule : in words, from which scores on a sample is a woman's or a man's
    limits : scores at or below the first are a woman's, at or above the second a man's; None where nobody is decided
    """

    samples: tuple[str, ...]
    xist: NDArray[np.float64]
    y_linked: NDArray[np.float64]
    score: NDArray[np.float64]
    shown: tuple[str, ...]
    recorded: tuple[str, ...]
    score_name: str
    rule: str
    limits: tuple[float, float] | None
    unit: ExpressionUnit

    @property
    def disagreeing(self) -> tuple[str, ...]:
        """Samples that show the other sex than the recorded one."""
        return tuple(
            sample
            for sample, shown, recorded in zip(self.samples, self.shown, self.recorded, strict=True)
            if recorded and shown not in ("undecided", recorded)
        )

    @property
    def undecided(self) -> tuple[str, ...]:
        """Samples that show neither."""
        return tuple(sample for sample, shown in zip(self.samples, self.shown, strict=True) if shown == "undecided")

    @property
    def score_label(self) -> str:
        """The score and its unit, for an axis."""
        return f"{self.score_name} ({'z' if self.unit is ExpressionUnit.zscore else 'log₂'})"

    @property
    def n_agreeing(self) -> int:
        """Samples that show the recorded sex."""
        return sum(shown == recorded for shown, recorded in zip(self.shown, self.recorded, strict=True))

    @property
    def n_recorded(self) -> int:
        """Samples whose sex is recorded."""
        return sum(bool(each) for each in self.recorded)

    def to_frame(self) -> pd.DataFrame:
        """One row a sample: sample, xist, y_linked, score, shown, recorded (missing where nothing is)."""
        frame = pd.DataFrame({"sample": self.samples, "xist": self.xist, "y_linked": self.y_linked})
        frame["score"] = self.score
        frame["shown"] = self.shown
        frame["recorded"] = pd.Series([each or None for each in self.recorded], dtype="object")
        return frame


def has_sex_genes(matrix: ExpressionMatrix) -> bool:
    """Whether the matrix measures XIST or a Y-linked gene."""
    return not {XIST, *Y_GENES}.isdisjoint(matrix.genes)


def sex_check(
    matrix: ExpressionMatrix, sex: pd.Series | None = None, settings: SexCheckSettings | None = None
) -> SexCheck:
    """The sex that XIST and the Y-linked genes show.

    | unit, genes | score | female, male |
    | --- | --- | --- |
    | counts, tpm, fpkm, log2; XIST and a Y-linked gene | highest Y-linked gene less XIST, log2 | <= 0, >= 2 |
    | z-scores; XIST and a Y-linked gene | mean of the Y-linked genes less XIST, each within -5 to 5 | two groups |
    | only Y-linked genes, or only XIST | the highest (z-scores: mean) of them, or less XIST | two groups |

    Two groups: the cut of the sorted scores that explains most variance; the upper group are men. Where it explains
    less than `smallest_share_explained` the samples are not of two kinds (or not told apart), and all are undecided; so
    are those near the middle. Without XIST a man who lost his Y chromosome looks like a woman.

    Parameters
    ----------
    matrix : ExpressionMatrix of gene symbols, any unit
    sex : series by sample: "female", "male" or missing; samples that it does not name have nothing recorded

    Raises
    ------
    BadInput
        Where the matrix has neither XIST nor a Y-linked gene, for missing values, and for other words than female and
        male.
    """
    settings = settings or SexCheckSettings()
    present = [gene for gene in (XIST, *Y_GENES) if gene in set(matrix.genes)]
    if not present:
        expected = f"{XIST} or a Y-linked gene ({', '.join(Y_GENES)})"
        raise BadInput(DATA, "genes", "neither", expected, "Sex cannot be checked on these genes.")
    values = _levels(matrix, present)
    xist = values[0] if present[0] == XIST else np.full(len(matrix.samples), np.nan)
    linked = values[1:] if present[0] == XIST else values
    y_linked = linked.max(axis=0) if len(linked) else np.full(len(matrix.samples), np.nan)
    if len(linked) and matrix.unit is ExpressionUnit.zscore:
        y_linked = linked.mean(axis=0)
    score = np.where(np.isnan(y_linked), 0.0, y_linked) - np.where(np.isnan(xist), 0.0, xist)
    both = len(linked) > 0 and present[0] == XIST
    limits, rule = _limits(score, both=both, unit=matrix.unit, settings=settings)
    return SexCheck(
        samples=matrix.samples,
        xist=xist,
        y_linked=y_linked,
        score=score,
        shown=tuple(_shown(float(each), limits) for each in score),
        recorded=_recorded(matrix.samples, sex),
        score_name=_score_name(present, matrix.unit),
        rule=rule,
        limits=limits,
        unit=matrix.unit,
    )


def _levels(matrix: ExpressionMatrix, genes: list[str]) -> NDArray[np.float64]:
    """(genes, samples): log2 values, of counts by the library size of the whole matrix; z-scores cut at +-5."""
    place = {gene: row for row, gene in enumerate(matrix.genes)}
    rows = [place[gene] for gene in genes]
    if matrix.unit is ExpressionUnit.counts:
        return to_log2(matrix).values[rows]
    part = replace(matrix, values=matrix.values[rows], genes=tuple(genes))
    values = to_log2(part, allow_zscore=True).values
    return np.clip(values, -LARGEST_Z, LARGEST_Z) if matrix.unit is ExpressionUnit.zscore else values


def _limits(
    score: NDArray[np.float64], *, both: bool, unit: ExpressionUnit, settings: SexCheckSettings
) -> tuple[tuple[float, float] | None, str]:
    if both and unit is not ExpressionUnit.zscore:
        limits = (settings.female_at_most, settings.male_at_least)
        return limits, f"female up to {limits[0]:g}, male from {limits[1]:g} log2 units"
    lower, upper, explained = _two_groups(score)
    if explained < settings.smallest_share_explained:
        told = f"two groups would explain {explained:.0%} of its variance"
        return None, f"{told}, not {settings.smallest_share_explained:.0%}, so that nobody is decided"
    middle, reach = (lower + upper) / 2, (upper - lower) * settings.middle_share / 2
    limits = (middle - reach, middle + reach)
    told = f"female up to {limits[0]:.2f}, male from {limits[1]:.2f}"
    return limits, f"{told}, about the middle of two groups that explain {explained:.0%} of its variance"


def _two_groups(score: NDArray[np.float64]) -> tuple[float, float, float]:
    """Means of the two groups whose cut explains most of the variance, and that share; 0 where all are equal."""
    ordered = np.sort(score)
    n, total = len(ordered), float(((ordered - ordered.mean()) ** 2).sum())
    if n < 2 or total == 0:
        return float(ordered.mean()), float(ordered.mean()), 0.0
    size = np.arange(1, n)
    below = np.cumsum(ordered)[:-1]
    lower, upper = below / size, (ordered.sum() - below) / (n - size)
    between = size * (n - size) / n * (upper - lower) ** 2
    best = int(between.argmax())
    return float(lower[best]), float(upper[best]), float(between[best] / total)


def _shown(score: float, limits: tuple[float, float] | None) -> str:
    if limits is None or limits[0] < score < limits[1]:
        return "undecided"
    return "female" if score <= limits[0] else "male"


def _score_name(genes: list[str], unit: ExpressionUnit) -> str:
    linked = [gene for gene in genes if gene != XIST]
    if not linked:
        return "0 less XIST"
    summary = "mean" if unit is ExpressionUnit.zscore else "highest"
    one = linked[0] if len(linked) == 1 else f"{summary} of {len(linked)} Y-linked genes"
    return f"{one} less XIST" if XIST in genes else one


def _recorded(samples: tuple[str, ...], sex: pd.Series | None) -> tuple[str, ...]:
    if sex is None:
        return ("",) * len(samples)
    if sex.index.has_duplicates:
        twice = sex.index[sex.index.duplicated()][0]
        raise BadInput("clinical table", "sex", f"patient {twice} twice", "one row a patient", "Correct the table.")
    known = sex.dropna()
    other = sorted({str(each) for each in known} - {"female", "male"})
    if other:
        remedy = "Give the sheet's column sex a coding."
        raise BadInput("clinical table", "sex", repr(other[0]), "'female', 'male' or nothing", remedy)
    recorded = known.to_dict()
    return tuple(str(recorded.get(sample, "")) for sample in samples)
