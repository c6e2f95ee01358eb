"""Names say what a thing is; modules say it in their first line and stay short enough to be read at once."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "radgen_assets"
NAMELESS = re.compile(r"(^|_)(utils?|helpers?|managers?|misc|common|stuff|tools?)(_|$)")
MOST_LINES = 400
WITH_A_FACE = {"radgen_assets/formats/layouts/__init__.py"}  # a room in a room: what others call is find_patients
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.stat().st_size)


def test_no_module_or_folder_is_called_by_what_it_is_not():
    """If utils comes to mind, the thing has no name yet."""
    places = [*PACKAGE.rglob("*"), *(ROOT / "radgen_assets_tests").rglob("*"), *(ROOT / "dbt_like_sql").rglob("*")]
    nameless = [
        str(path.relative_to(ROOT))
        for path in places
        if "__pycache__" not in path.parts and "target" not in path.parts and NAMELESS.search(path.stem.lower())
    ]
    assert nameless == []


@pytest.mark.parametrize("name", ["utils", "cohort_helpers", "manager", "misc", "common_code"])
def test_a_nameless_name_is_seen(name):
    """The rule above must be able to fail."""
    assert NAMELESS.search(name)


def test_the_first_line_of_every_module_says_the_one_thing_it_does():
    """An empty __init__.py says nothing and need not."""
    silent = [str(path.relative_to(ROOT)) for path in MODULES if not path.read_text().startswith('"""')]
    assert silent == []


def test_no_module_is_longer_than_can_be_read_at_once():
    """Split when the first line needs an 'and'."""
    lines = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in MODULES}
    assert {path: n for path, n in lines.items() if n > MOST_LINES} == {}


def test_outside_science_packages_export_nothing():
    """A science room lists its public names; elsewhere names are imported from where they are written."""
    rooms = [path for path in PACKAGE.rglob("__init__.py") if "science" not in path.relative_to(PACKAGE).parts]
    told = [str(path.relative_to(ROOT)) for path in rooms if _imports_or_defines(path)]
    assert set(told) - WITH_A_FACE == set()


def test_all_that_is_public_in_science_has_a_docstring():
    """Its readers are not the ones who wrote it."""
    assert _undocumented(PACKAGE / "science") == []


@pytest.mark.parametrize("room", ["contracts", "lineage", "formats", "resources", "factories", "audit", "stewardship"])
def test_all_that_is_public_in_the_other_rooms_has_a_docstring(room):
    """Methods that need none are private, dunder, or properties named by what they give."""
    assert _undocumented(PACKAGE / room, methods=False) == []


def test_no_file_names_a_machine():
    """What stands in the repository runs anywhere: no home folder, no host of anyone's."""
    told = []
    for path in [*MODULES, *ROOT.glob("docs/**/*.md"), *ROOT.glob("*.md"), ROOT / "Makefile"]:
        told += [f"{path.relative_to(ROOT)}: {found}" for found in re.findall(r"/(?:root|work)/\w+", path.read_text())]
    assert told == []


def _imports_or_defines(path: Path) -> bool:
    statements = ast.parse(path.read_text()).body
    return any(not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant)) for each in statements)


def _undocumented(folder: Path, *, methods: bool = True) -> list[str]:
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found += [f"{path.relative_to(ROOT)}: {name}" for name in _silent(node, methods=methods)]
    return found


def _silent(node: ast.FunctionDef | ast.ClassDef, *, methods: bool) -> list[str]:
    silent = [] if ast.get_docstring(node) else [node.name]
    if isinstance(node, ast.ClassDef) and methods:
        silent += [
            f"{node.name}.{each.name}"
            for each in node.body
            if isinstance(each, ast.FunctionDef)
            and not each.name.startswith("_")
            and not each.decorator_list
            and not ast.get_docstring(each)
        ]
    return silent
