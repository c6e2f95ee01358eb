"""Time the platform on assets that do nothing: what a patient and asset costs in plan, ledger, lake and Dagster.

    python benchmarks/events.py [--quick] [--json FILE] [--markdown FILE] [--keys N] [--sqlite-keys N] [--workers N]

Five assets through the real factories (chain_assets, run_chain, lake flushed to disk), as one Dagster run over a
range of keys:
 - on Postgres, ledger and Dagster's storage, with Dagster's two switches for batched events;
 - on SQLite with defaults, which is what `radgen init` makes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from measuring.goals import Report, parser_of
from measuring.postgres_server import is_installed, postgres_server

from radgen_assets.resources.home import make_home

N_ASSETS = 5
TOY_RUN = Path(__file__).parent / "measuring" / "toy_run.py"
BATCHED = {"DAGSTER_EVENT_BATCH_SIZE": "500", "DAGSTER_EMIT_PARTITION_SUBSET_IN_PLANNED_EVENTS": "1"}
POSTGRES_BOUND, SQLITE_BOUND = 5.0, 100.0
COHORT = """\
name = "toy"
title = "Toy"
root = "."
patients = "with_any"

[[clinical]]
file = "none.csv"
patient_column = "patient"
columns = [{ name = "age_years", source = "age", kind = "number", unit = "years" }]
"""


def main() -> None:
    """Measure, print the table and the goals."""
    parser = parser_of(__doc__)
    parser.add_argument("--keys", type=int, help="keys on Postgres; default: 2,000")
    parser.add_argument("--sqlite-keys", type=int, help="keys on SQLite; default: 50")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    asked = parser.parse_args()
    n_postgres = asked.keys or (40 if asked.quick else 2000)
    n_sqlite = asked.sqlite_keys or (5 if asked.quick else 50)
    report = Report(
        f"Events: {N_ASSETS} assets that do nothing over {n_postgres:,} keys on Postgres (batched) and {n_sqlite:,} on "
        f"SQLite (defaults), {asked.workers} workers"
    )
    if is_installed():
        with postgres_server() as url:
            figures = run(n_postgres, asked, postgres_url=url)
        tell(report, "Postgres", figures, n_postgres, POSTGRES_BOUND)
    else:
        report.note("Postgres is not installed (Debian: apt-get install postgresql); its goal was not measured.")
    tell(report, "SQLite", run(n_sqlite, asked), n_sqlite, SQLITE_BOUND)
    report.finish(asked)


def run(n: int, asked: argparse.Namespace, *, postgres_url: str = "") -> dict[str, float]:
    """A fresh home, and the toy chain over `n` keys in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = make_home(Path(folder) / "home")
        (home.cohorts_folder / "toy.toml").write_text(COHORT)
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("RADGEN_", "DAGSTER_"))
        }
        environment |= {
            "RADGEN_HOME": str(home.root),
            "DAGSTER_HOME": str(home.dagster_folder),
            "RADGEN_WORKERS": str(asked.workers),
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
        if postgres_url:
            environment |= BATCHED | {"RADGEN_LEDGER_URL": postgres_url}
            make_ledger(postgres_url)
            with (home.dagster_folder / "dagster.yaml").open("a") as stream:
                stream.write(f"storage:\n  postgres:\n    postgres_url: {postgres_url}\n")
        answer = subprocess.run(
            [sys.executable, str(TOY_RUN), str(n)], env=environment, capture_output=True, text=True, check=False
        )
    if answer.returncode != 0:
        raise SystemExit(f"the toy chain failed:\n{answer.stdout}\n{answer.stderr}")
    return dict(json.loads(answer.stdout.splitlines()[-1]))


def make_ledger(url: str) -> None:
    """Its tables, as `radgen init` makes them."""
    from radgen_assets.lineage.ledger import Ledger

    with Ledger.open(url) as ledger:
        ledger.create()


def tell(report: Report, where: str, figures: dict[str, float], n: int, bound: float) -> None:
    """Figures and goal of one database."""
    assert figures["events"] == n, f"{where}: Dagster shows {figures['events']} of {n} keys of the last asset"
    pairs = n * N_ASSETS
    report.figure(f"{where}: the run in all", figures["computed_seconds"], "s")
    per_pair = 1000 * figures["computed_seconds"] / pairs
    report.figure(f"{where}: a patient and asset, computed", per_pair, "ms")
    report.figure(
        f"{where}: of it, the main process at work", 1000 * figures["computed_processor_seconds"] / pairs, "ms"
    )
    report.figure(f"{where}: a patient and asset, reused", 1000 * figures["reused_seconds"] / pairs, "ms")
    report.goal(f"events_{where.lower()}_ms_per_pair", per_pair, bound)


if __name__ == "__main__":
    main()
