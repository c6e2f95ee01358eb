"""Kaplan-Meier curves, restricted means and log-rank tests against R survival."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

CURVE = "R survival survfit (r1_survival/kaplan_meier)"
TEST = "R survival survdiff (r1_survival/logrank)"

ROWS: tuple[Row, ...] = (
    Row("survival.kaplan_meier", "survival", CURVE, 1e-12),
    Row("survival.kaplan_meier", "standard errors", CURVE, 1e-12),
    Row("survival.kaplan_meier", "limits: log-log, log, plain", CURVE, 1e-12),
    Row("survival.kaplan_meier", "numbers at risk, events, censored", CURVE, 0, "exact"),
    Row("survival.kaplan_meier", "quartiles and their limits", CURVE, 0, "exact"),
    Row("survival.kaplan_meier", "values at given times", CURVE, 1e-12),
    Row("survival.kaplan_meier", "Nelson-Aalen cumulative hazard", CURVE, 1e-12),
    Row("survival.restricted_mean", "mean", CURVE, 1e-12),
    Row("survival.restricted_mean", "standard error", CURVE, 1e-12),
    Row("survival.logrank", "statistic (rho 0, 0.5, 1; strata)", TEST, 1e-10),
    Row("survival.logrank", "P", TEST, 1e-10),
    Row("survival.logrank", "observed and expected", TEST, 1e-10),
    Row("survival.logrank", "variance matrix", TEST, 1e-10),
    Row("survival.logrank", "degrees of freedom, group sizes", TEST, 0, "exact"),
)
