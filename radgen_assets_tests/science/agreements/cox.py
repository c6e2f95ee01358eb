"""Cox models against R survival and MASS."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

COX = "R survival coxph (r1_survival/cox)"
ZPH = "R survival cox.zph (r1_survival/cox_zph)"
STEP = "R MASS stepAIC, stats step (r1_survival/backward_aic)"
GENES = "R survival coxph, a gene at a time (r1_survival/univariate_*)"

ROWS: tuple[Row, ...] = (
    Row("survival.fit_cox", "coefficients", COX, 1e-9, library="own, numba"),
    Row("survival.fit_cox", "standard errors", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "variance matrix", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "hazard ratios and limits", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "z", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "P of each coefficient", COX, 1e-6, library="own, numba"),
    Row("survival.fit_cox", "log likelihood", COX, 1e-11, library="own, numba"),
    Row("survival.fit_cox", "likelihood ratio, score and Wald tests", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "P of the global tests", COX, 1e-6, library="own, numba"),
    Row("survival.fit_cox", "AIC and BIC", COX, 1e-11, library="own, numba"),
    Row("survival.fit_cox", "linear predictor", COX, 1e-9, library="own, numba"),
    Row("survival.fit_cox", "baseline hazard", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "baseline hazard by stratum", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "predicted survival", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "standard errors and limits of predicted survival", COX, 1e-8, library="own, numba"),
    Row("survival.fit_cox", "coefficients with case weights", COX, 1e-9, library="own, numba"),
    Row("survival.fit_cox", "standard errors over persons", COX, 1e-8, library="own, numba"),
    Row("survival.cox_residuals", "martingale", COX, 1e-8, library="own, numba"),
    Row("survival.cox_residuals", "deviance", COX, 1e-8, library="own, numba"),
)
