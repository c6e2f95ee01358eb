"""Calibration, optimism, nomogram, net reclassification and decision curves against R."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

RMS = "R rms nomogram (r7_nomogram)"
EARLY_STOP = (
    "rms stops Newton's method early (eps 1e-4; its third step from zero equals its spline fit to 3e-15) and lies "
    "below our maximum in log likelihood (-540.03727 against -540.03721)"
)

GROUPS = "formula on R survfit (r5_cutpoint_roc/calibration)"
SMOOTH = "formula on R coxph, Hmisc rcspline.eval (r5_cutpoint_roc/calibration)"
RECLASSIFIED = "formula on R survfit (r5_cutpoint_roc/net_reclassification)"
DECIDED = "formula on R survfit (r5_cutpoint_roc/decision_curve)"
BOOTSTRAP = (
    "distance from the mean over R's seeds, in standard deviations between its seeds, same number of samples; "
    "samples without a maximum are left out here, where rms stops its iteration"
)

ROWS: tuple[Row, ...] = (
    Row("survival.nomogram", "points of each value, at rms's coefficients", RMS, 1e-7),
    Row("survival.nomogram", "points per unit of the linear predictor, at rms's coefficients", RMS, 1e-7),
    Row(
        "survival.nomogram",
        "total points of each survival tick, at rms's coefficients",
        RMS,
        1e-7,
        note="survival inverted as rms does, by straight lines between 1,000 values of the linear predictor; "
        "read exactly, survival at rms's ticks differs by up to 4e-6",
    ),
    Row("survival.nomogram", "points of each value, at our coefficients", RMS, 2e-2, note=EARLY_STOP),
    Row(
        "survival.validate_by_bootstrap",
        "apparent concordance",
        "R rms validate.cph (r7_nomogram)",
        1e-10,
    ),
    *(
        Row(
            "survival.validate_by_bootstrap",
            quantity,
            "R rms validate.cph (r7_nomogram)",
            4,
            scale="absolute",
            note=BOOTSTRAP,
        )
        for quantity in ("corrected concordance", "corrected slope", "corrected R2")
    ),
    Row(
        "survival.calibrate_by_bootstrap",
        "Kaplan-Meier of each group",
        "R rms calibrate.cph (r7_nomogram)",
        1e-10,
    ),
    Row(
        "survival.calibrate_by_bootstrap",
        "mean prediction of each group",
        "R rms calibrate.cph (r7_nomogram)",
        1e-4,
        note=EARLY_STOP,
    ),
    Row(
        "survival.calibrate_by_bootstrap",
        "optimism of each group",
        "R rms calibrate.cph (r7_nomogram)",
        4,
        scale="absolute",
        note=BOOTSTRAP,
    ),
    Row("survival.calibrate", "predicted and observed risk of each group", GROUPS, 1e-10, strength="formula"),
    Row("survival.calibrate", "limits of each group (log)", GROUPS, 1e-10, strength="formula"),
    Row("survival.calibrate_smooth", "observed risk at each patient", SMOOTH, 1e-6, strength="formula"),
    Row("survival.calibrate_smooth", "knots", SMOOTH, 1e-10, strength="formula"),
    Row("survival.calibrate_smooth", "ICI, E50, E90, largest error", SMOOTH, 1e-6, strength="formula"),
    Row("survival.calibration_slope", "slope and standard error", "R coxph (r5_cutpoint_roc/calibration)", 1e-8),
    Row("survival.observed_over_expected", "ratio and observed share", GROUPS, 1e-10, strength="formula"),
    *(
        Row("survival.net_reclassification", quantity, RECLASSIFIED, 1e-10, strength="formula")
        for quantity in ("events, non-events, total (KM)", "events, non-events, total (IPW)", "IDI")
    ),
    Row("survival.net_reclassification", "patients moved", RECLASSIFIED, 0, scale="exact", strength="formula"),
    Row("survival.decision_curve", "net benefit of a model", DECIDED, 1e-10, strength="formula"),
    Row("survival.decision_curve", "net benefit of treating all", DECIDED, 1e-10, strength="formula"),
    Row(
        "survival.decision_curve",
        "net benefit without censoring",
        "formula in R (r5, binary)",
        1e-10,
        strength="formula",
    ),
)
