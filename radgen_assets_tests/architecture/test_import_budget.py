"""Loading the definitions imports nothing heavy: the code server, every run's process and `dagster` commands do it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

BANNED = (
    "torch", "monai", "radiomics", "SimpleITK", "ants", "mlflow", "sklearn", "scipy", "pandas", "pandera",
    "distributed", "dbt", "matplotlib",
)  # fmt: skip
CLI_BANNED = (*BANNED, "dagster", "sqlalchemy", "nibabel", "duckdb")

MODULES = "import json, sys; {deed}; print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))"
ANCHORS = "import dagster, dagster_dbt"
LOAD = f"{ANCHORS}; from radgen_assets.definitions import definitions; definitions().get_repository_def()"


def test_loading_the_definitions_imports_none_of_the_banned_packages():
    """What dagster and dagster_dbt drag in themselves is excepted; it is read off, not listed."""
    added = modules_after(LOAD) - modules_after(ANCHORS)
    assert added & set(BANNED) == set()


def test_loading_a_home_with_studies_imports_none_of_the_banned_packages(tmp_path):
    """Studies are read from TOML when the definitions are loaded."""
    (tmp_path / "radgen.toml").write_text("")
    (tmp_path / "studies").mkdir()
    (tmp_path / "studies" / "first.toml").write_text(STUDY)
    script = (
        f"{LOAD}; import dagster as dg; "
        "assert dg.AssetKey(['models', 'first', 'idh']) in definitions().resolve_asset_graph().get_all_asset_keys()"
    )
    added = modules_after(script, home=str(tmp_path)) - modules_after(ANCHORS)
    assert added & set(BANNED) == set()


def test_the_command_line_shows_its_help_without_importing_what_it_starts():
    """`radgen --help` answers at once; each command imports what it needs when it is called."""
    assert modules_after("import radgen_assets.cli.main") & set(CLI_BANNED) == set()


@pytest.mark.parametrize(
    "settings", ["radiomics.settings", "imaging.settings", "expression.settings", "deep.settings", "phantom.settings"]
)
def test_settings_of_a_science_room_are_light(settings):
    """Assets name their settings classes when the definitions are loaded."""
    assert modules_after(f"import radgen_assets.science.{settings}") & set(BANNED) == set()


def test_the_budget_sees_a_banned_import():
    """The test above must be able to fail."""
    assert "scipy" in modules_after("import scipy.stats")


def modules_after(deed: str, home: str = os.devnull) -> set[str]:
    """Top-level modules that a fresh process holds after `deed`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("RADGEN_", "COV_"))}
    environment |= {"RADGEN_HOME": home, "DAGSTER_DISABLE_TELEMETRY": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", MODULES.format(deed=deed)], capture_output=True, text=True, env=environment, check=False
    )
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout.splitlines()[-1]))


STUDY = """\
name = "first"
title = "First"
question = "Is it so?"
[roles]
train = ["site_a"]
[blocks.clinical]
kind = "clinical"
columns = ["age_years"]
[[fits]]
name = "idh"
kind = "classification"
outcome = "idh_status"
positive = "mutant"
blocks = ["clinical"]
[[contrasts]]
name = "genes"
column = "idh_status"
level = "mutant"
reference = "wildtype"
"""
