"""A tumour follows its two latent variables."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.volumes import LabelConvention
from radgen_assets.science.phantom.anatomy import draw_brain
from radgen_assets.science.phantom.tumour import (
    ENHANCING,
    NECROSIS,
    NON_ENHANCING,
    OEDEMA,
    appearance_of,
    grow_tumour,
    in_convention,
)


@pytest.fixture(scope="module")
def brain():
    return draw_brain(np.random.default_rng(3), 48, ventricle_scale=1.0)


def _labels(brain, aggressiveness: float, wildtype: float) -> np.ndarray:
    return grow_tumour(np.random.default_rng(8), brain, appearance_of(aggressiveness, wildtype)).labels()


def test_parts_are_shares_that_never_exceed_the_voxel(brain):
    tumour = grow_tumour(np.random.default_rng(8), brain, appearance_of(0.5, 0.5))
    for part in (tumour.necrosis, tumour.oedema, tumour.non_enhancing, tumour.enhancing):
        assert part.min() >= 0
    assert tumour.share.max() <= 1 + 1e-5


def test_the_tumour_lies_inside_the_brain(brain):
    assert brain.brain[_labels(brain, 2.0, 0.0) > 0].min() >= 0.5


def test_aggressive_tumours_are_larger(brain):
    volumes = [int((_labels(brain, latent, 0.0) > 0).sum()) for latent in (-2, -1, 0, 1, 2)]
    assert volumes == sorted(volumes)
    assert volumes[-1] > 3 * volumes[0]


def test_a_likely_wildtype_tumour_has_a_necrotic_centre_and_an_enhancing_rim(brain):
    counts = np.bincount(_labels(brain, 0.5, 1.5).ravel(), minlength=5)
    assert all(counts[part] > 0 for part in (NECROSIS, OEDEMA, ENHANCING))
    core = counts[NECROSIS] + counts[NON_ENHANCING] + counts[ENHANCING]
    assert counts[ENHANCING] / core > 0.3


def test_a_likely_mutant_tumour_does_not_enhance(brain):
    """So that a patient without enhancing tumour is among the demo's."""
    counts = np.bincount(_labels(brain, 0.0, -1.6).ravel(), minlength=5)
    assert counts[ENHANCING] == 0
    assert counts[NON_ENHANCING] > 0


@pytest.mark.parametrize(
    ("convention", "expected"),
    [
        (LabelConvention.brats_2013, [0, 1, 2, 3, 4]),
        (LabelConvention.brats_2017, [0, 1, 2, 1, 4]),
        (LabelConvention.brats_2023, [0, 1, 2, 1, 3]),
        (LabelConvention.whole_tumour, [0, 1, 1, 1, 1]),
    ],
)
def test_labels_are_translated_by_their_meaning(convention, expected):
    """0 background, then necrosis, oedema, non-enhancing, enhancing."""
    assert in_convention(np.arange(5, dtype=np.uint8), convention).tolist() == expected


def test_a_reader_draws_the_same_tumour_a_little_differently(brain):
    look = appearance_of(0.5, 0.5)
    truth = grow_tumour(np.random.default_rng(8), brain, look).labels() > 0
    drawn = grow_tumour(np.random.default_rng(8), brain, look, reader=np.random.default_rng(1)).labels() > 0
    dice = 2 * (truth & drawn).sum() / (truth.sum() + drawn.sum())
    assert 0.7 < dice < 0.999
