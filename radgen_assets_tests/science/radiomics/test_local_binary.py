"""Local binary patterns: scikit-image's in slices, pyradiomics' on spheres."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk
from radiomics import imageoperations

from radgen_assets.science.radiomics import RadiomicsSettings
from radgen_assets.science.radiomics.filters import filtered_images
from radgen_assets.science.radiomics.filters.local_binary import icosphere, pattern_2d
from radgen_assets_tests.science.imaging.small_heads import blurred_noise
from radgen_assets_tests.science.radiomics.older_scipy import as_pyradiomics_expects

GOLDEN = dict(np.load(Path(__file__).parent / "golden" / "lbp_2d.npz"))  # made by golden/make_lbp_2d.py
WHOLE = (slice(0, 5), slice(0, 9), slice(0, 11))
INNER = (slice(1, 4), slice(2, 8), slice(5, 11))


@pytest.mark.parametrize("case", sorted(set(GOLDEN) - {"image"}))
def test_patterns_in_slices_equal_scikit_image(case):
    """Of each axis, in boxes at the border and inside, on values with many ties."""
    axis, radius, n_samples = case.split()
    for box in (WHOLE, INNER):
        found = pattern_2d(GOLDEN["image"], box, float(radius), int(n_samples), int(axis))
        assert np.array_equal(found, GOLDEN[case][box])


def test_a_flat_slice_has_every_sample_at_or_above_its_centre():
    found = pattern_2d(np.full((3, 6, 6), 5, dtype=np.float32), (slice(0, 3), slice(2, 4), slice(2, 4)), 1.0, 8)
    assert set(found.ravel()) == {8}


def test_the_sphere_has_trimeshs_points_in_trimeshs_order():
    """trimesh 5.2, icosphere(1, 1.0): sums over points round as pyradiomics' do."""
    points = icosphere(1, 1.0)
    assert points.shape == (42, 3)
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.ones(42), abs=1e-15)
    assert points[[0, 12, 13, 41]].round(12).tolist() == [
        [-0.525731112119, 0.850650808352, 0.0],
        [0.0, 1.0, 0.0],
        [0.0, -1.0, 0.0],
        [-1.0, 0.0, 0.0],
    ]
    assert len(np.unique(points.round(9), axis=0)) == 42


@pytest.mark.parametrize(("n_levels", "n_subdivisions", "radius"), [(2, 1, 1.0), (3, 1, 2.0), (2, 0, 1.5)])
def test_patterns_on_spheres_equal_pyradiomics(monkeypatch, n_levels, n_subdivisions, radius):
    as_pyradiomics_expects(monkeypatch)
    image = blurred_noise((18, 17, 19), 4)
    mask = np.zeros(image.shape, dtype=np.uint8)
    mask[:7, 3:12, 8:] = 1  # at two borders
    mask[2, 4, 9] = 0
    expected = imageoperations.getLBP3DImage(
        sitk.GetImageFromArray(image),
        sitk.GetImageFromArray(mask),
        lbp3DLevels=n_levels,
        lbp3DIcosphereRadius=radius,
        lbp3DIcosphereSubdivision=n_subdivisions,
    )
    box = (slice(0, 7), slice(3, 12), slice(8, 19))
    inside = mask[box] == 1
    chosen = RadiomicsSettings(
        image_types=("lbp-3D",),
        lbp_3d_levels=n_levels,
        lbp_3d_subdivisions=n_subdivisions,
        lbp_3d_radius=radius,
    )
    found = filtered_images(image, (1.0, 1.0, 1.0), box, chosen, inside)
    for (node, name, _), (found_name, values) in zip(expected, found, strict=True):
        assert found_name == name
        assert values[inside] == pytest.approx(sitk.GetArrayFromImage(node)[box][inside], rel=1e-12, abs=1e-12)
