"""Figures of survival: curves with numbers at risk, and a cut-point."""

from __future__ import annotations

from matplotlib.figure import Figure

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import CutpointProfile, SurvivalCurve
from radgen_assets.science.survival import kaplan_meier, logrank, maximally_selected_cutpoint
from scripts.gallery.example import Example
from scripts.made_up_cohort import SEED, cohort, outcome


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


EXAMPLES = (
    Example(
        "kaplan_meier",
        "Kaplan-Meier curves with numbers at risk",
        "kaplan_meier_figure([SurvivalCurve('Grade 2', kaplan_meier(outcome), 'low_risk'), ...], log_rank_p=p)",
        "95 % bands (log-log), a tick for each censored patient, and who was still followed just before each month.",
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
)
