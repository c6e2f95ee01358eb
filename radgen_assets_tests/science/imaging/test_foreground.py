"""The foreground: the brain where the background is 0, else the head."""

from __future__ import annotations

import numpy as np

from radgen_assets.contracts.volumes import Sequence
from radgen_assets.science.imaging.foreground import foreground, has_zero_background
from radgen_assets_tests.science.imaging.small_heads import head


def noisy_head(air: float) -> np.ndarray:
    brain = head(Sequence.t1w).data
    noise = np.abs(np.random.default_rng(0).normal(0, air, brain.shape)).astype(np.float32)
    return np.where(brain > 0, brain, noise).astype(np.float32)


def test_the_foreground_of_a_stripped_brain_is_all_that_is_not_zero():
    data = head(Sequence.t1w).data
    assert has_zero_background(data)
    assert np.array_equal(foreground(data), data != 0)


def test_noise_in_the_air_is_not_foreground():
    data = noisy_head(air=5.0)
    assert not has_zero_background(data)
    assert np.array_equal(foreground(data), head(Sequence.t1w).data > 0)


def test_air_clamped_to_zero_with_specks_of_noise_is_no_stripped_volume():
    """Some scanners cut low values off; taking every speck as brain would break coverage and normalisation."""
    data = noisy_head(air=5.0)
    data[data < 6] = 0
    assert not has_zero_background(data)
    assert np.array_equal(foreground(data), head(Sequence.t1w).data > 0)


def test_dark_holes_in_a_head_belong_to_it():
    data = noisy_head(air=5.0)
    data[16:20, 20:24, 16:20] = 1
    assert foreground(data)[16:20, 20:24, 16:20].all()


def test_a_flat_image_is_all_foreground():
    """There is nothing to tell apart; the caller's statistics then speak for the whole volume."""
    assert foreground(np.full((8, 8, 8), 3, dtype=np.float32)).all()
