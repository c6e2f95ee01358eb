"""radgen demo: a home of phantom cohorts, from raw files to a report, with nothing to install or start."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from radgen_assets.cli.terminal import HomeOption, finish, say

DEFAULT = Path("demo_home")


def demo(
    home: HomeOption = None,
    tiny: Annotated[bool, typer.Option("--tiny", help="A few very small patients: for tests.")] = False,
    variant: Annotated[str, typer.Option(help="planted, null or confounded (docs/phantom.md).")] = "planted",
) -> None:
    """Make phantom cohorts, run the whole pass over them, and say where the report is.

    A second call finds everything done.

    Example: radgen demo --home demo_home
    """
    import os

    from radgen_assets.cli.opening import open_home
    from radgen_assets.cli.run import _print
    from radgen_assets.defs.automation.links import Scope
    from radgen_assets.defs.automation.pass_driver import run_pass
    from radgen_assets.stewardship.demo_home import make_demo_home

    folder = (home or Path(os.environ.get("RADGEN_HOME") or DEFAULT)).expanduser().resolve()
    make_demo_home(folder, tiny=tiny, variant=variant, tell=say)
    opened = open_home(folder)
    summary = run_pass(opened, Scope(), say, trigger="demo")
    _print(summary, opened.reports_folder)
    say("The phantom holds a few deliberate faults (docs/phantom.md): what is named above is meant to be found.")
    say(f"Open the UI: radgen ui --home {opened.root}")
    reports = sorted(opened.reports_folder.glob("*.html"))
    finish(well=bool(reports))
