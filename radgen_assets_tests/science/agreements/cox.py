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
    Row(
        "survival.harrell_c",
        "C of a Cox model, and its error",
        COX,
        1e-10,
        library="own, numba",
    ),
    Row("survival.cox_residuals", "martingale", COX, 1e-8, library="own, numba"),
    Row("survival.cox_residuals", "deviance", COX, 1e-8, library="own, numba"),
    Row(
        "survival.univariate_cox",
        "coefficients",
        GENES,
        1e-8,
        library="own, numba",
        note="each gene relative to itself; the largest difference is R's (gene G0023, coefficient 0.001: the gradient "
        "in long double is 1e-9 at R's value and 4e-15 at ours)",
    ),
    Row("survival.univariate_cox", "standard errors", GENES, 1e-8, library="own, numba"),
    Row("survival.univariate_cox", "hazard ratios", GENES, 1e-8, library="own, numba"),
    Row("survival.univariate_cox", "Wald z", GENES, 1e-8, library="own, numba"),
    Row("survival.univariate_cox", "Wald P", GENES, 1e-6, library="own, numba"),
    Row("survival.univariate_cox", "log likelihood", GENES, 1e-11, library="own, numba"),
    Row("survival.univariate_cox", "likelihood ratio and score tests", GENES, 1e-8, library="own, numba"),
    Row("survival.univariate_cox", "P of likelihood ratio and score", GENES, 1e-6, library="own, numba"),
    Row("survival.univariate_cox", "coefficients, adjusted", GENES, 1e-8, library="own, numba"),
    Row("survival.univariate_cox", "standard errors, adjusted", GENES, 1e-8, library="own, numba"),
    Row("survival.univariate_cox", "Wald P, adjusted", GENES, 1e-6, library="own, numba"),
    Row("survival.univariate_cox", "log likelihood, adjusted", GENES, 1e-11, library="own, numba"),
    Row(
        "survival.univariate_cox",
        "tests without a maximum",
        GENES,
        1e-6,
        library="own, numba",
        note="likelihood ratio at infinity, where R's is taken where its iteration stopped (coefficient -21)",
    ),
    Row("survival.proportional_hazards_test", "statistic by term, and GLOBAL", ZPH, 1e-6),
    Row("survival.proportional_hazards_test", "P by term, and GLOBAL", ZPH, 1e-6),
    Row("survival.proportional_hazards_test", "statistic by coefficient", ZPH, 1e-6),
    Row("survival.proportional_hazards_test", "P by coefficient", ZPH, 1e-6),
    Row("survival.proportional_hazards_test", "times on the Kaplan-Meier scale", ZPH, 1e-12),
    Row("survival.proportional_hazards_test", "scaled Schoenfeld residuals", ZPH, 1e-6),
    Row("survival.backward_select", "order of removal and terms left", STEP, 0, "exact", "base R"),
    Row("survival.backward_select", "AIC of each step", STEP, 1e-8, strength="base R"),
    Row(
        "survival.backward_select",
        "coefficients",
        STEP,
        1e-6,
        strength="base R",
        note="the reference has coxph's default eps (1e-9), an iteration short of the optimum",
    ),
    Row("survival.backward_select", "standard errors", STEP, 1e-6, strength="base R"),
)
