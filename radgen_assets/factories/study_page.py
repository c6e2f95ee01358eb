"""The published page of a study: put in place whole, and marked when what it tells no longer stands."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from radgen_assets.contracts.study import Study
    from radgen_assets.resources.home import Home

BEGIN = '<div class="frame">'  # of the page's template: the notice stands above its title
NOTICE = '<p class="note outdated" role="alert"><b>This page no longer stands.</b> {} Its numbers are of before.</p>'


def page_of(home: Home, study: Study) -> Path:
    """Where people look for the report."""
    return home.reports_folder / f"{study.name}.html"


def publish(made: Path, page: Path) -> None:
    """Copy the report out of the lake, whole or not at all."""
    _put(page, made.read_bytes())


def mark_outdated(home: Home, study: Study, reason: str) -> None:
    """Say at the top of a published page why it no longer stands; the lake's own copy is left as it was made."""
    page = page_of(home, study)
    if not page.is_file():
        return
    text = page.read_text(encoding="utf-8")
    if 'class="note outdated"' in text:
        return
    _put(page, text.replace(BEGIN, BEGIN + "\n" + NOTICE.format(escape(reason)), 1).encode())


def is_published(made: Path, page: Path) -> bool:
    """Whether the page is the report in the lake, unmarked."""
    return page.is_file() and made.is_file() and page.stat().st_size == made.stat().st_size


def _put(page: Path, content: bytes) -> None:
    fresh = page.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.rename(page)
