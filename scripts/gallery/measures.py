"""Figures of how good a model is: discrimination, calibration, net benefit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from matplotlib.figure import Figure

from radgen_assets.contracts.results import Estimate
from radgen_assets.reporting.fit_figures import LOOK_OF_MODEL
from radgen_assets.reporting.wording import model_name, setting_name
from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import (
    AucOverTime,
    CalibrationCurve,
    CalibrationGroup,
    EstimateRow,
    Look,
    NetBenefit,
    RocLimits,
    SmoothCalibration,
    TimeRoc,
)
from radgen_assets.science.learning.classification.receiver_operating import roc_auc
from radgen_assets.science.learning.classification.receiver_points import roc_band
from radgen_assets.science.survival import calibrate, calibrate_smooth, decision_curve, time_dependent_auc
from radgen_assets.science.survival import time_dependent_roc as time_roc
from radgen_assets_tests.reporting.synthetic import idh_fit
from scripts.gallery.example import Example
from scripts.made_up_cohort import SEED, cohort, outcome, probability

LOOK: dict[str, Look] = {"full": "full", "baseline": "baseline"}


def estimates() -> Figure:
    """AUC of three models in two settings."""
    fit = idh_fit()
    rows = [
        EstimateRow(
            setting_name(each.setting), model_name(each.model), each.estimates["auc"], LOOK_OF_MODEL[each.model]
        )
        for each in fit.performances
    ]
    return figures.estimate_intervals_figure(rows, x_label="AUC with 95 % CI")


def roc_with_band() -> Figure:
    """ROC curves of two scores for MGMT status, one with its band."""
    truth = (cohort()["mgmt"] == "unmethylated").to_numpy().astype(int)
    curves = []
    for label, column in (("Full model", "full"), ("Clinical only", "baseline")):
        score = cohort()[column].to_numpy()
        found = roc_auc(truth, score)
        auc = Estimate(found.value, found.low, found.high, len(truth), int(truth.sum()), "DeLong")
        curves.append(figures.roc_curve(label, truth, score, auc, LOOK[column]))
    band = roc_band(truth, cohort()["full"].to_numpy(), n_bootstraps=500, seed=SEED)
    limits = RocLimits(band.false_positive_rate, band.low, band.high)
    return figures.roc_figure([replace(curves[0], band=limits), curves[1]])


def time_dependent_roc() -> Figure:
    """ROC curves for death by 12, 24 and 48 months."""
    score, months = cohort()["full"].to_numpy(), [12, 24, 48]
    area = time_dependent_auc(outcome(), score, months)
    curves = []
    for place, month in enumerate(months):
        cases, controls = int(area.n_cases[place]), int(area.n_controls[place])
        auc = Estimate(area.auc[place], area.low[place], area.high[place], cases + controls, cases, "IPCW")
        curves.append(TimeRoc(month, *time_roc(outcome(), score, month), auc, cases, controls))
    return figures.time_dependent_roc_figure(curves)


def auc_over_time() -> Figure:
    """Area over months of two models."""
    months = np.arange(6, 61, 3)
    curves = []
    for label, column in (("Full model", "full"), ("Clinical only", "baseline")):
        area = time_dependent_auc(outcome(), cohort()[column].to_numpy(), months)
        curves.append(
            AucOverTime(label, months, area.auc, LOOK[column], area.low, area.high, area.n_cases, area.n_controls)
        )
    return figures.time_dependent_auc_figure(curves)


def calibration_groups() -> Figure:
    """Calibration of two models in groups."""
    return _drawn_calibration([_calibration("Full model", "full"), _calibration("Clinical only", "baseline")])


def calibration_smooth() -> Figure:
    """Calibration of one model with a smooth curve."""
    found = calibrate_smooth(outcome(), probability("full", 24), 24, n_knots=4)
    line = SmoothCalibration(found.predicted, found.observed, found.low, found.high)
    return _drawn_calibration([replace(_calibration("Full model", "full"), smooth=line)])


def _drawn_calibration(curves: list[CalibrationCurve]) -> Figure:
    return figures.calibration_figure(
        curves, x_label="Predicted probability of death by 24 months", y_label="Observed (1 − Kaplan-Meier)"
    )


def _calibration(label: str, column: str) -> CalibrationCurve:
    groups = calibrate(outcome(), probability(column, 24), 24, n_groups=5)
    drawn = tuple(CalibrationGroup(g.predicted, g.observed, g.low, g.high, g.n, g.n_events) for g in groups)
    return CalibrationCurve(label, drawn, LOOK[column])


def decision_curves() -> Figure:
    """Net benefit of two models."""
    at = np.linspace(0.02, 0.8, 79)
    full, baseline = (
        decision_curve(outcome(), probability(column, 24), 24, thresholds=at, n_bootstraps=300 * (column == "full"))
        for column in ("full", "baseline")
    )
    return figures.decision_curve_figure(
        [
            NetBenefit("Full model", full.threshold, full.net_benefit, "full", full.low, full.high),
            NetBenefit("Clinical only", baseline.threshold, baseline.net_benefit, "baseline"),
        ],
        (full.threshold, full.treat_all),
        x_label="Threshold probability of death by 24 months",
    )


def score_distribution() -> Figure:
    """Scores of a classifier by true class."""
    score, truth = cohort()["full"].to_numpy(), cohort()["mgmt"].to_numpy() == "unmethylated"
    return figures.score_distribution_figure(
        [("methylated", score[~truth]), ("unmethylated", score[truth])],
        x_label="Score of the full model",
        threshold=0.0,
    )


EXAMPLES = (
    Example(
        "estimates",
        "Estimates with intervals",
        "estimate_intervals_figure(rows, x_label='AUC with 95 % CI')",
        "The measure of each model in each setting; the grey line is chance.",
        estimates,
    ),
    Example(
        "roc",
        "ROC curves with a band",
        "roc_figure([RocCurve('Full model', x, y, auc, 'full', RocLimits(at, low, high)), ...])",
        "Sensitivity with pointwise 95 % limits; the key states each area with its interval.",
        roc_with_band,
    ),
    Example(
        "time_dependent_roc",
        "Time-dependent ROC curves",
        "time_dependent_roc_figure([TimeRoc(12, x, y, auc, n_cases, n_controls), ...])",
        "One curve a time: patients who died by then against those alive beyond it.",
        time_dependent_roc,
    ),
    Example(
        "time_dependent_auc",
        "AUC over time",
        "time_dependent_auc_figure([AucOverTime('Full model', months, auc, 'full', low, high)])",
        "The area for death by each month with its 95 % band, and the counts behind it.",
        auc_over_time,
    ),
    Example(
        "calibration_smooth",
        "Calibration with a smooth curve",
        "calibration_figure([CalibrationCurve('Full model', groups, 'full', smooth)])",
        "Points are fifths of the patients with 95 % intervals, the curve is smooth over all; a perfect model "
        "follows the thin line.",
        calibration_smooth,
    ),
    Example(
        "calibration",
        "Calibration of two models",
        "calibration_figure([CalibrationCurve('Full model', groups, 'full'), ...])",
        "Groups of similar prediction; the numbers below count the patients of each.",
        calibration_groups,
    ),
    Example(
        "decision_curve",
        "Decision curves",
        "decision_curve_figure([NetBenefit('Full model', threshold, benefit, 'full', low, high)], treat_all)",
        "What acting on the model gains a patient at each threshold. A model helps where it lies above "
        "treating all and none.",
        decision_curves,
    ),
    Example(
        "scores",
        "Scores by outcome",
        "score_distribution_figure([('methylated', scores), ('unmethylated', scores)], threshold=0)",
        "Every patient is a point; the box spans the middle half.",
        score_distribution,
    ),
)
