"""What scanners do, and how voxels are stored."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.phantom.scanner import SCANNERS, centred_affine, displaced, rigid_motion, scan, stored_as


def _blob(n: int, centre: tuple[float, float, float]) -> np.ndarray:
    grid = np.stack(np.meshgrid(*(np.arange(n),) * 3, indexing="ij"), axis=-1)
    return np.exp(-((grid - np.array(centre)) ** 2).sum(axis=-1) / 18).astype(np.float32)


def _world_centre(data: np.ndarray, affine: np.ndarray) -> np.ndarray:
    voxels = np.argwhere(data > -1)
    centre = np.average(voxels, axis=0, weights=data.ravel())
    return affine[:3, :3] @ centre + affine[:3, 3]


def test_the_middle_of_the_grid_is_the_origin_of_the_millimetres():
    affine = centred_affine((4, 5, 6), (1.0, 2.0, 3.0))
    np.testing.assert_allclose(affine @ [1.5, 2.0, 2.5, 1.0], [0, 0, 0, 1])


@pytest.mark.parametrize("orientation", ["LAS", "LPS", "RPI"])
def test_flipped_axes_leave_every_voxel_at_its_place(orientation):
    data = np.arange(24).reshape(2, 3, 4)
    affine = centred_affine(data.shape, (1.0, 2.0, 3.0))
    flipped, other = stored_as(data, affine, orientation)
    for voxel in np.ndindex(data.shape):
        place = np.linalg.inv(other) @ affine @ [*voxel, 1.0]
        assert flipped[tuple(np.round(place[:3]).astype(int))] == data[voxel]


def test_a_moved_head_lies_where_the_motion_says():
    affine = centred_affine((32, 32, 32), (2.0, 2.0, 2.0))
    signal = _blob(32, (18, 14, 17))
    motion = rigid_motion(np.random.default_rng(2), 2.0)
    moved, moved_affine = displaced(signal, affine, motion, 1)
    expected = (motion @ [*_world_centre(signal, affine), 1.0])[:3]
    np.testing.assert_allclose(_world_centre(moved, moved_affine), expected, atol=0.05)


def test_thick_slices_keep_the_field_of_view():
    affine = centred_affine((32, 32, 32), (2.0, 2.0, 2.0))
    signal = _blob(32, (18, 14, 17))
    thick, thick_affine = displaced(signal, affine, np.eye(4), 4)
    assert thick.shape == (32, 32, 8)
    np.testing.assert_allclose(thick_affine[:3, 2], [0, 0, 8])
    np.testing.assert_allclose(_world_centre(thick, thick_affine), _world_centre(signal, affine), atol=0.05)


def test_a_motion_is_rigid_and_small():
    motion = rigid_motion(np.random.default_rng(0), 1.5)
    np.testing.assert_allclose(motion[:3, :3] @ motion[:3, :3].T, np.eye(3), atol=1e-12)
    assert np.linalg.det(motion[:3, :3]) == pytest.approx(1)
    assert np.abs(motion[:3, 3]).max() <= 4.5


def test_a_stripped_image_is_0_outside_the_brain_and_nowhere_inside():
    brain = (_blob(24, (12, 12, 12)) > 0.2).astype(np.float32)
    image = scan(np.random.default_rng(0), 0.5 * brain, brain, "aurora_3t", stripped=True)
    assert image.dtype == np.int16
    np.testing.assert_array_equal(image > 0, brain >= 0.5)


def test_an_unstripped_image_has_noise_in_the_air():
    brain = np.zeros((24, 24, 24), dtype=np.float32)
    image = scan(np.random.default_rng(0), brain, brain, "cirrus_15t", stripped=False)
    expected = SCANNERS["cirrus_15t"].gain * SCANNERS["cirrus_15t"].noise * np.sqrt(np.pi / 2)  # Rayleigh mean
    assert image.mean() == pytest.approx(expected, rel=0.05)


def test_scanners_differ_in_the_same_signal():
    brain = np.ones((24, 24, 24), dtype=np.float32)
    means = {name: scan(np.random.default_rng(0), 0.8 * brain, brain, name, stripped=True).mean() for name in SCANNERS}
    assert len({round(float(mean), -1) for mean in means.values()}) == len(SCANNERS)


def test_the_two_scanners_of_the_training_site_differ_beyond_their_gain():
    """Else normalised features could not give the scanner away, and the confounded variant would confound nothing."""
    brain = np.ones((24, 24, 24), dtype=np.float32)
    images = [
        scan(np.random.default_rng(0), 0.5 * brain, brain, name, stripped=True) for name in ("aurora_3t", "borealis_3t")
    ]
    grain = [np.diff(image.astype(float), axis=0).std() / image.mean() for image in images]
    assert grain[1] > 1.3 * grain[0]
