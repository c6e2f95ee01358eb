"""Normalised mutual information and Dice."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.imaging.similarity import dice, normalised_mutual_information
from radgen_assets_tests.science.imaging.small_heads import blurred_noise

EVERYWHERE = np.ones((24, 24, 24), dtype=bool)


def test_an_image_and_itself_share_all_information():
    image = blurred_noise((24, 24, 24))
    assert normalised_mutual_information(image, image, EVERYWHERE) == pytest.approx(2.0)


def test_inverting_the_contrast_loses_nothing():
    """Sequences differ in contrast; only the dependence counts."""
    image = blurred_noise((24, 24, 24))
    assert normalised_mutual_information(image, -image, EVERYWHERE) > 1.95


def test_independent_images_share_little():
    """Not exactly 1: 64 x 64 bins over 13,824 voxels are never filled evenly."""
    value = normalised_mutual_information(blurred_noise((24,) * 3, 1), blurred_noise((24,) * 3, 2), EVERYWHERE)
    assert 1.0 < value < 1.12


def test_two_valued_images_give_the_value_worked_out_by_hand():
    """Joint probabilities 3/8, 1/8, 1/8, 3/8: (2 ln 2) / (-2 (3/8 ln 3/8 + 1/8 ln 1/8))."""
    a = np.array([0, 0, 0, 0, 1, 1, 1, 1], dtype=np.float32).reshape(2, 2, 2)
    b = np.array([0, 0, 0, 1, 0, 1, 1, 1], dtype=np.float32).reshape(2, 2, 2)
    joint = -2 * (3 / 8 * np.log(3 / 8) + 1 / 8 * np.log(1 / 8))
    found = normalised_mutual_information(a, b, np.ones((2, 2, 2), dtype=bool))
    assert found == pytest.approx(2 * np.log(2) / joint)


def test_a_flat_image_tells_nothing():
    image = blurred_noise((24, 24, 24))
    assert normalised_mutual_information(image, np.zeros_like(image), EVERYWHERE) == 1.0


def test_dice_counts_shared_voxels_twice():
    a = np.array([True, True, True, False])
    b = np.array([False, True, True, True])
    assert dice(a, b) == pytest.approx(4 / 6)


def test_two_empty_masks_do_not_agree():
    assert dice(np.zeros(4, dtype=bool), np.zeros(4, dtype=bool)) == 0.0
