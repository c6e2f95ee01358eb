"""Dice's overlap and the 95th percentile of surface distance: by hand, by brute force, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadMask, UsedWrongly
from radgen_assets.science.agreement import dice, hausdorff_95
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json


def disc(radius_squared, row=6):
    i, j = np.mgrid[1:13, 1:13]
    return (i - row) ** 2 + (j - 6) ** 2 < radius_squared


def by_hand(a, b, spacing):
    """All pairs of surface voxels."""

    def surface(mask):
        padded = np.pad(mask, 1)
        inner = np.ones_like(mask)
        for axis in range(mask.ndim):
            for step in (-1, 1):
                inner &= np.roll(padded, step, axis)[tuple(slice(1, -1) for _ in mask.shape)]
        return np.argwhere(mask & ~inner) * np.asarray(spacing)

    distance = np.linalg.norm(surface(a)[:, None] - surface(b)[None], axis=2)
    return max(np.percentile(distance.min(axis=1), 95), np.percentile(distance.min(axis=0), 95))


def test_dice_equals_the_formula_in_r(shared_reference):
    golden = read_json(shared_reference, "r6_agreement/expected/kappa_dice")["dice"]
    found = dice(disc(16), disc(20, row=7))
    agree("agreement.dice", "overlap", found, golden["value"])
    assert found / (2 - found) == pytest.approx(golden["jaccard"])


def test_dice_by_hand():
    assert dice([1, 1, 0, 0], [1, 0, 1, 0]) == 0.5
    assert dice([1, 1], [1, 1]) == 1
    assert dice([1, 0], [0, 1]) == 0


def test_one_empty_mask_overlaps_with_nothing_and_two_are_refused():
    assert dice([0, 0], [0, 1]) == 0
    with pytest.raises(BadMask, match="both masks empty"):
        dice([0, 0], [0, 0])


@given(seed=st.integers(0, 1000))
@settings(max_examples=25, deadline=None, derandomize=True)
def test_the_distance_is_that_of_all_pairs_of_surface_voxels(seed):
    generator = np.random.default_rng(seed)
    a, b = (generator.random((6, 7, 5)) < share for share in (0.5, 0.2))
    a[0, 0, 0] = b[-1, -1, -1] = True
    spacing = generator.uniform(0.5, 4, size=3)
    agree("agreement.hausdorff_95", "distance", hausdorff_95(a, b, spacing), by_hand(a, b, spacing))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*always_return_as_numpy:FutureWarning")
def test_monai_gives_the_same_distance():
    """A second program, in 32-bit numbers."""
    import torch
    from monai.metrics import compute_hausdorff_distance

    generator = np.random.default_rng(1)
    for _ in range(5):
        a, b = (generator.random((1, 1, 9, 10, 8)) < share for share in (0.3, 0.2))
        theirs = compute_hausdorff_distance(
            torch.tensor(a).float(),
            torch.tensor(b).float(),
            include_background=True,
            percentile=95,
            spacing=(1.0, 2.0, 0.5),
        )
        assert hausdorff_95(a[0, 0], b[0, 0], (1.0, 2.0, 0.5)) == pytest.approx(theirs.item(), rel=1e-5)


@given(seed=st.integers(0, 500))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_order_of_the_masks_and_place_in_the_grid_do_not_matter(seed):
    generator = np.random.default_rng(seed)
    a, b = (generator.random((5, 6, 4)) < 0.4 for _ in range(2))
    a[2, 2, 2] = b[2, 2, 3] = True
    moved = [np.pad(each, 3) for each in (a, b)]
    spacing = (1, 1.5, 3)
    assert hausdorff_95(b, a, spacing) == hausdorff_95(a, b, spacing) == hausdorff_95(*moved, spacing)
    assert dice(b, a) == dice(a, b) == dice(*moved)
    assert hausdorff_95(a, a, spacing) == 0


def test_spacing_counts_in_each_direction():
    a, b = np.zeros((3, 4)), np.zeros((3, 4))
    a[1, 0] = b[1, 3] = 1
    assert hausdorff_95(a, b, (5, 2)) == 6
    assert hausdorff_95(a.T, b.T, (2, 5)) == 6


@pytest.mark.parametrize("measure", [dice, lambda a, b: hausdorff_95(a, b, (1.0,))])
def test_masks_of_other_grids_or_with_other_labels_are_refused(measure):
    with pytest.raises(UsedWrongly, match=r"masks of shapes \(2,\) and \(3,\), expected one grid"):
        measure([0, 1], [0, 1, 1])
    with pytest.raises(UsedWrongly, match="found the label 4, expected 0 and 1"):
        measure([0, 4], [0, 1])


def test_an_empty_mask_has_no_surface():
    with pytest.raises(BadMask, match="second mask: found no voxel"):
        hausdorff_95([0, 1], [0, 0], (1,))
    with pytest.raises(UsedWrongly, match=r"found the spacing \(1, 0\), expected 1 lengths above 0 mm"):
        hausdorff_95([0, 1], [0, 1], (1, 0))
