"""Cohort flow diagrams."""

from __future__ import annotations

import pytest

from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import FlowStep
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words

STEPS = (
    FlowStep("Found", 1110),
    FlowStep("With images that can be read and a mask that lies on their grid, as the layout requires", 1106, (
        ("seg.nii.gz: labels: found no voxel above 0, expected a tumour", 3), ("no FLAIR", 1))),
    FlowStep("Analysed", 1106),
)  # fmt: skip


def test_every_step_and_every_reason_is_told_with_its_count():
    told = words(figures.cohort_flow_figure(STEPS))
    for text in ("Found", "1\u202f110 patients", "3", "no FLAIR", "left out: 4", "Analysed"):
        assert text in told


def test_texts_lie_inside_and_apart():
    assert_readable(figures.cohort_flow_figure(STEPS))


def test_counts_that_do_not_add_up_are_refused():
    """Nobody leaves without a reason."""
    with pytest.raises(
        ValueError, match=r"step 'Analysed': found 7 patients, expected 10 - 2 = 8\. Give every exclusion"
    ):
        figures.cohort_flow_figure([FlowStep("Found", 10), FlowStep("Analysed", 7, (("no mask", 2),))])


def test_no_step_is_refused():
    with pytest.raises(ValueError, match="found no step"):
        figures.cohort_flow_figure([])
