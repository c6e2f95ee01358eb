"""What every command prints with: plain where nobody looks, coloured in a terminal, JSON where asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

console = Console(highlight=False, soft_wrap=True)
errors = Console(stderr=True, highlight=False, soft_wrap=True, style="red", markup=False)

HomeOption = Annotated[
    Path | None,
    typer.Option("--home", help="The radgen home. Default: RADGEN_HOME, else ~/radgen.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


def say(text: str) -> None:
    """One line for a person; nothing in it is read as markup."""
    console.print(text, markup=False)


def print_json(value: Any) -> None:
    """A value for a program."""
    print(json.dumps(value, indent=2, sort_keys=True, default=str))


def finish(*, well: bool) -> None:
    """End the command: 0 done, 1 found trouble."""
    raise typer.Exit(0 if well else 1)
