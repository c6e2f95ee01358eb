"""95 % intervals cover the truth in 93 to 97 % of 1,000 simulated cohorts, and docs/methods.md tells what was found."""

from __future__ import annotations

import json

import pytest

from radgen_assets_tests.science.coverage import KEPT, simulate


@pytest.fixture(scope="module")
def simulated() -> dict[str, dict]:
    return {each.estimate: vars(each) for each in simulate()}


@pytest.mark.slow
@pytest.mark.parametrize("estimate", [row["estimate"] for row in json.loads(KEPT.read_text(encoding="utf-8"))])
def test_intervals_of_95_percent_cover_the_truth_in_93_to_97_percent(simulated: dict[str, dict], estimate: str):
    assert 0.93 <= simulated[estimate]["covered"] <= 0.97


@pytest.mark.slow
def test_the_page_tells_what_is_found(simulated: dict[str, dict]):
    """Another processor may round one interval of a thousand to the other side."""
    kept = {row["estimate"]: row for row in json.loads(KEPT.read_text(encoding="utf-8"))}
    assert kept.keys() == simulated.keys()
    for name, row in kept.items():
        assert row["covered"] == pytest.approx(simulated[name]["covered"], abs=0.002), name
