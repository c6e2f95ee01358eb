"""The command line: exit codes 0, 1 and 2, messages that say what to do next, JSON where a program may read it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from radgen_assets.cli.later import AUDITS, COMMANDS
from radgen_assets_tests.cli.conftest import Radgen

ALL = ("init", "demo", "run", "ui", "status", "report", "doctor", "cohort add", "cohort check", "cohort list")
WITH_EXAMPLES = (*ALL, "study new", "study check", "audit why")


@pytest.mark.parametrize("command", WITH_EXAMPLES)
def test_every_command_shows_an_example(radgen: Radgen, command: str):
    """A person copies an example sooner than they read options."""
    shown = radgen(*command.split(), "--help")
    assert shown.returncode == 0
    assert "Example" in shown.stdout


@pytest.mark.parametrize("command", [*COMMANDS, *(f"audit {name}" for name in AUDITS)])
def test_what_is_not_in_this_version_says_so(radgen: Radgen, command: str):
    """A word that will come is known, does nothing, and ends as used wrongly."""
    answer = radgen(*command.split())
    assert answer.returncode == 2
    assert "not in this version" in answer.stderr


def test_a_folder_that_is_no_home_names_the_command_that_makes_one(radgen: Radgen, tmp_path: Path):
    answer = radgen("status", home=tmp_path / "nowhere")
    assert answer.returncode == 1
    assert "radgen init --home" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_init_leaves_what_exists_as_it_is(radgen: Radgen, tmp_path: Path):
    """Its secret keys every pseudonym: a second init must not make another."""
    assert radgen("init", home=tmp_path / "home").returncode == 0
    secret = (tmp_path / "home" / "secret").read_bytes()
    assert radgen("init", home=tmp_path / "home").returncode == 0
    assert (tmp_path / "home" / "secret").read_bytes() == secret
    assert oct((tmp_path / "home" / "secret").stat().st_mode & 0o777) == "0o600"


def test_cohort_list_gives_json_for_programs(radgen: Radgen, declared_home: Path):
    rows = json.loads(radgen("cohort", "list", "--json", home=declared_home).stdout)
    assert [row["cohort"] for row in rows] == ["normal_tissue", "training_site"]


def test_cohort_check_tells_images_sheets_and_matrix(radgen: Radgen, declared_home: Path):
    answer = radgen("cohort", "check", "training_site", home=declared_home)
    assert answer.returncode == 0
    assert "images: 8 patients" in answer.stdout
    assert "survival: usable" in answer.stdout
    assert "500 genes x 8 patients, counts" in answer.stdout


def test_a_toml_that_does_not_exist_is_used_wrongly(radgen: Radgen, declared_home: Path):
    answer = radgen("cohort", "add", "nothing.toml", home=declared_home)
    assert answer.returncode == 2
    assert "does not exist" in answer.stderr


def test_a_typo_in_radgen_toml_names_the_nearest_key(radgen: Radgen, tmp_path: Path):
    assert radgen("init", home=tmp_path / "home").returncode == 0
    toml = tmp_path / "home" / "radgen.toml"
    toml.write_text(toml.read_text() + "\n[settings.radiomix]\nbin_width = 10\n")
    answer = radgen("run", home=tmp_path / "home")
    assert answer.returncode == 1
    assert "Did you mean 'radiomics'?" in answer.stderr


def test_a_study_cannot_be_checked_before_the_first_run(radgen: Radgen, declared_home: Path):
    answer = radgen("study", "check", "phantom_first", home=declared_home)
    assert answer.returncode == 1
    assert "radgen run" in answer.stdout


def test_an_unknown_study_names_those_there_are(radgen: Radgen, declared_home: Path):
    answer = radgen("study", "check", "phantom_frist", home=declared_home)
    assert answer.returncode == 2
    assert "phantom_first" in answer.stderr


def test_status_before_the_first_run_says_how_to_begin(radgen: Radgen, declared_home: Path):
    answer = radgen("status", home=declared_home)
    assert answer.returncode == 0
    assert "radgen run" in answer.stdout


def test_doctor_finds_a_new_home_well(radgen: Radgen, declared_home: Path):
    findings = json.loads(radgen("doctor", "--json", home=declared_home).stdout)
    assert {"packages", "disk", "ledger", "cohort training_site"} <= {each["subject"] for each in findings}
    assert [each for each in findings if not each["is_well"]] == []


def test_why_of_something_never_made_names_the_command(radgen: Radgen, declared_home: Path):
    answer = radgen("audit", "why", "models/phantom_first/idh_status", home=declared_home)
    assert answer.returncode == 1
    assert "radgen run" in answer.stderr
