"""Every voxel lies in pyradiomics' bin: one voxel over an edge changes texture in steps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from radiomics import imageoperations

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.radiomics.binning import binned

KINDS = st.sampled_from([np.float32, np.float64, np.int16, np.uint16])


@given(
    kind=KINDS,
    values=st.lists(st.integers(0, 4000), min_size=2, max_size=80),
    divisor=st.sampled_from([1, 3, 10, 25, 40]),
    offset=st.sampled_from([0, -77]),
    bins=st.sampled_from([{"binWidth": 25.0}, {"binWidth": 0.1}, {"binWidth": 7}, {"binCount": 1}, {"binCount": 32}]),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_levels_equal_pyradiomics(kind, values, divisor, offset, bins):
    """Values that are multiples of the width, or nearly, in every precision."""
    image = (np.array(values, dtype=np.float64) / divisor + (offset if kind is not np.uint16 else 0)).astype(kind)
    image = image.reshape(1, 1, -1)
    mask = np.ones(image.shape, dtype=bool)
    expected, _ = imageoperations.binImage(image, mask, **bins)
    found = binned(image, mask, bin_width=bins.get("binWidth"), bin_count=bins.get("binCount"))
    assert np.array_equal(found.levels, np.maximum(expected, 1))  # below the first edge by rounding: pyradiomics fails
    assert np.array_equal(found.levels_inside, found.levels[mask])


def test_outside_a_region_the_level_is_0():
    mask = np.zeros((2, 3, 4), dtype=bool)
    mask[1, 1:] = True
    found = binned(np.arange(24, dtype=np.float32).reshape(2, 3, 4), mask, bin_width=2.0)
    assert (found.levels[~mask] == 0).all()
    assert found.values.tolist() == list(range(16, 24))
    assert found.levels_inside.tolist() == [1, 1, 2, 2, 3, 3, 4, 4]


def test_bins_are_given_in_one_way():
    image, mask = np.ones((2, 2, 2)), np.ones((2, 2, 2), dtype=bool)
    with pytest.raises(UsedWrongly, match="give exactly one of them"):
        binned(image, mask)
    with pytest.raises(UsedWrongly, match="give exactly one of them"):
        binned(image, mask, bin_width=1.0, bin_count=2)
    with pytest.raises(UsedWrongly, match="bin_width 0"):
        binned(image, mask, bin_width=0.0)
    with pytest.raises(UsedWrongly, match="bin_count 0"):
        binned(image, mask, bin_count=0)


def test_a_width_that_would_need_too_many_levels_is_refused():
    image = np.array([0.0, 1e9]).reshape(1, 1, 2)
    with pytest.raises(UsedWrongly, match="give a wider bin, or normalise"):
        binned(image, np.ones(image.shape, bool), bin_width=1e-6)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_what_is_not_finite_is_refused(wrong):
    image = np.array([1.0, wrong, 3.0]).reshape(1, 1, 3)
    with pytest.raises(BadInput, match="1 of 3 in the region that are not finite"):
        binned(image, np.ones(image.shape, bool), bin_width=1.0)
