"""Features of a patient's other masks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.volumes import MakerKind, Region, RegionMask, Sequence, TumourMasks
from radgen_assets.science.imaging.quality import assess
from radgen_assets.science.imaging.settings import QualitySettings
from radgen_assets.science.radiomics import RadiomicsSettings, extract_features
from radgen_assets.science.radiomics.other_masks import features_of_other_masks
from radgen_assets.science.radiomics.stability import wrong_pairs
from radgen_assets.science.radiomics.stability_settings import OtherMasksSettings
from radgen_assets_tests.science.radiomics.small_tumours import ball, masks, patient

ORIGINAL = RadiomicsSettings(image_types=("original",), feature_classes=("shape", "firstorder"))
WHOLE, CENTRE = Region.whole_tumour, (17, 18, 20)


def two_makers(second=6.0) -> TumourMasks:
    given = masks({WHOLE: ball(CENTRE, 7)})
    other = RegionMask(WHOLE, "network", MakerKind.algorithm, False, ball(CENTRE, second))
    return replace(given, masks=(*given.masks, other))


def test_other_makers_masks_give_the_features_that_they_would_give_as_primary():
    volumes = patient(Sequence.flair)
    found = features_of_other_masks(volumes, two_makers(), ORIGINAL, OtherMasksSettings())
    alone = masks({WHOLE: ball(CENTRE, 6)})
    expected = extract_features(volumes, alone, ORIGINAL)
    assert set(found.columns["maker"]) == {"network"}
    np.testing.assert_array_equal(found.columns["value"], expected.columns["value"])


def test_perturbations_are_of_the_primary_mask_and_numbered():
    settings = OtherMasksSettings(perturbations=2, other_makers=False)
    volumes = patient(Sequence.flair)
    found = features_of_other_masks(volumes, two_makers(), ORIGINAL, settings)
    assert set(found.columns["maker"]) == {"expert#1", "expert#2"}
    again = features_of_other_masks(volumes, two_makers(), ORIGINAL, settings)
    np.testing.assert_array_equal(found.columns["value"], again.columns["value"])
    values = found.columns["value"]
    first, second = (values[found.columns["maker"] == maker] for maker in ("expert#1", "expert#2"))
    assert first.shape == second.shape
    assert not np.array_equal(first, second)


def test_a_tumour_that_was_drawn_once_is_skipped_with_the_reason():
    with pytest.raises(MissingByRight, match="no mask of another maker, and no perturbation asked for"):
        features_of_other_masks(patient(Sequence.flair), masks({WHOLE: ball(CENTRE, 7)}), ORIGINAL,
                                OtherMasksSettings())  # fmt: skip


@pytest.mark.parametrize(("radius", "n_wrong"), [(6.0, 0), (2.0, 1)])
def test_the_pairs_left_out_are_those_that_the_overlap_check_warns_of(radius, n_wrong):
    report = assess(patient(Sequence.flair), two_makers(radius), QualitySettings())
    found = wrong_pairs([{**row, "patient": "a.1"} for row in report.overlaps], QualitySettings())
    assert len(found) == n_wrong == sum("overlap with a Dice" in each for each in report.warnings)
    if found:
        assert (found[0].patient, found[0].maker, found[0].other_maker) == ("a.1", "expert", "network")
        assert "whole_tumour overlaps with a Dice of 0.0" in found[0].reason
