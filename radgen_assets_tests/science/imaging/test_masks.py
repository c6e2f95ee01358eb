"""Tumour masks: what labels mean, where they may lie, how they are carried over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadMask, MaskOffGrid, MissingByRight
from radgen_assets.contracts.volumes import LabelConvention, Region, Sequence, Volumes
from radgen_assets.science.imaging import RegistrationSettings, register, to_canonical, tumour_masks
from radgen_assets.science.imaging.registration import grid_of
from radgen_assets.science.imaging.similarity import dice
from radgen_assets_tests.science.imaging.small_heads import (
    ANCHORS,
    ball,
    head,
    isotropic,
    labels,
    nested_tumour,
    volumes,
)
from radgen_assets_tests.science.imaging.test_registration import rigid

ISOTROPIC = isotropic(Sequence.t1ce, Sequence.flair)
GRID = grid_of(ISOTROPIC.by_sequence[Sequence.t1ce])


def drawn_with(*present: int) -> np.ndarray:
    drawn = np.zeros(GRID.shape, dtype=np.uint8)
    for place, label in enumerate(present):
        drawn[30 + place, 30:34, 30:34] = label
    return drawn


@pytest.mark.parametrize(
    ("convention", "present", "expected"),
    [
        (LabelConvention.whole_tumour, (1,), {Region.whole_tumour: 16}),
        (
            LabelConvention.brats_2013,
            (1, 2, 3, 4),
            {Region.whole_tumour: 64, Region.tumour_core: 48, Region.enhancing_tumour: 16},
        ),
        (
            LabelConvention.brats_2017,
            (1, 2, 4),
            {Region.whole_tumour: 48, Region.tumour_core: 32, Region.enhancing_tumour: 16},
        ),
        (
            LabelConvention.brats_2023,
            (1, 2, 3),
            {Region.whole_tumour: 48, Region.tumour_core: 32, Region.enhancing_tumour: 16},
        ),
    ],
)
def test_regions_follow_the_convention_as_far_as_its_labels_go(convention, present, expected):
    found = tumour_masks([labels(drawn_with(*present), GRID.affine, convention=convention)], ISOTROPIC)
    assert {mask.region: int(mask.data.sum()) for mask in found.masks} == expected
    assert found.warnings == ()


def test_an_unknown_label_is_refused_with_what_the_convention_knows():
    """A 3 in a BraTS 2017 mask is enhancing tumour in 2023's convention: guessing would swap regions silently."""
    given = labels(drawn_with(1, 2, 3), GRID.affine)
    with pytest.raises(
        BadMask,
        match=r"expert_seg\.nii\.gz: labels: found 3 among 1, 2, 3, expected labels of brats_2017 \(0 background, "
        r"1 necrosis and non-enhancing, 2 oedema, 4 enhancing\)\. Declare the convention",
    ):
        tumour_masks([given], ISOTROPIC)


def test_an_empty_mask_is_refused():
    given = labels(drawn_with(), GRID.affine)
    with pytest.raises(BadMask, match=r"expert_seg\.nii\.gz: labels: found background only, expected at least one"):
        tumour_masks([given], ISOTROPIC)


def test_a_mask_of_another_shape_is_refused_with_both_shapes():
    given = labels(drawn_with(1)[:-1], GRID.affine)
    with pytest.raises(
        MaskOffGrid,
        match=r"expert_seg\.nii\.gz: shape: found \(65, 82, 66\), expected \(66, 82, 66\) as t1ce, which it was drawn",
    ):
        tumour_masks([given], ISOTROPIC)


def test_a_mask_of_another_place_is_refused_with_both_affines():
    moved = GRID.affine.copy()
    moved[0, 3] += 5
    with pytest.raises(
        MaskOffGrid, match=r"affine: found \[1 0 0 -27\.5; .*\] \(up to 5\.0 mm off\), expected \[1 0 0 -32\.5; "
    ):
        tumour_masks([labels(drawn_with(1), moved)], ISOTROPIC)


def test_without_masks_the_patient_is_skipped_with_the_reason():
    with pytest.raises(MissingByRight, match="no mask of this patient was given"):
        tumour_masks([], ISOTROPIC)


def test_a_region_without_voxels_is_left_out_with_a_warning():
    """Many lower-grade tumours do not enhance; an empty mask would give features of nothing."""
    found = tumour_masks([labels(drawn_with(1, 2), GRID.affine)], ISOTROPIC)
    assert [mask.region for mask in found.masks] == [Region.whole_tumour, Region.tumour_core]
    assert found.warnings == (
        "expert_seg.nii.gz: no voxel of enhancing_tumour (label 4); the region is left out for maker expert.",
    )


def test_on_equal_grids_nothing_is_resampled():
    drawn = nested_tumour(GRID)
    found = tumour_masks([labels(drawn, GRID.affine)], ISOTROPIC)
    assert np.array_equal(found.primary(Region.whole_tumour).data, drawn > 0)


def test_a_mask_in_another_axis_order_lies_on_the_same_anatomy():
    """BraTS files are LPS; the volumes are RAS here."""
    flip = np.diag([-1.0, -1.0, 1.0, 1.0])
    flip[:2, 3] = np.array(GRID.shape[:2]) - 1
    drawn = nested_tumour(GRID)
    found = tumour_masks([labels(drawn[::-1, ::-1], GRID.affine @ flip)], ISOTROPIC)
    assert np.array_equal(found.primary(Region.whole_tumour).data, drawn > 0)


def test_a_coarse_mask_keeps_place_and_volume():
    """Cut at one half of the interpolated region: corners are rounded by a few per cent, nothing grows or moves."""
    coarse = register(volumes(Sequence.t1ce), RegistrationSettings())
    native = grid_of(head(Sequence.t1ce))
    drawn = nested_tumour(native)
    found = tumour_masks([labels(drawn, native.affine)], coarse)
    for region, members in ((Region.whole_tumour, (1, 2, 4)), (Region.tumour_core, (1, 4))):
        repeated = np.isin(drawn, members).repeat(2, axis=0).repeat(2, axis=1).repeat(2, axis=2)
        mask = found.primary(region).data
        assert dice(mask, repeated) > 0.95
        assert 0.95 < mask.sum() / repeated.sum() <= 1.0


def test_regions_stay_nested_when_they_are_resampled():
    coarse = register(volumes(Sequence.t1ce), RegistrationSettings())
    native = grid_of(head(Sequence.t1ce))
    found = tumour_masks([labels(nested_tumour(native), native.affine)], coarse)
    whole, core, enhancing = (
        found.primary(region).data for region in (Region.whole_tumour, Region.tumour_core, Region.enhancing_tumour)
    )
    assert not (core & ~whole).any()
    assert not (enhancing & ~core).any()


def test_a_mask_goes_the_way_of_the_sequence_it_was_drawn_on():
    """A tumour drawn on an unregistered FLAIR must follow FLAIR's transform to the anchor."""
    motion = rigid((4.0, -3.0, 6.0), (5.0, -4.0, 6.0))
    moved = head(Sequence.flair, shape=(40, 46, 38), spacing_mm=(2.1, 2.0, 2.2), moved=motion)
    registered = register(
        Volumes({Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: moved}, ANCHORS), RegistrationSettings()
    )
    centre = (motion @ [8.0, 4.0, 2.0, 1.0])[:3]
    drawn = ball(grid_of(moved), tuple(centre), 12.0)
    given = labels(drawn, moved.affine, convention=LabelConvention.whole_tumour, drawn_on=Sequence.flair)
    found = tumour_masks([given], registered).primary(Region.whole_tumour)
    truth = ball(grid_of(registered.by_sequence[Sequence.t1ce]), (8.0, 4.0, 2.0), 12.0)
    assert dice(found.data, truth) > 0.95


def test_a_mask_on_the_anchors_grid_is_taken_although_its_own_sequence_lies_elsewhere():
    """Public sets draw on FLAIR and store on the common grid."""
    registered = register(
        Volumes(
            {Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: head(Sequence.flair, shape=(30, 40, 34))},
            ANCHORS,
            "yes",
        ),
        RegistrationSettings(),
    )
    native = grid_of(head(Sequence.t1ce))
    given = labels(nested_tumour(native), native.affine, drawn_on=Sequence.flair)
    assert tumour_masks([given], registered).primary(Region.whole_tumour) is not None


def test_a_tumour_outside_the_field_of_view_is_refused():
    registered = replace(
        ISOTROPIC, transforms={**ISOTROPIC.transforms, Sequence.flair: rigid((0, 0, 0), (200.0, 0, 0))}
    )
    given = labels(nested_tumour(GRID), GRID.affine, drawn_on=Sequence.flair)
    with pytest.raises(BadMask, match="found no voxel inside the field of view"):
        tumour_masks([given], registered)


def test_several_makers_stand_side_by_side_and_one_is_primary():
    expert = labels(nested_tumour(GRID), GRID.affine)
    network = labels(nested_tumour(GRID, (7.0, 4.0, 2.0)), GRID.affine, maker="network", is_primary=False)
    found = tumour_masks([expert, network], ISOTROPIC)
    assert [mask.maker for mask in found.masks] == ["expert"] * 3 + ["network"] * 3
    assert found.primary(Region.enhancing_tumour).maker == "expert"


def test_without_a_primary_maker_a_warning_says_what_to_declare():
    network = labels(nested_tumour(GRID), GRID.affine, maker="network", is_primary=False)
    found = tumour_masks([network], ISOTROPIC)
    assert found.primary(Region.whole_tumour) is None
    assert "Set primary = true for one maker" in found.warnings[0]


@pytest.mark.real
def test_float_labels_of_an_expert_in_the_convention_of_2013_give_the_counted_regions(shared_data):
    """The voxel counts of each label stand in the README beside the data."""
    import nibabel

    folder = shared_data / "brats_case" / "brats_2013_pat0006_1"
    (path,) = folder.glob("*OTMultiClass*.nii*")
    image = nibabel.load(path)
    drawn = np.rint(np.asarray(image.dataobj)).astype(np.uint8)
    (anchor_path,) = folder.glob("*T1c*.nii*")
    anchor = nibabel.load(anchor_path)
    from radgen_assets.contracts.volumes import Volume

    volume = to_canonical(Volume(np.asarray(anchor.dataobj, dtype=np.float32), anchor.affine, Sequence.t1ce))
    registered = register(Volumes({Sequence.t1ce: volume}, ANCHORS), RegistrationSettings())
    given = labels(drawn, image.affine, convention=LabelConvention.brats_2013)
    found = {mask.region: int(mask.data.sum()) for mask in tumour_masks([given], registered).masks}
    assert found == {
        Region.whole_tumour: 41_838 + 109_935 + 22_228 + 43_379,
        Region.tumour_core: 41_838 + 22_228 + 43_379,
        Region.enhancing_tumour: 43_379,
    }
