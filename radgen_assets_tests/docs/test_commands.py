"""Every command that a page shows exists, parses, and does what it says on a small home."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.exceptions import TyperException
from typer.testing import CliRunner

from radgen_assets.cli.main import app
from radgen_assets.contracts.errors import RadgenError
from radgen_assets_tests.docs.pages import PAGES, ROOT, Command, commands

COMMANDS = commands()
OTHER_PROGRAMS = {"source", "export", "cp", "sha256sum", "docker"}  # of the shell, or of a machine that has an engine
SECONDS = ("init", "doctor", "status", "report", "cohort", "study", "audit")  # what answers at once


def radgen_commands(*verbs: str) -> list[Command]:
    """Commands of radgen, each once, of these verbs; none: all."""
    seen = {each.line: each for each in COMMANDS if each.program == "radgen" and (not verbs or each.words[1] in verbs)}
    return list(seen.values())


def of_tree(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of the command line, groups included."""
    yield words
    for name, each in getattr(command, "commands", {}).items():
        yield from of_tree(each, (*words, name))


def parse(command: Any, words: list[str]) -> None:
    """Read a command line as radgen would, without doing anything; raises TyperException for a wrong use."""
    context = command.make_context("radgen", list(words))
    while hasattr(command, "commands"):
        _, command, words = command.resolve_command(context, context._protected_args + context.args)
        context = command.make_context(str(command.name), list(words), parent=context)


# what the pages show


def test_the_pages_show_commands():
    """If the collector broke, all that follows would pass over nothing."""
    assert len(COMMANDS) > 30
    assert {"radgen", "make", "python"} <= {each.program for each in COMMANDS}


@pytest.mark.parametrize("command", radgen_commands(), ids=str)
def test_every_radgen_command_of_a_page_parses(command):
    """Command, arguments and options exist."""
    parse(typer.main.get_command(app), command.words[1:])


@pytest.mark.parametrize("line", ["radgen walk", "radgen run --quickly", "radgen cohort check"])
def test_a_command_that_is_not_there_is_seen(line):
    """The rule above must be able to fail."""
    with pytest.raises(TyperException):
        parse(typer.main.get_command(app), shlex.split(line)[1:])


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.program == "make"], ids=str)
def test_every_make_target_of_a_page_exists(command):
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(command.words[1:]) <= set(targets)


@pytest.mark.parametrize("command", [each for each in COMMANDS if each.program == "python"], ids=str)
def test_every_module_or_program_that_python_is_shown_to_run_exists(command):
    words = command.words[1:]
    if words[0] == "-m":
        assert find_spec(words[1]) is not None
    else:
        assert (ROOT / words[0]).is_file()
    for path in (word for word in words[2:] if "/" in word):
        assert (ROOT / path).exists(), path


def test_nothing_else_is_shown_than_what_can_be_checked():
    programs = {each.program for each in COMMANDS} - {"radgen", "make", "python"}
    assert programs <= OTHER_PROGRAMS


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_named_in_running_text_exist(page):
    """`radgen xyz` in a sentence is a promise as well."""
    tree = typer.main.get_command(app)
    for words in re.findall(r"`radgen ((?:[a-z]+ ?)+)", page.read_text()):
        command = tree
        for word in words.split():
            if not hasattr(command, "commands"):
                break
            assert word in command.commands, f"radgen {words}"
            command = command.commands[word]


# what they do


@pytest.fixture(scope="module")
def small_home(tmp_path_factory) -> Path:
    """A home with a few very small phantom patients, nothing computed."""
    from radgen_assets.stewardship.demo_home import make_demo_home

    folder = tmp_path_factory.mktemp("walk") / "home"
    make_demo_home(folder, tiny=True, variant="planted", tell=lambda text: None)
    return folder


def answer(words: list[str], home: Path) -> tuple[int, str]:
    """Exit code and text of a command on `home`, in this process."""
    environment = {"RADGEN_HOME": str(home), "DAGSTER_HOME": str(home / "dagster"), "COLUMNS": "200"}
    result = CliRunner().invoke(app, without_home(words), env=environment)
    if isinstance(result.exception, RadgenError):
        return 1, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def without_home(words: list[str]) -> list[str]:
    """The words without `--home FOLDER`, since the test brings its own."""
    if "--home" not in words:
        return words
    at = words.index("--home")
    return [*words[:at], *words[at + 2 :]]


@pytest.mark.parametrize("words", list(of_tree(typer.main.get_command(app))), ids=" ".join)
def test_every_command_explains_itself(words, small_home):
    """--help of all of them, the groups' and that of radgen itself included."""
    code, text = answer([*words, "--help"], small_home)
    assert code == 0
    assert "Usage" in text


@pytest.mark.parametrize("command", radgen_commands(*SECONDS), ids=str)
def test_what_answers_at_once_answers_on_a_small_home(command, small_home):
    """0: done; 1: found trouble, or something must be made first; 2 would mean that the page shows a wrong use."""
    named = [word for word in command.words if word.startswith("examples/")]
    if any(not (ROOT / word).exists() for word in named):
        pytest.skip(f"{named[0]} is not there")
    if named and not (ROOT.parent / "shared" / "data").is_dir():
        pytest.skip("the real data that the example declares (../shared/data) are not beside this checkout")
    code, text = answer(command.words[1:], small_home)
    assert code in (0, 1), text
    assert text.strip()


@pytest.mark.slow
@pytest.mark.stack
def test_the_demo_and_every_run_of_a_page_work_on_a_tiny_home(tmp_path):
    """`radgen demo`, then each `radgen run` that a page shows, then what asks about it, each its own process."""
    home = tmp_path / "home"
    runs = {tuple(without_home(each.words[1:])) for each in radgen_commands("run")}
    known = sorted(words for words in runs if not any("brats_18" in word or "tcga_lgg" in word for word in words))
    assert len(known) > 3
    first = whole_process(["demo", "--tiny"], home)
    assert "Report: " in first
    assert f"radgen ui --home {home}" in first
    for words in known:
        whole_process(list(words), home)
    assert "phantom_first.html" in whole_process(["report", "phantom_first"], home, expected=(0,))
    assert "features/radiomics" in whole_process(["audit", "why", "features/radiomics", "training_site.TS001"], home)


def whole_process(words: list[str], home: Path, expected: tuple[int, ...] = (0, 1)) -> str:
    """Run radgen as its own process; 1 is expected where the phantom's faults are named."""
    environment = {**os.environ, "RADGEN_HOME": str(home)}
    radgen = str(Path(sys.executable).parent / "radgen")
    done = subprocess.run([radgen, *words], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode in expected, done.stdout + done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    return done.stdout
