"""Pages that a person opens: the lineage graph, automation, fits in MLflow, the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from radgen_assets_tests.browser.dagster_page import photograph
from radgen_assets_tests.browser.prepared import STUDY

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from radgen_assets_tests.stack.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]

GROUPS = ("raw", "imaging", "expression", "features", "tables", "models", "reports")


def test_the_lineage_graph_shows_every_group(page: Page, ui: Served):
    page.goto(f"{ui.dagster}/asset-groups")
    for group in GROUPS:
        expect(page.locator("svg").get_by_text(group, exact=True).first).to_be_visible()
    photograph(page, "lineage")


def test_a_patient_asset_says_what_it_is_and_of_which_grain(page: Page, ui: Served):
    page.goto(f"{ui.dagster}/assets/features/radiomics")
    expect(page.get_by_text("Grain: patient, sequence, region")).to_be_visible()
    photograph(page, "radiomics")


def test_a_gathered_table_shows_columns_with_their_units(page: Page, ui: Served):
    page.goto(f"{ui.dagster}/assets/tables/gathered_radiomics")
    expect(page.get_by_text("patient_key").first).to_be_visible()
    photograph(page, "gathered_radiomics")


def test_automation_is_on(page: Page, ui: Served):
    page.goto(f"{ui.dagster}/automation")
    for name in ("cohort_roots", "nightly_pass", "gpu_nightly", "weekly_refit", "next_link_after_success"):
        expect(page.get_by_text(name).first).to_be_visible()
    photograph(page, "automation")


def test_mlflow_shows_the_fits_with_metrics_and_figures(page: Page, ui: Served):
    experiment = ui.mlflow_ids("experiments", max_results=10)[STUDY]
    page.goto(f"{ui.mlflow}/#/experiments/{experiment}/runs")
    expect(page.get_by_role("link", name="idh_status")).to_be_visible()
    expect(page.get_by_role("link", name="overall_survival")).to_be_visible()
    photograph(page, "mlflow_fits")
    fit = ui.mlflow_ids("runs", experiment_ids=[experiment])["idh_status"]
    page.goto(f"{ui.mlflow}/#/experiments/{experiment}/runs/{fit}")
    expect(page.get_by_text("auc_full_cross_validated").first).to_be_visible()
    photograph(page, "mlflow_fit")
    page.goto(f"{ui.mlflow}/#/experiments/{experiment}/runs/{fit}/artifacts/figures")
    page.get_by_text("idh_status-estimates.svg").first.click()
    figure = page.locator("img").filter(visible=True).last
    expect(figure).to_be_visible()
    photograph(page, "mlflow_figure")


def test_the_report_opens_and_its_figures_are_drawn(page: Page, ui: Served):
    page.goto((ui.home / "reports" / f"{STUDY}.html").as_uri())
    sizes = page.locator("svg").evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")
    assert len(sizes) >= 4
    assert min(sizes) > 0
    photograph(page, "report")
