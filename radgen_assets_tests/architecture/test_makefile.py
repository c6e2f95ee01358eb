"""The Makefile and CI's script do what the README says, and a second set-up installs nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ("setup", "demo", "test", "lint", "bench", "gallery", "help")


def dry_run(*arguments: str, folder: Path = ROOT) -> str:
    """What make would do."""
    if shutil.which("make") is None:
        pytest.skip("make is not here")
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "RADGEN_HOME")}
    done = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", *arguments],
        cwd=folder, capture_output=True, text=True, check=True, env=environment,
    )  # fmt: skip
    return done.stdout


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """The build's files as in a clean clone."""
    for name in ("Makefile", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_that_the_readme_knows_exists(target):
    assert dry_run(target)


@pytest.mark.parametrize("target", TARGETS)
def test_help_names_every_target(target):
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"make {target}" in shown


def test_a_clean_clone_installs_numpy_then_pyradiomics_then_the_rest_under_the_constraints(fresh):
    """pyradiomics compiles against an installed numpy; torch comes before what would ask for another build of it."""
    lines = [line for line in dry_run("setup", folder=fresh).splitlines() if "pip install" in line]
    assert all("--constraint constraints.txt" in line for line in lines)
    order = [next(n for n, line in enumerate(lines) if word in line) for word in ("numpy", "pyradiomics", "--editable")]
    assert order == sorted(set(order))
    assert "torch" in lines[order[0]]
    assert "--no-build-isolation" in lines[order[1]]


def test_the_machine_is_checked_before_anything_is_installed(fresh):
    lines = dry_run("setup", folder=fresh).splitlines()
    looked = next(n for n, line in enumerate(lines) if "check_machine.sh" in line)
    assert looked < next(n for n, line in enumerate(lines) if "venv" in line and "-m" in line)


def test_a_second_setup_installs_nothing(fresh):
    stamps = fresh / ".venv" / "stamps"
    stamps.mkdir(parents=True)
    for name in ("made", "built_against", "pyradiomics", "packages"):
        (stamps / name).touch()
    assert "pip install" not in dry_run("setup", folder=fresh)


def test_a_changed_constraint_installs_again(fresh):
    stamps = fresh / ".venv" / "stamps"
    stamps.mkdir(parents=True)
    for name in ("made", "built_against", "pyradiomics", "packages"):
        (stamps / name).touch()
        os.utime(stamps / name, (1_000_000_000, 1_000_000_000))
    assert "pip install" in dry_run("setup", folder=fresh)


def test_torch_is_pinned_so_that_no_other_build_is_pulled_in():
    assert any(line.startswith("torch==") for line in (ROOT / "constraints.txt").read_text().splitlines())


def test_ci_runs_make_test_and_can_be_executed():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().rstrip().endswith("make test")
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
