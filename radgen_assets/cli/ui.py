"""radgen ui: start Dagster and MLflow on 127.0.0.1 and say where."""

from __future__ import annotations

from typing import Annotated

import typer

from radgen_assets.cli.opening import open_home
from radgen_assets.cli.terminal import HomeOption, say


def ui(
    home: HomeOption = None,
    port: Annotated[int, typer.Option(help="Port of Dagster's webserver; 0: any free one.")] = 3000,
    mlflow_port: Annotated[int, typer.Option(help="Port of MLflow; 0: any free one.")] = 5000,
) -> None:
    """Start Dagster (webserver, daemon, code server) and MLflow on 127.0.0.1; Ctrl-C stops them all.

    Orphaned runs and claims are reaped first.

    Example: radgen ui --home demo_home --port 3000
    """
    from radgen_assets.resources.servers import clear_left_over, serve
    from radgen_assets.stewardship.reap import reap

    opened = open_home(home)
    clear_left_over(opened)
    reap(opened, say)
    serve(opened, port, mlflow_port, say)
