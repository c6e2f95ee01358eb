"""The mesh of a mask: every case of marching cubes, area, volume and diameters as pyradiomics' compiled code."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from radiomics import cShape

from radgen_assets.contracts.errors import BadInput
from radgen_assets.science.radiomics.diameter import diameters
from radgen_assets.science.radiomics.shape_2d import shape_features_2d
from radgen_assets.science.radiomics.surface import mesh

SPACINGS = ((1.0, 1.0, 1.0), (1.3, 0.7, 2.1), (6.5, 0.78, 0.9))


@pytest.mark.parametrize("case", range(1, 256))
def test_every_case_of_a_cube_has_the_area_and_volume_of_pyradiomics(case):
    """Two voxels a side, padded: the case itself in the middle, and its parts around."""
    mask = np.array([case >> corner & 1 for corner in range(8)], dtype=bool).reshape(2, 2, 2)
    for spacing in SPACINGS:
        area, volume, _ = cShape.calculate_coefficients(np.pad(mask, 1), np.array(spacing))
        found = mesh(mask, spacing)
        assert found.area == pytest.approx(area, rel=1e-12)
        assert found.volume == pytest.approx(volume, rel=1e-12)


MASKS = arrays.arrays(bool, st.tuples(*[st.integers(1, 9)] * 3), fill=st.nothing())


@given(MASKS, st.sampled_from(SPACINGS))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_mask_has_the_mesh_and_diameters_of_pyradiomics(mask, spacing):
    """Holes and ambiguous faces are many in noise: there the volume depends on the origin, which must be the same."""
    mask.flat[0] = True
    area, volume, apart = cShape.calculate_coefficients(np.pad(mask, 1), np.array(spacing))
    found, between = mesh(mask, spacing), diameters(mask, spacing)
    assert found.area == pytest.approx(area, rel=1e-11)
    assert found.volume == pytest.approx(volume, rel=1e-11)
    assert (*between.planes, between.volume) == pytest.approx(apart, rel=1e-12)


@given(arrays.arrays(bool, st.tuples(*[st.integers(1, 12)] * 2), fill=st.nothing()), st.sampled_from(SPACINGS))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_flat_mask_has_the_contour_and_diameter_of_pyradiomics(mask, spacing):
    mask.flat[0] = True
    perimeter, surface, apart = cShape.calculate_coefficients2D(np.pad(mask, 1), np.array(spacing[1:]))
    found = shape_features_2d(mask, spacing[1:])
    assert found["Perimeter"] == pytest.approx(perimeter, rel=1e-12)
    assert found["MeshSurface"] == pytest.approx(surface, rel=1e-12)
    assert found["MaximumDiameter"] == pytest.approx(apart, rel=1e-12)


def test_a_single_voxel_is_an_octahedron():
    """Six vertices half an edge from its centre."""
    found = mesh(np.ones((1, 1, 1), dtype=bool), (1.0, 1.0, 1.0))
    assert found.area == pytest.approx(np.sqrt(3))
    assert found.volume == pytest.approx(1 / 6)


def test_a_ball_has_nearly_its_diameter_in_every_plane():
    places = np.indices((41, 41, 41)) - 20
    between = diameters((places**2).sum(axis=0) <= 18**2, (2.0, 2.0, 2.0))
    assert between.volume == pytest.approx(74, abs=1)
    assert between.planes == (between.planes[0],) * 3


def test_an_empty_mask_has_no_mesh():
    with pytest.raises(BadInput, match="none inside"):
        mesh(np.zeros((2, 2, 2), dtype=bool), (1.0, 1.0, 1.0))
    with pytest.raises(BadInput, match="none inside"):
        shape_features_2d(np.zeros((2, 2), dtype=bool), (1.0, 1.0))
