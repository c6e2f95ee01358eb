"""Grids: equality to a tolerance, cover of the field of view, one interpolation."""

from __future__ import annotations

import numpy as np

from radgen_assets.contracts.volumes import Grid
from radgen_assets.science.imaging.grids import (
    corners,
    from_itk,
    isotropic_grid,
    resample,
    same_grid,
    to_itk,
)
from radgen_assets_tests.science.imaging.small_heads import blurred_noise, centred


def test_a_shift_within_the_tolerance_is_the_same_grid():
    affine = np.diag([2.0, 2, 2, 1])
    moved = affine.copy()
    moved[0, 3] += 0.005
    assert same_grid(Grid((9, 9, 9), affine), Grid((9, 9, 9), moved), 0.01)
    assert not same_grid(Grid((9, 9, 9), affine), Grid((9, 9, 9), moved), 0.001)


def test_a_small_error_of_spacing_that_adds_up_over_the_volume_is_another_grid():
    """Half a per cent of a voxel at one end is a whole voxel at the other of 240."""
    assert not same_grid(Grid((240,) * 3, np.eye(4)), Grid((240,) * 3, np.diag([1.005, 1, 1, 1])), 0.1)


def test_another_shape_is_another_grid():
    assert not same_grid(Grid((9, 9, 9), np.eye(4)), Grid((9, 9, 8), np.eye(4)), 1.0)


def test_the_isotropic_grid_covers_the_outer_faces_of_the_native_one():
    native = Grid((11, 7, 5), centred((11, 7, 5), (0.9, 1.3, 5.5)))
    target = isotropic_grid(native, 1.0)
    reach_native = corners(native).max(axis=0) + np.array([0.9, 1.3, 5.5]) / 2
    reach_target = corners(target).max(axis=0) + 0.5
    assert (reach_target >= reach_native - 1e-9).all()
    assert (reach_target - reach_native < 0.5).all()
    assert np.allclose(corners(target).mean(axis=0), corners(native).mean(axis=0))


def test_the_isotropic_grid_keeps_the_native_axes():
    turn = np.eye(4)
    turn[:2, :2] = [[0.8, -0.6], [0.6, 0.8]]
    target = isotropic_grid(Grid((10, 10, 4), turn @ np.diag([2.0, 2, 4, 1])), 1.0)
    assert np.allclose(target.affine[:3, :3], turn[:3, :3])


def test_an_array_survives_the_way_to_itk_and_back():
    data = blurred_noise((4, 5, 6))
    assert np.array_equal(from_itk(to_itk(data, np.eye(4))), data)


def test_resampling_follows_the_transform_from_target_to_image():
    """The value at a target point is that of the image at the transformed point: +3 mm along x moves anatomy by -3."""
    data = np.zeros((12, 12, 12), dtype=np.float32)
    data[8, 5, 5] = 1
    shift = np.eye(4)
    shift[0, 3] = 3.0
    moved = resample(to_itk(data, np.eye(4)), Grid((12, 12, 12), np.eye(4)), shift, interpolation="linear")
    assert np.argwhere(moved > 0.5).tolist() == [[5, 5, 5]]


def test_linear_resampling_is_exact_on_a_linear_image():
    """The values are those of the trilinear formula, so a ramp stays a ramp (away from the rim)."""
    i, j, k = np.indices((10, 11, 12))
    affine = centred((10, 11, 12), (2.0, 1.5, 3.0))
    points = np.stack([i, j, k], axis=-1) @ affine[:3, :3].T + affine[:3, 3]
    ramp = (points @ [1.0, -2.0, 0.5] + 7).astype(np.float32)
    target = isotropic_grid(Grid((10, 11, 12), affine), 1.0)
    found = resample(to_itk(ramp, affine), target, np.eye(4), interpolation="linear")
    places = np.stack(np.indices(target.shape), axis=-1) @ target.affine[:3, :3].T + target.affine[:3, 3]
    assert np.allclose(found[3:-3, 3:-3, 3:-3], (places @ [1.0, -2.0, 0.5] + 7)[3:-3, 3:-3, 3:-3], atol=1e-4)
