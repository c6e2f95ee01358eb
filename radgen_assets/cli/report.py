"""radgen report: where a study's report is, or write it again."""

from __future__ import annotations

from typing import Annotated

import typer

from radgen_assets.cli.opening import open_home
from radgen_assets.cli.terminal import HomeOption, finish, say


def report(
    study: Annotated[str | None, typer.Argument(help="A study; none: all.")] = None,
    home: HomeOption = None,
    again: Annotated[bool, typer.Option("--again", help="Write it again from what stands.")] = False,
) -> None:
    """Say where the reports are; with --again write them from the fits that stand.

    Example: radgen report phantom_first
    """
    opened = open_home(home)
    if again:
        from radgen_assets.factories.study.artifacts import RunOf
        from radgen_assets.factories.study.report import bring_report_up_to_date

        with opened.ledger() as ledger:
            for name, declared in opened.studies().items():
                if study in (None, name):
                    bring_report_up_to_date(opened, ledger, declared, run=RunOf(), force=True)
    found = [path for path in sorted(opened.reports_folder.glob("*.html")) if study in (None, path.stem)]
    for path in found:
        say(str(path))
    if not found:
        say("No report yet. Make it with: radgen run")
    finish(well=bool(found))
