"""Stability: every feature of every comparison, with the form that its design asks for."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement import intraclass_correlation
from radgen_assets.science.radiomics.stability import (
    FEATURE,
    FeatureStability,
    WrongPair,
    feature_stability,
    image_family,
)
from radgen_assets.science.radiomics.stability_settings import StabilitySettings

SETTINGS = StabilitySettings()


def rows(maker, feature, values, *, image_type="original", feature_class="glcm"):
    """One feature of patients p0, p1, ... by one maker; None is no row."""
    names = ("flair", "whole_tumour", image_type, feature_class, feature)
    return [
        {"patient": f"p{i}", "maker": maker, **dict(zip(FEATURE, names, strict=True)), "value": value}
        for i, value in enumerate(values)
        if value is not None
    ]


def stability(*parts, wrong=(), settings=SETTINGS) -> FeatureStability:
    return feature_stability(pd.DataFrame([row for part in parts for row in part]), settings, wrong=tuple(wrong))


def told(found: FeatureStability, feature: str) -> pd.Series:
    (row,) = (row for _, row in found.frame.iterrows() if row["feature"] == feature)
    return row


FIRST, SECOND = [1.0, 2.0, 3.0, 4.0, 6.0], [1.5, 1.8, 3.4, 4.1, 5.0]


def test_two_makers_are_compared_by_absolute_agreement_of_single_readers():
    found = told(stability(rows("a", "x", FIRST), rows("b", "x", SECOND)), "x")
    icc = intraclass_correlation(np.column_stack([FIRST, SECOND])).of("ICC2").iloc[0]
    assert (found["form"], found["n"], found["n_masks"]) == ("ICC2", 5, 2)
    assert (found["icc"], found["low"], found["high"]) == (icc["value"], icc["low"], icc["high"])


def test_perturbations_are_compared_with_the_given_mask_by_the_one_way_form():
    """Each tumour has perturbations of its own: there is no second reader who drew them all."""
    third = [1.1, 2.2, 2.9, 4.4, 5.5]
    found = stability(rows("a", "x", FIRST), rows("a#1", "x", SECOND), rows("a#2", "x", third))
    icc = intraclass_correlation(np.column_stack([FIRST, SECOND, third])).of("ICC1").iloc[0]
    row = told(found, "x")
    assert (row["comparison"], row["other_maker"], row["form"], row["n_masks"]) == ("perturbed", "a#", "ICC1", 3)
    assert row["icc"] == icc["value"]


def test_a_constant_shift_between_makers_counts_against_a_feature():
    found = stability(rows("a", "x", FIRST), rows("b", "x", [value + 3 for value in FIRST]))
    assert told(found, "x")["icc"] < 0.6


def test_masks_found_wrong_are_left_out_of_their_pair_alone():
    pair = WrongPair("p4", "a", "b", "Dice 0.01")
    parts = [rows(maker, "x", values) for maker, values in (("a", FIRST), ("b", SECOND), ("c", FIRST))]
    found = stability(*parts, wrong=[pair])
    n = {(row["maker"], row["other_maker"]): row["n"] for _, row in found.frame.iterrows()}
    assert n == {("a", "b"): 4, ("a", "c"): 5, ("b", "c"): 5}
    assert found.left_out == (pair,)


def test_a_wrong_pair_of_makers_without_features_is_not_told():
    found = stability(rows("a", "x", FIRST), rows("b", "x", SECOND), wrong=[WrongPair("p1", "a", "z", "Dice 0")])
    assert found.left_out == ()


def test_a_feature_is_compared_over_the_patients_who_have_it_in_both():
    found = stability(
        rows("a", "x", FIRST), rows("b", "x", [*SECOND[:4], None]), rows("a", "y", FIRST), rows("b", "y", SECOND)
    )
    icc = intraclass_correlation(np.column_stack([FIRST, SECOND])[:4]).of("ICC2").iloc[0]
    assert (told(found, "x")["n"], told(found, "x")["icc"]) == (4, icc["value"])
    assert told(found, "y")["n"] == 5


def test_too_few_patients_have_no_correlation_and_say_so():
    row = told(stability(rows("a", "x", [1.0, 2.0]), rows("b", "x", [1.0, 2.1])), "x")
    assert (row["n"], row["status"]) == (2, "too_few")
    assert np.isnan(row["icc"])


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [(FIRST, FIRST, "identical"), ([2.0] * 5, [2.0] * 5, "constant"), ([1, 2, 3], [3, 2, 1], "subjects_alike")],
)
def test_what_cannot_be_estimated_is_named(first, second, status):
    row = told(stability(rows("a", "x", first), rows("b", "x", second)), "x")
    assert row["status"] == status
    assert (row["icc"] == 1) if status == "identical" else np.isnan(row["icc"])


def test_limits_that_do_not_hold_their_estimate_are_left_out():
    """Negative, of three tumours: Satterthwaite's degrees of freedom come out near 0."""
    generator = np.random.default_rng(0)
    draws = generator.normal(size=(300, 3, 2)) + 3 * generator.normal(size=(300, 1, 2))
    found = stability(*(rows(maker, f"x{i}", draw[:, place]) for i, draw in enumerate(draws)
                        for place, maker in enumerate("ab"))).frame  # fmt: skip
    without = found[found["status"] == "no_interval"]
    assert len(without)
    assert (without["icc"] < 0).all()
    assert without[["low", "high"]].isna().all(axis=None)
    with_limits = found[found["status"] == "estimated"]
    assert with_limits["icc"].between(with_limits["low"] - 1e-9, with_limits["high"] + 1e-9).all()


def test_one_maker_alone_gives_no_row():
    assert stability(rows("a", "x", FIRST)).frame.empty


def test_makers_without_a_common_patient_give_no_row():
    assert stability(rows("a", "x", [1.0, None]), rows("b", "x", [None, 1.0])).frame.empty


def test_the_order_of_rows_changes_no_number():
    parts = [row for part in (rows("a", "x", FIRST), rows("b", "x", SECOND), rows("a", "y", SECOND),
                              rows("b", "y", FIRST)) for row in part]  # fmt: skip
    frame = pd.DataFrame(parts)
    shuffled = pd.concat([frame[:1], frame[1:].sample(frac=1, random_state=1)])
    first, second = (feature_stability(each, SETTINGS).frame for each in (frame, shuffled))
    pd.testing.assert_frame_equal(
        first.sort_values("feature", ignore_index=True), second.sort_values("feature", ignore_index=True)
    )


def test_features_below_a_threshold_are_counted_by_class_and_image_family():
    noise = [3.0, 1.0, 4.0, 1.0, 5.0]
    found = stability(
        rows("a", "x", FIRST), rows("b", "x", SECOND),
        rows("a", "y", FIRST, image_type="wavelet-LLH"), rows("b", "y", noise, image_type="wavelet-LLH"),
        rows("a", "z", [1.0] * 5, image_type="wavelet-HHH"), rows("b", "z", [1.0] * 5, image_type="wavelet-HHH"),
    )  # fmt: skip
    counted = found.summary(0.75).set_index("image_family")
    assert counted["n_below"].to_dict() == {"original": 0, "wavelet": 1}
    assert counted["n_told"].to_dict() == {"original": 1, "wavelet": 1}
    assert counted["n_features"].to_dict() == {"original": 1, "wavelet": 2}


def test_image_families_have_no_parameters():
    names = ("original", "log-sigma-3-0-mm-3D", "wavelet-LLH", "square")
    assert [image_family(name) for name in names] == ["original", "log", "wavelet", "square"]


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(UsedWrongly, match="found no column maker"):
        feature_stability(pd.DataFrame({"patient": []}), SETTINGS)
    with pytest.raises(BadInput, match="glcm x of p1 by a: found inf"):
        stability(rows("a", "x", [1.0, np.inf]))
    with pytest.raises(UsedWrongly, match="x of p0 by a stands twice"):
        stability(rows("a", "x", FIRST), rows("a", "x", FIRST))
