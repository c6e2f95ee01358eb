"""Setting up begins with a look at the machine that names the Debian package of whatever is missing.

Absence is made, not pretended: the check runs with a PATH that holds only some of this machine's commands.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CHECK = Path(__file__).resolve().parents[2] / "scripts" / "check_machine.sh"
NEEDED = ("sh", "make", "cc", "mktemp", "rm", "as", "ld")
PYTHON = "#!/bin/sh\n{answer}\n"


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A folder of commands: what the check needs, and this test's Python as python3."""
    if shutil.which("cc") is None or shutil.which("make") is None:
        pytest.skip("a C compiler and make are not here: what is tested is what happens when they are taken away")
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        if found:
            (folder / name).symlink_to(found)
    write(folder / "python3", f'exec "{sys.executable}" "$@"')
    return folder


def test_a_machine_that_has_everything_passes_in_silence(commands):
    assert check(commands) == (0, "")


@pytest.mark.parametrize(
    ("command", "package"), [("make", "make"), ("cc", "gcc"), ("python3", "python3 python3-venv python3-dev")]
)
def test_a_missing_command_is_named_with_its_package(commands, command, package):
    (commands / command).unlink()
    code, said = check(commands)
    assert code == 1
    assert f"apt-get install {package}" in said


def test_a_python_without_venv_names_python3_venv(commands):
    write(commands / "python3", f'case "$2" in *ensurepip*) exit 1;; esac; exec "{sys.executable}" "$@"')
    code, said = check(commands)
    assert code == 1
    assert "apt-get install python3-venv" in said


def test_a_python_without_headers_names_python3_dev(commands, tmp_path):
    write(commands / "python3", f'case "$2" in *include*) echo {tmp_path}; exit;; esac; exec "{sys.executable}" "$@"')
    code, said = check(commands)
    assert code == 1
    assert "apt-get install python3-dev" in said


def test_a_compiler_without_the_c_library_names_libc6_dev(commands):
    (commands / "cc").unlink()
    write(commands / "cc", "exit 1")
    code, said = check(commands)
    assert code == 1
    assert "apt-get install libc6-dev" in said


@pytest.mark.parametrize("version", ["3.10", "3.13"])
def test_a_python_outside_the_pins_is_refused_by_its_version(commands, version):
    write(commands / "python3", f'case "$1" in -V) echo "Python {version}.1"; exit;; esac; exit 1')
    code, said = check(commands)
    assert code == 1
    assert f"Python {version}.1, expected Python 3.11 or 3.12" in said


def test_all_that_is_missing_is_named_at_once(commands):
    (commands / "make").unlink()
    (commands / "cc").unlink()
    said = check(commands)[1]
    assert said.count("Missing:") == 2


def check(commands: Path) -> tuple[int, str]:
    done = subprocess.run(
        ["/bin/sh", str(CHECK)], env={"PATH": str(commands)}, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr + done.stdout


def write(path: Path, answer: str) -> None:
    path.write_text(PYTHON.format(answer=answer))
    path.chmod(0o755)
