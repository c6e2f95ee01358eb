"""How far each radiomic feature agrees between masks of the same tumours: of two makers, or given and perturbed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement.readers.intraclass import Form, intraclass_correlation
from radgen_assets.science.imaging.settings import QualitySettings
from radgen_assets.science.radiomics.contour_randomisation import NUMBERED
from radgen_assets.science.radiomics.stability_settings import StabilitySettings

FEATURE = ("sequence", "region", "image_type", "feature_class", "feature")
COLUMNS = ("comparison", "maker", "other_maker", *FEATURE, "form", "icc", "low", "high", "n", "n_masks", "status")
NEEDED = ("patient", "maker", *FEATURE, "value")
MAKERS, PERTURBED = "makers", "perturbed"
ROUNDING = 1e-9
FORM_OF: Mapping[str, Form] = {
    MAKERS: "ICC2",  # the same makers read every tumour and stand for others; a shift between them counts
    PERTURBED: "ICC1",  # each tumour has perturbations of its own
}
TOO_FEW, NO_INTERVAL = "too_few", "no_interval"


@dataclass(frozen=True)
class WrongPair:
    """Two makers' masks of one patient that cannot both be right; neither counts beside the other."""

    patient: str
    maker: str
    other_maker: str
    reason: str


@dataclass(frozen=True, eq=False)
class FeatureStability:
    """Intraclass correlation of every feature in every comparison.

    frame : COLUMNS, one row a comparison and feature. comparison "makers" (of `maker` and `other_maker`) or
        "perturbed" (the mask of `maker` and all its perturbations; `other_maker` is "<maker>#"); form "ICC2" or
        "ICC1", of one mask; icc, low, high: NaN where `status` says why: "too_few" patients, "constant",
        "subjects_alike", and the limits alone "no_interval"; n patients, n_masks of each
    left_out : patients of whom a pair of masks was not compared
    """

    frame: pd.DataFrame
    left_out: tuple[WrongPair, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        """Who was left out of which comparison, and why."""
        return tuple(
            f"{pair.patient}: {pair.maker} and {pair.other_maker} are not compared: {pair.reason}."
            for pair in self.left_out
        )

    def summary(self, threshold: float) -> pd.DataFrame:
        """By comparison, class and image family: n_features, n_told, n_below, and quartiles of the correlation."""
        families = self.frame["image_type"].map(image_family).rename("image_family")
        keys = ["comparison", "maker", "other_maker", "feature_class"]
        grouped = self.frame.groupby([*keys, families], sort=False)["icc"]
        return grouped.agg(
            n_features="size",
            n_told="count",
            n_below=lambda icc: int((icc < threshold).sum()),
            lower_quartile=lambda icc: icc.quantile(0.25),
            median="median",
            upper_quartile=lambda icc: icc.quantile(0.75),
        ).reset_index()


def feature_stability(
    readings: pd.DataFrame, settings: StabilitySettings, *, wrong: tuple[WrongPair, ...] = ()
) -> FeatureStability:
    """Intraclass correlation of every feature, for every two makers and for every maker's perturbations.

    Parameters
    ----------
    readings : columns NEEDED, one row a patient, maker and feature
        A perturbed mask's maker is "<maker>#<number>". `value` is finite; what is undefined has no row.
    settings : StabilitySettings
    wrong : pairs of masks that are left out, e.g. since they hardly overlap

    Returns
    -------
    FeatureStability
        Makers are paired in the order in which they first appear. A feature is compared over the patients of whom all
        masks of the comparison have it: `n` differs between features. No rows where nothing can be compared.

    Raises
    ------
    UsedWrongly
        When a column is missing, or a feature stands twice.
    BadInput
        For a value that is not finite.

    Notes
    -----
    Two makers: ICC(2,1), absolute agreement of single readers drawn from many (paper C2). Perturbations: ICC(1,1) over
    the given mask and its perturbations. Intervals are F-based and assume values near to normal; many texture features
    are skewed, and theirs are rough. Below 0 and with a handful of patients Satterthwaite's degrees of freedom can come
    out near 0, and the limits beyond the estimate: these are left out.
    Source: Shrout & Fleiss 1979; Zwanenburg et al., Sci Rep 9 (2019) 614.
    """
    values = _matrices(readings)
    makers = [maker for maker in values if NUMBERED not in maker]
    rows: list[pd.DataFrame] = []
    for first, second in combinations(makers, 2):
        refused = {pair.patient for pair in wrong if {pair.maker, pair.other_maker} == {first, second}}
        rows += _compared(MAKERS, first, second, [values[first], values[second]], refused, settings)
    for maker in makers:
        moved = [frame for name, frame in values.items() if name.startswith(maker + NUMBERED)]
        if moved:
            rows += _compared(PERTURBED, maker, maker + NUMBERED, [values[maker], *moved], set(), settings)
    frame = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=list(COLUMNS))
    known = set(values)
    return FeatureStability(frame, tuple(pair for pair in wrong if {pair.maker, pair.other_maker} <= known))


def wrong_pairs(overlaps: Iterable[Mapping[str, float | str]], settings: QualitySettings) -> tuple[WrongPair, ...]:
    """The pairs of masks that the overlap check of the quality report finds wrong.

    overlaps : rows of QualityReport.overlaps, each with its `patient`
    """
    return tuple(
        WrongPair(
            str(row["patient"]),
            str(row["maker_a"]),
            str(row["maker_b"]),
            f"{row['region']} overlaps with a Dice of {row['dice']:.2f}, expected at least {settings.minimum_dice:g}",
        )
        for row in overlaps
        if row["region"] == settings.overlap_region.value and float(row["dice"]) < settings.minimum_dice
    )


def image_family(image_type: str) -> str:
    """The filter without its parameters: "wavelet-LLH" is "wavelet", "log-sigma-3-0-mm-3D" is "log"."""
    return image_type.partition("-")[0]


def _matrices(readings: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Maker -> patients x features, in the order in which makers appear; columns are tuples of FEATURE."""
    missing = [name for name in NEEDED if name not in readings.columns]
    if missing:
        raise UsedWrongly(f"feature stability: found no column {missing[0]}, expected {', '.join(NEEDED)}.")
    bad = ~np.isfinite(readings["value"].to_numpy(dtype=np.float64))
    if bad.any():
        row = readings[bad].iloc[0]
        raise BadInput(
            "readings",
            f"{row['feature_class']} {row['feature']} of {row['patient']} by {row['maker']}",
            f"{row['value']}",
            "a finite number",
            "Leave out what is not defined.",
        )
    found: dict[str, pd.DataFrame] = {}
    for maker, part in readings.groupby("maker", sort=False, observed=True):
        if part.duplicated(["patient", *FEATURE]).any():
            row = part[part.duplicated(["patient", *FEATURE])].iloc[0]
            raise UsedWrongly(f"feature stability: {row['feature']} of {row['patient']} by {maker} stands twice.")
        found[str(maker)] = part.pivot(index="patient", columns=list(FEATURE), values="value")
    return found


def _compared(
    comparison: str,
    maker: str,
    other: str,
    matrices: list[pd.DataFrame],
    refused: set[str],
    settings: StabilitySettings,
) -> Iterator[pd.DataFrame]:
    """Rows of one comparison: features that the same patients have are compared together."""
    patients = matrices[0].index
    features = matrices[0].columns
    for matrix in matrices[1:]:
        patients, features = patients.intersection(matrix.index), features.intersection(matrix.columns, sort=False)
    patients = patients.difference(pd.Index(sorted(refused), dtype=object)).sort_values()
    if not len(patients) or not len(features):
        return
    ratings = np.stack([matrix.loc[patients, features].to_numpy().T for matrix in matrices], axis=-1)
    valid = np.isfinite(ratings).all(axis=-1)
    patterns, pattern_of = np.unique(valid, axis=0, return_inverse=True)
    for number, pattern in enumerate(patterns):
        chosen = np.flatnonzero(pattern_of.ravel() == number)
        n = int(pattern.sum())
        if n:
            found = _correlations(ratings[chosen][:, pattern], FORM_OF[comparison], settings.minimum_patients)
            named = features[chosen].to_frame(index=False)
            said = {"comparison": comparison, "maker": maker, "other_maker": other, "form": FORM_OF[comparison]}
            frame = pd.concat([named, found], axis=1).assign(**said, n=n, n_masks=len(matrices))
            yield frame[list(COLUMNS)]


def _correlations(ratings: NDArray[np.float64], form: Form, minimum: int) -> pd.DataFrame:
    """icc, low, high, status of (m, n, k) ratings."""
    if ratings.shape[1] < minimum:
        nothing = np.full(len(ratings), np.nan)
        return pd.DataFrame({"icc": nothing, "low": nothing, "high": nothing, "status": TOO_FEW})
    with np.errstate(over="ignore"):
        of_form = intraclass_correlation(ratings).of(form).reset_index(drop=True).rename(columns={"value": "icc"})
    told = of_form["icc"].notna() & ~of_form["icc"].between(of_form["low"] - ROUNDING, of_form["high"] + ROUNDING)
    of_form.loc[told, ["low", "high"]] = np.nan
    of_form.loc[told, "status"] = NO_INTERVAL
    return of_form[["icc", "low", "high", "status"]]
