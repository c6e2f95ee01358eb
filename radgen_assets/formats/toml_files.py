"""Cohort and study TOML files: opened here, understood in contracts/."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.study import Study
from radgen_assets.contracts.toml_models import Model, parse_toml


def read_cohort(path: Path) -> Cohort:
    """The cohort that `path` declares; its name must be the file's stem.

    Raises UnknownKey for a typo in a key, BadInput for anything else that is not as declared. Whether the cohort's
    folder exists is asked by `cohort_root`, so that a cohort whose disk is not mounted can still be listed.
    """
    return _read(Cohort, path)


def read_study(path: Path) -> Study:
    """The study that `path` declares; its name must be the file's stem. Raises as `read_cohort`."""
    return _read(Study, path)


def cohort_root(cohort: Cohort, toml_path: Path) -> Path:
    """The cohort's folder, relative to its TOML file; raises BadInput when there is no such folder."""
    if "$" in cohort.root or cohort.root.startswith("~"):
        raise BadInput(
            toml_path.name,
            "root",
            repr(cohort.root),
            "a path without $ and ~",
            "Write the path out, relative to this file.",
        )
    root = (toml_path.parent / cohort.root).resolve()
    if not root.is_dir():
        found = f"{cohort.root!r}, which is {'a file' if root.exists() else 'not there'}"
        raise BadInput(toml_path.name, "root", found, "a folder that exists", f"Correct root, or mount it as {root}.")
    return root


def _read(model: type[Model], path: Path) -> Model:
    value = parse_toml(model, _text_of(path), path.name)
    name = getattr(value, "name")  # noqa: B009 - both models have one, their common base has not
    if name != path.stem:
        raise BadInput(path.name, "name", repr(name), repr(path.stem), "Name the file after what it declares.")
    return value


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise BadInput(str(path), "file", "nothing", "a TOML file", "Check the path.") from error
    except UnicodeDecodeError as error:
        raise BadInput(path.name, "text", "bytes that are not UTF-8", "UTF-8", "Save the file as UTF-8.") from error
