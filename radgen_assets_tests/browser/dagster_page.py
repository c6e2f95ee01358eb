"""What a person does in Dagster's UI, by roles and words: select partitions, press Materialize, read an event."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

from radgen_assets_tests.stack.served import Served, wait_for

SECONDS = 60_000  # playwright counts in milliseconds


def materialise_with_upstreams(
    page: Page, served: Served, asset: str, partitions: Sequence[str], *, config: str = "", picture: str = ""
) -> str:
    """Select partitions of an asset and all its upstreams, press Materialize; the id of the run that comes of it."""
    before = set(served.run_ids())
    page.goto(f"{served.dagster}/assets/{asset}?view=lineage&lineageScope=upstream&lineageDepth=5")
    page.get_by_role("button", name="Materialize all…").click(timeout=SECONDS)
    page.get_by_text("Select a partition or create one").click()
    for partition in partitions:
        page.get_by_placeholder("Filter partitions").fill(partition)
        page.get_by_role("menuitem", name=partition).or_(page.locator("label").filter(has_text=partition)).first.click()
    page.keyboard.press("Escape")
    expect(page.get_by_text(f"{len(partitions)} partitions").first).to_be_visible()
    if config:
        page.get_by_text("Config", exact=True).click()
        page.get_by_role("button", name="Add config").click()
        editor = page.locator(".CodeMirror")
        editor.wait_for()
        editor.evaluate("(each, text) => each.CodeMirror.setValue(text)", config)
        page.get_by_role("button", name="Save config").click()
        expect(page.get_by_role("button", name="Save config")).to_be_hidden()
    photograph(page, picture and f"{picture}_dialog")
    page.get_by_role("button", name="Launch backfill").click()

    def new_run() -> str | None:
        return next((each for each in served.run_ids() if each not in before), None)

    return wait_for(new_run, 180, "no run came of the dialog")


def photograph(page: Page, name: str) -> None:
    """Keep a picture where RADGEN_SCREENSHOTS says, to be looked at; nowhere else."""
    folder = os.environ.get("RADGEN_SCREENSHOTS")
    if folder and name:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(1500)
        page.screenshot(path=Path(folder) / f"{name}.png")
