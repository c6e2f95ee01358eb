"""Signal-to-noise ratio inside the brain."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.imaging.noise import signal_to_noise

EVERYWHERE = np.ones((40, 40, 30), dtype=bool)


def ramp_with_noise(sd: float) -> np.ndarray:
    i, j, _ = np.indices(EVERYWHERE.shape)
    return (400 + i + 2 * j + np.random.default_rng(0).normal(0, sd, EVERYWHERE.shape)).astype(np.float32)


@pytest.mark.parametrize("sd", [5.0, 20.0])
def test_known_noise_on_a_ramp_gives_the_known_ratio(sd):
    """Anatomy that varies linearly is not noise."""
    data = ramp_with_noise(sd)
    assert signal_to_noise(data, EVERYWHERE) == pytest.approx(np.median(data) / sd, rel=0.05)


def test_a_few_edges_do_not_count_as_noise():
    data = ramp_with_noise(5.0)
    data[20:] += 300
    assert signal_to_noise(data, EVERYWHERE) == pytest.approx(np.median(data) / 5.0, rel=0.15)


def test_voxels_that_were_repeated_are_compared_over_their_native_distance():
    """Upsampling makes neighbours alike; their difference would tell of almost no noise."""
    coarse = np.random.default_rng(1).normal(400, 10, (40, 40, 30)).astype(np.float32)
    fine = coarse.repeat(2, axis=0).repeat(2, axis=1)
    inside = np.ones(fine.shape, dtype=bool)
    assert signal_to_noise(fine, inside, (2, 2)) == pytest.approx(40, rel=0.05)
    assert (signal_to_noise(fine, inside) or np.inf) > 45


def test_the_surroundings_do_not_matter():
    """A stripped and an unstripped copy of one brain have one ratio."""
    data, inside = ramp_with_noise(5.0), EVERYWHERE.copy()
    inside[:8] = inside[-8:] = False
    stripped = np.where(inside, data, 0).astype(np.float32)
    assert signal_to_noise(stripped, inside) == signal_to_noise(data, inside)


def test_z_scores_have_no_ratio():
    """Their median is near 0 by construction."""
    data = ramp_with_noise(5.0)
    assert signal_to_noise(((data - data.mean()) / data.std()).astype(np.float32), EVERYWHERE) is None


def test_a_flat_image_and_a_handful_of_voxels_have_no_ratio():
    assert signal_to_noise(np.full(EVERYWHERE.shape, 7, dtype=np.float32), EVERYWHERE) is None
    assert signal_to_noise(ramp_with_noise(5.0)[:3, :3, :3], EVERYWHERE[:3, :3, :3]) is None
