"""Time `radgen run` where nothing has changed since the last one, and where one patient is new.

    python benchmarks/no_change.py [--quick] [--json FILE] [--markdown FILE] [--patients N] [--home FOLDER] [--rounds N]

With --home: that home, which must be up to date; its second run is timed, nothing is added to it. Without: phantoms
of 32^3 voxels, features of the original images alone, brought up to date first (patients and their tables, no
encoder, no studies). `radgen --help` beside it shows what a process costs that does nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring.goals import Report, parser_of

from radgen_assets.resources.home import Home, make_home
from radgen_assets.science.phantom.settings import PhantomSettings
from radgen_assets.stewardship.phantom_home import write_phantom_home

RADGEN = "from radgen_assets.cli.main import main; main()"
BOUND = 10.0
LINKS = ("register", "home", "patients", "cohorts", "gather", "tables")
SETTINGS = """
train_encoder_when_missing = false

[settings.radiomics]
image_types = ["original"]
"""


def main() -> None:
    """Measure, print the table and the goals."""
    parser = parser_of(__doc__)
    parser.add_argument("--patients", type=int, help="default: 64")
    parser.add_argument("--home", type=Path, help="a home that is up to date; default: one made of phantoms")
    parser.add_argument("--rounds", type=int, help="default: 5")
    asked = parser.parse_args()
    n = asked.patients or (4 if asked.quick else 64)
    rounds = asked.rounds or (1 if asked.quick else 5)
    if asked.home:
        report = Report(f"A run on unchanged data: the home {asked.home.name}")
        unchanged(report, asked.home, (), rounds)
    else:
        report = Report(f"A run on unchanged data: {n} phantoms of 32^3")
        with tempfile.TemporaryDirectory() as folder:
            phantoms(report, Path(folder), n, rounds)
    report.finish(asked)


def phantoms(report: Report, folder: Path, n: int, rounds: int) -> None:
    """First run, runs on unchanged data, a run with one patient more."""
    settings = PhantomSettings.benchmark(n + 1, 32)
    home = make_home(folder / "home")
    write_phantom_home(home.root, folder / "sources", settings)
    shutil.rmtree(home.studies_folder)
    home.studies_folder.mkdir()
    home.toml.write_text(home.toml.read_text().replace("\n# [settings", f"\n{SETTINGS}\n# [settings", 1))
    newcomer = hide_one_patient(folder)
    first, said = run(home.root, LINKS)
    assert said["patients_computed"] == n, said
    report.figure("first run", first, "s")
    unchanged(report, home.root, LINKS, rounds)
    for hidden, place in newcomer:
        shutil.move(hidden, place)
    seconds, said = run(home.root, LINKS)
    assert said["patients_computed"] == 1, said
    report.figure("a run with one new patient", seconds, "s")


def hide_one_patient(folder: Path) -> list[tuple[Path, Path]]:
    """Take the last patient's files away; returns where they lie and where they belong."""
    root = folder / "sources" / "training_site"
    last = sorted(path.name for path in root.glob("sub-*"))[-1]
    places = [path for path in root.rglob(last) if path.is_dir()]
    moved = []
    for number, place in enumerate(places):
        hidden = folder / f"hidden_{number}"
        shutil.move(place, hidden)
        moved.append((hidden, place))
    return moved


def unchanged(report: Report, home: Path, links: tuple[str, ...], rounds: int) -> None:
    """Runs that have nothing to do, and processes that do nothing."""
    runs, idle = [], []
    for _ in range(rounds):
        seconds, said = run(home, links)
        done = [each for each in said["links"] if each["did"]]
        assert not said["patients_computed"], f"this home was not up to date: {done}"
        assert not done, f"this home was not up to date: {done}"
        runs.append(seconds)
        idle.append(timed([sys.executable, "-c", RADGEN, "--help"])[0])
    with Home.open(home).ledger(read_only=True) as ledger:
        report.figure("patients", len([row for row in ledger.patients() if row.state == "present"]), "")
    report.figure("a run on unchanged data, fastest", min(runs), "s")
    report.figure("a run on unchanged data, slowest", max(runs), "s")
    report.figure("radgen --help, fastest", min(idle), "s")
    report.note("Planning 15 assets of 2,000 patients: benchmarks/ledger.py, goal ledger_plan_seconds.")
    report.goal("no_change_seconds", min(runs), BOUND)


def run(home: Path, links: tuple[str, ...]) -> tuple[float, dict[str, Any]]:
    """`radgen run`; its seconds and what it said."""
    only = [word for link in links for word in ("--only", link)]
    seconds, output = timed([sys.executable, "-c", RADGEN, "run", *only, "--json", "--home", str(home)])
    return seconds, dict(json.loads(output))


def timed(command: list[str]) -> tuple[float, str]:
    """Seconds of a process from its start to its end, and its output."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RADGEN_", "DAGSTER_"))}
    environment["DAGSTER_DISABLE_TELEMETRY"] = "1"
    began = time.perf_counter()
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - began
    if answer.returncode != 0:
        raise SystemExit(f"{' '.join(command[3:])} failed:\n{answer.stdout}\n{answer.stderr}")
    return seconds, answer.stdout


if __name__ == "__main__":
    main()
