"""radgen run: one pass from sources to reports."""

from __future__ import annotations

from typing import Annotated

import typer

from radgen_assets.cli.opening import open_home
from radgen_assets.cli.terminal import HomeOption, JsonOption, finish, print_json, say


def run(
    home: HomeOption = None,
    cohort: Annotated[list[str] | None, typer.Option(help="Only these cohorts (repeat the option).")] = None,
    patient: Annotated[list[str] | None, typer.Option(help="Only these patients: <cohort>.<patient>.")] = None,
    study: Annotated[list[str] | None, typer.Option(help="Only these studies.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Only these links, e.g. --only patients.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Compute although equal artifacts stand.")] = False,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try again what failed with the same inputs.")
    ] = False,
    refit: Annotated[bool, typer.Option("--refit", help="Fit studies again although their inputs stand.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Bring everything up to date: register sources, patients, cohorts, tables, studies, reports.

    What stands is reused; on unchanged data a run says so in seconds.

    Examples:

      radgen run

      radgen run --cohort tcga_lgg --retry-failed

      radgen run --patient tcga_lgg.TCGA-CS-4941 --force
    """
    from radgen_assets.defs.automation.links import ORDER, Link, Scope
    from radgen_assets.defs.automation.pass_driver import run_pass
    from radgen_assets.stewardship.reap import reap

    opened = open_home(home)
    scope = Scope(
        patients=tuple(sorted(patient or ())),
        cohorts=tuple(cohort or ()),
        studies=tuple(study or ()),
        force=force,
        retry_failed=retry_failed,
        refit=refit,
    )
    tell = (lambda text: None) if as_json else say
    reap(opened, tell)
    links = tuple(Link(name) for name in only) if only else ORDER
    summary = run_pass(opened, scope, tell, links=links)
    if as_json:
        print_json(summary.as_json())
    else:
        _print(summary, opened.reports_folder)
    finish(well=summary.is_well)


def _print(summary, reports) -> None:  # type: ignore[no-untyped-def]
    done = sum(each["did"] for each in summary.links if each["link"] != "register")
    say(
        f"Pass {summary.pass_id}: {summary.patients_computed} patients computed, {done} keys and assets in all, "
        f"{summary.seconds:.1f} s"
    )
    for key, asset, reason in sorted(set(summary.troubles)):
        say(f"  {key}  {asset}: {reason}")
    if summary.troubles:
        say("Correct what is named above, then: radgen run (files that changed are tried again; else --retry-failed)")
    for path in sorted(reports.glob("*.html")):
        say(f"Report: {path}")
