"""Figures of who was studied: the flow of a cohort, and what was missing."""

from __future__ import annotations

from matplotlib.figure import Figure

from radgen_assets.contracts.results import Missing
from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import FlowStep
from scripts.gallery.example import Example


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


EXAMPLES = (
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
)
