"""Risk groups and calibration of a survival model."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.results import Predictions
from radgen_assets.reporting.risk_groups import risk_groups, survival_calibration


def predictions(score, times, events, probability=(), horizon=None):
    patients = tuple(f"a.{index}" for index in range(len(score)))
    return Predictions(
        patients,
        patients,
        (-1,) * len(score),
        tuple(score),
        (),
        tuple(times),
        tuple(events),
        tuple(probability),
        horizon,
    )


def test_the_cut_is_the_training_median_not_the_cohorts_own():
    """An external cohort of mostly high-risk patients is shown as that."""
    groups = risk_groups(predictions([0.5, 0.1, 2.0, -1.0], [3, 5, 1, 9], [1, 1, 1, 0]))
    assert [(curve.label, curve.estimate.n) for curve in groups.curves] == [("Low risk", 1), ("High risk", 3)]


def test_a_score_of_0_is_low_risk():
    groups = risk_groups(predictions([0.0, 0.1], [3, 5], [1, 1]))
    assert [curve.estimate.n for curve in groups.curves] == [1, 1]


def test_scores_on_one_side_make_no_groups():
    assert risk_groups(predictions([0.0, 0.0], [3, 5], [1, 1])) is None


def test_groups_that_cannot_be_compared_say_why():
    groups = risk_groups(predictions([-1, 1], [3, 5], [0, 0]))
    assert groups.p is None
    assert "no event happened" in groups.note


def test_observed_risk_is_one_minus_kaplan_meier_at_the_horizon():
    """Four patients; one dies at 5, one is censored at 8, one dies at 10: 1 - 3/4 * 1/2 = 0.625 by month 12."""
    (group,) = survival_calibration(predictions([0] * 4, [5, 8, 10, 20], [1, 0, 1, 1], [0.4] * 4, 12.0), n_groups=3)
    assert group.observed == pytest.approx(0.625)
    assert (group.predicted, group.n, group.n_events) == (pytest.approx(0.4), 4, 2)
    assert group.low < 0.625 < group.high


def test_a_group_not_followed_to_the_horizon_is_left_out():
    found = survival_calibration(
        predictions([0] * 4, [5, 6, 30, 40], [0, 0, 1, 1], [0.1, 0.1, 0.6, 0.6], 24.0), n_groups=2
    )
    assert [group.predicted for group in found] == [pytest.approx(0.6)]


def test_without_a_horizon_there_is_no_calibration():
    assert survival_calibration(predictions([0, 1], [3, 5], [1, 1]), n_groups=2) == ()
