"""P values where nothing differs: uniform in made data, and in real tumours what docs/expression.md says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from radgen_assets_tests.science.expression.null_calibration import (
    HALLMARK,
    HEADING,
    MADE,
    REAL,
    Calibration,
    calibrate,
    kept,
    section,
)
from radgen_assets_tests.science.expression.null_labels import N_NULLS, made_nulls, real_nulls

PAGE = Path(__file__).resolve().parents[3] / "docs" / "expression.md"
TOO_SMALL = {
    "DESeq2, Wald",
    f"over-representation, {HALLMARK}",
    f"pre-ranked, simple, {HALLMARK}",
}  # P, in real tumours


@pytest.fixture(scope="module")
def made() -> dict[str, Calibration]:
    return {row.test: row for row in calibrate(made_nulls(), MADE)}


@pytest.fixture(scope="module")
def real(shared_data) -> dict[str, Calibration]:
    return {row.test: row for row in calibrate(real_nulls(shared_data), REAL)}


@pytest.mark.slow
def test_p_values_are_uniform_over_200_made_nulls(made):
    assert all(row.n_nulls == N_NULLS for row in made.values())
    assert {test: row.ks_p for test, row in made.items() if row.ks_p < 0.01} == {}


@pytest.mark.slow
def test_one_p_in_twenty_is_below_five_percent_in_made_nulls(made):
    """Over-representation has few values to choose from, and never more than its share below."""
    shares = {test: row.below_5 for test, row in made.items()}
    discrete = [shares.pop(test) for test in list(shares) if test.startswith("over-representation")]
    assert {test: share for test, share in shares.items() if not 0.042 < share < 0.06} == {}
    assert max(discrete) < 0.05


@pytest.mark.slow
def test_little_is_found_at_a_false_discovery_rate_of_5_percent_in_made_nulls(made):
    assert {test: row.found for test, row in made.items() if row.found > 0.12} == {}


@pytest.mark.slow
@pytest.mark.real
def test_in_real_tumours_the_tests_that_hold_are_those_that_the_page_names(real):
    holding = {test: row for test, row in real.items() if test not in TOO_SMALL}
    assert {test: row.ks_p for test, row in holding.items() if row.ks_p < 0.01} == {}
    assert {test: row.below_5 for test, row in holding.items() if row.below_5 > 0.06} == {}
    assert {test: real[test].below_5 for test in TOO_SMALL if real[test].below_5 < 0.065} == {}


@pytest.mark.slow
@pytest.mark.real
def test_what_was_kept_for_the_page_is_what_is_measured(made, real):
    """If this fails: python -m radgen_assets_tests.science.expression.null_calibration --measure"""
    for row in kept():
        again = (made if row.data == MADE else real)[row.test]
        assert again.below_5 == pytest.approx(row.below_5, abs=0.002), row.test


def test_the_page_prints_what_was_kept():
    """If this fails: python -m radgen_assets_tests.science.expression.null_calibration, into docs/expression.md"""
    after = HEADING + PAGE.read_text(encoding="utf-8").partition(HEADING)[2]
    following = after.find("\n## ", len(HEADING))
    assert (after if following < 0 else after[: following + 1]).strip() == section().strip()
