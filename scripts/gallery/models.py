"""Figures of what a model is made of: forest plot, coefficients and their paths, nomogram."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from radgen_assets.contracts.results import Estimate, HazardRow
from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import CoefficientPaths
from radgen_assets.science.survival import code_terms, fit_cox, fit_lasso_cox, nomogram
from radgen_assets_tests.reporting.synthetic import idh_fit
from scripts.gallery.example import Example
from scripts.made_up_cohort import SEED, cohort, outcome


def forest() -> Figure:
    """Hazard ratios of clinical factors, together in one model."""
    frame = cohort().assign(age=cohort()["age"] / 10, karnofsky=cohort()["karnofsky"] / 10)
    columns = ["age", "karnofsky", "idh", "mgmt", "resection"]
    terms = code_terms(frame[columns], levels={"resection": ("total", "partial", "biopsy")})
    fit = fit_cox(outcome(), terms.matrix, names=terms.names)
    std_err = np.sqrt(np.diag(fit.variance))
    names = (
        ("Age", "per 10 years"),
        ("Karnofsky score", "per 10 points"),
        ("IDH status", "wild type against mutant"),
        ("MGMT promoter", "unmethylated against methylated"),
        ("Resection", "partial against total"),
        ("Resection", "biopsy only against total"),
    )
    rows = []
    for (term, level), b, se in zip(names, fit.coefficients, std_err, strict=True):
        low, high, p = np.exp(b - 1.96 * se), np.exp(b + 1.96 * se), 2 * stats.norm.sf(abs(b / se))
        ratio = Estimate(float(np.exp(b)), float(low), float(high), len(frame), outcome().n_events, "Wald", float(p))
        rows.append(HazardRow(term, level, ratio))
    absent = Estimate(None, None, None, 9, 0, "Wald", note="none of 9 patients died")
    return figures.forest_figure([*rows, HazardRow("Second centre", "against first", absent)], counts_name="deaths")


def coefficients() -> Figure:
    """Terms of a final model."""
    full = [term for term in idh_fit().coefficients if term.model == "full"]
    return figures.coefficient_figure(full, directions=("wild type", "mutant"))


def coefficient_paths() -> Figure:
    """The LASSO path of 40 radiomic features."""
    generator = np.random.default_rng(SEED + 3)
    frame, n = cohort(), len(cohort())
    hidden = frame["full"].to_numpy()
    features = generator.normal(size=(n, 40)) + np.outer(hidden, np.repeat([0.5, -0.4, 0.3, 0.0], [3, 3, 4, 30]))
    kinds = ("shape_Sphericity", "firstorder_Entropy", "glcm_Idmn", "glszm_ZoneEntropy", "gldm_DependenceVariance")
    images = ("flair", "t1ce", "t2w", "t1w", "wavelet-HHL|flair", "wavelet-LLH|t1ce", "log-3mm|t1ce", "log-5mm|t2w")
    names = [f"{kind}|{image}" for image in images for kind in kinds]
    fit = fit_lasso_cox(outcome(), features, folds=generator.integers(0, 10, n))
    paths = CoefficientPaths(
        names, fit.lambdas, fit.standardised, fit.cv_mean, fit.cv_std_err, fit.index_min, fit.index_1se
    )
    return figures.coefficient_paths_figure(
        paths, y_label="Coefficient per SD", deviance_label="Cross-validated deviance"
    )


def nomogram_axes() -> Figure:
    """A Cox model as a nomogram."""
    frame = cohort()[["age", "grade", "idh", "karnofsky", "resection"]].assign(
        grade=cohort()["grade"].astype(str), karnofsky=cohort()["karnofsky"]
    )
    terms = code_terms(frame, levels={"resection": ("total", "partial", "biopsy")})
    fit = fit_cox(outcome(), terms.matrix, names=terms.names)
    return figures.nomogram_figure(
        nomogram(fit, terms, frame, [12, 24, 60]),
        names={
            "age": "Age (years)",
            "grade": "WHO grade",
            "idh": "IDH status",
            "karnofsky": "Karnofsky score",
            "resection": "Extent of resection",
        },
    )


EXAMPLES = (
    Example(
        "forest",
        "Forest plot",
        "forest_figure(rows, counts_name='deaths')",
        "Ratios on a log scale with 95 % intervals; one that leaves the axis ends in an arrow, a term "
        "without a ratio says why.",
        forest,
    ),
    Example(
        "coefficients",
        "Coefficients",
        "coefficient_figure(coefficients, directions=('wild type', 'mutant'))",
        "Standardised coefficients, largest first, beside the share of outer folds that selected each term.",
        coefficients,
    ),
    Example(
        "coefficient_paths",
        "Coefficient paths",
        "coefficient_paths_figure(CoefficientPaths(names, lambdas, coefficients, deviance, ...))",
        "Terms enter as the penalty weakens. Coloured: those of the model of smallest deviance. Below: "
        "deviance with one standard error; the dotted line is one standard error above the smallest.",
        coefficient_paths,
    ),
    Example(
        "nomogram",
        "Nomogram",
        "nomogram_figure(nomogram(fit, terms, frame, [12, 24, 60]), names={'age': 'Age (years)'})",
        "Read points for each factor on the ruler on top, add them up, and read survival below their total.",
        nomogram_axes,
    ),
)
