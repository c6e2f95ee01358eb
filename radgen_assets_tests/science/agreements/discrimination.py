"""Concordance, time-dependent ROC and Brier scores against R's survival, riskRegression and pec."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

CONCORDANCE = "R survival concordance (r1_survival/concordance)"
SCORE = "R riskRegression Score, cens.model km (r5_cutpoint_roc/time_dependent)"
PEC = "R pec crps (r5_cutpoint_roc/integrated_brier)"
OVER_ALL = (
    "riskRegression's risk set keeps the events of a tied time, though its censoring curve does not; so does ours"
)

ROWS: tuple[Row, ...] = (
    Row("survival.censoring_curve", "probability", "R prodlim reverse (r5_cutpoint_roc/time_dependent)", 1e-10),
    Row("survival.harrell_c", "value, standard error", CONCORDANCE, 1e-10),
    Row("survival.harrell_c", "pairs", CONCORDANCE, 0, "exact"),
    Row("survival.harrell_c", "until a last time", CONCORDANCE, 1e-10),
    Row("survival.uno_c", "value, standard error", CONCORDANCE, 1e-10),
    Row("survival.uno_c", "until a last time", CONCORDANCE, 1e-10),
    Row("survival.weighted_concordance", "value, standard error: S, S/G, I", CONCORDANCE, 1e-10),
    Row("survival.compare_concordance", "difference, standard error, P", CONCORDANCE, 1e-10, note="Harrell and Uno"),
    Row("survival.joint_concordance", "covariance", CONCORDANCE, 1e-10, note="Harrell and Uno"),
    Row("survival.time_dependent_auc", "area", SCORE, 1e-10),
    Row("survival.time_dependent_auc", "standard error, limits", SCORE, 1e-10, note=OVER_ALL),
    Row("survival.compare_time_dependent_auc", "difference, standard error, limits, P", SCORE, 1e-10),
    Row("survival.brier_score", "score", SCORE, 1e-10, note="of the models and of the Kaplan-Meier null model"),
    Row("survival.brier_score", "standard error, limits", SCORE, 1e-10, note=OVER_ALL),
    Row("survival.compare_brier", "difference, standard error, limits, P", SCORE, 1e-10),
    Row("survival.integrated_brier", "step rule", PEC, 1e-10, note="of the models and of the Kaplan-Meier null model"),
    Row("survival.integrated_brier", "Brier curve", "R pec (r5_cutpoint_roc/integrated_brier)", 1e-10),
    Row("survival.integrated_brier", "trapezium rule", "R formula (r5_cutpoint_roc)", 1e-10, strength="formula"),
)
