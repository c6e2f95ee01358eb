"""VASARI codes follow from the labels."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.science.phantom.vasari import VASARI_FEATURES, proportion_code, read_vasari


@pytest.mark.parametrize(
    ("share", "code"), [(0.0, 2), (0.03, 3), (0.05, 3), (0.2, 4), (0.5, 5), (0.9, 6), (0.97, 7), (1.0, 8)]
)
def test_proportions_have_the_codes_of_the_key(share, code):
    assert proportion_code(share) == code


def test_a_right_frontal_oedema_without_enhancement():
    labels = np.zeros((10, 10, 10), dtype=np.uint8)
    labels[7:9, 7:9, 5:7] = 2
    sheet = read_vasari(labels, 1.3)
    assert sheet == {"f1": 1, "f2": 1, "f4": 1, "f5": 2, "f6": 2, "f7": 2, "f14": 8}
    assert set(sheet) == set(VASARI_FEATURES)


def test_enhancement_is_marked_when_the_rim_is_brighter_than_white_matter():
    labels = np.zeros((10, 10, 10), dtype=np.uint8)
    labels[1, 1:3, 5] = (4, 1)
    assert read_vasari(labels, 1.3)["f4"] == 3
    assert read_vasari(labels, 0.9)["f4"] == 2
    assert read_vasari(labels, 0.9)["f2"] == 3


def test_an_empty_mask_is_refused():
    with pytest.raises(UsedWrongly, match="found no labelled voxel"):
        read_vasari(np.zeros((3, 3, 3), dtype=np.uint8), 1.0)
