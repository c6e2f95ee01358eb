"""Imports run downwards only; what each room may know is held by the contracts in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "radgen_assets"


def test_every_contract_of_the_floors_is_kept():
    """The same call as `make lint`, so that a plain pytest run shows a broken floor too."""
    checked = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    broken = checked.stdout.partition("Broken contracts")[2]
    assert checked.returncode == 0, broken or checked.stdout + checked.stderr


def test_every_room_stands_on_a_floor():
    """A new room must say on which floor it stands."""
    rooms = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name != "__pycache__"}
    modules = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    floors = next(each for each in _contracts() if each["type"] == "layers")
    on_floors = {name.strip() for layer in floors["layers"] for name in layer.replace(":", "|").split("|")}
    assert rooms | modules == on_floors


def test_lineage_formats_and_science_do_not_know_each_other():
    """The bar is import-linter's sign for siblings that are independent; a colon would let them import each other."""
    floors = next(each for each in _contracts() if each["type"] == "layers")
    assert "lineage | formats | science" in floors["layers"]


def _contracts() -> list[dict[str, object]]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
