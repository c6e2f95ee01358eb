"""What the encoder sees of a patient, on tumours that are boxes in noise."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.errors import MaskOffGrid, MissingByRight
from radgen_assets.contracts.volumes import (
    MakerKind,
    Region,
    RegionMask,
    RegisteredVolumes,
    Sequence,
    TumourMasks,
    Volume,
)
from radgen_assets.science.deep.crops import standardise, tumour_crop
from radgen_assets.science.deep.settings import EmbeddingSettings

SMALL = EmbeddingSettings(input_shape=(8, 8, 8), voxel_mm=1.0, margin_mm=0.0)
SHAPE = (24, 28, 20)


def registered(data: np.ndarray, *sequences: Sequence, spacing_mm: float = 1.0) -> RegisteredVolumes:
    affine = np.diag([spacing_mm, spacing_mm, spacing_mm, 1.0])
    volumes = {each: Volume(data.astype(np.float32), affine, each) for each in sequences or (Sequence.t1ce,)}
    first = next(iter(volumes))
    return RegisteredVolumes(volumes, first, dict.fromkeys(volumes, np.eye(4)), data.shape, affine, True, {})


def box_mask(*slices: slice, shape: tuple[int, ...] = SHAPE, region: Region = Region.whole_tumour) -> TumourMasks:
    data = np.zeros(shape, dtype=bool)
    data[slices] = True
    return TumourMasks((RegionMask(region, "reader_a", MakerKind.reader, True, data),), np.eye(4))


@pytest.fixture
def noise() -> np.ndarray:
    """A brain without background: everything is inside."""
    return np.random.default_rng(0).normal(100, 10, SHAPE)


TUMOUR = (slice(8, 14), slice(10, 16), slice(6, 12))


def test_a_crop_at_the_volumes_own_spacing_is_the_voxels_around_the_tumours_centre(noise: np.ndarray):
    """A box of even length in a crop of even length needs no interpolation at all."""
    crop = tumour_crop(registered(noise), box_mask(*TUMOUR), SMALL)
    expected = standardise(noise.astype(np.float32), 5.0)[7:15, 9:17, 5:13]
    assert crop.values.shape == (1, 8, 8, 8)
    assert crop.values.dtype == np.float32
    np.testing.assert_allclose(crop.values[0], expected, atol=1e-5)
    assert (crop.sequences, crop.voxel_mm, crop.warnings) == (("t1ce",), 1.0, ())


def test_size_is_seen_since_every_patient_has_the_same_field_of_view(noise: np.ndarray):
    """Two tumours of one shape and different size give different crops."""
    bright = noise.copy()
    bright[10:12, 12:14, 8:10] += 200
    small = tumour_crop(registered(bright), box_mask(slice(10, 12), slice(12, 14), slice(8, 10)), SMALL)
    bright[TUMOUR] += 200
    large = tumour_crop(registered(bright), box_mask(*TUMOUR), SMALL)
    assert (small.values > 2).sum() < (large.values > 2).sum()


def test_a_larger_tumour_is_shown_whole_at_coarser_voxels_and_flagged(noise: np.ndarray):
    bright = noise.copy()
    tumour = (slice(2, 22), slice(8, 20), slice(4, 16))
    bright[tumour] += 40
    crop = tumour_crop(registered(bright), box_mask(*tumour), SMALL)
    assert crop.voxel_mm == 20 / 8
    assert crop.warnings == (
        "whole tumour of 20 x 12 x 12 mm does not fit the field of view of 8 x 8 x 8 mm with a margin of 0 mm: "
        "embedded at 2.50 mm instead of 1 mm voxels",
    )
    assert crop.values[0, :, 4, 4].min() > 0  # tumour from edge to edge along i
    assert crop.values[0, 4, 0, 0] < crop.values[0, 4, 4, 4]  # and rim beyond it along j and k


def test_the_margin_must_lie_inside_too(noise: np.ndarray):
    fits = tumour_crop(registered(noise), box_mask(*TUMOUR), SMALL.model_copy(update={"margin_mm": 1.0}))
    not_quite = tumour_crop(registered(noise), box_mask(*TUMOUR), SMALL.model_copy(update={"margin_mm": 2.0}))
    assert (fits.voxel_mm, not_quite.voxel_mm) == (1.0, 10 / 8)


def test_coarser_voxels_are_averages_not_picked_voxels(noise: np.ndarray):
    """Noise at 2 mm has a fraction of the noise at 1 mm."""
    coarse = tumour_crop(registered(noise), box_mask(*TUMOUR), SMALL.model_copy(update={"voxel_mm": 2.0}))
    inside = coarse.values[0, 2:6, 2:6, 2:6]
    assert inside.std() < 0.45


def test_voxels_of_another_size_show_the_same_millimetres():
    """A brain whose signal is a ramp in mm, stored at 1 mm and at 2 mm."""
    fine, coarse = np.zeros((48, 48, 48)), np.zeros((24, 24, 24))
    fine[4:44, 4:44, 4:44] = (np.arange(4, 44) + 0.5)[:, None, None]
    coarse[2:22, 2:22, 2:22] = (np.arange(2, 22) * 2 + 1)[:, None, None]
    settings = SMALL.model_copy(update={"input_shape": (4, 4, 4), "voxel_mm": 2.0})
    one = tumour_crop(registered(fine), box_mask(*[slice(10, 18)] * 3, shape=fine.shape), settings)
    two = tumour_crop(registered(coarse, spacing_mm=2.0), box_mask(*[slice(5, 9)] * 3, shape=coarse.shape), settings)
    np.testing.assert_allclose(one.values, two.values, atol=0.01)


def test_beyond_the_image_there_are_zeros(noise: np.ndarray):
    crop = tumour_crop(registered(noise), box_mask(slice(0, 2), slice(10, 16), slice(6, 12)), SMALL)
    assert crop.values[0].any(axis=(1, 2)).tolist() == [False] * 3 + [True] * 5


def test_the_scale_is_the_brains_not_the_backgrounds_nor_a_bright_vessels():
    """Twice the gain, an offset-free background and a few saturated voxels leave the z-scores as they are."""
    rng = np.random.default_rng(1)
    data = np.zeros((20, 20, 20), dtype=np.float32)
    data[4:16, 4:16, 4:16] = rng.normal(100, 10, (12, 12, 12))
    scores = standardise(data, 5.0)
    vessel = data.copy()
    vessel[5, 5, 5:8] = 5000
    np.testing.assert_allclose(standardise(2 * data, 5.0), scores, atol=1e-4)
    assert np.abs(standardise(vessel, 5.0) - scores)[8:].max() < 0.05
    assert standardise(vessel, 5.0).max() == 5.0
    assert not scores[:4].any()
    assert abs(scores[4:16, 4:16, 4:16].mean()) < 0.05


def test_a_constant_image_gives_zeros_rather_than_a_division_by_zero():
    assert not standardise(np.full((8, 8, 8), 7, dtype=np.float32), 5.0).any()


def test_without_a_mask_of_the_whole_tumour_there_is_no_embedding_by_right(noise: np.ndarray):
    with pytest.raises(MissingByRight, match="no mask of the whole tumour"):
        tumour_crop(registered(noise), box_mask(*TUMOUR, region=Region.tumour_core), SMALL)


def test_an_empty_mask_is_no_mask(noise: np.ndarray):
    with pytest.raises(MissingByRight, match="no mask of the whole tumour"):
        tumour_crop(registered(noise), box_mask(slice(0, 0)), SMALL)


def test_a_mask_of_another_grid_is_refused(noise: np.ndarray):
    masks = box_mask(slice(1, 3), shape=(8, 8, 8))
    with pytest.raises(MaskOffGrid, match=r"mask by reader_a: shape: found \(8, 8, 8\), expected \(24, 28, 20\)"):
        tumour_crop(registered(noise), masks, SMALL)


def test_no_other_sequence_stands_in_unless_it_is_named(noise: np.ndarray):
    """Values that an encoder reads from two sequences are not comparable."""
    without = registered(noise, Sequence.flair, Sequence.t1w)
    with pytest.raises(MissingByRight, match=r"no t1ce to embed \(sequences present: flair, t1w\)"):
        tumour_crop(without, box_mask(*TUMOUR), SMALL)
    crop = tumour_crop(without, box_mask(*TUMOUR), SMALL.model_copy(update={"fallback": (Sequence.flair,)}))
    assert crop.sequences == ("flair",)
    assert crop.warnings == ("no t1ce: flair stands in, and its values are not comparable with the others",)


def test_the_batch_size_is_no_part_of_the_recipe_and_everything_else_is():
    """It changes no value beyond the stated tolerance, so no patient is embedded again when it changes."""
    assert EmbeddingSettings(batch_size=2).digest() == EmbeddingSettings().digest()
    assert EmbeddingSettings(clip=4.0).digest() != EmbeddingSettings().digest()
