"""Contours as other readers might have drawn them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from radgen_assets.contracts.errors import BadMask, UsedWrongly
from radgen_assets.contracts.volumes import MakerKind, Region, RegionMask
from radgen_assets.science.agreement import dice
from radgen_assets.science.radiomics.contour_randomisation import (
    EVERYWHERE,
    perturbed_masks,
    randomise_contours,
    smooth_field,
)
from radgen_assets.science.radiomics.stability_settings import ContourSettings

SHAPE = (40, 44, 42)
SPACING = (1.0, 1.0, 1.0)
SETTINGS = ContourSettings()


def ball(radius: float, centre=(20, 22, 21)) -> np.ndarray:
    away = np.stack(np.indices(SHAPE), axis=-1) - np.array(centre)
    return (away**2).sum(axis=-1) <= radius**2


def moved(*regions, seed=1, settings=SETTINGS, spacing=SPACING, within=None):
    return randomise_contours(regions, spacing, settings, seed=seed, within=within)


def test_equal_seeds_give_equal_contours_and_others_give_others():
    first, again, other = (moved(ball(12), seed=seed)[0] for seed in (1, 1, 2))
    assert (first == again).all()
    assert 0.7 < dice(first, other) < 1


@pytest.mark.parametrize("seed", range(6))
def test_nested_regions_stay_nested(seed):
    whole, core, enhancing = moved(ball(14), ball(9), ball(9) & ~ball(7), seed=seed)
    assert not (core & ~whole).any()
    assert not (enhancing & ~core).any()


def test_the_farther_contours_move_the_less_they_overlap():
    overlaps = [
        np.mean([dice(ball(12), moved(ball(12), seed=seed, settings=ContourSettings(local_sd_mm=sd))[0])
                 for seed in range(3)])
        for sd in (0.25, 1.0, 2.0)
    ]  # fmt: skip
    assert overlaps == sorted(overlaps, reverse=True)
    assert overlaps[0] > 0.95


@pytest.mark.parametrize("seed", range(4))
def test_no_place_moves_farther_than_the_largest_displacement(seed):
    settings = ContourSettings(local_sd_mm=3.0, overall_sd_mm=3.0, largest_mm=2.0)
    (found,) = moved(ball(12), seed=seed, settings=settings)
    assert not (found & ~ball(14.6)).any()
    assert not (ball(9.4) & ~found).any()


def test_displacements_are_in_millimetres():
    """A ball of 16 mm moves as far on voxels of 1 mm as of 2 mm, within a coarse voxel."""
    settings = ContourSettings(local_sd_mm=0.01, overall_sd_mm=5.0, largest_mm=7.0)
    coarse = ball(8)
    fine = np.kron(coarse, np.ones((2, 2, 2))).astype(bool)
    for seed in (3, 5):  # outwards, inwards
        found = [
            moved(each, seed=seed, settings=settings, spacing=(mm,) * 3)[0].sum() * mm**3
            for each, mm in ((coarse, 2.0), (fine, 1.0))
        ]
        radii = np.cbrt(np.array(found) * 3 / 4 / np.pi)
        assert abs(radii - 16).min() > 1.9
        assert abs(radii[0] - radii[1]) < 1


def test_the_field_has_mean_zero_and_variance_one_whatever_its_length():
    for correlation in (0.5, 4.0):
        draws = [
            smooth_field(np.random.default_rng(s), (9, 9, 9), np.full(3, correlation))[4, 4, 4] for s in range(400)
        ]
        assert abs(np.mean(draws)) < 0.15
        assert abs(np.var(draws) - 1) < 0.2


def test_neighbouring_places_move_alike_and_distant_ones_do_not():
    field = smooth_field(np.random.default_rng(0), (60, 60, 60), np.full(3, 4.0))
    assert np.corrcoef(field[:-1].ravel(), field[1:].ravel())[0, 1] > 0.95
    assert abs(np.corrcoef(field[:-30].ravel(), field[30:].ravel())[0, 1]) < 0.15


@pytest.mark.parametrize("seed", range(8))
def test_no_piece_vanishes_and_no_island_or_hole_appears(seed):
    drawn = ball(10) | ball(1, (4, 4, 4))
    drawn[38, 40, 38] = True
    settings = ContourSettings(local_sd_mm=2.0, overall_sd_mm=1.0, correlation_mm=2.0)
    (found,) = moved(drawn, seed=seed, settings=settings)
    pieces, n_pieces = ndimage.label(drawn, structure=EVERYWHERE)
    assert n_pieces == 3
    assert set(np.unique(pieces[found])) >= {1, 2, 3}
    islands, n_islands = ndimage.label(found, structure=EVERYWHERE)
    assert set(np.unique(islands[drawn])) - {0} == set(range(1, n_islands + 1))
    assert ndimage.label(~found)[1] == 1


def test_the_hollow_of_a_ring_stays_open_where_it_is_wide():
    (found,) = moved(ball(14) & ~ball(9))
    assert not found[20, 22, 21]
    assert ndimage.label(~found)[1] == 2


def test_a_contour_grows_within_the_brain_alone():
    brain = np.zeros(SHAPE, dtype=bool)
    brain[:, :24] = True
    drawn = ball(8) & brain
    drawn[20, 30, 21] = True  # a reader's own voxel outside may stay
    (found,) = moved(drawn, settings=ContourSettings(overall_sd_mm=3.0), within=brain, seed=3)
    assert not (found & ~brain & ~drawn).any()


@pytest.mark.parametrize("drawn", [(20, 22, 21), (0, 0, 0), (39, 43, 41)])
def test_a_single_voxel_is_never_lost(drawn):
    region = np.zeros(SHAPE, dtype=bool)
    region[drawn] = True
    for seed in range(6):
        assert moved(region, seed=seed)[0].any()


def test_a_mask_at_the_border_is_moved_too():
    drawn = ball(9, (0, 22, 21))
    found = [moved(drawn, seed=seed)[0] for seed in range(4)]
    assert all(0.7 < dice(drawn, each) < 1 for each in found)


def a_maker(*data) -> list[RegionMask]:
    regions = (Region.whole_tumour, Region.tumour_core)
    return [RegionMask(region, "expert", MakerKind.reader, True, each) for region, each in zip(regions, data)]  # noqa: B905


def test_perturbations_are_makers_of_their_own_with_all_regions():
    found = perturbed_masks(a_maker(ball(12), ball(7)), SPACING, SETTINGS, n=2, seed=5)
    assert [(mask.maker, mask.region.value) for mask in found] == [
        ("expert#1", "whole_tumour"), ("expert#1", "tumour_core"),
        ("expert#2", "whole_tumour"), ("expert#2", "tumour_core"),
    ]  # fmt: skip
    assert dice(found[0].data, found[2].data) < 1


def test_two_patients_never_share_a_field():
    """Else all tumours would grow on the same side, and a feature would look more stable than it is."""
    one = perturbed_masks(a_maker(ball(12)), SPACING, SETTINGS, n=1, seed=5)[0].data
    other = perturbed_masks(a_maker(ball(12, (21, 22, 21))), SPACING, SETTINGS, n=1, seed=5)[0].data
    assert dice(one[:-1], other[1:]) < 1


def test_what_cannot_be_moved_is_refused():
    with pytest.raises(BadMask, match="region 2: found no voxel"):
        moved(ball(5), np.zeros(SHAPE, dtype=bool))
    with pytest.raises(UsedWrongly, match="expected one of three dimensions"):
        moved(ball(5), ball(5)[1:])
    with pytest.raises(UsedWrongly, match="expected three lengths above 0 mm"):
        moved(ball(5), spacing=(1.0, 0.0, 1.0))
    with pytest.raises(UsedWrongly, match=r"found the makers \['a', 'expert'\]"):
        perturbed_masks([*a_maker(ball(5)), RegionMask(Region.tumour_core, "a", MakerKind.reader, True, ball(4))],
                        SPACING, SETTINGS, n=1, seed=0)  # fmt: skip
    with pytest.raises(ValueError, match="nothing would move"):
        ContourSettings(local_sd_mm=0, overall_sd_mm=0)
