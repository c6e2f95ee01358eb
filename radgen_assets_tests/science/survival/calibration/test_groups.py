"""Groups of predicted risk against Kaplan-Meier equal R's (survfit in each group, its log interval)."""

import numpy as np
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.survival import Outcome, calibrate
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table


@pytest.mark.parametrize("model", ["full", "small", "noise"])
@pytest.mark.parametrize("months", [12, 24, 36])
def test_groups_equal_r(shared_reference, model, months):
    table = read_table(shared_reference, "r5_cutpoint_roc/data/test")
    golden = read_json(shared_reference, "r5_cutpoint_roc/expected/calibration")[f"{model}_{months}"]
    outcome = Outcome(table["time"], table["event"])
    for n_groups in (4, 5, 10):
        expected = golden[f"groups_{n_groups}"]
        groups = calibrate(outcome, table[f"risk_{model}_{months}"], months, n_groups=n_groups, interval="log")
        assert [group.n for group in groups] == expected["n"]
        found = [value for group in groups for value in (group.predicted, group.observed)]
        pairs = zip(expected["predicted"], expected["observed"], strict=True)
        agree(
            "survival.calibrate",
            "predicted and observed risk of each group",
            found,
            [x for pair in pairs for x in pair],
        )
        for group, low, high in zip(groups, expected["low"], expected["high"], strict=True):
            if group.low is not None:
                agree("survival.calibrate", "limits of each group (log)", [group.low, group.high], [low, high])


def test_a_group_in_which_nobody_died_has_no_interval():
    groups = calibrate(Outcome([1, 2, 9, 9], [1, 0, 0, 0]), [0.9, 0.8, 0.1, 0.2], 5, n_groups=2)
    assert [(group.n, group.n_events, group.low) for group in groups] == [(2, 0, None), (2, 1, groups[1].low)]
    assert groups[1].low is not None


def test_equal_risks_are_one_group():
    groups = calibrate(Outcome([1, 2, 3], [1, 1, 1]), [0.5] * 3, 2)
    assert [(group.n, group.predicted) for group in groups] == [(3, 0.5)]


def test_times_beyond_follow_up_and_odd_risks_are_refused():
    outcome = Outcome([1, 2], [1, 1])
    with pytest.raises(UsedWrongly, match="found a time of 12 months, expected at most the last follow-up, 2 months"):
        calibrate(outcome, [0.1, 0.2], 12)
    with pytest.raises(UsedWrongly, match="expected 2 risks between 0 and 1"):
        calibrate(outcome, [0.1, np.nan], 1)
    with pytest.raises(UsedWrongly, match="and more than 0"):
        calibrate(outcome, [0.1, 0.2], 0)
