"""A brain: tissue shares that add up, and one head on any grid."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.science.phantom.anatomy import draw_brain
from radgen_assets.science.phantom.fields import smooth_field, soft


@pytest.fixture(scope="module")
def brain():
    return draw_brain(np.random.default_rng(3), 48, ventricle_scale=1.0)


def test_white_grey_and_fluid_add_up_to_the_brain(brain):
    total = brain.white + brain.grey + brain.fluid
    np.testing.assert_allclose(total, brain.brain, atol=1e-5)
    for share in (brain.white, brain.grey, brain.fluid):
        assert share.min() >= -1e-6


def test_the_brain_keeps_clear_of_the_edge_of_the_field_of_view(brain):
    inside = brain.brain > 0
    assert not inside[[0, -1]].any()
    assert not inside[:, [0, -1]].any()


def test_a_brain_has_more_white_and_grey_matter_than_fluid(brain):
    white, grey, fluid = (float(share.sum()) for share in (brain.white, brain.grey, brain.fluid))
    assert white > fluid
    assert 0.4 < grey / white < 1.6


def test_the_deep_middle_holds_fluid_filled_ventricles(brain):
    """At the height of the lateral ventricles, near the midline, far from the surface."""
    assert brain.fluid[22:27, 22:32, 26:30].max() > 0.9


def test_larger_ventricles_hold_more_fluid(brain):
    wide = draw_brain(np.random.default_rng(3), 48, ventricle_scale=1.5)
    assert wide.fluid.sum() > 1.05 * brain.fluid.sum()


def test_one_seed_is_one_head_on_every_grid():
    """Head coordinates carry the anatomy: a finer grid shows the same head with more voxels."""
    coarse = draw_brain(np.random.default_rng(5), 32, ventricle_scale=1.0)
    fine = draw_brain(np.random.default_rng(5), 64, ventricle_scale=1.0)
    averaged = fine.white.reshape(32, 2, 32, 2, 32, 2).mean(axis=(1, 3, 5))
    assert np.corrcoef(averaged.ravel(), coarse.white.ravel())[0, 1] > 0.97


def test_two_seeds_are_two_heads(brain):
    other = draw_brain(np.random.default_rng(4), 48, ventricle_scale=1.0)
    assert np.abs(other.white - brain.white).max() > 0.9


def test_a_smooth_field_has_mean_0_and_variance_1():
    field = smooth_field(np.random.default_rng(0), (48, 40, 44), 16)
    assert field.shape == (48, 40, 44)
    assert field.mean() == pytest.approx(0, abs=0.1)
    assert field.std() == pytest.approx(1, abs=0.1)


def test_a_border_in_the_middle_of_a_voxel_gives_half_a_share():
    np.testing.assert_allclose(soft(np.array([-0.2, -0.05, 0.0, 0.05, 0.2]), 0.2), [0, 0.25, 0.5, 0.75, 1])
