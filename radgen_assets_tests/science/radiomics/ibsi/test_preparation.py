"""Grids, masks, re-segmentation and grey levels of the manual."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadInput, BadMask, MaskOffGrid, UsedWrongly
from radgen_assets.science.radiomics.ibsi.configurations import CT_C, DIGITAL_PHANTOM, IbsiConfiguration
from radgen_assets.science.radiomics.ibsi.preparation import distance_to_border, grey_levels, grid_after, prepare

PLAIN = IbsiConfiguration("plain", "as given")


def row(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64).reshape(1, 1, -1)


def inside(image: np.ndarray) -> np.ndarray:
    return np.ones(image.shape, dtype=bool)


def test_a_new_grid_holds_the_old_one():
    assert grid_after((60, 201, 204), (3.0, 0.977, 0.977), (2.0, 2.0, 2.0)) == (90, 99, 100)


def test_rounding_alone_adds_no_voxel():
    """3 x 0.7 is 2.0999999999999996 and 2.1 / 0.7 is above 3 in floating point."""
    assert grid_after((3, 7, 21), (0.7, 0.3, 0.1), (0.7, 0.7, 0.7)) == (3, 3, 3)


def test_the_new_grid_shares_its_centre_with_the_old_one():
    """Four voxels of 1 mm become two of 2 mm, each midway between two old ones."""
    found = prepare(row(0, 10, 20, 30), inside(row(0, 0, 0, 0)), (2.0, 2.0, 1.0), replace(PLAIN, spacing_mm=(2.0,) * 3))
    assert found.interpolated.image.ravel().tolist() == [5, 25]


def test_beyond_the_outermost_voxel_its_value_holds():
    found = prepare(row(0, 10, 20), inside(row(0, 0, 0)), (2.0, 2.0, 1.0), replace(PLAIN, spacing_mm=(2.0,) * 3))
    assert found.interpolated.image.ravel().tolist() == [0, 20]


def test_resampled_intensities_are_rounded():
    found = prepare(row(0, 1, 2, 4), inside(row(0, 0, 0, 0)), (2.0, 2.0, 1.0), replace(PLAIN, spacing_mm=(2.0,) * 3))
    assert found.interpolated.image.ravel().tolist() == [0, 3]  # 0.5 and 3.0


def test_a_voxel_that_is_half_inside_is_inside():
    image = row(1, 1, 1, 1)
    mask = np.array([True, False, False, False]).reshape(1, 1, 4)
    found = prepare(image, mask, (2.0, 2.0, 1.0), replace(PLAIN, spacing_mm=(2.0,) * 3))
    assert found.interpolated.morphological_mask.ravel().tolist() == [True, False]


def test_an_axis_without_a_new_spacing_keeps_its_own():
    image = np.zeros((2, 4, 4))
    found = prepare(image, inside(image), (5.0, 1.0, 1.0), replace(PLAIN, spacing_mm=(None, 2.0, 2.0)))
    assert found.interpolated.image.shape == (2, 2, 2)
    assert found.interpolated.spacing_mm == (5.0, 2.0, 2.0)


def test_resegmentation_leaves_the_shape_as_it_is():
    image = row(-600, -500, 0, 400, 500)
    found = prepare(image, inside(image), (1.0,) * 3, replace(PLAIN, range=(-500.0, 400.0))).resegmented
    assert found.intensity_mask.ravel().tolist() == [False, True, True, True, False]
    assert found.morphological_mask.all()


def test_outliers_leave_the_intensity_mask():
    image = row(*[0.0] * 50, 1000.0)
    found = prepare(image, inside(image), (1.0,) * 3, replace(PLAIN, outlier_sigmas=3.0)).resegmented
    assert found.intensity_mask.sum() == 50


def test_levels_of_fixed_width_count_from_the_lower_end_of_the_range():
    image = row(-39, 0, 400)
    region = prepare(image, inside(image), (1.0,) * 3, replace(CT_C, spacing_mm=None)).resegmented
    assert grey_levels(region, CT_C).ravel().tolist() == [39, 41, 57]


def test_levels_of_fixed_width_without_a_range_count_from_the_minimum():
    image = row(3, 27, 28, 53)
    region = prepare(image, inside(image), (1.0,) * 3, PLAIN).resegmented
    assert grey_levels(region, replace(PLAIN, bin_width=25.0)).ravel().tolist() == [1, 1, 2, 3]


def test_of_a_fixed_number_of_levels_the_maximum_has_the_last():
    image = row(0, 1, 2, 3, 4)
    region = prepare(image, inside(image), (1.0,) * 3, PLAIN).resegmented
    assert grey_levels(region, replace(PLAIN, bin_count=4)).ravel().tolist() == [1, 2, 3, 4, 4]


def test_a_flat_region_has_one_level():
    image = row(7, 7, 7)
    region = prepare(image, inside(image), (1.0,) * 3, PLAIN).resegmented
    assert grey_levels(region, replace(PLAIN, bin_count=32)).ravel().tolist() == [1, 1, 1]


def test_the_distance_to_the_border_goes_over_faces():
    """In a slice of 5 x 5 the middle is three steps from outside; as a volume, every voxel is at the border."""
    mask = np.ones((1, 5, 5), dtype=bool)
    assert distance_to_border(mask, in_plane=True)[0, 2].tolist() == [1, 2, 3, 2, 1]
    assert distance_to_border(mask, in_plane=False).max() == 1


def test_intensities_that_are_no_levels_are_refused():
    image = row(0, 1)
    region = prepare(image, inside(image), (1.0,) * 3, DIGITAL_PHANTOM).resegmented
    with pytest.raises(BadInput, match="found 0, expected whole numbers from 1"):
        grey_levels(region, DIGITAL_PHANTOM)


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(MaskOffGrid, match=r"found \(1, 1, 3\), expected the image's \(1, 1, 2\)"):
        prepare(row(1, 2), inside(row(1, 2, 3)), (1.0,) * 3, PLAIN)


@pytest.mark.parametrize(
    ("mask", "configuration", "when"),
    [
        ([False, False], PLAIN, "as given"),
        ([True, False], replace(PLAIN, spacing_mm=(1.0, 1.0, 9.0)), "after resampling"),
        ([True, True], replace(PLAIN, range=(10.0, 20.0)), "after re-segmentation"),
    ],
)
def test_an_empty_region_is_refused_with_the_step_that_emptied_it(mask, configuration, when):
    image = row(1, 2, *[1] * 7)
    inside = np.zeros(image.shape, dtype=bool)
    inside[0, 0, :2] = mask
    with pytest.raises(BadMask, match=f"voxels {when}: found none"):
        prepare(image, inside, (1.0,) * 3, configuration)


def test_a_width_and_a_count_together_are_refused():
    with pytest.raises(UsedWrongly, match="a bin width and a bin count"):
        IbsiConfiguration("both", "both", bin_width=25.0, bin_count=32)


def test_unknown_dimensions_are_refused():
    with pytest.raises(UsedWrongly, match="expected 2D, 3D or both"):
        IbsiConfiguration("four", "four", dimensions=("4D",))
