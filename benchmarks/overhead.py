"""Time the platform against a bare loop over the same science functions that writes the same files.

    python benchmarks/overhead.py [--quick] [--json FILE] [--markdown FILE]
                                  [--patients N] [--size VOXELS] [--workers N] [--rounds N] [--folder FOLDER]
                                  [--engine fast|pyradiomics]

Phantoms with four sequences and a mask go from raw/scans to features/radiomics with default settings:
`radgen run --only register --only patients` (hashes of all sources, plan, Dagster run, ledger on SQLite, lake flushed
to disk) and benchmarks/measuring/bare_loop.py, each in a process of its own from its start to its end, on the same
number of processes. Rounds begin with the one and with the other in turn, so that a drift of the machine hits both.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from measuring.goals import Report, parser_of

from radgen_assets.defs.catalogue import PATIENT_CHAIN
from radgen_assets.resources.home import Home, make_home
from radgen_assets.science.phantom.settings import PhantomSettings
from radgen_assets.stewardship.phantom_home import write_phantom_home

COHORT = "training_site"
BARE_LOOP = Path(__file__).parent / "measuring" / "bare_loop.py"
RADGEN = "from radgen_assets.cli.main import main; main()"
RATIO_BOUND = 1.10
MS_BOUND = 100.0


def main() -> None:
    """Measure, print the table and the goals."""
    parser = parser_of(__doc__)
    parser.add_argument("--patients", type=int)
    parser.add_argument("--size", type=int, help="voxels along each axis")
    parser.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="an empty folder to work in; default: a temporary one")
    parser.add_argument("--engine", choices=("fast", "pyradiomics"), default="fast", help="of radiomics, in both arms")
    asked = parser.parse_args()
    n = asked.patients or (6 if asked.quick else 64)
    size = asked.size or (48 if asked.quick else 128)
    report = Report(
        f"Platform overhead: {n} phantoms of {size}^3, four sequences and a mask, {asked.engine} engine, "
        f"{asked.workers} workers"
    )
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        measured = measure(Path(folder), n, size, asked)
    tell(report, measured, n, asked)
    report.finish(asked)


@dataclass
class Measured:
    """Seconds of every run.

    alone : wall-clock of the platform on one patient; `alone_computing` what the asset's functions took in it
    computing : seconds inside the assets' functions by asset, over all patients of the last platform run
    link : seconds of the last run's Dagster run, without start-up, registration and planning
    """

    platform: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    alone: float = 0.0
    alone_computing: float = 0.0
    computing: dict[str, float] = field(default_factory=dict)
    link: float = 0.0
    n_files: int = 0
    n_bytes: int = 0
    workers: int = 1


def measure(folder: Path, n: int, size: int, asked: argparse.Namespace) -> Measured:
    """Write the phantoms, run both in turn, compare what they wrote."""
    measured = Measured(workers=asked.workers)
    for name, number in (("one", 1), ("all", n)):
        say(f"writing {number} phantom(s) of {size}^3")
        home = make_home(folder / name / "template")
        write_phantom_home(home.root, folder / name / "sources", PhantomSettings.benchmark(number, size))
        with home.toml.open("a", encoding="utf-8") as toml:
            toml.write(f'\n[settings.radiomics]\nengine = "{asked.engine}"\n')
    alone = run_platform(folder / "one", asked.workers)
    measured.alone, measured.alone_computing = alone.seconds, sum(alone.computing.values())
    shutil.rmtree(folder / "one")
    for number in range(asked.rounds):
        digests: dict[str, dict[str, str]] = {}
        for arm in ("platform", "bare") if number % 2 == 0 else ("bare", "platform"):
            say(f"round {number + 1} of {asked.rounds}: {arm}")
            if arm == "platform":
                ran = run_platform(folder / "all", asked.workers)
                measured.platform.append(ran.seconds)
                measured.computing, measured.link = ran.computing, ran.link
                digests[arm] = files_of_lake(ran.home)
            else:
                seconds, output = run_bare(folder / "all", asked.workers, asked.engine)
                measured.bare.append(seconds)
                digests[arm] = files_of_loop(output)
                measured.n_files = len(digests[arm])
                measured.n_bytes = sum(path.stat().st_size for path in output.rglob("*") if path.is_file())
            clear(folder / "all")
        refuse_differences(digests["platform"], digests["bare"])
    return measured


@dataclass(frozen=True)
class Ran:
    """One pass of the platform."""

    home: Home
    seconds: float
    link: float
    computing: dict[str, float]


def run_platform(folder: Path, workers: int) -> Ran:
    """A first pass over the sources in a fresh copy of the home."""
    home_folder = folder / "home"
    shutil.copytree(folder / "template", home_folder)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RADGEN_", "DAGSTER_"))}
    environment |= {"RADGEN_WORKERS": str(workers), "DAGSTER_DISABLE_TELEMETRY": "1"}
    command = [sys.executable, "-c", RADGEN, "run", "--only", "register", "--only", "patients", "--json"]
    began = time.perf_counter()
    answer = subprocess.run(
        [*command, "--home", str(home_folder)], env=environment, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - began
    if answer.returncode != 0:
        raise SystemExit(f"radgen run failed:\n{answer.stdout}\n{answer.stderr}")
    said = json.loads(answer.stdout)
    home = Home.open(home_folder)
    computing: dict[str, float] = defaultdict(float)
    with home.ledger(read_only=True) as ledger:
        for asset in PATIENT_CHAIN:
            for record in ledger.current(asset.key).values():
                if record.state == "skipped":  # by right: nobody drew these tumours a second time
                    continue
                if record.state != "done":
                    raise SystemExit(f"{record.key}, {asset.key}: {record.state}: {record.reason}")
                computing[asset.key] += record.seconds
    link = next(each for each in said["links"] if each["link"] == "patients")
    return Ran(home, seconds, float(link["seconds"]), dict(computing))


def run_bare(folder: Path, workers: int, engine: str) -> tuple[float, Path]:
    """The loop over the same sources; its seconds and where it wrote."""
    output = folder / "output"
    cohort = folder / "template" / "cohorts" / f"{COHORT}.toml"
    began = time.perf_counter()
    subprocess.run([sys.executable, str(BARE_LOOP), str(cohort), str(output), str(workers), engine], check=True)
    return time.perf_counter() - began, output


def files_of_lake(home: Home) -> dict[str, str]:
    """SHA-256 by "asset/key/file" of all that the ledger says was made."""
    digests = {}
    with home.ledger(read_only=True) as ledger:
        for asset in PATIENT_CHAIN:
            for key, record in ledger.current(asset.key).items():
                digests |= {f"{asset.key}/{key}/{each.name}": each.sha256 for each in record.files}
    return digests


def files_of_loop(output: Path) -> dict[str, str]:
    """The same of what the loop wrote."""
    paths = [path for path in output.rglob("*") if path.is_file()]
    return {str(path.relative_to(output)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def refuse_differences(platform: dict[str, str], bare: dict[str, str]) -> None:
    """Both must have written the same files; those of raw/scans hold the sources' hashes, which the loop lacks."""
    different = list(platform.keys() ^ bare.keys())
    different += [name for name in platform.keys() & bare.keys() if platform[name] != bare[name]]
    different = [name for name in different if not name.startswith("raw/scans/")]
    if different:
        raise SystemExit(f"{len(different)} files differ between platform and loop, e.g. {sorted(different)[0]}")


def clear(folder: Path) -> None:
    """Remove what a run wrote and let the disk come to rest, so that the next one does not pay for it."""
    for name in ("home", "output"):
        shutil.rmtree(folder / name, ignore_errors=True)
    os.sync()


def tell(report: Report, measured: Measured, n: int, asked: argparse.Namespace) -> None:
    """Figures and goals."""
    n_pairs = n * len(measured.computing)
    rounds = len(measured.bare)
    platform, bare = sum(measured.platform) / rounds, sum(measured.bare) / rounds
    fixed = measured.alone - measured.alone_computing
    computing = sum(measured.computing.values())
    report.figure("bare loop, mean of rounds", bare, "s")
    report.figure("platform, mean of rounds", platform, "s")
    for name, values in (("bare loop", measured.bare), ("platform", measured.platform)):
        report.figure(f"{name}, fastest and slowest", min(values), f"to {max(values):.4g} s")
    report.figure("platform / bare loop", platform / bare, "")
    report.figure("fixed: a pass on 1 patient less its computing", fixed, "s")
    report.figure(
        "a patient and asset more than the loop, fixed part included", 1000 * (platform - bare) / n_pairs, "ms"
    )
    report.figure(
        "a patient and asset more than the loop, beyond the fixed part",
        1000 * (platform - bare - fixed) / n_pairs,
        "ms",
    )
    report.figure("of the platform: outside the Dagster run of the patients", platform - measured.link, "s")
    report.figure(
        "of the workers' time in that run: in assets' functions", computing / measured.link / measured.workers, ""
    )
    for asset, seconds in measured.computing.items():
        report.figure(f"  {asset}, a patient", seconds / n, "s")
    report.figure("files written by each", measured.n_files, f"{measured.n_bytes / 2**20:.0f} MiB")
    if asked.quick:
        report.note(
            "--quick: so little is computed that the fixed part decides; the goal of the ratio is for 64 of 128^3."
        )
    report.note("All files but the two of raw/scans (which hold the sources' hashes) were compared: equal bytes.")
    report.goal("overhead_ratio", platform / bare, RATIO_BOUND)
    report.goal("overhead_ms_per_pair", 1000 * (platform - bare) / n_pairs, MS_BOUND)


def say(text: str) -> None:
    """Progress, beside the output."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
