"""The fast engine has pyradiomics' names and values, down to the regions where hardly anything is defined."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.radiomics import pyradiomics_engine
from radgen_assets.science.radiomics.fast_engine import TEXTURES, intensity_features, shape_features
from radgen_assets.science.radiomics.texture_settings import TextureSettings
from radgen_assets_tests.science.imaging.small_heads import blurred_noise
from radgen_assets_tests.science.radiomics.of_pyradiomics import CLASSES, assert_equal, cropped, of_ours, of_pyradiomics

ANISOTROPIC = (6.5, 0.8, 0.9)
NOISE = blurred_noise((9, 10, 11)) * 3 + 200


def at(*places: tuple[int | slice, ...]) -> np.ndarray:
    mask = np.zeros(NOISE.shape, dtype=bool)
    for place in places:
        mask[place] = True
    return mask


ALL = slice(None)
TINY = {
    "two voxels side by side": at((2, 3, 4), (2, 3, 5)),
    "two voxels on a diagonal": at((2, 3, 4), (3, 4, 3)),
    "two voxels with a gap": at((2, 3, 4), (2, 3, 6)),
    "two voxels far apart": at((2, 3, 4), (5, 1, 7)),
    "two voxels whose axes come back complex": at((0, 0, 0), (1, 1, 2)),
    "a line along k": at((ALL, 3, 4)),
    "a line along j": at((2, ALL, 4)),
    "a line along i": at((2, 3, ALL)),
    "a slanted line": at(*((n, n, n) for n in range(7))),
    "a slice along k": at((2, ALL, ALL)),
    "a slice along j": at((ALL, 3, ALL)),
    "a slice along i": at((ALL, ALL, 4)),
    "the whole array": at((ALL, ALL, ALL)),
    "a corner of the array": at((slice(0, 3), slice(0, 4), slice(7, None))),
    "two parts": at((slice(0, 3), slice(0, 4), slice(0, 2)), (slice(6, 9), slice(5, 9), slice(7, None))),
}


@pytest.mark.parametrize("name", TINY)
@pytest.mark.parametrize("bin_width", [20.0, 100.0, 1000.0])
def test_small_and_odd_regions_equal_pyradiomics(name, bin_width):
    """1000: one grey level, where most features are a fallback."""
    region = cropped(NOISE, TINY[name])
    expected = of_pyradiomics(*region, ANISOTROPIC, binWidth=bin_width)
    assert_equal(of_ours(*region, ANISOTROPIC, bin_width=bin_width), expected)


@pytest.mark.parametrize("name", TINY)
def test_shapes_of_small_and_odd_regions_equal_pyradiomics(name):
    mask = cropped(NOISE, TINY[name])[1]
    expected = dict(pyradiomics_engine.shape_features(mask, ANISOTROPIC))
    found = dict(shape_features(mask, ANISOTROPIC))
    assert list(found) == list(expected)
    assert found == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


@pytest.mark.parametrize("value", [0.0, 33.3, 100.0])
def test_a_flat_region_equals_pyradiomics(value):
    """33.3 has no exact mean: what is left in the moments is rounding, and must be the same rounding."""
    flat = np.full((4, 5, 6), value, dtype=np.float32)
    mask = np.ones(flat.shape, dtype=bool)
    assert_equal(
        of_ours(flat, mask, (1.0, 1.0, 1.0), bin_width=25.0),
        of_pyradiomics(flat, mask, (1.0, 1.0, 1.0), binWidth=25.0),
    )


def test_a_single_voxel_has_no_pairs_and_no_runs():
    """pyradiomics refuses it; what needs no neighbour is still defined."""
    found = of_ours(np.full((1, 1, 1), 7.0, dtype=np.float32), np.ones((1, 1, 1), bool), (1.0, 1.0, 1.0), bin_width=5.0)
    assert all(np.isnan(value) for (kind, _), value in found.items() if kind == "glrlm")
    assert found["glszm", "LargeAreaEmphasis"] == found["gldm", "LargeDependenceEmphasis"] == 1
    assert found["firstorder", "Mean"] == 7


@st.composite
def regions(draw):
    shape = draw(st.tuples(*[st.integers(1, 6)] * 3))
    kind = draw(st.sampled_from([np.int16, np.float32, np.float64]))
    image = draw(arrays.arrays(kind, shape, elements=st.integers(-40, 300), fill=st.nothing()))
    mask = draw(arrays.arrays(bool, shape, fill=st.nothing()))
    mask.flat[0] = mask.flat[-1] = True
    if mask.sum() < 2:
        image, mask = np.stack([image, image + 9]).reshape(2, *shape[1:]), np.ones((2, *shape[1:]), bool)
    return cropped(image, mask)


@given(regions(), st.sampled_from([7.0, 25.0, 90.0]), st.sampled_from([ANISOTROPIC, (1.0, 1.0, 1.0)]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_random_regions_equal_pyradiomics(region, bin_width, spacing):
    assert_equal(of_ours(*region, spacing, bin_width=bin_width), of_pyradiomics(*region, spacing, binWidth=bin_width))
    expected = dict(pyradiomics_engine.shape_features(region[1], spacing))
    assert dict(shape_features(region[1], spacing)) == pytest.approx(expected, rel=1e-9, abs=1e-9, nan_ok=True)


SETTINGS = {
    "distances": ({"distances": [1, 2]}, {"distances": (1, 2)}),
    "a distance longer than the box": ({"distances": [1, 30]}, {"distances": (1, 30)}),
    "dependence": ({"gldm_a": 2}, {"alpha": 2}),
    "one order of a pair": ({"symmetricalGLCM": False}, {"symmetric": False}),
    **{
        f"in planes along {axis}": ({"force2D": True, "force2Ddimension": axis}, {"force_2d_axis": axis})
        for axis in range(3)
    },
    **{
        f"weighted, {norm}": ({"weightingNorm": norm}, {"weighting": norm, "spacing_mm": ANISOTROPIC})
        for norm in ("no_weighting", "infinity", "euclidean", "manhattan")
    },
}


@pytest.mark.parametrize("name", SETTINGS)
def test_settings_change_values_as_in_pyradiomics(name):
    theirs, ours = SETTINGS[name]
    mask = np.hypot(*(np.indices(NOISE.shape)[1:] - 4.5)) < 4.6
    expected = of_pyradiomics(*cropped(NOISE, mask), ANISOTROPIC, binWidth=40.0, **theirs)
    found = of_ours(*cropped(NOISE, mask), ANISOTROPIC, bin_width=40.0, texture=TextureSettings(**ours))
    assert_equal(found, expected)


@pytest.mark.parametrize("bin_count", [1, 2, 16, 64])
def test_a_bin_count_equals_pyradiomics(bin_count):
    mask = np.ones(NOISE.shape, dtype=bool)
    assert_equal(
        of_ours(NOISE, mask, ANISOTROPIC, bin_count=bin_count),
        of_pyradiomics(NOISE, mask, ANISOTROPIC, binCount=bin_count),
    )


def test_the_box_around_a_region_does_not_matter_to_texture():
    mask = at((slice(2, 6), slice(3, 8), slice(1, 9)))
    assert_equal(
        of_ours(NOISE, mask, ANISOTROPIC, bin_width=9.0), of_ours(*cropped(NOISE, mask), ANISOTROPIC, bin_width=9.0)
    )


def test_a_shift_enters_the_energies_alone():
    mask = np.ones(NOISE.shape, dtype=bool)
    plain, shifted = (
        {
            name: value
            for _, name, value in intensity_features(NOISE, mask, (1, 1, 1), ("firstorder",), 25.0, energy_shift=shift)
        }
        for shift in (0.0, 2000.0)
    )
    changed = {name for name in plain if plain[name] != shifted[name]}
    assert changed == {"Energy", "TotalEnergy", "RootMeanSquared"}


def test_an_unknown_class_is_refused_with_those_that_exist():
    with pytest.raises(UsedWrongly, match=r"\['gldzm'\]: expected some of \['firstorder', 'glcm'"):
        list(intensity_features(NOISE, NOISE > 0, (1, 1, 1), ("gldzm",), 25.0))


def test_an_intensity_that_is_not_a_number_is_refused():
    holed = NOISE.copy()
    holed[2, 3, 4] = np.nan
    with pytest.raises(BadInput, match="1 of 990 in the region that are not finite"):
        list(intensity_features(holed, np.ones(NOISE.shape, bool), (1, 1, 1), ("glcm",), 25.0))


def test_an_empty_mask_is_refused():
    nothing = np.zeros(NOISE.shape, dtype=bool)
    with pytest.raises(BadInput, match="none inside"):
        list(intensity_features(NOISE, nothing, (1, 1, 1), ("glcm",), 25.0))
    with pytest.raises(BadInput, match="none inside"):
        list(shape_features(nothing, (1.0, 1.0, 1.0)))


@pytest.mark.parametrize("name", TEXTURES)
def test_texture_does_not_depend_on_the_order_of_axes(name):
    """Turning the array turns the directions with it."""
    mask = np.ones(NOISE.shape, dtype=bool)
    straight = [value for _, _, value in intensity_features(NOISE, mask, (1, 1, 1), (name,), 10.0)]
    turned = np.ascontiguousarray(NOISE.transpose(2, 0, 1)[::-1])
    other = [value for _, _, value in intensity_features(turned, np.ones(turned.shape, bool), (1, 1, 1), (name,), 10.0)]
    assert straight == pytest.approx(other, rel=1e-9)


def test_importing_the_room_does_not_load_the_compiler():
    code = "import sys, radgen_assets.science.radiomics; print('numba' in sys.modules, 'radiomics' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert answer.split() == ["False", "False"]


def test_every_class_is_there():
    assert set(CLASSES) == {"firstorder", *TEXTURES}
