"""The figures of one fit, drawn from its result, each with its caption and its text for a screen reader."""

from __future__ import annotations

from dataclasses import dataclass, replace

from scipy.stats import mannwhitneyu

from radgen_assets.contracts.results import FitResult, Performance
from radgen_assets.reporting.inline_figures import Drawing, drawing
from radgen_assets.reporting.risk_groups import risk_groups, smooth_calibration, survival_calibration
from radgen_assets.reporting.survival_figures import ENDS, decision_drawing, last_month_shown, time_drawings
from radgen_assets.reporting.wording import (
    HOME,
    factor_name,
    fit_title,
    main_measure,
    measure_name,
    model_name,
    setting_name,
    settings_of,
    spaced,
)
from radgen_assets.science import figures
from radgen_assets.science.figures.coefficients import strongest
from radgen_assets.science.figures.inputs import (
    CalibrationCurve,
    CalibrationGroup,
    CoefficientPaths,
    EstimateRow,
    Look,
)
from radgen_assets.science.figures.numbers import p_phrase, plain, ratio_with_interval, signed, with_interval
from radgen_assets.science.survival import Outcome

LOOK_OF_MODEL: dict[str, Look] = {"full": "full", "baseline": "baseline", "centre_only": "centre_only"}
TERMS_SHOWN = 20


@dataclass(frozen=True)
class SettingFigures:
    """Figures of one setting: discrimination (ROC or survival by risk) and calibration, with what replaces them."""

    setting: str
    drawings: tuple[Drawing, ...]
    calibration: tuple[tuple[str, tuple[CalibrationGroup, ...]], ...]
    notes: tuple[str, ...]


def estimates_drawing(fit: FitResult) -> Drawing | None:
    """All models' main estimate in all settings, for the top of the page."""
    measure = main_measure(fit)
    rows = [
        EstimateRow(setting_name(setting), model_name(each.model), each.estimates[measure], LOOK_OF_MODEL[each.model])
        for setting in settings_of(fit)
        for each in fit.performances
        if each.setting == setting and measure in each.estimates and each.model in LOOK_OF_MODEL
    ]
    if not any(row.estimate.value is not None for row in rows):
        return None
    name = measure_name(fit)
    label = name if name.isupper() else name.capitalize()
    alt = "; ".join(f"{row.label}, {row.setting}: {with_interval(row.estimate)}" for row in rows)
    figure = figures.estimate_intervals_figure(rows, x_label=f"{label} with 95 % CI")
    caption = f"{label} of each model with its 95 % interval; the grey line is chance (0.5)."
    return drawing(figure, f"{fit.fit}-estimates", alt=f"{label} by model. {alt}.", caption=caption)


def setting_figures(fit: FitResult) -> tuple[SettingFigures, ...]:
    """Discrimination and calibration in every setting."""
    return tuple(_setting(fit, setting, number) for number, setting in enumerate(settings_of(fit)))


def _setting(fit: FitResult, setting: str, number: int) -> SettingFigures:
    here = [each for each in fit.performances if each.setting == setting and each.model in LOOK_OF_MODEL]
    prefix = f"{fit.fit}-s{number}"
    notes: list[str] = []
    curves = [curve for each in here if each.model != "centre_only" and (curve := _calibration(fit, each))]
    calibration = _calibration_drawing(fit, here, curves, prefix) if curves else None
    if fit.kind == "classification":
        roc = _roc(here, prefix)
        drawings = [roc, calibration, decision_drawing(fit, here, prefix, LOOK_OF_MODEL), _scores(fit, here, prefix)]
        if roc is None:
            notes.append("No ROC curve: one of the two classes is absent here.")
    else:
        drawings = []
        for each in (each for each in here if each.model != "centre_only"):
            drawings.append(_survival(each, prefix, fold_made=setting == HOME))
            if drawings[-1] is None:
                why = "its scores all stand on one side of the training median"
                notes.append(f"{model_name(each.model)}: no curves by risk, since {why}.")
        drawings.append(calibration)
        drawings += time_drawings(fit, here, prefix, LOOK_OF_MODEL)
        drawings.append(decision_drawing(fit, here, prefix, LOOK_OF_MODEL))
    told = tuple((curve.label, curve.groups) for curve in curves)
    return SettingFigures(setting_name(setting), tuple(each for each in drawings if each), told, tuple(notes))


def _roc(here: list[Performance], prefix: str) -> Drawing | None:
    usable = [each for each in here if 0 < sum(each.predictions.outcome) < len(each.predictions.outcome)]
    if not usable:
        return None
    curves = [
        figures.roc_curve(
            model_name(each.model),
            each.predictions.outcome,
            each.predictions.score,
            each.estimates["auc"],
            LOOK_OF_MODEL[each.model],
        )
        for each in usable
    ]
    told = "; ".join(f"{curve.label}: AUC {with_interval(curve.auc)}" for curve in curves)
    method = curves[0].auc.method
    caption = f"Receiver operating characteristics; area with 95 % interval ({method}). The thin line is chance."
    return drawing(figures.roc_figure(curves), f"{prefix}-roc", alt=f"ROC curves. {told}.", caption=caption)


def _scores(fit: FitResult, here: list[Performance], prefix: str) -> Drawing | None:
    full = next((each for each in here if each.model == "full"), None)
    if full is None:
        return None
    by_outcome: dict[int, list[float]] = {value: [] for value in (0, 1)}
    for outcome, score in zip(full.predictions.outcome, full.predictions.score, strict=True):
        by_outcome[outcome].append(score)
    groups = [(f"not {fit.positive}", by_outcome[0]), (str(fit.positive), by_outcome[1])]
    groups = [group for group in groups if group[1]]
    medians = "; ".join(f"{label}: {len(scores)} patients, median {plain(_median(scores))}" for label, scores in groups)
    p = float(mannwhitneyu(*(scores for _, scores in groups)).pvalue) if len(groups) == 2 else None
    figure = figures.box_figure(groups, y_label="Score of the full model", test="Wilcoxon rank-sum", p=p)
    caption = (
        f"Score of the full model by true outcome; above 0 it says “{fit.positive}”. A point is a patient, the box "
        "spans the middle half, the whiskers reach to 1.5 times that."
    )
    return drawing(figure, f"{prefix}-scores", alt=f"Scores by outcome. {medians}.", caption=caption)


def _median(values: list[float]) -> float:
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2


def _survival(performance: Performance, prefix: str, *, fold_made: bool) -> Drawing | None:
    groups = risk_groups(performance.predictions)
    if groups is None:
        return None
    last = last_month_shown(Outcome(performance.predictions.time_months, performance.predictions.event))
    figure = figures.kaplan_meier_figure(groups.curves, log_rank_p=groups.p, unit="patients", last_month=last)
    told = "; ".join(
        f"{curve.label}: {curve.estimate.n} patients, {curve.estimate.n_events} deaths, median "
        + (f"{plain(curve.estimate.median[0], 1)} months" if curve.estimate.median[0] is not None else "not reached")
        for curve in groups.curves
    )
    test = f" Log-rank {p_phrase(groups.p)}." if groups.p is not None else f" {groups.note}"
    name = model_name(performance.model)
    caption = (
        f"{name}: Kaplan-Meier curves of patients whose score lies above (high risk) or below the median of the "
        f"training patients, with 95 % bands (log-log); ticks are censored patients.{ENDS}"
    )
    if fold_made:
        caption += (
            " The scores come from several models, one a fold, that share patients: the P value describes rather than "
            "proves."
        )
    return drawing(
        figure, f"{prefix}-km-{performance.model}", alt=f"{name}, survival by risk. {told}.{test}", caption=caption
    )


def _calibration(fit: FitResult, performance: Performance) -> CalibrationCurve | None:
    predictions = performance.predictions
    if not predictions.probability:
        return None
    n_groups = max(2, min(5, len(predictions.probability) // 20))
    if fit.kind == "classification":
        groups = figures.binary_calibration(predictions.outcome, predictions.probability, n_groups=n_groups)
    else:
        groups = survival_calibration(predictions, n_groups=n_groups)
    if not groups:
        return None
    smooth = smooth_calibration(predictions) if fit.kind == "survival" else None
    return CalibrationCurve(model_name(performance.model), groups, LOOK_OF_MODEL[performance.model], smooth)


def _calibration_drawing(
    fit: FitResult, here: list[Performance], curves: list[CalibrationCurve], prefix: str
) -> Drawing:
    horizon = here[0].predictions.horizon_months
    if fit.kind == "classification":
        x_label, y_label, interval = "Predicted probability", "Observed share", "Wilson"
    else:
        x_label = f"Predicted probability of death by {horizon:g} months"
        y_label, interval = "Observed (1 − Kaplan-Meier)", "Kaplan-Meier, log-log"
    told = "; ".join(
        f"{curve.label}: "
        + ", ".join(f"predicted {plain(each.predicted)} observed {plain(each.observed)}" for each in curve.groups)
        for curve in curves
    )
    smooth = "; the curves are smooth calibration with its 95 % band (Cox model on a spline of the prediction)"
    caption = (
        f"Calibration in groups by predicted probability; bars are 95 % intervals ({interval}), the line is perfect "
        "calibration, the numbers below count the patients of each group"
        f"{smooth if any(curve.smooth for curve in curves) else ''}."
    )
    if here[0].setting == HOME:
        caption += " Every prediction is out of fold, so that no optimism is left to correct."
    figure = figures.calibration_figure(curves, x_label=x_label, y_label=y_label)
    return drawing(figure, f"{prefix}-calibration", alt=f"Calibration. {told}.", caption=caption)


def forest_drawings(fit: FitResult) -> tuple[Drawing, ...]:
    """Clinical factors one at a time and together."""
    ratio_name = "Odds ratio" if fit.kind == "classification" else "Hazard ratio"
    counts = str(fit.positive) if fit.kind == "classification" else "deaths"
    alone, together = (
        tuple(replace(row, term=factor_name(row.term)) for row in rows) for rows in (fit.unadjusted, fit.adjusted)
    )
    told = (
        ("unadjusted", "one at a time", alone, together),
        ("adjusted", "together in one model", together, alone),
    )
    return tuple(
        drawing(
            figures.forest_figure(rows, ratio_name=ratio_name, counts_name=counts, beside=others),
            f"{fit.fit}-{name}",
            alt=f"{ratio_name}s, factors {how}. "
            + "; ".join(f"{row.term} {row.level}: {ratio_with_interval(row.ratio)}" for row in rows)
            + ".",
            caption=f"Clinical factors {how}: {ratio_name.lower()}s for {spaced(fit.outcome)} with 95 % intervals.",
        )
        for name, how, rows, others in told
        if rows
    )


def path_drawing(fit: FitResult) -> Drawing | None:
    """Coefficients of the final full model over the penalty, with the deviance that chose it."""
    path = fit.penalty_path
    if path is None or not path.terms:
        return None
    best = path.chosen
    bound = path.deviance[best] + path.deviance_error[best]
    strongest_within = next(k for k, value in enumerate(path.deviance) if value <= bound)
    figure = figures.coefficient_paths_figure(
        CoefficientPaths(
            names=path.terms,
            lambdas=path.lambdas,
            coefficients=tuple(zip(*path.coefficients, strict=True)),
            deviance=path.deviance,
            deviance_std_err=path.deviance_error,
            index_min=best,
            index_1se=strongest_within,
        ),
        y_label="Coefficient per SD",
    )
    caption = (
        "Coefficients of the full model, refitted on all training patients, as the penalty weakens to the right; "
        "below, the cross-validated deviance of the inner folds with one standard error. The penalty of least "
        "deviance is used."
    )
    told = f"{len(path.terms)} terms enter; at the chosen penalty {sum(row[best] != 0 for row in path.coefficients)}."
    return drawing(figure, f"{fit.fit}-paths", alt=f"Coefficient paths. {told}", caption=caption)


def coefficient_drawing(fit: FitResult) -> Drawing | None:
    """The terms of the full model, largest first; None when it kept none, and when all stay by declaration."""
    if fit.settings.get("model") == "cox" and fit.settings.get("selection") == "none":
        return None
    full = [term for term in fit.coefficients if term.model == "full"]
    shown = strongest(full, TERMS_SHOWN)
    if not shown:
        return None
    positive = str(fit.positive) if fit.kind == "classification" else ""
    directions = ("later death", "earlier death") if fit.kind == "survival" else (f"not {positive}", positive)
    told = "; ".join(f"{term.feature} ({term.block}) {signed(term.value)}" for term in shown)
    kept = len([term for term in full if term.value != 0])
    share = f"The {len(shown)} largest of {kept} terms" if kept > len(shown) else f"All terms ({kept})"
    caption = (
        f"{share} of the full model for {fit_title(fit)}, refitted on all training patients. "
        "Coefficients are per standard deviation; the bars show in how many outer folds each was selected."
    )
    figure = figures.coefficient_figure(full, directions=directions, at_most=TERMS_SHOWN)
    return drawing(figure, f"{fit.fit}-coefficients", alt=f"Coefficients. {told}.", caption=caption)
