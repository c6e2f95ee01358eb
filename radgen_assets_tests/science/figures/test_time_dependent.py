"""Time-dependent ROC curves and areas."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.results import Estimate
from radgen_assets.science import figures
from radgen_assets.science.figures.inputs import AucOverTime, TimeRoc
from radgen_assets_tests.science.figures.figure_checks import assert_readable, words


def roc(months, value=0.8):
    return TimeRoc(months, (0, 0.2, 1), (0, 0.7, 1), Estimate(value, value - 0.1, value + 0.1, 90, 30, "IPCW"), 30, 60)


def test_the_table_states_area_interval_and_both_counts_of_every_time():
    figure = figures.time_dependent_roc_figure([roc(12), roc(24, 0.77)])
    told = words(figure)
    for text in ("12", "0.80 (0.70 to 0.90)", "24", "0.77 (0.67 to 0.87)", "30 / 60", "died / alive"):
        assert text in told
    assert_readable(figure)


def test_the_curves_of_five_times_differ_in_dash():
    figure = figures.time_dependent_roc_figure([roc(months) for months in (6, 12, 24, 36, 120)])
    dashes = [str(line._dash_pattern) for line in figure.axes[1].lines if line.get_label() == "curve"]
    assert len(set(dashes)) == 5
    assert_readable(figure)


@pytest.mark.parametrize("n", [0, 6])
def test_no_curve_and_more_than_can_be_told_apart_are_refused(n):
    with pytest.raises(ValueError, match=f"found {n} curves, expected one to 5"):
        figures.time_dependent_roc_figure([roc(12)] * n)


def area(months, label="Full model", look="full", counts=True):
    months = np.asarray(months, float)
    value = 0.8 + months / 1000
    numbers = (np.arange(months.size) * 7, 200 - np.arange(months.size) * 7) if counts else ()
    return AucOverTime(label, months, value, look, value - 0.1, value + 0.1, *numbers)


def test_counts_stand_at_the_times_that_they_belong_to():
    figure = figures.time_dependent_auc_figure([area([6, 12, 18, 24]), area([6, 12, 18, 24], "Clinical", "baseline")])
    told = words(figure)
    start = told.index("Died by then")
    assert told[start + 1 : start + 5] == ["0", "7", "14", "21"]
    assert_readable(figure)


@pytest.mark.parametrize("months", [[12], [1.5, 2.5], np.arange(3, 60, 1.0), np.linspace(5.3, 111.7, 90)])
def test_texts_lie_inside_and_apart_for_any_times(months):
    assert_readable(figures.time_dependent_auc_figure([area(months)]))


def test_a_curve_without_band_and_counts_is_drawn():
    figure = figures.time_dependent_auc_figure([AucOverTime("Full model", [6, 12], [0.7, 0.31], "full")])
    assert figure.axes[0].get_ylim()[0] == pytest.approx(0.3)
    assert_readable(figure)


def test_a_curve_without_a_time_is_refused():
    with pytest.raises(ValueError, match="one without a time"):
        figures.time_dependent_auc_figure([AucOverTime("Full model", [], [], "full")])
