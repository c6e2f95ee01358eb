"""The three-plane picture: right slices, right proportions, right colours, equal bytes."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from radgen_assets.contracts.volumes import MakerKind, Region, RegionMask, Sequence, Volume
from radgen_assets.science.figures.three_plane import COLOURS, three_plane
from radgen_assets.science.imaging.registration import grid_of
from radgen_assets_tests.science.imaging.small_heads import ball, centred, head

BRAIN = head(Sequence.flair)
GRID = grid_of(BRAIN)


def region(of: Region, centre: tuple[float, float, float], radius: float, *, maker: str = "expert") -> RegionMask:
    primary = maker == "expert"
    kind = MakerKind.reader if primary else MakerKind.algorithm
    return RegionMask(of, maker, kind, primary, ball(GRID, centre, radius))


WHOLE = region(Region.whole_tumour, (12.0, 6.0, 4.0), 12.0)
CORE = region(Region.tumour_core, (12.0, 6.0, 4.0), 7.0)


def pixels(png: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def panels(png: bytes) -> np.ndarray:
    """The picture without title and legend."""
    return pixels(png)[34:-34]


def shows(picture: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    return (np.abs(picture.astype(int) - colour) < 25).all(axis=-1)


def test_equal_input_gives_equal_bytes():
    """The preview is a file of the artifact, whose content hash must not vary."""
    assert three_plane(BRAIN, [WHOLE, CORE]) == three_plane(BRAIN, [WHOLE, CORE])


@pytest.mark.parametrize("mask", [WHOLE, CORE])
def test_every_region_has_its_colour(mask):
    picture = panels(three_plane(BRAIN, [mask]))
    assert shows(picture, COLOURS[mask.region]).sum() > 100
    other = next(colour for name, colour in COLOURS.items() if name is not mask.region)
    assert shows(picture, other).sum() == 0


def test_a_nominal_spacing_has_no_scale():
    """A bar of 50 mm beside voxels of unknown size would be read as a length."""
    known, unknown = (pixels(three_plane(BRAIN, spacing_known=each)) for each in (True, False))
    bar = (known[-17, -100:] == known[-17, -15]).all(axis=-1)
    assert bar.sum() > 40
    assert (known[:-34] == unknown[:-34]).all()
    assert not (unknown[-17, -100:] == known[-17, -15]).all(axis=-1)[-40:].all()


def test_the_patients_right_is_on_the_left_of_the_axial_panel():
    """Radiological view: a tumour on the patient's left is drawn on the right."""
    picture = panels(three_plane(BRAIN, [region(Region.whole_tumour, (-12.0, 0.0, 0.0), 8.0)]))
    axial = picture[:, 14 : 14 + axial_width(picture)]
    columns = np.argwhere(shows(axial, COLOURS[Region.whole_tumour]))[:, 1]
    assert columns.min() > axial.shape[1] / 2


def axial_width(picture: np.ndarray) -> int:
    """Width of the first panel: up to the first column of plain paper after it."""
    paper = (picture[:, 14:] == (14, 16, 19)).all(axis=(0, 2))
    return int(paper.argmax())


def test_slices_go_through_the_largest_extent():
    """An eccentric tumour has its outline in all three panels."""
    small = region(Region.whole_tumour, (-14.0, 16.0, 12.0), 4.0)
    rows_and_columns = np.argwhere(shows(panels(three_plane(BRAIN, [small])), COLOURS[Region.whole_tumour]))
    gaps = np.diff(np.unique(rows_and_columns[:, 1]))
    assert (gaps > 50).sum() == 2


def test_panels_keep_the_proportions_of_millimetres():
    """Thick slices must not squash the head: 4 mm slices give the same picture size as 2 mm ones."""
    fine = pixels(three_plane(BRAIN))
    thick = pixels(three_plane(head(Sequence.flair, shape=(36, 44, 18), spacing_mm=(2.0, 2.0, 4.0))))
    assert np.abs(np.array(fine.shape) - thick.shape).max() <= 0.06 * fine.shape[1]


def test_other_makers_are_dashed_white_and_only_their_whole_tumour():
    network = region(Region.whole_tumour, (4.0, 2.0, 0.0), 10.0, maker="network")
    core = region(Region.tumour_core, (4.0, 2.0, 0.0), 6.0, maker="network")
    alone = shows(panels(three_plane(BRAIN, [WHOLE])), (255, 255, 255)).sum()
    with_whole = panels(three_plane(BRAIN, [WHOLE, network]))
    assert shows(with_whole, (255, 255, 255)).sum() > alone + 50
    assert np.array_equal(with_whole, panels(three_plane(BRAIN, [WHOLE, network, core])))


def test_without_masks_the_slices_go_through_the_middle():
    assert panels(three_plane(BRAIN)).max() > 200


def test_outliers_do_not_darken_the_picture():
    """One hot voxel (a vessel, a spike) must not set the grey scale."""
    hot = BRAIN.data.copy()
    hot[18, 22, 18] = 1e6
    mean = panels(three_plane(Volume(hot, BRAIN.affine, BRAIN.sequence))).mean()
    assert mean == pytest.approx(panels(three_plane(BRAIN)).mean(), rel=0.1)


@pytest.mark.parametrize("fill", [0.0, 5.0])
def test_an_image_without_content_still_gives_a_picture(fill):
    """The report of a bad patient is looked at most."""
    blank = Volume(np.full((20, 20, 20), fill, dtype=np.float32), centred((20, 20, 20), 1.0), Sequence.t2w)
    assert pixels(three_plane(blank)).shape[2] == 3
