"""A made-up study, simulated from a seed, in the shape that real ones have: for the tests of figures and reports.

Nothing in it is a result: the numbers are drawn so that every section, wording and figure of a report has something
to show (a model with a gain, a model without one, an external cohort, a tie of centre and outcome, missing values).
"""

from __future__ import annotations

import hashlib

import numpy as np

from radgen_assets.contracts.results import (
    Coefficient,
    Estimate,
    FitResult,
    HazardRow,
    Missing,
    Performance,
    Predictions,
)
from radgen_assets.contracts.study import Study
from radgen_assets.reporting.model import (
    Exclusion,
    FitTrace,
    MadeFrom,
    Preview,
    Provenance,
    SourceCohort,
    StudyReport,
)
from radgen_assets.reporting.risk_groups import risk_groups
from radgen_assets.science.agreement import BaselineRow, BaselineTable
from radgen_assets.science.figures.inputs import FlowStep
from radgen_assets.science.figures.style import new_figure, to_png

SEED = 7
USABLE = "With usable images and a primary mask"


def estimate(value, low, high, n=107, n_events=83, method="DeLong", p=None, note="") -> Estimate:
    """An estimate with the defaults of the synthetic study."""
    return Estimate(value, low, high, n, n_events, method, p, note)


def _patients(cohort: str, n: int) -> tuple[str, ...]:
    return tuple(f"{cohort}.P{index:03d}" for index in range(n))


def class_predictions(cohort: str, n: int, effect: float, seed: int, prevalence: float = 0.6) -> Predictions:
    """Scores whose means differ by `effect` standard deviations between the classes; outcomes depend on cohort only."""
    outcome = (np.random.default_rng(len(cohort)).permutation(n) < round(prevalence * n)).astype(int)
    score = np.random.default_rng(seed).normal(size=n) + effect * (outcome - 0.5)
    probability = 1 / (1 + np.exp(-(effect * score + np.log(prevalence / (1 - prevalence)))))
    patients = _patients(cohort, n)
    return Predictions(
        patients=patients,
        persons=patients,
        fold=tuple(int(x) for x in np.arange(n) % 5),
        score=tuple(float(x) for x in score),
        outcome=tuple(int(x) for x in outcome),
        probability=tuple(float(x) for x in probability),
    )


def survival_predictions(cohort: str, n: int, noise: float, seed: int) -> Predictions:
    """Exponential times that depend on a hidden risk; the score is that risk with `noise`, median 0."""
    generator = np.random.default_rng(len(cohort))
    risk = generator.normal(size=n)
    death = generator.exponential(1 / (0.012 * np.exp(0.5 * risk)))
    censored = generator.uniform(6, 110, size=n)
    score = risk + noise * np.random.default_rng(seed).normal(size=n)
    score = 0.5 * (score - np.median(score)) / score.std()
    patients = _patients(cohort, n)
    return Predictions(
        patients=patients,
        persons=patients,
        fold=tuple(int(x) for x in np.arange(n) % 5),
        score=tuple(float(x) for x in score),
        time_months=tuple(float(x) for x in np.minimum(death, censored)),
        event=tuple(int(x) for x in (death <= censored)),
        probability=tuple(float(x) for x in 1 - np.exp(-0.012 * np.exp(score) * 24)),
        horizon_months=24.0,
    )


def idh_fit() -> FitResult:
    """A classification with a gain over the baseline at home that does not hold in the external cohort."""
    full = class_predictions("lgg_site", 107, 1.3, SEED, prevalence=0.78)
    baseline = class_predictions("lgg_site", 107, 0.6, SEED + 1, prevalence=0.78)
    centre = class_predictions("lgg_site", 107, 0.1, SEED + 2, prevalence=0.78)
    outside = class_predictions("public_images", 64, 0.4, SEED + 3, prevalence=0.55)
    outside_base = class_predictions("public_images", 64, 0.45, SEED + 4, prevalence=0.55)
    external = "external: public_images"
    return FitResult(
        fit="idh_status",
        kind="classification",
        outcome="idh_status",
        positive="mutant",
        n=107,
        n_events=83,
        n_persons=107,
        performances=(
            Performance(
                "full",
                "cross_validated",
                {
                    "auc": estimate(0.823, 0.738, 0.908),
                    "balanced_accuracy": estimate(0.741, 0.66, 0.82, method="bootstrap over persons, 500"),
                    "mcc": estimate(0.43, 0.27, 0.58, method="bootstrap over persons, 500"),
                    "brier": estimate(0.121, 0.089, 0.155, method="bootstrap over persons, 500"),
                },
                full,
            ),
            Performance(
                "baseline",
                "cross_validated",
                {
                    "auc": estimate(0.664, 0.541, 0.787),
                    "balanced_accuracy": estimate(0.61, 0.52, 0.70, method="bootstrap over persons, 500"),
                    "mcc": estimate(0.19, 0.02, 0.36, method="bootstrap over persons, 500"),
                    "brier": estimate(0.163, 0.128, 0.20, method="bootstrap over persons, 500"),
                },
                baseline,
            ),
            Performance(
                "centre_only",
                "cross_validated",
                {
                    "auc": estimate(0.538, 0.41, 0.666),
                    "balanced_accuracy": estimate(0.5, 0.5, 0.5, method="bootstrap over persons, 500"),
                    "mcc": estimate(None, None, None, method="bootstrap over persons, 500", note="one class predicted"),
                    "brier": estimate(0.174, 0.142, 0.21, method="bootstrap over persons, 500"),
                },
                centre,
            ),
            Performance(
                "full",
                external,
                {
                    "auc": estimate(0.594, 0.452, 0.736, 64, 35),
                    "brier": estimate(0.262, 0.21, 0.32, 64, 35, "bootstrap over persons, 500"),
                },
                outside,
            ),
            Performance(
                "baseline",
                external,
                {
                    "auc": estimate(0.621, 0.482, 0.76, 64, 35),
                    "brier": estimate(0.248, 0.20, 0.30, 64, 35, "bootstrap over persons, 500"),
                },
                outside_base,
            ),
        ),
        comparison={
            "cross_validated": estimate(0.159, 0.031, 0.287, method="DeLong, paired", p=0.015),
            external: estimate(-0.027, -0.19, 0.136, 64, 35, "DeLong, paired", 0.74),
        },
        coefficients=(
            Coefficient("full", "clinical", "age_years", -0.61, 1.0),
            Coefficient("full", "radiomics", "original_shape_Sphericity|t1ce|whole_tumour", 0.34, 0.8),
            Coefficient(
                "full", "radiomics", "wavelet-LLH_glszm_SmallAreaLowGrayLevelEmphasis|flair|whole_tumour", -0.28, 0.6
            ),
            Coefficient("full", "deep_features", "deep_217", 0.22, 0.4),
            Coefficient("full", "pathway_activity", "HALLMARK_OXIDATIVE_PHOSPHORYLATION", 0.17, 1.0),
            Coefficient("full", "radiomics", "original_firstorder_90Percentile|t1w|whole_tumour", 0.06, 0.2),
            Coefficient("full", "clinical", "sex (male)", 0.0, 0.0),
            Coefficient("baseline", "clinical", "age_years", -0.7, 1.0),
        ),
        unadjusted=(
            HazardRow("Age", "per 10 years", estimate(0.62, 0.45, 0.86, p=0.004)),
            HazardRow("Sex", "male against female", estimate(1.12, 0.46, 2.71, p=0.80)),
            HazardRow("Grade", "3 against 2", estimate(0.41, 0.15, 1.09, p=0.073)),
        ),
        adjusted=(
            HazardRow("Age", "per 10 years", estimate(0.65, 0.46, 0.92, p=0.015)),
            HazardRow("Sex", "male against female", estimate(1.05, 0.42, 2.65, p=0.91)),
            HazardRow("Grade", "3 against 2", estimate(0.55, 0.19, 1.56, p=0.26)),
        ),
        missing=(
            Missing("idh_status", 1, 108, "patient left out"),
            Missing("age_years", 0, 107, "nothing to do"),
            Missing("karnofsky", 41, 107, "median of the training fold, with an indicator"),
            Missing("pathway_activity (all sets)", 0, 107, "nothing to do"),
        ),
        splits=tuple((patient, 0, index % 5) for index, patient in enumerate(full.patients)),
        excluded=(("lgg_site.P107", "idh_status is missing"),),
        seed=20260101,
        warnings=("radiomics: 4 features had no variance in every fold and were left out",),
        models={"full": {"names": ["age_years"]}, "baseline": {"names": ["age_years"]}},
        settings={"outer_folds": 5, "inner_folds": 4, "repeats": 1, "l1_ratio": 0.5, "max_features": 50},
    )


def survival_fit() -> FitResult:
    """A survival model that is no better than its baseline and cannot be told from chance; few deaths."""
    full = survival_predictions("lgg_site", 107, 3.0, SEED)
    baseline = survival_predictions("lgg_site", 107, 1.0, SEED + 1)
    deaths = sum(full.event)
    p_full, p_baseline = risk_groups(full).p, risk_groups(baseline).p
    boot = "bootstrap over persons, 500"
    return FitResult(
        fit="overall_survival",
        kind="survival",
        outcome="overall_survival",
        positive=None,
        n=107,
        n_events=deaths,
        n_persons=107,
        performances=(
            Performance(
                "full",
                "cross_validated",
                {
                    "concordance": estimate(0.561, 0.472, 0.648, 107, deaths, boot),
                    "log_rank_p": estimate(
                        p_full, None, None, 107, deaths, "log-rank, score above against below the training median"
                    ),
                    "brier": estimate(0.168, 0.13, 0.21, 107, deaths, boot),
                },
                full,
            ),
            Performance(
                "baseline",
                "cross_validated",
                {
                    "concordance": estimate(0.633, 0.55, 0.716, 107, deaths, boot),
                    "log_rank_p": estimate(
                        p_baseline, None, None, 107, deaths, "log-rank, score above against below the training median"
                    ),
                    "brier": estimate(0.155, 0.12, 0.195, 107, deaths, boot),
                },
                baseline,
            ),
        ),
        comparison={
            "cross_validated": estimate(-0.072, -0.151, 0.009, 107, deaths, "bootstrap over persons, paired", 0.08)
        },
        coefficients=(
            Coefficient("full", "clinical", "age_years", 0.41, 1.0),
            Coefficient("full", "radiomics", "original_glcm_Idmn|flair|whole_tumour", -0.11, 0.4),
        ),
        unadjusted=(
            HazardRow("Age", "per 10 years", estimate(1.62, 1.21, 2.16, 107, deaths, "Wald", 0.0009)),
            HazardRow("Grade", "3 against 2", estimate(2.9, 1.3, 6.47, 107, deaths, "Wald", 0.009)),
            HazardRow(
                "IDH status", "wild type against mutant", estimate(8.4, 3.9, 118.0, 107, deaths, "Wald", 0.00002)
            ),
            HazardRow(
                "Centre",
                "second against first",
                estimate(None, None, None, 107, deaths, "Wald", None, "no death at the second centre"),
            ),
        ),
        adjusted=(
            HazardRow("Age", "per 10 years", estimate(1.48, 1.07, 2.05, 107, deaths, "Wald", 0.018)),
            HazardRow("Grade", "3 against 2", estimate(2.1, 0.92, 4.8, 107, deaths, "Wald", 0.078)),
            HazardRow("IDH status", "wild type against mutant", estimate(5.9, 2.4, 14.6, 107, deaths, "Wald", 0.0001)),
        ),
        missing=(
            Missing("time_months", 3, 110, "patient left out"),
            Missing("karnofsky", 41, 107, "median of the training fold, with an indicator"),
        ),
        splits=tuple((patient, 0, index % 5) for index, patient in enumerate(full.patients)),
        excluded=(("lgg_site.P107", "time_months is missing"), ("lgg_site.P108", "negative time")),
        seed=20260101,
        warnings=("treatment_radiation is known only after time zero and was not used",),
        models={"full": {}, "baseline": {}},
        settings={"outer_folds": 5, "inner_folds": 4, "repeats": 1, "l1_ratio": 0.5, "max_features": 50},
    )


def preview_png(seed: int) -> bytes:
    """Three round "planes" with an outline, as imaging/quality would draw them."""
    figure = new_figure(5.4, 1.8)
    axes = figure.add_axes((0, 0, 1, 1))
    y, x = np.mgrid[-1:1:120j, -3:3:360j]
    plane = np.mod(x + 3, 2) - 1
    brain = np.clip(1.1 - (plane**2 + y**2) * 1.4, 0, 1)
    blob = np.exp(-((plane - 0.3 + 0.05 * seed) ** 2 + (y - 0.1) ** 2) * 14)
    axes.imshow(brain * 0.55 + blob * 0.6 * (brain > 0), cmap="gray", aspect="auto", vmin=0, vmax=1.1)
    axes.contour(blob, levels=[0.5], colors=["#ffb000"], linewidths=1.2)
    axes.axis("off")
    return to_png(figure, 100)


def study() -> Study:
    """Two questions, a training cohort, an external one."""
    return Study.model_validate(
        {
            "name": "lgg_idh",
            "title": "IDH status and survival of lower-grade glioma from preoperative MRI and expression",
            "question": "Do image features, deep features and pathway activity tell IDH status and survival better "
            "than age, sex, grade and Karnofsky score alone?",
            "roles": {"train": ["lgg_site"], "external": ["public_images"]},
            "blocks": {
                "clinical": {"kind": "clinical", "columns": ["age_years", "sex", "grade", "karnofsky"]},
                "radiomics": {"kind": "radiomics"},
                "deep": {"kind": "deep_features"},
                "pathways": {"kind": "pathway_activity"},
            },
            "fits": [
                {"name": "idh_status", "kind": "classification", "outcome": "idh_status", "positive": "mutant",
                 "blocks": ["clinical", "radiomics", "deep", "pathways"]},
                {"name": "overall_survival", "kind": "survival", "outcome": "overall_survival",
                 "blocks": ["clinical", "radiomics", "deep", "pathways"]},
            ],
        }
    )  # fmt: skip


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def report(**changes) -> StudyReport:
    """A whole report; `changes` replace its fields."""
    made = Provenance(
        pass_id="2026-01-14T02-00-00-nightly",
        code_version="0.1.0",
        cohorts=(
            SourceCohort("lgg_site", "Lower-grade glioma, training site", "train", "Synthetic, seed 7", "none needed",
                         107, 107),
            SourceCohort("public_images", "Public images", "external", "Synthetic, seed 10", "", 64, 64),
        ),
        artifacts=tuple(
            MadeFrom(asset, key, _digest(asset + key), "1")
            for asset in ("tables/feature_matrix", "tables/endpoints", "expression/pathway_activity",
                          "features/radiomics", "features/deep_features")
            for key in ("lgg_site", "public_images")
        ),
        fits=tuple(
            FitTrace(name, f"lgg_idh/{name}/{_digest(name)[:16]}", 107, _digest(name + "content"), _digest(name)[:32])
            for name in ("idh_status", "overall_survival")
        ),
        settings=(("features/radiomics", '{"bin_width":25.0,"spacing_mm":1.0}'),),
        environment=(("python", "3.11.2"), ("numpy", "2.4.6"), ("scikit-learn", "1.8.0")),
    )  # fmt: skip
    rows = (
        BaselineRow("age_years", "", ("43 (33 to 53)", "51 (38 to 62)"), "Wilcoxon", 0.003, 0.44),
        BaselineRow("sex", "", ("", ""), "chi-square", 0.62, 0.08),
        BaselineRow("sex", "female", ("52 (49 %)", "29 (45 %)")),
        BaselineRow("sex", "male", ("55 (51 %)", "35 (55 %)")),
        BaselineRow("grade", "", ("", ""), "Fisher", 0.0004, 0.71),
        BaselineRow("grade", "2", ("51 (48 %)", "14 (22 %)")),
        BaselineRow("grade", "3", ("56 (52 %)", "50 (78 %)")),
        BaselineRow("karnofsky", "", ("90 (80 to 100)", "missing for all")),
        BaselineRow("whole_tumour_volume_mm3", "", ("41 200 (18 900 to 83 400)", "56 800 (22 300 to 97 100)"),
                    "Wilcoxon", 0.11, 0.21),
    )  # fmt: skip
    values = {
        "study": study(),
        "made_at": "2026-01-14 02:41 UTC",
        "flow": (
            FlowStep("Found in the sources of two cohorts", 178),
            FlowStep("One patient a person", 175, (("the same person as a patient of lgg_site (TCGA barcode)", 3),)),
            FlowStep(USABLE, 172, (
                ("no FLAIR, which the layout requires", 1),
                ("mask is empty", 1),
                ("image is truncated: found 1.2 MB, expected 4.1 MB", 1),
            )),
            FlowStep("With at least one endpoint", 171, (("no endpoint is known", 1),)),
        ),
        "exclusions": (
            *(Exclusion(f"public_images.P{64 + index:03d}", "public_images", "One patient a person",
                        "the same person as a patient of lgg_site (TCGA barcode)") for index in range(3)),
            Exclusion("lgg_site.P108", "lgg_site", USABLE, "no FLAIR, which the layout requires"),
            Exclusion("lgg_site.P109", "lgg_site", USABLE, "mask is empty"),
            Exclusion("lgg_site.P110", "lgg_site", USABLE, "image is truncated: found 1.2 MB, expected 4.1 MB"),
            Exclusion("lgg_site.P111", "lgg_site", "With at least one endpoint", "no endpoint is known"),
        ),
        "table1": BaselineTable((("Training", 107), ("External", 64)), rows),
        "fits": (idh_fit(), survival_fit()),
        "provenance": made,
        "previews": tuple(Preview(f"lgg_site.P{index:03d}", preview_png(index)) for index in range(4)),
        "notes": ("Three persons stand in both cohorts; each is counted once, in lgg_site.",),
    }  # fmt: skip
    return StudyReport(**(values | changes))
