"""Links of pages lead somewhere; TOML that a page shows can be read; pictures can be drawn."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.study import Study
from radgen_assets.contracts.toml_models import parse_toml
from radgen_assets.resources.home import HomeSettings
from radgen_assets_tests.docs.pages import PAGES, ROOT, anchors, blocks, links

PICTURES = sorted((ROOT / "docs" / "pictures").glob("*.svg"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page):
    lost = []
    for link in links(page):
        if re.match(r"https?:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


def test_every_page_of_docs_is_linked_from_another():
    """A page that nobody links is a page that nobody finds."""
    linked = {(page.parent / link.partition("#")[0]).resolve() for page in PAGES for link in links(page)}
    folders = {path for path in linked if path.is_dir()}
    alone = [
        page.name for page in PAGES if page.name != "README.md" and page not in linked and page.parent not in folders
    ]
    assert alone == []


def test_the_cohort_that_is_shown_step_by_step_can_be_read():
    text = blocks(ROOT / "docs" / "add_a_cohort.md", "toml")[0]
    assert parse_toml(Cohort, text, "glioma_site.toml").name == "glioma_site"


def test_the_study_that_is_shown_step_by_step_can_be_read():
    text = blocks(ROOT / "docs" / "add_a_study.md", "toml")[0]
    assert [fit.kind for fit in parse_toml(Study, text, "glioma_first.toml").fits] == ["classification", "survival"]


def test_the_settings_of_a_home_that_are_shown_can_be_read():
    for text in blocks(ROOT / "docs" / "operations.md", "toml"):
        assert parse_toml(HomeSettings, text, "radgen.toml").ledger_url


def test_the_asset_that_is_shown_is_the_one_that_is_there():
    shown = blocks(ROOT / "docs" / "add_an_asset.md", "python")[0].strip()
    assert shown in (ROOT / "radgen_assets" / "defs" / "features" / "radiomics.py").read_text()


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_says_what_it_shows_and_needs_nothing_from_elsewhere(picture):
    """Title and description for those who do not see it; no font, image or script is fetched."""
    root = ElementTree.parse(picture).getroot()
    svg = "{http://www.w3.org/2000/svg}"
    assert (root.findtext(f"{svg}title") or "").strip()
    assert (root.findtext(f"{svg}desc") or "").strip()
    assert not re.search(r"(href|src)=\"(?!#)|url\((?!#)|@import|<script", picture.read_text())


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_every_asset_that_a_picture_names_is_there(picture):
    """Words set as code in a picture are names of the house."""
    from radgen_assets.defs.catalogue import KNOWN

    svg = "{http://www.w3.org/2000/svg}"
    named = {text.text for text in ElementTree.parse(picture).iter(f"{svg}text") if text.get("class") == "asset"}
    known = {each.name for each in KNOWN.values()} | {"encoders", "staging", "marts", "gathered"}
    assert {str(name).rstrip("*+ ") for name in named} - known == set()


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda path: path.name)
def test_a_decision_says_context_decision_consequences_and_what_would_change_it(path: Path):
    text = path.read_text()
    assert text.startswith(f"# {path.name[:4]} ")
    headings = re.findall(r"^\*\*([^*]+)\.\*\*", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Consequences", "What would change our mind"]


def test_decisions_are_numbered_without_gaps():
    numbers = [int(path.name[:4]) for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))
