"""Batch correction with the label among its covariates finds what is not there; docs/expression.md tells how much."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from radgen_assets_tests.science.expression.batch import optimism
from radgen_assets_tests.science.expression.batch.optimism import (
    AS_PUBLISHED,
    BALANCES,
    IN_DESIGN,
    IN_FOLDS,
    NONE,
    WITH_LABEL,
    WITHIN,
    Found,
    measure,
    tables,
)

PAGE = Path(__file__).resolve().parents[4] / "docs/expression.md"
UNEVEN = "10, 50, 90 %"


@pytest.fixture(scope="module")
def few() -> dict[str, Found]:
    """Six draws at sites whose share of cases differs most."""
    return {way: row for (_, way), row in measure(6, (UNEVEN,)).items()}


def test_permuted_labels_are_predicted_after_combat_as_published(few):
    assert few[AS_PUBLISHED].auc > 0.7
    assert few[AS_PUBLISHED].share > 0.1


def test_permuted_labels_are_not_predicted_when_the_fit_stays_in_the_folds(few):
    assert few[IN_FOLDS].auc == pytest.approx(0.5, abs=0.08)
    assert few[IN_FOLDS].auc_site == pytest.approx(0.5, abs=0.08)


def test_correction_apart_in_each_class_makes_the_classes(few):
    assert few[WITHIN].auc > 0.95
    assert few[WITHIN].share > 0.4
    assert few[WITHIN].real_new < 0.65


def test_the_site_in_the_design_keeps_the_size_of_a_test(few):
    assert few[IN_DESIGN].share == pytest.approx(0.05, abs=0.03)
    assert few[NONE].share > 0.4


def test_labels_of_the_training_folds_alone_are_enough_to_let_the_site_in(few):
    assert few[WITH_LABEL].auc > 0.75


@pytest.mark.slow
def test_the_page_tells_what_is_found():
    """Another processor may round a mean over 50 draws, or a draw, to the other side."""
    told = _cells(PAGE.read_text(encoding="utf-8"))
    found = _cells(tables(measure()))
    assert told.keys() == found.keys()
    assert len(found) == 7 * len(BALANCES)
    for place, cells in found.items():
        assert [cell is None for cell in told[place]] == [cell is None for cell in cells], place
        numbers = [cell for cell in cells if cell is not None]
        assert [cell for cell in told[place] if cell is not None] == pytest.approx(numbers, abs=0.02), place


def test_the_page_holds_the_tables_of_the_command():
    """The fast half of the rule: every way at every balance has a row."""
    told = _cells(PAGE.read_text(encoding="utf-8"))
    ways = [vars(optimism)[name] for name in dir(optimism) if name.isupper() and isinstance(vars(optimism)[name], str)]
    assert set(told) == {(balance, way) for balance in BALANCES for way in ways}


def _cells(text: str) -> dict[tuple[str, str], list[float | None]]:
    """(balance, way) -> numbers of its row, shares as such."""
    found: dict[tuple[str, str], list[float | None]] = {}
    balance = ""
    for line in text.splitlines():
        if start := re.match(r"Cases at the three sites: \*\*(.*)\*\*", line):
            balance = start.group(1)
        elif line.startswith("## "):
            balance = ""
        elif balance and line.startswith("| ") and not line.startswith(("| |", "| ---")):
            way, *cells = (cell.strip() for cell in line.strip().strip("|").split("|"))
            found[balance, way] = [_number(cell) for cell in cells]
    return found


def _number(cell: str) -> float | None:
    if not cell:
        return None
    return float(cell.removesuffix("%").strip()) / (100 if cell.endswith("%") else 1)
