"""What the page tells of a survival model without penalty, made by a real fit of made-up patients."""

from __future__ import annotations

import re

import numpy as np
import pytest

from radgen_assets.contracts.results import FitResult
from radgen_assets.reporting.fit_figures import coefficient_drawing, path_drawing
from radgen_assets.reporting.fit_pictures import fit_pictures
from radgen_assets.reporting.page import report_page
from radgen_assets.reporting.result_tables import result_tables
from radgen_assets.reporting.survival_figures import last_month_shown
from radgen_assets.science.learning import fit_study_survival
from radgen_assets.science.survival import Outcome
from radgen_assets_tests.reporting.synthetic import report
from radgen_assets_tests.science.learning.study.test_survival import KINDS, cohort, cox_declaration


@pytest.fixture(scope="module")
def fit() -> FitResult:
    blocks, outcome, persons = cohort()
    asked = cox_declaration(repeats=2, kaplan_meier_by=("grade",))
    return fit_study_survival(blocks, KINDS, outcome, persons, asked, groups=blocks["more"][["grade"]])


@pytest.fixture(scope="module")
def page(fit) -> str:
    return report_page(report(fits=(fit,)))


@pytest.fixture(scope="module")
def words(page) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


@pytest.mark.parametrize(
    "heading",
    [
        "Survival by group",
        "Clinical factors",
        "Do hazard ratios change with time?",
        "Nomogram",
        "What the full model uses",
    ],
)
def test_every_part_has_its_heading(page, heading):
    assert f"<h3>{heading}</h3>" in page


@pytest.mark.parametrize(
    "figure", ["by-grade", "s0-km-full", "s0-calibration", "s0-time-roc", "s0-time-auc", "s0-decision", "nomogram"]
)
def test_every_figure_is_there_with_a_text_for_who_does_not_see_it(page, figure):
    found = re.search(rf'<figure id="a_fit-{figure}".*?aria-label="([^"]+)"', page, re.DOTALL)
    assert found, figure
    assert len(found[1]) > 20


def test_it_is_said_that_the_numbers_are_out_of_fold_and_how_often_folds_were_dealt(words):
    assert "from out-of-fold predictions: nested cross-validation with 4 outer folds, dealt 2 times" in words
    assert "Every prediction is out of fold, so that no optimism is left to correct." in words


def test_the_test_of_proportional_hazards_ends_with_all_factors_together(page):
    assert re.search(r'<tr class="lead"><th scope="row">GLOBAL</th>', page)


def test_a_doubtful_factor_is_named_and_the_others_are_not(fit):
    from dataclasses import replace

    from radgen_assets.reporting.wording import proportional_hazards

    rows = tuple(
        replace(row, p=0.001 if row.term in ("age_years", "GLOBAL") else 0.5) for row in fit.proportional_hazards
    )
    told = proportional_hazards(replace(fit, proportional_hazards=rows))
    assert told.startswith("The effect of age (P = 0.001) changes over time")
    assert "sex" not in told
    calm = tuple(replace(row, p=0.5) for row in rows)
    assert proportional_hazards(replace(fit, proportional_hazards=calm)).startswith("No change")


def test_the_main_estimate_comes_first_and_times_stand_in_their_order(fit):
    (table,) = result_tables(fit)
    names = [row.estimate for row in table.rows]
    assert names[:6] == [
        "Concordance (Harrell)",
        "Concordance (Uno)",
        "AUC at 12 months",
        "AUC at 24 months",
        "AUC at 36 months",
        "Integrated Brier score",
    ]
    assert names[-1] == "Optimism: apparent minus out of fold"


def test_each_method_is_told_once_below_the_table(fit):
    (table,) = result_tables(fit)
    assert len({method for _, method in table.methods}) == len(table.methods)
    told = dict(table.methods)
    assert all(told[row.mark] == row.method for row in table.rows if row.method)


def test_a_model_that_keeps_all_its_factors_needs_no_figure_of_which_it_kept(fit, words):
    assert coefficient_drawing(fit) is None
    assert path_drawing(fit) is None
    assert "All its factors, without penalty and without selection" in words


def test_mlflow_gets_the_same_figures(fit):
    assert {"a_fit-by-grade.svg", "a_fit-nomogram.svg", "a_fit-s0-decision.svg"} <= set(fit_pictures(fit))


def test_curves_end_where_fewer_than_five_are_followed():
    assert last_month_shown(Outcome(np.arange(1.0, 11.0), np.ones(10))) == 6.0
    assert last_month_shown(Outcome([3.0, 5.0], [1, 0])) == 3.0
