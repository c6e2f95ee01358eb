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
from radgen_assets_tests.science.imaging.small_heads import blurred_noise

SIDES = st.integers(min_value=14, max_value=33)


def of_the_whole_volume(image: np.ndarray, spacing: tuple[float, float, float]) -> dict[str, np.ndarray]:
    node = sitk.GetImageFromArray(image)
    node.SetSpacing(spacing[::-1])
    found = {"original": image}
    for kind, more in (("Wavelet", {}), ("LoG", {"sigma": [1.0, 3.0, 5.0]})):
        for filtered, name, _ in getattr(imageoperations, f"get{kind}Image")(node, None, **more):
            found[name] = sitk.GetArrayFromImage(filtered)
    return found


def assert_equal_in(box, image, spacing):
    with one_native_thread():
        whole = of_the_whole_volume(image, spacing)
        part = dict(filtered_images(image, spacing, box, RadiomicsSettings()))
    assert list(part) == list(whole)
    for name, values in part.items():
        assert values.dtype == whole[name].dtype
        assert np.array_equal(values, whole[name][box]), name


@given(data=st.data(), shape=st.tuples(SIDES, SIDES, SIDES), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_any_box_of_any_volume_has_the_values_of_the_whole(data, shape, seed):
    """Boxes at the border included, and odd sides, which pyradiomics pads."""
    box = []
    for side in shape:
        start = data.draw(st.integers(0, side - 2))
        box.append(slice(start, data.draw(st.integers(start + 1, side))))
    assert_equal_in(tuple(box), blurred_noise(shape, seed), (1.0, 1.0, 1.0))


@pytest.mark.parametrize("spacing", [(2.0, 2.0, 2.0), (5.5, 0.9, 1.1)])
def test_any_spacing_has_the_values_of_the_whole(spacing):
    box = (slice(6, 20), slice(9, 22), slice(3, 17))
    assert_equal_in(box, blurred_noise((27, 30, 29)), spacing)


def test_a_stripped_volume_has_the_values_of_the_whole():
    """Large empty parts and a sharp rim are the usual case."""
    image = blurred_noise((30, 30, 30)) + 300
    image[:8] = image[:, :8] = image[..., -8:] = 0
    assert_equal_in((slice(10, 25), slice(9, 22), slice(5, 20)), image, (1.0, 1.0, 1.0))
