"""How well out-of-fold scores tell survival: concordance, area and error over time, two groups, against the baseline.

With repeats a value is the mean over repeats, and its influence function the mean of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import Estimate
from radgen_assets.science.learning.classification.receiver_operating import paired_difference, sum_by_person
from radgen_assets.science.learning.study.endpoint import Scored
from radgen_assets.science.survival.calibration.brier import brier_score
from radgen_assets.science.survival.calibration.smooth import calibration_slope, observed_over_expected
from radgen_assets.science.survival.cox.model import fit_cox
from radgen_assets.science.survival.curves.logrank import logrank
from radgen_assets.science.survival.discrimination.concordance import Concordance, harrell_c
from radgen_assets.science.survival.discrimination.time_dependent import time_dependent_auc
from radgen_assets.science.survival.discrimination.uno import uno_c
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.usefulness.reclassification import Improvement, net_reclassification

JACKKNIFE = "infinitesimal jackknife"
WEIGHTED = "inverse probability of censoring weights, influence function"
NO_WIDTH = "the estimate has no spread in these patients, so it has no interval"
NULL_IS_A_YARDSTICK = "the score of the Kaplan-Meier curve of these same patients: a yardstick, not an estimate"
ONE_GROUP = "every patient has a score on one side of 0, so there are no two groups"

Persons = NDArray[np.str_]


def measures(
    outcome: Outcome,
    persons: Persons,
    scored: Scored,
    *,
    times_months: Sequence[float],
    curve_months: Sequence[float],
    horizon_months: float | None,
) -> dict[str, Estimate]:
    """All measures of one model in one setting; those that cannot be had say why in their note."""
    try:
        parts = [harrell_c(outcome, score) for score in scored.score]
    except UsedWrongly as error:
        return {"concordance": _without(outcome, JACKKNIFE, error)}
    high = scored.score.mean(axis=0) > 0
    estimates = {
        "concordance": _concordance(parts, outcome, persons, JACKKNIFE),
        "uno_c": _uno(outcome, persons, scored.score, curve_months),
    }
    for time in times_months:
        if time <= outcome.time_months.max():
            estimates[f"auc_{time:g}"] = _auc(outcome, persons, scored.score, time)
    if len(curve_months):
        estimates |= _integrated_brier(outcome, persons, scored.curve, curve_months)
    if horizon_months is not None:
        estimates |= _calibration(outcome, scored.probability, horizon_months)
    estimates["log_rank_p"] = _log_rank(outcome, high)
    estimates["hazard_ratio_high_risk"] = _hazard_ratio(outcome, high)
    return estimates


def difference_of(
    pairs: Sequence[tuple[Concordance, Concordance]], outcome: Outcome, persons: Persons, method: str
) -> Estimate:
    """First minus second concordance, paired by the patients' influences; pairs are the repeats."""
    value = float(np.mean([a.value - b.value for a, b in pairs]))
    influence = np.mean([a.influence - b.influence for a, b in pairs], axis=0)
    return _tested(value, influence, outcome, persons, method, "the two models order the patients equally")


def further_differences(
    outcome: Outcome,
    persons: Persons,
    full: Scored,
    baseline: Scored,
    *,
    times_months: Sequence[float],
    curve_months: Sequence[float],
    horizon_months: float | None,
    bootstraps: int,
    seed: int,
) -> dict[str, Estimate]:
    """Full minus baseline by Uno's C, area at each time and integrated Brier score; net reclassification at the end."""
    told: dict[str, Estimate] = {}
    tau = max(curve_months, default=None)

    def tell(name: str, method: str, make: Callable[[], Estimate]) -> None:
        try:
            told[name] = make()
        except UsedWrongly as error:
            told[name] = _without(outcome, method, error)

    both = list(zip(full.score, baseline.score, strict=True))
    tell(
        "uno_c",
        JACKKNIFE,
        lambda: difference_of(
            [(uno_c(outcome, a, tau_months=tau), uno_c(outcome, b, tau_months=tau)) for a, b in both],
            outcome,
            persons,
            f"paired {JACKKNIFE}",
        ),
    )
    for time in times_months:
        if time <= outcome.time_months.max():
            tell(f"auc_{time:g}", WEIGHTED, lambda at=time: _auc_difference(outcome, persons, both, at))  # type: ignore[misc]
    if horizon_months is None:
        return told
    tell(
        "integrated_brier",
        WEIGHTED,
        lambda: _brier_difference(outcome, persons, full.curve, baseline.curve, curve_months),
    )
    return told | _reclassified(outcome, persons, full, baseline, horizon_months, bootstraps=bootstraps, seed=seed)


def _reclassified(
    outcome: Outcome,
    persons: Persons,
    full: Scored,
    baseline: Scored,
    horizon_months: float,
    *,
    bootstraps: int,
    seed: int,
) -> dict[str, Estimate]:
    """Net reclassification by the mean predictions over repeats, its two parts, and integrated discrimination."""
    method = f"Kaplan-Meier (Pencina 2011), continuous; bootstrap over persons, {bootstraps}"
    try:
        found = net_reclassification(
            outcome,
            np.clip(baseline.probability.mean(axis=0), 0, 1),
            np.clip(full.probability.mean(axis=0), 0, 1),
            horizon_months,
            persons=persons,
            n_bootstraps=bootstraps,
            seed=seed,
        )
    except UsedWrongly as error:
        return {"net_reclassification": _without(outcome, method, error)}
    parts = {"": found.total, "_events": found.events, "_non_events": found.non_events}
    told = {f"net_reclassification{name}": _improvement(part, outcome, method) for name, part in parts.items()}
    if found.idi is not None:
        idi = f"inverse probability of censoring weights; bootstrap over persons, {bootstraps}"
        told["integrated_discrimination"] = _improvement(found.idi, outcome, idi)
    return told


def _improvement(part: Improvement, outcome: Outcome, method: str) -> Estimate:
    return Estimate(part.value, part.low, part.high, outcome.n, outcome.n_events, method, p=part.p)


def _tested(
    value: float, influence: NDArray[np.float64], outcome: Outcome, persons: Persons, method: str, equal: str
) -> Estimate:
    test = paired_difference(value, sum_by_person(influence, persons))
    if test.std_err == 0:
        return Estimate(value, None, None, outcome.n, outcome.n_events, method, note=equal)
    return Estimate(value, test.low, test.high, outcome.n, outcome.n_events, method, p=test.p)


def _within(
    value: float, influence: NDArray[np.float64], outcome: Outcome, persons: Persons, method: str, repeats: int
) -> Estimate:
    """An estimate between 0 and 1 with its interval."""
    interval = paired_difference(value, sum_by_person(influence, persons))
    if interval.std_err == 0:
        return Estimate(value, None, None, outcome.n, outcome.n_events, method, note=NO_WIDTH)
    note = f"mean of {repeats} repeats" if repeats > 1 else ""
    low, high = max(0.0, interval.low), min(1.0, interval.high)
    return Estimate(value, low, high, outcome.n, outcome.n_events, method, note=note)


def _concordance(parts: Sequence[Concordance], outcome: Outcome, persons: Persons, method: str) -> Estimate:
    value = float(np.mean([part.value for part in parts]))
    influence = np.mean([part.influence for part in parts], axis=0)
    return _within(value, influence, outcome, persons, method, len(parts))


def _uno(outcome: Outcome, persons: Persons, scores: NDArray[np.float64], curve_months: Sequence[float]) -> Estimate:
    tau = max(curve_months, default=None)
    method = JACKKNIFE if tau is None else f"{JACKKNIFE}, deaths up to {tau:g} months"
    try:
        parts = [uno_c(outcome, score, tau_months=tau) for score in scores]
    except UsedWrongly as error:
        return _without(outcome, method, error)
    return _concordance(parts, outcome, persons, method)


def _auc(outcome: Outcome, persons: Persons, scores: NDArray[np.float64], time: float) -> Estimate:
    try:
        parts = [time_dependent_auc(outcome, score, [time]) for score in scores]
    except UsedWrongly as error:
        return _without(outcome, WEIGHTED, error)
    value = float(np.mean([part.auc[0] for part in parts]))
    influence = np.mean([part.influence[0] for part in parts], axis=0)
    return _within(value, influence, outcome, persons, WEIGHTED, len(parts))


def _auc_difference(
    outcome: Outcome, persons: Persons, pairs: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], time: float
) -> Estimate:
    found = [(time_dependent_auc(outcome, a, [time]), time_dependent_auc(outcome, b, [time])) for a, b in pairs]
    value = float(np.mean([a.auc[0] - b.auc[0] for a, b in found]))
    influence = np.mean([a.influence[0] - b.influence[0] for a, b in found], axis=0)
    return _tested(value, influence, outcome, persons, f"paired; {WEIGHTED}", "the two models order them equally")


def _integrated_brier(
    outcome: Outcome, persons: Persons, curves: NDArray[np.float64], times: Sequence[float]
) -> dict[str, Estimate]:
    """The Brier score averaged over time, and the share of the Kaplan-Meier curve's that the model takes away."""
    method = f"{WEIGHTED}; 0 to {max(times):g} months"
    try:
        value, null, influence = _over_time(outcome, curves, times)
    except UsedWrongly as error:
        return {"integrated_brier": _without(outcome, method, error)}
    found = _within(value, influence, outcome, persons, method, len(curves))
    constant = Estimate(null, None, None, outcome.n, outcome.n_events, method, note=NULL_IS_A_YARDSTICK)
    return {"integrated_brier": found, "integrated_brier_null": constant}


def _calibration(outcome: Outcome, probability: NDArray[np.float64], horizon_months: float) -> dict[str, Estimate]:
    """Slope and observed over expected deaths of the mean prediction over repeats."""
    risk = np.clip(probability.mean(axis=0), 1e-6, 1 - 1e-6)
    counts = (outcome.n, outcome.n_events)
    by_slope = f"Wald, Cox model of log(-log(1 - risk)) by {horizon_months:g} months; 1 is right, below 1 too extreme"
    by_ratio = f"Kaplan-Meier over mean risk by {horizon_months:g} months, Greenwood"
    told: dict[str, Estimate] = {}
    try:
        slope = calibration_slope(outcome, np.log(-np.log(1 - risk)))
        told["calibration_slope"] = Estimate(slope.value, slope.low, slope.high, *counts, by_slope)
    except UsedWrongly as error:
        told["calibration_slope"] = _without(outcome, by_slope, error)
    try:
        ratio = observed_over_expected(outcome, risk, horizon_months)
        told["observed_over_expected"] = Estimate(ratio.value, ratio.low, ratio.high, *counts, by_ratio)
    except UsedWrongly as error:
        told["observed_over_expected"] = _without(outcome, by_ratio, error)
    return told


def _brier_difference(
    outcome: Outcome,
    persons: Persons,
    full: NDArray[np.float64],
    baseline: NDArray[np.float64],
    times: Sequence[float],
) -> Estimate:
    (a, _, of_full), (b, _, of_baseline) = (_over_time(outcome, curves, times) for curves in (full, baseline))
    equal = "the two models give equal predictions"
    return _tested(a - b, of_full - of_baseline, outcome, persons, f"paired; {WEIGHTED}", equal)


def _over_time(
    outcome: Outcome, curves: NDArray[np.float64], times: Sequence[float]
) -> tuple[float, float, NDArray[np.float64]]:
    """Integrated Brier score by steps (as integrated_brier, pec), that of Kaplan-Meier, and (n,) influence."""
    at = np.asarray(times, dtype=np.float64)
    share = np.append(np.diff(at) / at[-1], 0.0)  # before the first time everybody is predicted alive, at no cost
    scores = [brier_score(outcome, curve, at) for curve in curves]
    value = float(np.mean([share @ each.brier for each in scores]))
    influence = np.mean([share @ each.influence for each in scores], axis=0)
    return value, float(share @ scores[0].null_brier), influence


def _without(outcome: Outcome, method: str, error: UsedWrongly) -> Estimate:
    return Estimate(None, None, None, outcome.n, outcome.n_events, method, note=str(error))


def _log_rank(outcome: Outcome, high: NDArray[np.bool_]) -> Estimate:
    method = "log-rank, score above against below the training median"
    try:
        p = logrank(outcome, np.where(high, "high", "low")).p
    except UsedWrongly as error:
        note = ONE_GROUP if len(set(high.tolist())) < 2 else str(error)
        return Estimate(None, None, None, outcome.n, outcome.n_events, method, note=note)
    return Estimate(p, None, None, outcome.n, outcome.n_events, method, p=p)


def _hazard_ratio(outcome: Outcome, high: NDArray[np.bool_]) -> Estimate:
    method = "Wald, Cox (Efron), score above against below the training median"
    try:
        fit = fit_cox(outcome, high.astype(float), names=["high risk"])
    except UsedWrongly as error:
        note = ONE_GROUP if len(set(high.tolist())) < 2 else str(error)
        return Estimate(None, None, None, outcome.n, outcome.n_events, method, note=note)
    values = (float(fit.hazard_ratio[0]), float(fit.low[0]), float(fit.high[0]))
    return Estimate(*values, outcome.n, outcome.n_events, method, p=float(fit.p[0]))
