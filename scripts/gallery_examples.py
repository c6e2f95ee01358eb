"""Every figure of the house, drawn from made-up data: its heading, the call that makes it, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from matplotlib.figure import Figure
from scipy import stats

from radgen_assets.contracts.results import Estimate, HazardRow, Missing
from radgen_assets.reporting.fit_figures import LOOK_OF_MODEL
from radgen_assets.reporting.wording import model_name, setting_name
from radgen_assets.science import figures
from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.figures.inputs import (
    AucOverTime,
    CalibrationCurve,
    CalibrationGroup,
    CoefficientPaths,
    CutpointProfile,
    EstimateRow,
    FlowStep,
    FoldChanges,
    GeneSetRow,
    HeatMap,
    Look,
    NetBenefit,
    PairTest,
    RocLimits,
    SampleDistances,
    SampleLikeness,
    SampleSexes,
    SmoothCalibration,
    StabilityGroup,
    StabilityPanel,
    Strip,
    SurvivalCurve,
    TimeRoc,
    Volcano,
)
from radgen_assets.science.learning.classification.receiver_operating import roc_auc
from radgen_assets.science.learning.classification.receiver_points import roc_band
from radgen_assets.science.survival import (
    calibrate,
    calibrate_smooth,
    code_terms,
    decision_curve,
    fit_cox,
    fit_lasso_cox,
    kaplan_meier,
    logrank,
    maximally_selected_cutpoint,
    nomogram,
    time_dependent_auc,
)
from radgen_assets.science.survival import time_dependent_roc as time_roc
from radgen_assets_tests.reporting.synthetic import idh_fit
from scripts.made_up_cohort import SEED, cohort, expression, genes, outcome, probability

LOOK: dict[str, Look] = {"full": "full", "baseline": "baseline"}


@dataclass(frozen=True)
class Example:
    """One figure of the gallery.

    name : of its file; call : the line of code that draws it; shows : a sentence on how to read it
    """

    name: str
    title: str
    call: str
    shows: str
    draw: Callable[[], Figure]


def cohort_flow() -> Figure:
    """Patients found, left out with a reason, analysed."""
    return figures.cohort_flow_figure(
        (
            FlowStep("Found in the three sources", 1210),
            FlowStep(
                "With images that can be read",
                1166,
                (("FLAIR or T1 with contrast is absent", 31), ("image is truncated", 4), ("same person as another", 9)),
            ),
            FlowStep("With survival and all factors", 1021, (("time to death or last visit is missing", 118),
                     ("IDH status is missing", 27))),
            FlowStep("Analysed", 1021),
        )
    )  # fmt: skip


def missing_data() -> Figure:
    """Missing values of each column."""
    return figures.missing_data_figure(
        [
            Missing("karnofsky", 412, 1021, "median of the training fold, with an indicator"),
            Missing("mgmt_status", 187, 1021, "a level of its own"),
            Missing("extent_of_resection", 36, 1021, "patient left out of this model"),
            Missing("age_years", 2, 1021, "patient left out"),
            Missing("sex", 0, 1021, "nothing to do"),
        ]
    )


def kaplan_meier_curves() -> Figure:
    """Survival of three grades."""
    frame, all_patients = cohort(), outcome()
    curves = [
        SurvivalCurve(f"Grade {grade}", kaplan_meier(all_patients.of(frame["grade"].to_numpy() == grade)), look)
        for grade, look in ((2, "low_risk"), (3, "middle_risk"), (4, "high_risk"))
    ]
    p = logrank(all_patients, frame["grade"].to_numpy()).p
    return figures.kaplan_meier_figure(curves, log_rank_p=p, unit="patients", last_month=84)


def cutpoint() -> Figure:
    """The cut of a gene's expression that parts survival most."""
    values = cohort()["marker"].to_numpy()
    found = maximally_selected_cutpoint(outcome(), values, n_permutations=1000, seed=SEED)
    return figures.cutpoint_figure(
        CutpointProfile(
            found.profile_cuts,
            found.profile_statistics,
            found.cut,
            values,
            (("Lausen-Schumacher 1994", found.p_lausen_94), ("1\u202f000 permutations", found.p_permutation)),
        ),
        x_label="Expression of the marker (log₂ TPM)",
        groups=("low", "high"),
    )


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


def volcano() -> Figure:
    """16,000 genes between two groups."""
    table = genes()
    return figures.volcano_figure(
        Volcano(list(table["name"]), table["effect"], table["p"], table["p_adjusted"]),
        effect_label="log₂ fold change, high against low risk",
    )


def fold_changes() -> Figure:
    """12,000 genes by two methods that mostly agree."""
    generator = np.random.default_rng(SEED)
    true = np.where(generator.uniform(size=12_000) < 0.05, generator.normal(0, 2.2, 12_000), 0)
    first, second = true + generator.normal(0, 0.22, 12_000), 0.93 * true + generator.normal(0, 0.2, 12_000)
    found_first, found_second = (np.abs(each) > 1 for each in (first, second))
    return figures.fold_changes_figure(FoldChanges(("DESeq2", "limma-voom"), first, second, found_first, found_second))


def gene_sets() -> Figure:
    """Sets that lean to either of two groups."""
    names = ("E2F targets", "G2M checkpoint", "Epithelial mesenchymal transition", "Hypoxia", "Angiogenesis",
             "TNFA signaling via NFKB", "Interferon gamma response", "Coagulation", "Bile acid metabolism",
             "KRAS signaling down", "Oxidative phosphorylation", "Pancreas beta cells")  # fmt: skip
    found = (2.4, 2.2, 2.1, 1.8, 1.6, 1.5, 1.2, 1.0, -0.9, -1.3, -1.6, -1.9)
    sizes = (196, 189, 191, 188, 35, 198, 200, 131, 110, 172, 200, 38)
    rows = [
        GeneSetRow(name, score, n, min(0.9, 6 * 10 ** (-1.9 * abs(score))))
        for name, score, n in zip(names, found, sizes, strict=True)
    ]
    return figures.gene_set_figure(rows, directions=("lower in wildtype", "higher in wildtype"))


def sample_sexes() -> Figure:
    """Expression of 120 patients, one of them another than the clinical table says."""
    generator = np.random.default_rng(SEED)
    recorded = ["female"] * 52 + ["male"] * 68
    score = np.concatenate([generator.normal(-9, 2.4, 52), generator.normal(11, 2.0, 68)])
    score[[7, 90]] = 10.2, 1.1
    shown = ["female" if each <= 0 else "male" if each >= 2 else "undecided" for each in score]
    names = [f"P{number:03d}" for number in range(1, 121)]
    return figures.sample_sexes_figure(
        SampleSexes(names, score, shown, recorded, (0.0, 2.0)), x_label="highest of 7 Y-linked genes less XIST (log₂)"
    )


def sample_distances() -> Figure:
    """Expression of 150 patients, two of them unlike the others."""
    generator = np.random.default_rng(SEED)
    first = np.concatenate([generator.normal(-14, 7, 100), generator.normal(26, 8, 50)])
    second, apart = generator.normal(0, 14, 150), generator.normal(0.2, 1.1, 150)
    beside = generator.normal(0, 1.1, 150)
    second[40], apart[40], beside[121] = 92.0, 6.6, 7.4
    names = [f"P{number:03d}" for number in range(1, 151)]
    return figures.sample_distances_figure(
        SampleDistances(names, first, second, (0.21, 0.12), apart, beside, 5.0, 2000)
    )


def sample_likeness() -> Figure:
    """120 patients, of whom two are one and one has two samples."""
    generator = np.random.default_rng(SEED)
    correlations = np.clip(generator.normal(0.02, 0.22, 7138), -0.6, 0.86)
    pairs = [("P017", "P101", 0.998, False), ("P044", "P045", 0.981, True)]
    return figures.sample_likeness_figure(SampleLikeness([*correlations, 0.998, 0.981], pairs, 0.97, 2000))


def heat_map() -> Figure:
    """54 genes in 96 patients."""
    values, known = expression()
    names = [f"{'PCM'[i // 18]}{'ABCDEFGHIKLMNPRSTV'[i % 18]}{i % 7 + 1}" for i in range(len(values))]
    programme = np.repeat(["neuronal", "cell cycle", "immune"], 18)
    age = [float(each) for each in known["age"]]
    return figures.heat_map_figure(
        HeatMap(
            values,
            names,
            [f"P{i:03d}" for i in range(values.shape[1])],
            row_strips=(Strip("Programme", list(programme), ("neuronal", "cell cycle", "immune")),),
            column_strips=(
                Strip("Subtype", list(known["subtype"]), ("proneural", "classical", "mesenchymal")),
                Strip("IDH status", [each if isinstance(each, str) else None for each in known["idh"]]),
                Strip("Age (years)", age),
            ),
        ),
        value_label="z score of log₂ TPM",
    )


def heat_map_small() -> Figure:
    """Correlations of 14 pathways with 10 radiomic features."""
    generator = np.random.default_rng(SEED + 5)
    hidden = generator.normal(size=(3, 200))
    pathways = np.repeat(hidden, [5, 5, 4], axis=0) + generator.normal(0, 0.8, (14, 200))
    features = np.repeat(hidden, [4, 3, 3], axis=0) * [[1]] + generator.normal(0, 1.0, (10, 200))
    values = np.corrcoef(np.vstack([pathways, features]))[:14, 14:]
    rows = ["hypoxia", "angiogenesis", "EMT", "TGF-β signalling", "glycolysis", "E2F targets", "G2M checkpoint",
            "MYC targets", "mitotic spindle", "DNA repair", "interferon-γ", "allograft rejection", "complement",
            "inflammation"]  # fmt: skip
    columns = ["shape Sphericity", "volume", "surface", "glcm Contrast", "glszm ZoneEntropy", "firstorder Kurtosis",
               "gldm Variance", "deep 017", "deep 203", "deep 511"]  # fmt: skip
    return figures.heat_map_figure(
        HeatMap(values, rows, columns), value_label="Pearson r", limit=0.7, unit=("pathways", "features")
    )


def upset() -> Figure:
    """Genes found by four methods."""
    generator = np.random.default_rng(SEED + 6)
    strength = generator.gamma(0.7, 1.0, 900)
    found = {
        name: [f"G{i}" for i in np.flatnonzero(strength + generator.normal(0, noise, 900) > bound)]
        for name, noise, bound in (
            ("Univariate Cox", 0.5, 1.5),
            ("LASSO-Cox", 0.35, 2.4),
            ("limma-voom", 0.6, 1.8),
            ("DESeq2", 0.55, 1.7),
            ("Correlation with score", 0.8, 2.2),
        )
    }
    return figures.upset_figure(found, at_most=16)


def boxes() -> Figure:
    """Tumour volume by extent of resection."""
    frame = cohort()
    groups = [
        (
            f"{name} resection" if name != "biopsy" else "biopsy only",
            np.log10(frame["volume"][frame["resection"] == name]),
        )
        for name in ("total", "partial", "biopsy")
    ]
    groups = [(name, values + shift) for (name, values), shift in zip(groups, (0.0, 0.12, 0.22), strict=True)]
    p = float(stats.kruskal(*(values for _, values in groups)).pvalue)
    pairs = [(0, 1), (1, 2), (0, 2)]
    raw = [float(stats.mannwhitneyu(groups[i][1], groups[j][1]).pvalue) for i, j in pairs]
    return figures.box_figure(
        groups,
        y_label="log₁₀ of tumour volume (ml)",
        test="Kruskal-Wallis",
        p=p,
        pairs=[
            PairTest(groups[i][0], groups[j][0], each)
            for (i, j), each in zip(pairs, adjust_p_values(raw, "holm"), strict=True)
        ],
        pair_test="Wilcoxon, Holm-adjusted",
    )


def stability() -> Figure:
    """Features of two readers' masks, and of perturbed ones."""
    sizes = {"shape": 14, "firstorder": 18, "glcm": 24, "glrlm": 16, "glszm": 16, "gldm": 14, "ngtdm": 5}
    images = {"original": 1, "wavelet": 8, "log": 3}
    panels = []
    for title, n, apart in (("reader A and reader B", 40, 0.35), ("reader A, given and perturbed", 120, 0.0)):
        generator = np.random.default_rng(SEED + 8)
        groups = [
            StabilityGroup(
                name,
                family,
                tuple(np.tanh(generator.normal(1.9 - apart - 0.5 * (family == "wavelet") - 0.3 * (name == "glszm"),
                                               0.45, 4 * n_features * n_images))),
            )
            for name, n_features in sizes.items()
            for family, n_images in images.items()
            if name != "shape" or family == "original"
        ]  # fmt: skip
        panels.append(StabilityPanel(title, n, tuple(groups)))
    return figures.stability_figure(panels)


SECTIONS: tuple[tuple[str, str, tuple[Example, ...]], ...] = (
    (
        "Who was studied",
        "Before any result: who is in it, who is not and why, and what was not known of them.",
        (
            Example(
                "cohort_flow",
                "Cohort flow",
                "cohort_flow_figure(steps)",
                "Each box is a step; what leaves between two stands at the right, one reason a line. "
                "Counts that do not add up are refused.",
                cohort_flow,
            ),
            Example(
                "missing_data",
                "Missing values",
                "missing_data_figure(rows)",
                "Share of each column that was missing before anything was done, and what was done about it.",
                missing_data,
            ),
        ),
    ),
    (
        "Survival",
        "How long patients lived, and where a value parts those who lived longer.",
        (
            Example(
                "kaplan_meier",
                "Kaplan-Meier curves with numbers at risk",
                "kaplan_meier_figure([SurvivalCurve('Grade 2', kaplan_meier(outcome), 'low_risk'), ...], log_rank_p=p)",
                "95 % bands (log-log), a tick for each censored patient, and who was still followed just before each "
                "month.",
                kaplan_meier_curves,
            ),
            Example(
                "cutpoint",
                "Cut-point",
                "cutpoint_figure(CutpointProfile(cuts, statistics, cut, values, tests), x_label='log₂ TPM')",
                "The statistic of every cut that was tried; cuts in the hatched ends would have left one group too "
                "small. P values allow for the choice among all cuts.",
                cutpoint,
            ),
        ),
    ),
    (
        "Models",
        "What a model is made of: its ratios, the terms it kept, and a form that can be read with a ruler.",
        (
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
        ),
    ),
    (
        "How good a model is",
        "Whether it tells patients apart, whether its probabilities hold, and whether acting on it helps.",
        (
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
        ),
    ),
    (
        "Genes and features",
        "Many variables at once: which differ, which go together, and which several methods agree on.",
        (
            Example(
                "volcano",
                "Volcano plot",
                "volcano_figure(Volcano(names, effect, p, p_adjusted), effect_threshold=1, p_threshold=0.05)",
                "Triangles point the way of genes beyond both thresholds; the dashed line is the largest P that is "
                "below the threshold after adjustment.",
                volcano,
            ),
            Example(
                "fold_changes",
                "Fold changes by two methods",
                "fold_changes_figure(FoldChanges(('DESeq2', 'limma-voom'), first, second, by_first, by_second))",
                "Both on one scale; the dashed line is where they agree.",
                fold_changes,
            ),
            Example(
                "gene_sets",
                "Gene sets",
                "gene_set_figure([GeneSetRow(name, enrichment, n_genes, p_adjusted)])",
                "Triangles point the way a set leans; open ones are not below the threshold after adjustment.",
                gene_sets,
            ),
            Example(
                "heat_map",
                "Clustered heat map",
                "heat_map_figure(HeatMap(values, genes, patients, row_strips, column_strips))",
                "Rows and columns are ordered by hierarchical clustering. Light is high and dark is low, in grey too.",
                heat_map,
            ),
            Example(
                "heat_map_small",
                "Heat map with names",
                "heat_map_figure(HeatMap(r, pathways, features), value_label='Pearson r', limit=0.7)",
                "Names are written where a cell has room for one.",
                heat_map_small,
            ),
            Example(
                "upset",
                "UpSet plot",
                "upset_figure({'Univariate Cox': genes, 'LASSO-Cox': others})",
                "Each gene is counted once, in the column of exactly the methods that found it.",
                upset,
            ),
            Example(
                "boxes",
                "Box plots with tests",
                "box_figure(groups, y_label='...', test='Kruskal-Wallis', p=p, pairs=pairs, pair_test='...')",
                "Box over quartiles, whiskers to 1.5 interquartile ranges, a point a patient; brackets carry the P of "
                "two groups.",
                boxes,
            ),
            Example(
                "stability",
                "Stability of features",
                "stability_figure([StabilityPanel('reader A and reader B', 40, groups)], threshold=0.75)",
                "Intraclass correlation of every feature between masks of the same tumours, by class and image type; "
                "beside each row, how many lie below the dashed line.",
                stability,
            ),
            Example(
                "sample_sexes",
                "Sex of samples",
                "sample_sexes_figure(SampleSexes(patients, score, shown, recorded, limits=(0, 2)))",
                "A row a recorded sex; the marker is the sex that XIST and the Y-linked genes show. Between the dashed "
                "lines nothing is decided.",
                sample_sexes,
            ),
            Example(
                "sample_distances",
                "Outliers",
                "sample_distances_figure(SampleDistances(patients, pc1, pc2, shares, apart, beside, 5, 2000))",
                "Two subtypes spread the first component and are no outliers; what lies beyond a dashed line is.",
                sample_distances,
            ),
            Example(
                "sample_likeness",
                "Duplicates",
                "sample_likeness_figure(SampleLikeness(correlations, pairs, limit=0.97, n_genes=2000))",
                "All pairs of samples; those beyond the dashed line are most likely one sample.",
                sample_likeness,
            ),
        ),
    ),
)
