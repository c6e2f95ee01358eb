"""A diffusion series whose tensors are known."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.phantom.anatomy import draw_brain
from radgen_assets.science.phantom.diffusion import DiffusionPhantom, diffusion_series, half_sphere
from radgen_assets.science.phantom.scanner import centred_affine
from radgen_assets.science.phantom.tumour import appearance_of, grow_tumour


@pytest.fixture(scope="module")
def parts():
    brain = draw_brain(np.random.default_rng(3), 48, ventricle_scale=1.8)
    return brain, grow_tumour(np.random.default_rng(8), brain, appearance_of(0.5, 0.5))


@pytest.fixture(scope="module")
def series(parts) -> DiffusionPhantom:
    return diffusion_series(np.random.default_rng(0), *parts, 2.0, 12)


def _fitted(series: DiffusionPhantom) -> np.ndarray:
    """Tensors by least squares on the logarithm of the signal, as a textbook does it."""
    x, y, z = series.directions[1:].T
    design = np.stack([x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z], axis=1)
    signal = np.maximum(series.signal.astype(float), 1)
    decay = -np.log(signal[..., 1:] / signal[..., :1]) / series.b_values[1:]
    return decay @ np.linalg.pinv(design).T


def _tensor_matrix(tensors: np.ndarray) -> np.ndarray:
    xx, yy, zz, xy, xz, yz = np.moveaxis(tensors, -1, 0)
    return np.stack([np.stack([xx, xy, xz], -1), np.stack([xy, yy, yz], -1), np.stack([xz, yz, zz], -1)], -2)


def test_a_fit_finds_the_tensors_again(series):
    inside = series.signal[..., 0] > 400
    error = (_fitted(series) - series.tensors)[inside]
    assert np.abs(np.median(error, axis=0)).max() < 2e-5  # mm2/s, of tensors near 1e-3
    assert np.median(np.abs(error)) < 5e-5


def test_white_matter_is_anisotropic_and_fluid_is_not(parts, series):
    brain, tumour = parts
    white = brain.white.reshape(24, 2, 24, 2, 24, 2).mean(axis=(1, 3, 5)) > 0.98
    fluid = brain.fluid.reshape(24, 2, 24, 2, 24, 2).mean(axis=(1, 3, 5)) > 0.95
    healthy = tumour.share.reshape(24, 2, 24, 2, 24, 2).mean(axis=(1, 3, 5)) < 0.01
    values = np.linalg.eigvalsh(_tensor_matrix(series.tensors.astype(float)))
    mean = values.mean(axis=-1, keepdims=True)
    size = np.maximum((values**2).sum(axis=-1), 1e-12)
    anisotropy = np.sqrt(1.5 * ((values - mean) ** 2).sum(axis=-1) / size)
    # axial 2.0, radial 0.5 of the mean: FA = 1.5 / sqrt(4.5) = 0.707
    assert np.median(anisotropy[white & healthy]) == pytest.approx(0.707, abs=0.02)
    assert anisotropy[fluid & healthy].max() < 0.1


def test_the_first_image_has_no_weighting(series):
    assert series.b_values.tolist() == [0.0] + [1000.0] * 12
    assert not series.directions[0].any()


def test_directions_are_unit_vectors_that_fix_a_tensor():
    directions = half_sphere(6)
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
    x, y, z = directions.T
    assert np.linalg.cond(np.stack([x * x, y * y, z * z, x * y, x * z, y * z], axis=1)) < 25


@pytest.mark.parametrize("n", [32, 33])
def test_the_coarser_grid_lies_on_the_anatomy(n):
    """Its first voxel is the mean of the first 2 x 2 x 2 voxels, so its centre is theirs."""
    brain = draw_brain(np.random.default_rng(3), n, ventricle_scale=1.0)
    tumour = grow_tumour(np.random.default_rng(8), brain, appearance_of(0.0, 0.0))
    series = diffusion_series(np.random.default_rng(0), brain, tumour, 2.0, 6)
    anatomy = centred_affine((n, n, n), (2.0, 2.0, 2.0))
    np.testing.assert_allclose(series.affine @ [0, 0, 0, 1], anatomy @ [0.5, 0.5, 0.5, 1])
