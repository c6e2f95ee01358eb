"""radgen status: what stands, what is missing, what failed and why."""

from __future__ import annotations

from typing import Annotated

import typer

from radgen_assets.cli.opening import open_home
from radgen_assets.cli.terminal import HomeOption, JsonOption, finish, print_json, say


def status(
    home: HomeOption = None,
    cohort: Annotated[str | None, typer.Option(help="Only this cohort.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Also say what the next run would do.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Counts of every asset by state, failures with their reasons, open suspicions, the last pass.

    Examples:

      radgen status

      radgen status --cohort tcga_lgg --plan
    """
    from radgen_assets.audit.status import status_of

    opened = open_home(home)
    with opened.ledger(read_only=True) as ledger:
        result = status_of(ledger, cohort)
    planned = _plan(opened) if plan else None
    if as_json:
        print_json(result.as_json() | ({"plan": planned} if planned is not None else {}))
    else:
        for line in result.lines():
            say(line)
        for link, todo in (planned or {}).items():
            say(f"next run, {link}: {', '.join(todo) if todo else 'nothing to do'}")
    finish(well=result.is_well)


def _plan(home):  # type: ignore[no-untyped-def]
    from radgen_assets.defs.automation.links import ORDER, Link, Scope
    from radgen_assets.defs.automation.plans import plan_link

    with home.ledger() as ledger:
        planned = {}
        for link in ORDER:
            if link is not Link.register:
                found = plan_link(home, ledger, link, Scope())
                planned[link.value] = list(found.keys or found.assets)
    return planned
