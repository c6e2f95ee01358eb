"""docs/methods.md lists every statistical function, and its figures are those of the golden tests."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path

import pytest

from radgen_assets_tests.science.agreements.catalogue import NOT_STATISTICS, ROOMS
from radgen_assets_tests.science.agreements.methods_page import MEASURED, page
from radgen_assets_tests.science.agreements.row import all_rows

ROOT = Path(__file__).resolve().parents[2]
LISTED = [method for _, methods in ROOMS for method in methods]
MEASURED_NOW = json.loads(MEASURED.read_text(encoding="utf-8"))


def test_the_page_is_what_the_command_prints():
    """Print it anew with: python -m radgen_assets_tests.science.agreements.methods_page > docs/methods.md"""
    assert (ROOT / "docs" / "methods.md").read_text(encoding="utf-8") == page(MEASURED_NOW)


@pytest.mark.parametrize("room", ["survival", "learning", "agreement", "expression"])
def test_every_public_function_of_a_room_is_listed_once(room: str):
    names = import_module(f"radgen_assets.science.{room}").__all__
    functions = {f"{room}.{name}" for name in names if name[0].islower()}  # types begin with a capital
    listed = [each.function for each in LISTED if each.function.startswith(f"{room}.")]
    assert len(listed) == len(set(listed))
    assert functions - NOT_STATISTICS == set(listed) - {"survival.Outcome"}


def test_every_comparison_belongs_to_a_listed_function_and_was_measured():
    assert {row.function for row in all_rows().values()} <= {each.function for each in LISTED}
    assert set(MEASURED_NOW) == {f"{function}: {quantity}" for function, quantity in all_rows()}


def test_what_was_measured_is_within_its_tolerance():
    """The golden tests assert it anew in every run; this holds the printed figures."""
    for (function, quantity), row in all_rows().items():
        assert MEASURED_NOW[f"{function}: {quantity}"] <= row.tolerance, (function, quantity)


def test_a_function_without_a_reference_says_how_it_is_checked():
    with_rows = {row.function for row in all_rows().values()}
    assert [each.function for each in LISTED if each.function not in with_rows and not each.checked_by] == []
