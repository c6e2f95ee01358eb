"""Filters of a box equal pyradiomics' filters of the whole volume to the last bit.

A difference of one part in a million moves voxels over bin edges, and texture then changes in steps.
"""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from hypothesis import given, settings
from hypothesis import strategies as st
from radiomics import imageoperations

from radgen_assets.science.imaging.native_threads import one_native_thread
from radgen_assets.science.radiomics import RadiomicsSettings
from radgen_assets.science.radiomics.filters import filtered_images
from radgen_assets.science.radiomics.filters.gaussian import recursion_coefficients
from radgen_assets_tests.science.imaging.small_heads import blurred_noise

SIDES = st.integers(min_value=14, max_value=33)
KINDS = {
    "original": "Original",
    "wavelet": "Wavelet",
    "log": "LoG",
    "square": "Square",
    "squareroot": "SquareRoot",
    "logarithm": "Logarithm",
    "exponential": "Exponential",
    "gradient": "Gradient",
}
ALL = RadiomicsSettings(image_types=tuple(KINDS))


def of_the_whole_volume(image: np.ndarray, spacing: tuple[float, float, float], chosen: RadiomicsSettings) -> dict:
    node = sitk.GetImageFromArray(image)
    node.SetSpacing(spacing[::-1])
    more = {"sigma": list(chosen.log_sigmas_mm), "gradientUseSpacing": chosen.gradient_per_mm}
    if chosen.force_2d:
        more |= {"force2D": True, "force2Ddimension": chosen.plane_axis}
    found = {}
    for kind in chosen.image_types:
        for filtered, name, _ in getattr(imageoperations, f"get{KINDS[kind]}Image")(node, None, **more):
            found[name] = sitk.GetArrayFromImage(filtered)
    return found


def assert_equal_in(box, image, spacing, chosen=ALL):
    with one_native_thread():
        whole = of_the_whole_volume(image, spacing, chosen)
        part = dict(filtered_images(image, spacing, box, chosen))
    assert list(part) == list(whole)
    for name, values in part.items():
        assert values.dtype == whole[name].dtype, name
        assert np.array_equal(values, whole[name][box]), name


def a_box(data, shape):
    box = []
    for side in shape:
        start = data.draw(st.integers(0, side - 2))
        box.append(slice(start, data.draw(st.integers(start + 1, side))))
    return tuple(box)


@given(data=st.data(), shape=st.tuples(SIDES, SIDES, SIDES), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_any_box_of_any_volume_has_the_values_of_the_whole(data, shape, seed):
    """Boxes at the border included, and odd sides, which pyradiomics pads."""
    assert_equal_in(a_box(data, shape), blurred_noise(shape, seed), (1.0, 1.0, 1.0))


@pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (5.5, 0.9, 1.1)])
def test_any_spacing_has_the_values_of_the_whole(spacing):
    box = (slice(6, 20), slice(9, 22), slice(3, 17))
    assert_equal_in(box, blurred_noise((27, 30, 29)), spacing)


def test_a_stripped_volume_has_the_values_of_the_whole():
    """Large empty parts and a sharp rim are the usual case."""
    image = blurred_noise((30, 30, 30)) + 300
    image[:8] = image[:, :8] = image[..., -8:] = 0
    assert_equal_in((slice(10, 25), slice(9, 22), slice(5, 20)), image, (1.0, 1.0, 1.0))


def test_a_volume_in_double_precision_is_filtered_in_it():
    """pyradiomics' own normalisation gives one."""
    image = blurred_noise((25, 22, 27)).astype(np.float64) * np.pi
    assert_equal_in((slice(6, 20), slice(0, 22), slice(3, 17)), image, (2.0, 1.0, 1.0))


@pytest.mark.parametrize("axis", ["i", "j", "k"])
def test_within_slices_the_wavelet_has_four_bands(axis):
    chosen = RadiomicsSettings(image_types=("wavelet",), force_2d=True, force_2d_axis=axis)
    assert_equal_in((slice(4, 20), slice(9, 22), slice(0, 17)), blurred_noise((23, 30, 29)), (1.0, 1.0, 1.0), chosen)


def test_a_gradient_can_be_taken_per_voxel():
    chosen = RadiomicsSettings(image_types=("gradient",), gradient_per_mm=False)
    assert_equal_in((slice(4, 20), slice(9, 22), slice(0, 17)), blurred_noise((23, 30, 29)), (3.0, 1.0, 2.0), chosen)


@given(
    sigmas=st.lists(st.floats(0.3, 12), min_size=1, max_size=3, unique=True).map(tuple),
    shape=st.tuples(*[st.integers(4, 40)] * 3),
    spacing=st.tuples(*[st.floats(0.4, 6)] * 3),
    data=st.data(),
)
@settings(max_examples=25, deadline=None, derandomize=True)
def test_any_sigma_has_the_laplacian_of_simpleitk(sigmas, shape, spacing, data):
    """Thin volumes too; one that is too small for a sigma has no such image, as in pyradiomics."""
    chosen = RadiomicsSettings(image_types=("log",), log_sigmas_mm=sigmas)
    assert_equal_in(a_box(data, shape), blurred_noise(shape, 3) * 1000, spacing, chosen)


def test_a_smoothing_recursion_leaves_a_constant_line_as_it_is():
    """Its coefficients sum to one: numerators over denominators, causal and anti-causal together."""
    n, d, m = recursion_coefficients(3.0, 1.0, second_derivative=False)[:12].reshape(3, 4)
    assert (n.sum() + m.sum()) / (1 + d.sum()) == pytest.approx(1, abs=1e-12)


def test_a_second_derivative_of_a_constant_line_is_zero():
    n, d, m = recursion_coefficients(3.0, 1.0, second_derivative=True)[:12].reshape(3, 4)
    assert (n.sum() + m.sum()) / (1 + d.sum()) == pytest.approx(0, abs=1e-12)
