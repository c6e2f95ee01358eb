"""Every benchmark runs with --quick on a tiny input and says its goals; how fast it was is not judged here."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "benchmarks"
GOAL = re.compile(r"goal [a-z0-9_]+ [0-9.e+-]+ [0-9.e+-]+ (met|missed)")
SMALL = {
    "overhead": (["--patients", "2", "--size", "32", "--rounds", "1"], {"overhead_ratio", "overhead_ms_per_pair"}),
    "events": (["--keys", "3", "--sqlite-keys", "2"], {"events_sqlite_ms_per_pair"}),
    "load_time": (["--rounds", "1"], {"load_time", "load_time_with_repository", "load_banned_imports"}),
    "no_change": (["--patients", "2"], {"no_change_seconds"}),
    "statistics": (
        ["--patients", "80", "--genes", "10"],
        {"univariate_cox_200_times_ours_by_fastest", "univariate_cox_difference_from_statsmodels"},
    ),
    "radiomics": ([], {"radiomics_10_times_radgen_by_pyradiomics", "radiomics_values_beyond_tolerance"}),
}


@pytest.fixture(scope="module", params=SMALL)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[str], Path]:
    """A program's name, what it printed, and the folder with its JSON and markdown."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    command = [sys.executable, str(PROGRAMS / f"{name}.py"), "--quick", *SMALL[name][0]]
    command += ["--json", str(folder / "figures.json"), "--markdown", str(folder / "figures.md")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RADGEN_", "DAGSTER_"))}
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=folder, check=False)
    assert answer.returncode == 0, answer.stdout + answer.stderr
    return name, answer.stdout.splitlines(), folder


@pytest.mark.slow
def test_a_program_ends_with_its_goals(ran: tuple[str, list[str], Path]):
    """One line a goal, which scripts/run_benchmarks.py collects."""
    name, lines, _ = ran
    goals = [line for line in lines if line.startswith("goal ")]
    assert goals
    assert lines[-len(goals) :] == goals
    assert all(GOAL.fullmatch(line) for line in goals), goals
    assert SMALL[name][1] <= {line.split()[1] for line in goals}


@pytest.mark.slow
def test_the_files_hold_what_was_printed(ran: tuple[str, list[str], Path]):
    """docs/performance.md is made of them."""
    _, lines, folder = ran
    figures = json.loads((folder / "figures.json").read_text())
    section = (folder / "figures.md").read_text()
    assert section.startswith(f"## {figures['title']}")
    assert {"date", "cores", "memory_gib", "load_at_start"} <= figures["machine"].keys()
    for goal in figures["goals"]:
        assert f"| {goal['name']} |" in section
        assert any(line.startswith(f"goal {goal['name']} ") for line in lines)
