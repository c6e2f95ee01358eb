"""radgen study: make and check studies."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from radgen_assets.cli.opening import open_home
from radgen_assets.cli.terminal import HomeOption, JsonOption, finish, print_json, say

app = typer.Typer(help="Make and check studies.", no_args_is_help=True)


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the study, or a TOML file to add.")],
    home: HomeOption = None,
    train: Annotated[list[str] | None, typer.Option(help="Cohorts in the training role.")] = None,
) -> None:
    """Write a study's TOML into the home (a template to edit), or add a finished TOML file.

    Examples:

      radgen study new glioma_survival --train tcga_lgg

      radgen study new examples/tcga_lgg/tcga_lgg_first.toml
    """
    from radgen_assets.stewardship.studies import add_study, write_template

    opened = open_home(home)
    path = add_study(opened, Path(name)) if name.endswith(".toml") else write_template(opened, name, tuple(train or ()))
    say(f"{path}")
    say(f"Next: edit it, then: radgen study check {path.stem}, radgen run --study {path.stem}")


@app.command()
def check(
    name: Annotated[str, typer.Argument(help="A study of the home.")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Who would be in each fit and contrast, and who not and why; nothing is fitted or tested.

    Example: radgen study check phantom_first
    """
    from radgen_assets.factories.study.check import check_study

    result = check_study(open_home(home), name)
    if as_json:
        print_json(result.as_json())
    else:
        for line in result.lines():
            say(line)
    finish(well=result.is_well)
