"""Time the loading of the definitions, beside the imports of Dagster and dagster-dbt that nobody can leave out.

    python benchmarks/load_time.py [--quick] [--json FILE] [--markdown FILE] [--rounds N] [--home FOLDER]

Fresh processes, one kind after the other in each round, so that a busy machine slows both alike; the fastest of each
kind is compared, since other work can only slow a process down. With --home the home's studies are loaded too.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

from measuring.goals import Report, parser_of

BOUND = 1.5
IMPORTS = "import dagster, dagster_dbt"
KINDS = {
    "import dagster, dagster_dbt": IMPORTS,
    "load the definitions": f"{IMPORTS}; from radgen_assets.definitions import definitions; definitions()",
    "load them, and build the repository as the code server does": (
        f"{IMPORTS}; from radgen_assets.definitions import definitions; definitions().get_repository_def()"
    ),
}
BANNED = (
    "torch", "monai", "radiomics", "SimpleITK", "ants", "mlflow", "sklearn", "scipy", "pandas", "pandera",
    "distributed", "dbt", "matplotlib",
)  # fmt: skip
TIMED = """
import json, sys, time
began = time.perf_counter()
{deed}
seconds = time.perf_counter() - began
print(json.dumps([seconds, time.process_time(), sorted({{name.partition(".")[0] for name in sys.modules}})]))
"""


def main() -> None:
    """Measure, print the table and the goals."""
    parser = parser_of(__doc__)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--home", type=Path, help="a home whose studies are loaded; default: none")
    asked = parser.parse_args()
    rounds = asked.rounds or (2 if asked.quick else 9)
    report = Report(f"Loading the definitions, {rounds} fresh processes of each kind")
    seconds, at_work, modules = measure(rounds, asked.home)
    for name, values in seconds.items():
        report.figure(f"{name}, fastest", min(values), "s")
        report.figure(f"{name}, median", statistics.median(values), "s")
        report.figure(f"{name}, processor time", min(at_work[name]), "s")
    imports, loaded, built = seconds
    banned = sorted((modules[built] - modules[imports]) & set(BANNED))
    report.note(
        f"Banned packages that loading adds to what Dagster and dagster-dbt import: {', '.join(banned) or 'none'}."
    )
    report.goal("load_time", min(seconds[loaded]) / min(seconds[imports]), BOUND)
    report.goal("load_time_with_repository", min(seconds[built]) / min(seconds[imports]), BOUND)
    report.goal("load_banned_imports", len(banned), 0)
    report.finish(asked)


def measure(
    rounds: int, home: Path | None
) -> tuple[dict[str, list[float]], dict[str, list[float]], dict[str, set[str]]]:
    """Seconds, processor seconds and imported packages of each kind.

    One process of each before the first round warms the disk's cache.
    """
    environment = {**os.environ, "DAGSTER_DISABLE_TELEMETRY": "1", "RADGEN_HOME": str(home or os.devnull)}
    seconds: dict[str, list[float]] = {name: [] for name in KINDS}
    at_work: dict[str, list[float]] = {name: [] for name in KINDS}
    modules: dict[str, set[str]] = {}
    for number in range(rounds + 1):
        for name, deed in KINDS.items():
            command = [sys.executable, "-c", TIMED.format(deed=deed)]
            answer = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
            took, worked, imported = json.loads(answer.stdout.splitlines()[-1])
            modules[name] = set(imported)
            if number:
                seconds[name].append(took)
                at_work[name].append(worked)
    return seconds, at_work, modules


if __name__ == "__main__":
    main()
