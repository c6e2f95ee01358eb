"""What the figures are drawn from, beyond contracts.results: curves, groups and steps as plain values.

Imports neither matplotlib nor scipy, so that a report's model can name these types cheaply.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from radgen_assets.contracts.results import Estimate

if TYPE_CHECKING:
    from radgen_assets.science.survival.curves.kaplan_meier import KaplanMeier

Look = Literal["full", "baseline", "centre_only", "low_risk", "middle_risk", "high_risk"]


@dataclass(frozen=True)
class SurvivalCurve:
    """The Kaplan-Meier curve of one group, as science.survival.kaplan_meier estimates it."""

    label: str
    estimate: KaplanMeier
    look: Look


@dataclass(frozen=True)
class RocLimits:
    """Pointwise 95 % limits of the sensitivity at given false positive rates.

    false_positive_rate, low, high : (n_points,) 0 to 1, the first rising.
    """

    false_positive_rate: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]


@dataclass(frozen=True)
class RocCurve:
    """One model's receiver operating characteristic.

    false_positive_rate, true_positive_rate : (n_points,)     From (0, 0) to (1, 1), rising.
    auc : area with its interval (DeLong), as the fit states it.
    band : limits drawn as a shade behind the curve, if any.
    """

    label: str
    false_positive_rate: Sequence[float]
    true_positive_rate: Sequence[float]
    auc: Estimate
    look: Look
    band: RocLimits | None = None


@dataclass(frozen=True)
class TimeRoc:
    """The receiver operating characteristic of a risk for death by one time.

    false_positive_rate, true_positive_rate : (n_points,)     From (0, 0) to (1, 1), rising.
    n_cases, n_controls : patients who died by `time_months`, and who were followed beyond it alive.
    """

    time_months: float
    false_positive_rate: Sequence[float]
    true_positive_rate: Sequence[float]
    auc: Estimate
    n_cases: int
    n_controls: int


@dataclass(frozen=True)
class AucOverTime:
    """One model's time-dependent area with its 95 % limits; `low` and `high` are None without a band.

    time_months : (k,) rising; auc, low, high : (k,) 0 to 1
    n_cases, n_controls : (k,) or None; those of the first curve are written below the axis.
    """

    label: str
    time_months: Sequence[float]
    auc: Sequence[float]
    look: Look
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None
    n_cases: Sequence[int] | None = None
    n_controls: Sequence[int] | None = None


@dataclass(frozen=True)
class NetBenefit:
    """One model's net benefit over threshold probabilities; `low` and `high` are None without a band.

    threshold : (k,) rising, above 0 and below 1; net_benefit, low, high : (k,) per patient
    """

    label: str
    threshold: Sequence[float]
    net_benefit: Sequence[float]
    look: Look
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True)
class CalibrationGroup:
    """Patients of similar predicted probability: mean prediction against what happened, with a 95 % interval."""

    predicted: float
    observed: float
    low: float
    high: float
    n: int
    n_events: int


@dataclass(frozen=True)
class SmoothCalibration:
    """Observed against predicted probability as a smooth curve; `low` and `high` are None without a band.

    predicted : (k,) rising; observed, low, high : (k,) 0 to 1
    """

    predicted: Sequence[float]
    observed: Sequence[float]
    low: Sequence[float] | None = None
    high: Sequence[float] | None = None


@dataclass(frozen=True)
class CalibrationCurve:
    """One model's calibration: groups in rising order of prediction, and a smooth curve over all patients, if any."""

    label: str
    groups: tuple[CalibrationGroup, ...]
    look: Look
    smooth: SmoothCalibration | None = None


@dataclass(frozen=True)
class EstimateRow:
    """A line of an interval plot: one model in one setting."""

    setting: str
    label: str
    estimate: Estimate
    look: Look


@dataclass(frozen=True)
class Volcano:
    """Effect and P value of every gene (or feature); all (n,).

    effect : e.g. log2 fold change; p : above 0, as tested; p_adjusted : the same after adjustment
    """

    names: Sequence[str]
    effect: Sequence[float]
    p: Sequence[float]
    p_adjusted: Sequence[float]


@dataclass(frozen=True)
class FoldChanges:
    """Log2 fold changes of the genes that two methods tested; all (n,).

    names : of the two methods
    found_first, found_second : the method found the gene
    """

    names: tuple[str, str]
    first: Sequence[float]
    second: Sequence[float]
    found_first: Sequence[bool]
    found_second: Sequence[bool]


@dataclass(frozen=True)
class GeneSetRow:
    """One gene set: how far it leans to a side, its genes that were measured, and its adjusted P."""

    name: str
    enrichment: float
    n_genes: int
    p_adjusted: float


@dataclass(frozen=True)
class Strip:
    """What is known of each row (or column) of a heat map: a category or a number each, None where unknown.

    `levels` is the order of the categories; by default that of the alphabet.
    """

    name: str
    values: Sequence[str | None] | Sequence[float | None]
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class HeatMap:
    """Numbers in rows and columns; values : (n_rows, n_columns), finite."""

    values: Sequence[Sequence[float]]
    row_names: Sequence[str]
    column_names: Sequence[str]
    row_strips: tuple[Strip, ...] = ()
    column_strips: tuple[Strip, ...] = ()


@dataclass(frozen=True)
class CoefficientPaths:
    """Coefficients of a penalised model over its penalties, with the cross-validated deviance.

    lambdas : (L,) above 0, falling; coefficients : (L, p); names : (p,)
    deviance, deviance_std_err : (L,)
    index_min, index_1se : places in `lambdas` of the smallest deviance and of the strongest penalty within one
        standard error of it
    """

    names: Sequence[str]
    lambdas: Sequence[float]
    coefficients: Sequence[Sequence[float]]
    deviance: Sequence[float]
    deviance_std_err: Sequence[float]
    index_min: int
    index_1se: int


@dataclass(frozen=True)
class CutpointProfile:
    """The statistic of every cut that was tried, and the values that were cut.

    cuts, statistics : (k,) the first rising; values : (n,)
    cut : the value chosen: patients above it are the high group
    tests : name and P of each way in which the choice among many was paid for, e.g. ("Lausen-Schumacher 1994", 0.004)
    """

    cuts: Sequence[float]
    statistics: Sequence[float]
    cut: float
    values: Sequence[float]
    tests: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class PairTest:
    """P of the difference of two groups, told by their labels."""

    first: str
    second: str
    p: float


@dataclass(frozen=True)
class StabilityGroup:
    """Intraclass correlations of the features of one class on one family of images; (k,), none missing."""

    feature_class: str
    image_family: str
    icc: Sequence[float]


@dataclass(frozen=True)
class StabilityPanel:
    """One comparison of masks: what it is, between how many tumours, and its features in groups."""

    title: str
    n: int
    groups: tuple[StabilityGroup, ...]


@dataclass(frozen=True)
class SampleSexes:
    """The sex that each sample's genes show beside the recorded one; all (n,).

    score : higher = more like a man; shown : "female", "male" or "undecided"; recorded : "female", "male" or ""
    limits : a woman's scores end at the first, a man's begin at the second; None where nobody is decided
    """

    samples: Sequence[str]
    score: Sequence[float]
    shown: Sequence[str]
    recorded: Sequence[str]
    limits: tuple[float, float] | None


@dataclass(frozen=True)
class SampleDistances:
    """Where each sample lies among the others; all (n,).

    first, second : scores on the first two components, whose `shares` of the variance are 0 to 1
    apart : robust SDs of the distance to its neighbours over all components; beyond `limit` is an outlier
    """

    samples: Sequence[str]
    first: Sequence[float]
    second: Sequence[float]
    shares: tuple[float, float]
    apart: Sequence[float]
    limit: float
    n_genes: int


@dataclass(frozen=True)
class SampleLikeness:
    """Correlations of all pairs of samples, and the pairs at or beyond `limit`, the most alike first.

    pairs : first sample, second sample, correlation, whether both are one person's
    """

    correlations: Sequence[float]
    pairs: Sequence[tuple[str, str, float, bool]]
    limit: float
    n_genes: int


@dataclass(frozen=True)
class FlowStep:
    """A step of the cohort flow: who is left, and why the others left between the step before and this one.

    A patient leaves for one reason, so that `n` of the step before = `n` + the sum of `reasons`.
    """

    label: str
    n: int
    reasons: tuple[tuple[str, int], ...] = ()


def check_flow(steps: Sequence[FlowStep]) -> None:
    """Refuse a flow in which patients vanish or appear without a reason.

    Raises
    ------
    ValueError
        When the counts of two neighbouring steps and the reasons between them do not add up.
    """
    for before, after in pairwise(steps):
        lost = sum(n for _, n in after.reasons)
        if before.n - lost != after.n:
            raise ValueError(
                f"cohort flow: step '{after.label}': found {after.n} patients, expected {before.n} - {lost} = "
                f"{before.n - lost}. Give every exclusion one reason."
            )
