"""The published page of a study: put in place whole, and marked when what it tells no longer stands."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from radgen_assets.contracts.study import Study
    from radgen_assets.resources.home import Home

PAGE = "report.html"  # its name in the lake
BEGIN = '<div class="frame">'  # of the page's template: the notice stands above its title
NOTICE = '<p class="note outdated" role="alert"><b>This page no longer stands.</b> {} Its numbers are of before.</p>'


def page_of(home: Home, study: Study) -> Path:
    """Where people look for the report."""
    return home.reports_folder / f"{study.name}.html"


def tables_of(study: Study) -> str:
    """Name of the folder of whole tables that stands beside the page, in the lake and in the reports folder."""
    return f"{study.name}_tables"


def publish(made: Path, home: Home, study: Study) -> None:
    """Copy the report and its tables out of the lake folder `made`, each file whole or not at all; the page last."""
    beside = page_of(home, study).parent / tables_of(study)
    tables = sorted((made / tables_of(study)).glob("*"))
    if tables:
        beside.mkdir(exist_ok=True)
    for table in tables:
        _put(beside / table.name, table.read_bytes())
    for old in set(beside.glob("*")) - {beside / table.name for table in tables}:
        old.unlink()
    _put(page_of(home, study), (made / PAGE).read_bytes())


def mark_outdated(home: Home, study: Study, reason: str) -> None:
    """Say at the top of a published page why it no longer stands; the lake's own copy is left as it was made."""
    page = page_of(home, study)
    if not page.is_file():
        return
    text = page.read_text(encoding="utf-8")
    if 'class="note outdated"' in text:
        return
    _put(page, text.replace(BEGIN, BEGIN + "\n" + NOTICE.format(escape(reason)), 1).encode())


def is_published(made: Path, home: Home, study: Study) -> bool:
    """Whether page and tables are the report in the lake folder `made`, unmarked."""
    page = page_of(home, study)
    pairs = [(made / PAGE, page)]
    pairs += [(table, page.parent / tables_of(study) / table.name) for table in (made / tables_of(study)).glob("*")]
    return all(copy.is_file() and kept.is_file() and copy.stat().st_size == kept.stat().st_size for kept, copy in pairs)


def _put(page: Path, content: bytes) -> None:
    fresh = page.with_name(f"{page.name}.new")
    fresh.write_bytes(content)
    fresh.rename(page)
