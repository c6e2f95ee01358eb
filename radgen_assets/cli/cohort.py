"""radgen cohort: add, check and list cohorts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from radgen_assets.cli.opening import open_home
from radgen_assets.cli.terminal import HomeOption, JsonOption, finish, print_json, say

app = typer.Typer(help="Add, check and list cohorts.", no_args_is_help=True)


@app.command()
def add(
    file: Annotated[Path, typer.Argument(help="The cohort's TOML file.")],
    home: HomeOption = None,
) -> None:
    """Check a cohort's TOML against its folder and add it to the home.

    Example: radgen cohort add examples/brats_18/brats_18.toml
    """
    from radgen_assets.stewardship.cohorts import add_cohort

    opened = open_home(home)
    check_result = add_cohort(opened, file)
    for line in check_result.lines:
        say(line)
    for problem in check_result.problems:
        say(f"  {problem}")
    say(f"Added {check_result.cohort} to {opened.cohorts_folder}. Next: radgen run --cohort {check_result.cohort}")
    finish(well=not check_result.problems)


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="A cohort of the home, or a TOML file.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at a cohort's folder and sheets without computing: what is found, what is missing, what is refused.

    Example: radgen cohort check tcga_lgg
    """
    from radgen_assets.stewardship.cohorts import check_cohort

    path = Path(name)
    if path.suffix != ".toml":
        path = open_home(home).cohorts_folder / f"{name}.toml"
    result = check_cohort(path)
    if as_json:
        print_json({"cohort": result.cohort, "lines": result.lines, "problems": result.problems})
    else:
        for line in result.lines:
            say(line)
        for problem in result.problems:
            say(f"  {problem}")
    finish(well=not result.problems)


@app.command("list")
def list_cohorts(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """List the home's cohorts with their patients.

    Example: radgen cohort list
    """
    opened = open_home(home)
    with opened.ledger() as ledger:
        rows = [
            {
                "cohort": name,
                "title": cohort.title,
                "patients": sum(row.state == "present" for row in ledger.patients(name)),
                "root": str(cohort.root),
            }
            for name, cohort in opened.cohorts().items()
        ]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say(f"{row['cohort']:32} {row['patients']:6} patients  {row['title']}")
    if not rows:
        say("No cohort yet. Add one: radgen cohort add FILE.toml")
