"""radgen audit: questions to the ledger, opened read-only."""

from __future__ import annotations

from typing import Annotated

import typer

from radgen_assets.cli import later
from radgen_assets.cli.opening import open_home
from radgen_assets.cli.terminal import HomeOption, JsonOption, print_json, say

app = typer.Typer(help="Ask what was made from what, and why.", no_args_is_help=True)


@app.command()
def why(
    asset: Annotated[str, typer.Argument(help="An asset, e.g. features/radiomics.")],
    key: Annotated[str, typer.Argument(help="A patient key, a cohort, or all.")] = "all",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why an artifact stands as it does: decision, recipe, inputs, and what changed against the try before.

    Examples:

      radgen audit why features/radiomics site_a.P001

      radgen audit why models/phantom_first/idh_status
    """
    from radgen_assets.defs.explain import explain

    answer = explain(open_home(home), asset, key)
    if as_json:
        print_json(answer.as_json())
        return
    for line in answer.lines():
        say(line)


for name in later.AUDITS:
    app.command(name)(later.command(name, "audit"))
