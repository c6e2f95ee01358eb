"""Intensities on a common scale."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.volumes import Sequence
from radgen_assets.science.radiomics import RadiomicsSettings
from radgen_assets.science.radiomics.normalisation import normalised
from radgen_assets_tests.science.radiomics.small_tumours import patient

BRAIN = RadiomicsSettings()
VOLUME = RadiomicsSettings(normalise_over="volume")


@pytest.fixture
def data() -> np.ndarray:
    return patient(Sequence.t1w).by_sequence[Sequence.t1w].data


def test_intensities_have_mean_0_and_sd_100_over_the_brain(data):
    """Not over the array: the amount of empty background must not set the scale."""
    found = normalised(data, BRAIN)
    assert found.dtype == np.float32
    assert found[data != 0].mean() == pytest.approx(0, abs=1e-3)
    assert found[data != 0].std() == pytest.approx(100, rel=1e-5)
    assert np.array_equal(normalised(np.pad(data, 9), BRAIN)[9:-9, 9:-9, 9:-9], found)


def test_over_the_volume_the_background_counts_too(data):
    found = normalised(data, VOLUME)
    assert found.mean() == pytest.approx(0, abs=1e-3)
    assert found.std(ddof=1) == pytest.approx(100, rel=1e-5)


@pytest.mark.parametrize("over", ["brain", "volume"])
def test_outliers_are_set_to_the_limit_and_nothing_else_changes(data, over):
    """Before the scale: the limit counts in standard deviations."""
    free = normalised(data, RadiomicsSettings(normalise_over=over))
    held = normalised(data, RadiomicsSettings(normalise_over=over, remove_outliers=1.5))
    assert held == pytest.approx(np.clip(free, -150, 150), abs=1e-4)
    assert held.max() == 150


@pytest.mark.parametrize("settings", [BRAIN, VOLUME])
def test_a_flat_volume_becomes_zero(settings):
    assert not normalised(np.full((5, 6, 7), 3, dtype=np.float32), settings).any()


def test_without_normalisation_intensities_stay_as_they_are(data):
    assert normalised(data, RadiomicsSettings(normalise=False)) is data
