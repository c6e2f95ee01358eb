"""Three patients, one with a bad mask, selected and materialised by hand in the UI; again; and by force."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from radgen_assets_tests.browser.dagster_page import materialise_with_upstreams, photograph
from radgen_assets_tests.browser.prepared import BAD, GOOD, TO_DO

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from radgen_assets_tests.stack.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.stack, pytest.mark.slow]

FORCE = "ops:\n  patients:\n    config:\n      force: true\n"
QUALITY = "imaging/quality"


@dataclass(frozen=True)
class Launched:
    """What came of a click: the run, how it ended, and the decisions it told."""

    run_id: str
    status: str
    decisions: dict[str, str]
    hashes: dict[str, str]


def launch(browser: Browser, ui: Served, *, config: str = "", picture: str = "") -> Launched:
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    page.set_default_timeout(60_000)
    run_id = materialise_with_upstreams(page, ui, "features/radiomics", TO_DO, config=config, picture=picture)
    status = ui.ended_run(run_id)
    page.close()
    told = {key: ui.latest("features/radiomics", key) for key in GOOD}
    assert {each["run"] for each in told.values()} == {run_id}
    decisions = {key: each["decision"] for key, each in told.items()}
    return Launched(run_id, status, decisions, {key: each["sha256"] for key, each in told.items()})


@pytest.fixture(scope="module")
def computed(browser: Browser, ui: Served) -> Launched:
    """The first click."""
    return launch(browser, ui, picture="materialise")


@pytest.fixture(scope="module")
def again(browser: Browser, ui: Served, computed: Launched) -> Launched:
    """The same click a second time."""
    return launch(browser, ui)


@pytest.fixture(scope="module")
def forced(browser: Browser, ui: Served, again: Launched) -> Launched:
    """A third time, with force in the run's config."""
    return launch(browser, ui, config=FORCE, picture="force")


def test_two_patients_turn_green_and_the_one_with_a_bad_mask_red(page: Page, ui: Served, computed: Launched):
    assert computed.status == "FAILURE"
    assert set(computed.decisions.values()) == {"computed"}
    page.goto(f"{ui.dagster}/assets/features/radiomics?view=partitions&partition={BAD}")
    expect(page.get_by_text(re.compile("failed, and did not materialize this asset"))).to_be_visible()
    expect(page.get_by_text("Failed (1)")).to_be_visible()
    photograph(page, "bad_patient")
    page.goto(f"{ui.dagster}/assets/features/radiomics?view=partitions&partition={GOOD[0]}")
    expect(page.get_by_text("Materialized", exact=True)).to_be_visible()
    expect(page.get_by_text("Unsynced")).to_have_count(0)
    photograph(page, "good_patient")


def test_the_red_one_says_in_its_run_what_is_wrong_and_what_to_do(page: Page, ui: Served, computed: Launched):
    page.goto(f"{ui.dagster}/runs/{computed.run_id}")
    expect(page.get_by_text("masks/reader_a/TR02.nii.gz: labels: found 9").first).to_be_visible()
    expect(page.get_by_text("correct the mask").first).to_be_visible()
    expect(page.get_by_text(BAD).first).to_be_visible()
    photograph(page, "failed_run")


def test_quality_shows_its_picture_and_content_hash(page: Page, ui: Served, computed: Launched):
    """The picture travels inside the event, so it is seen wherever the UI is opened."""
    page.goto(f"{ui.dagster}/assets/{QUALITY}?view=partitions&partition={GOOD[0]}")
    sha256 = ui.latest(QUALITY, GOOD[0])["sha256"]
    assert re.fullmatch("[0-9a-f]{64}", sha256)
    expect(page.get_by_text(sha256).first).to_be_visible()
    photograph(page, "quality")
    page.get_by_text("[Show Markdown]").first.click()
    picture = page.locator("img[alt=preview]")
    expect(picture).to_be_visible()
    width = picture.evaluate("each => each.naturalWidth")
    assert width >= 160
    photograph(page, "quality_picture")


def test_a_second_click_reuses_what_stands(again: Launched, computed: Launched):
    """Green patients stay green although the run fails for the bad one."""
    assert set(again.decisions.values()) == {"reused"}
    assert again.hashes == computed.hashes


def test_with_force_in_the_config_all_is_computed_and_gives_the_same_bytes(forced: Launched, computed: Launched):
    assert set(forced.decisions.values()) == {"computed"}
    assert forced.hashes == computed.hashes
