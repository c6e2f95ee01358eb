"""The command line: words and flags. Each command parses, calls one function, prints."""

from __future__ import annotations

import os
import sys

import typer

from radgen_assets.cli import audit, cohort, demo, doctor, init, later, report, run, status, study, ui
from radgen_assets.cli.terminal import errors
from radgen_assets.contracts.errors import RadgenError, UsedWrongly

app = typer.Typer(
    name="radgen",
    help="radgen: from folders of glioma patients to fitted models that can answer for every number.",
    epilog="Start here: radgen demo. In a lab: radgen init, radgen cohort add FILE.toml, radgen run, radgen ui.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode="rich",
)
app.command("init")(init.init)
app.command("demo")(demo.demo)
app.command("run")(run.run)
app.command("ui")(ui.ui)
app.command("status")(status.status)
app.command("report")(report.report)
app.command("doctor")(doctor.doctor)
app.add_typer(cohort.app, name="cohort")
app.add_typer(study.app, name="study")
app.add_typer(audit.app, name="audit")
for name in later.COMMANDS:
    app.command(name)(later.command(name))


def main() -> None:
    """Entry point; exit code 0 done, 1 found trouble, 2 used wrongly."""
    for switch in ("DAGSTER_DISABLE_TELEMETRY", "DO_NOT_TRACK"):
        os.environ.setdefault(switch, "1")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")
    try:
        app()
    except UsedWrongly as error:
        errors.print(str(error))
        sys.exit(2)
    except RadgenError as error:
        errors.print(str(error))
        sys.exit(1)
