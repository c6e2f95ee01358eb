"""What benchmarks print: a goal is met at its bound and missed above it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))

from measuring.goals import Goal, Report, shown

NOTHING_ASKED = argparse.Namespace(json=None, markdown=None)


@pytest.mark.parametrize(
    ("value", "verdict"), [(1.0, "met"), (1.1, "met"), (1.1001, "missed"), (float("nan"), "missed")]
)
def test_a_goal_is_met_up_to_its_bound(value: float, verdict: str):
    """A figure that could not be computed meets nothing."""
    assert Goal("ratio", value, 1.1).verdict == verdict


def test_goals_are_the_last_lines(capsys: pytest.CaptureFixture[str]):
    report = Report("Title")
    report.goal("ratio", 1.05, 1.1)
    report.figure("seconds", 12.0, "s")
    report.note("A note.")
    report.finish(NOTHING_ASKED)
    assert capsys.readouterr().out.splitlines()[-1] == "goal ratio 1.05 1.1 met"


@pytest.mark.parametrize(("value", "text"), [(2000.0, "2,000"), (1.23456, "1.235"), (3.0, "3"), (225.34, "225.3")])
def test_figures_have_four_digits(value: float, text: str):
    assert shown(value) == text
