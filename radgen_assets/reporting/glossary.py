"""The terms that a report uses, each in a sentence that a clinician needs no statistician for."""

from __future__ import annotations

from radgen_assets.reporting.model import StudyReport

COMMON = ("95 % confidence interval (95 % CI)", "P value", "SMD")  # of the terms of fits, those that contrasts use
OF_CONTRASTS: tuple[tuple[str, str], ...] = (
    (
        "Enrichment",
        "Whether the genes of a set stand together at one end of the list of all genes, ordered by how they differ. "
        "Normalised: in multiples of what random sets of the same size reach.",
    ),
    (
        "False discovery rate, adjusted P",
        "Of the genes (or sets) called different, the share that is expected to be chance. A gene's adjusted P is the "
        "smallest rate at which it would be called.",
    ),
    (
        "Fold change (log₂)",
        "How many times more of a gene's message one group has: 1 is twice as much, −1 half as much, 0 the same.",
    ),
    (
        "Held fixed",
        "Columns within whose groups the comparison is made, so that their difference is not taken for the one asked "
        "about.",
    ),
    (
        "Leading edge",
        "The genes of an enriched set that make it stand out.",
    ),
    (
        "Over-representation",
        "Whether a set holds more of the genes found than a list of as many genes, drawn at random from those tested.",
    ),
)  # fmt: skip
TERMS: tuple[tuple[str, str], ...] = (
    (
        "95 % confidence interval (95 % CI)",
        "If the study were repeated many times, 95 of 100 such intervals would hold the true value. A wide interval "
        "means that the data say little.",
    ),
    (
        "AUC",
        "Area under the receiver operating characteristic: the probability that a positive patient gets a higher "
        "score than a negative one. 0.5 is chance, 1 is perfect.",
    ),
    (
        "AUC at a time",
        "The same for death by that time: the probability that a patient who died by then had a higher risk than one "
        "who lived beyond it. Patients censored before are made up for by weighting those like them.",
    ),
    (
        "Balanced accuracy",
        "The mean of sensitivity and specificity at the model's own threshold; 0.5 is chance however rare the outcome.",
    ),
    (
        "Baseline",
        "The same kind of model with clinical factors only. What imaging or expression adds is the difference to it, "
        "on the same patients.",
    ),
    (
        "Brier score",
        "Mean squared distance between predicted probability and what happened; lower is better, and 0 is perfect.",
    ),
    (
        "Calibration",
        "Whether, of patients given a probability of 30 %, 30 in 100 have the outcome.",
    ),
    (
        "Calibration slope",
        "How much of the predicted spread of risk is real. 1 is right; below 1, high risks are told too high and low "
        "ones too low.",
    ),
    (
        "Centre only",
        "A model that knows nothing but where a patient was treated. If it predicts the outcome, other models may owe "
        "their success to the centre.",
    ),
    (
        "Concordance",
        "Of two patients of whom one died first, the probability that the model gave that one the higher risk "
        "(Harrell's C; Uno's C does not depend on how long patients were followed). 0.5 is chance, 1 is perfect.",
    ),
    (
        "Cross-validation, out of fold",
        "Patients are divided into folds; each is predicted by a model that learnt from the other folds only. Scaling, "
        "selection and imputation are learnt anew in every fold.",
    ),
    (
        "Decision curve",
        "What acting on a model gains a patient at each risk from which one would act, needless treatment counted "
        "against it. Useful is what lies above treating everyone and treating no one.",
    ),
    (
        "Event",
        "The outcome as observed: a death, or a patient of the positive class. Patients alive at last contact are "
        "censored: their time counts, their death does not.",
    ),
    (
        "Hazard ratio, odds ratio",
        "How many times higher the rate of death (the odds of the outcome) is for one unit or level of a factor. "
        "1 means no difference.",
    ),
    (
        "Integrated Brier score",
        "Squared distance between predicted survival and what happened, averaged over time; lower is better.",
    ),
    (
        "Kaplan-Meier curve",
        "Estimated share of patients still alive over time, with censored patients counted for as long as they were "
        "followed.",
    ),
    (
        "Log-rank test",
        "Tests whether survival curves differ more than chance would have it.",
    ),
    (
        "MCC",
        "Matthews correlation between predicted and true class: 0 is chance, 1 is perfect.",
    ),
    (
        "Net reclassification",
        "Of those who died, the share whose risk a better model raises, minus the share whose risk it lowers; of those "
        "who lived, the reverse. It counts small changes like large ones.",
    ),
    (
        "Nomogram",
        "A model drawn as rulers: points for each factor, whose sum leads to a probability of survival.",
    ),
    (
        "Optimism",
        "How much better a model looks on the patients it learnt from than on others. The numbers of the report are "
        "without it.",
    ),
    (
        "P value",
        "How often a difference at least as large would arise if there were none. It says nothing about how large or "
        "useful the difference is.",
    ),
    (
        "Proportional hazards",
        "A Cox model takes each hazard ratio as equal at all times. Where a test speaks against it, the ratio is an "
        "average.",
    ),
    (
        "Selection frequency",
        "Share of the outer folds in which the model kept a term. Terms kept in few folds are chance finds more often.",
    ),
    (
        "SMD",
        "Standardised mean difference: the difference between groups in standard deviations. Above 0.1 is commonly "
        "taken as an imbalance; unlike P it does not grow with the number of patients.",
    ),
)  # fmt: skip


def terms_of(report: StudyReport) -> tuple[tuple[str, str], ...]:
    """The terms that a report's parts use, in the order of the alphabet."""
    if not report.contrasts:
        return TERMS
    fits = TERMS if report.fits else tuple(each for each in TERMS if each[0] in COMMON)
    return tuple(sorted((*fits, *OF_CONTRASTS), key=lambda each: each[0].casefold()))
