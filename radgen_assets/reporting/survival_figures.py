"""Figures of a survival fit beyond risk groups: by column, discrimination and usefulness over time, nomogram."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import FitResult, PatientGroups, Performance, Predictions
from radgen_assets.reporting.inline_figures import Drawing, drawing
from radgen_assets.reporting.wording import HOME, factor_name, model_name, performance_of, spaced, variable_name
from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import AucOverTime, Look, NetBenefit, SurvivalCurve, TimeRoc
from radgen_assets.science.figures.numbers import p_phrase, plain, with_interval
from radgen_assets.science.survival import Outcome, kaplan_meier, logrank
from radgen_assets.science.survival.cox.nomogram import Nomogram, NomogramAxis, SurvivalAxis
from radgen_assets.science.survival.discrimination.time_dependent import time_dependent_auc, time_dependent_roc
from radgen_assets.science.survival.usefulness.decision import decision_curve

LOOKS_OF_GROUPS: dict[int, tuple[Look, ...]] = {
    1: ("full",),
    2: ("low_risk", "high_risk"),
    3: ("low_risk", "middle_risk", "high_risk"),
}
MANY_LOOKS: tuple[Look, ...] = ("low_risk", "full", "middle_risk", "baseline", "high_risk", "centre_only")
POINTS_OVER_TIME = 40
ROCS_SHOWN = 5
SMALLEST_SHARE_AT_RISK = 0.1
FEWEST_FOLLOWED = 5
ENDS = " The curves end where fewer than five patients are followed."
LAST_THRESHOLD = 0.95


def group_drawings(fit: FitResult) -> tuple[Drawing, ...]:
    """Kaplan-Meier curves by each column that the study asks for, of all patients of the fit."""
    full = performance_of(fit, "full")
    if full is None or not fit.groups:
        return ()
    return tuple(_by_group(fit, full.predictions, groups) for groups in fit.groups)


def _by_group(fit: FitResult, predictions: Predictions, groups: PatientGroups) -> Drawing:
    labels = np.array(groups.labels)
    outcome = Outcome(predictions.time_months, predictions.event)
    looks = LOOKS_OF_GROUPS.get(len(groups.order), MANY_LOOKS)
    name = factor_name(groups.column)
    curves = [
        SurvivalCurve(f"{name} {spaced(level)}", kaplan_meier(outcome.of(labels == level)), look)
        for level, look in zip(groups.order, looks, strict=False)
    ]
    known = np.flatnonzero(labels != "")
    p, test = None, ""
    try:
        p = logrank(outcome.of(known), labels[known]).p
        test = f" Log-rank {p_phrase(p)}."
    except UsedWrongly as error:
        test = f" {error}"
    unknown = len(labels) - len(known)
    told = "; ".join(
        f"{curve.label}: {curve.estimate.n} patients, {curve.estimate.n_events} deaths, median {_median(curve)}"
        for curve in curves
    )
    caption = (
        f"Overall survival by {variable_name(groups.column)}: Kaplan-Meier curves with 95 % bands (log-log) and the "
        f"log-rank test of equal survival{f'; {unknown} patients without a value are not shown' if unknown else ''}. "
        f"Nothing is adjusted for other factors here.{ENDS}"
    )
    figure = figures.kaplan_meier_figure(curves, log_rank_p=p, unit="patients", last_month=last_month_shown(outcome))
    return drawing(figure, f"{fit.fit}-by-{groups.column}", alt=f"Survival by {name}. {told}.{test}", caption=caption)


def last_month_shown(outcome: Outcome) -> float:
    """Where survival curves end in a figure: beyond it fewer than five patients of all groups are followed."""
    times = np.sort(outcome.time_months)
    last = float(times[-min(FEWEST_FOLLOWED, len(times))])
    return max(float(np.floor(last)), min(last, 1.0))  # whole months, so that no curve drops at the very edge


def _median(curve: SurvivalCurve) -> str:
    value, low, high = curve.estimate.median
    if value is None:
        return "not reached"
    ends = f" ({plain(low, 1)} to {plain(high, 1) if high is not None else 'not reached'})" if low is not None else ""
    return f"{plain(value, 1)}{ends} months"


def time_drawings(fit: FitResult, here: Sequence[Performance], prefix: str, looks: dict[str, Look]) -> list[Drawing]:
    """ROC of the full model at each declared time, and the area of both models over months."""
    full = next((each for each in here if each.model == "full"), None)
    if full is None:
        return []
    drawn = [_time_rocs(full, prefix), _area_over_time(fit, here, prefix, looks)]
    return [each for each in drawn if each is not None]


def _time_rocs(full: Performance, prefix: str) -> Drawing | None:
    outcome = Outcome(full.predictions.time_months, full.predictions.event)
    curves = []
    for name, estimate in full.estimates.items():
        if not name.startswith("auc_") or estimate.value is None:
            continue
        time = float(name.removeprefix("auc_"))
        false, true = time_dependent_roc(outcome, full.predictions.score, time)
        n_cases = int((outcome.event & (outcome.time_months <= time)).sum())
        curves.append(
            TimeRoc(
                time,
                tuple(map(float, false)),
                tuple(map(float, true)),
                estimate,
                n_cases,
                int((outcome.time_months > time).sum()),
            )
        )
    curves = sorted(curves, key=lambda curve: curve.time_months)[:ROCS_SHOWN]
    if not curves:
        return None
    told = "; ".join(f"{curve.time_months:g} months: AUC {with_interval(curve.auc)}" for curve in curves)
    caption = (
        "Full model: time-dependent ROC curves for death by each time (cumulative cases, dynamic controls), weighted "
        "by the inverse probability of censoring; areas with 95 % intervals."
    )
    figure = figures.time_dependent_roc_figure(curves)
    return drawing(figure, f"{prefix}-time-roc", alt=f"Time-dependent ROC. {told}.", caption=caption)


def _area_over_time(fit: FitResult, here: Sequence[Performance], prefix: str, looks: dict[str, Look]) -> Drawing | None:
    curves = []
    for model in ("full", "baseline"):
        each = next((each for each in here if each.model == model), None)
        if each is None:
            continue
        outcome = Outcome(each.predictions.time_months, each.predictions.event)
        times = _times_with_both(outcome)
        if len(times) < 2:
            return None
        found = time_dependent_auc(outcome, each.predictions.score, times, persons=each.predictions.persons)
        curves.append(
            AucOverTime(
                model_name(model),
                tuple(map(float, times)),
                tuple(map(float, found.auc)),
                looks[model],
                tuple(map(float, found.low)),
                tuple(map(float, found.high)),
                tuple(map(int, found.n_cases)),
                tuple(map(int, found.n_controls)),
            )
        )
    if not curves:
        return None
    told = "; ".join(
        f"{curve.label}: {plain(curve.auc[0])} at {curve.time_months[0]:g} months, {plain(curve.auc[-1])} at "
        f"{curve.time_months[-1]:g}"
        for curve in curves
    )
    caption = (
        "Area under the time-dependent ROC curve over months, with pointwise 95 % bands, as long as a tenth of the "
        "patients is still followed; the grey line is chance."
    )
    figure = figures.time_dependent_auc_figure(curves)
    return drawing(figure, f"{prefix}-time-auc", alt=f"Area over time. {told}.", caption=caption)


def _times_with_both(outcome: Outcome) -> np.ndarray:
    """Whole months from where a twentieth of the deaths has happened to where a tenth of the patients is followed."""
    if outcome.n_events < POINTS_OVER_TIME:
        return np.empty(0)
    first = np.quantile(outcome.time_months[outcome.event], 0.05)
    last = np.quantile(outcome.time_months, 1 - SMALLEST_SHARE_AT_RISK)
    return np.unique(np.ceil(np.linspace(max(first, 1.0), last, POINTS_OVER_TIME)))[:-1]


def decision_drawing(
    fit: FitResult, here: Sequence[Performance], prefix: str, looks: dict[str, Look]
) -> Drawing | None:
    """Net benefit of acting on each model's probability of death by the horizon, or of the positive class."""
    usable = [each for each in here if each.model in ("full", "baseline") and each.predictions.probability]
    if not usable:
        return None
    horizon = usable[0].predictions.horizon_months
    what = f"of death by {horizon:g} months" if horizon else f"of “{fit.positive}”"
    highest = max(max(each.predictions.probability) for each in usable)
    thresholds = np.arange(1, 100) / 100
    thresholds = thresholds[thresholds <= min(LAST_THRESHOLD, highest)]
    if len(thresholds) < 2:
        return None
    curves, everyone = [], None
    for each in usable:
        try:
            outcome = _outcome_by(each.predictions)
            found = decision_curve(outcome, each.predictions.probability, horizon or 1.0, thresholds=thresholds)
        except UsedWrongly:
            return None
        everyone = tuple(map(float, found.treat_all))
        at, benefit = tuple(map(float, found.threshold)), tuple(map(float, found.net_benefit))
        curves.append(NetBenefit(model_name(each.model), at, benefit, looks[each.model]))
    assert everyone is not None
    middle = len(thresholds) // 2
    told = "; ".join(f"{c.label}: {plain(c.net_benefit[middle], 3)} at {plain(c.threshold[middle])}" for c in curves)
    counted = ", deaths among the treated by Kaplan-Meier" if horizon else ""
    caption = (
        f"Decision curves: what acting on the probability {what} gains a patient, against treating everyone and "
        f"treating no one{counted}. A model is useful at thresholds at which it lies above both."
    )
    figure = figures.decision_curve_figure(
        curves, (curves[0].threshold, everyone), x_label=f"Threshold probability {what}"
    )
    return drawing(figure, f"{prefix}-decision", alt=f"Decision curves. {told}.", caption=caption)


def _outcome_by(predictions: Predictions) -> Outcome:
    """A yes/no outcome is one that came by month 1, or had not come by month 2: nobody is censored before."""
    if predictions.horizon_months is not None:
        return Outcome(predictions.time_months, predictions.event)
    positive = np.asarray(predictions.outcome)
    return Outcome(np.where(positive == 1, 1.0, 2.0), positive)


def nomogram_drawing(fit: FitResult) -> Drawing | None:
    """The final full model without penalty as a nomogram."""
    made = fit.nomogram
    if made is None or not made.rulers or not made.survival:
        return None
    axes = tuple(
        NomogramAxis(
            each.term,
            tuple(spaced(label) for label in each.labels),
            each.values,
            each.points,
            "category" if each.kind == "category" else "number",
        )
        for each in made.rulers
    )
    scales = tuple(SurvivalAxis(each.time_months, each.survival, each.total_points) for each in made.survival)
    names = {each.term: variable_name(each.term) for each in made.rulers}
    told = "; ".join(
        f"{names[axis.term]}: "
        + ", ".join(f"{label} {points:.0f}" for label, points in zip(axis.labels, axis.points, strict=True))
        for axis in axes
    )
    full = performance_of(fit, "full", HOME)
    measured = full.estimates.get("concordance") if full else None
    out_of_fold = f" (concordance out of fold {with_interval(measured)})" if measured and measured.value else ""
    caption = (
        "Nomogram of the full model refitted on all training patients. Find a patient's points above each value, add "
        "them, and read survival below the total. How good such predictions are is told by the table above"
        f"{out_of_fold}, not by this figure."
    )
    figure = figures.nomogram_figure(
        Nomogram(axes, scales, made.points_per_unit, made.largest_total), names=names, outcome="survival"
    )
    return drawing(figure, f"{fit.fit}-nomogram", alt=f"Nomogram, points. {told}.", caption=caption)
