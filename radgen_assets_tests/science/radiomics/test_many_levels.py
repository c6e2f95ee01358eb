"""Thousands of grey levels: raw intensities up to 32,767 in bins of 25 or 1 cost no memory and little time."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from radgen_assets.science.radiomics import glcm, glcm_correlation
from radgen_assets.science.radiomics.binning import binned
from radgen_assets.science.radiomics.fast_engine import TEXTURES
from radgen_assets.science.radiomics.glcm_kernels import dense_pairs, sparse_pairs
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import DEFAULT, TextureSettings
from radgen_assets_tests.science.imaging.small_heads import blurred_noise
from radgen_assets_tests.science.radiomics.of_pyradiomics import assert_equal, of_ours, of_pyradiomics

WHOLE = np.ones((10, 11, 12), dtype=bool)


def noise(shape: tuple[int, int, int], highest: float) -> np.ndarray:
    image = blurred_noise(shape)
    return ((image - image.min()) / np.ptp(image) * highest).astype(np.float32)


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("distances", [(1,), (1, 2)])
def test_pairs_counted_in_a_table_and_row_by_row_are_the_same(symmetric, distances):
    region = TextureRegion.of(binned(noise(WHOLE.shape, 900), WHOLE, bin_width=25.0).levels, max(distances))
    offsets = region.offsets(region.steps(TextureSettings(distances=distances)))
    tables = [find(region, offsets, symmetric) for find in (dense_pairs, sparse_pairs)]
    dense, sparse = (sorted(zip(*(column.tolist() for column in table), strict=True)) for table in tables)
    assert dense == sparse


def test_hundreds_of_levels_equal_pyradiomics():
    image = noise(WHOLE.shape, 5100)
    assert_equal(
        of_ours(image, WHOLE, (1.0, 1.0, 1.0), bin_width=25.0), of_pyradiomics(image, WHOLE, (1, 1, 1), binWidth=25.0)
    )


def test_the_ways_to_many_levels_agree(monkeypatch):
    """Pairs row by row, and correlation by iteration, on a region where both ways are cheap."""
    image = noise(WHOLE.shape, 2000)
    few = of_ours(image, WHOLE, (1.0, 1.0, 1.0), bin_width=25.0)
    monkeypatch.setattr(glcm, "_DENSE_UP_TO", 0)
    monkeypatch.setattr(glcm_correlation, "_DENSE_UP_TO", 0)
    assert_equal(of_ours(image, WHOLE, (1.0, 1.0, 1.0), bin_width=25.0), few)


@pytest.mark.parametrize("name", TEXTURES)
def test_thousands_of_levels_need_less_than_100_mb(name):
    """pyradiomics' table of pairs alone would take 13 x 8,000^2 x 8 bytes = 6.7 GB."""
    image = noise((24, 25, 26), 32767)
    region = TextureRegion.of(binned(image, np.ones(image.shape, bool), bin_width=1.0).levels)
    assert len(region.grey_levels) > 8000
    TEXTURES[name](region, DEFAULT)
    tracemalloc.start()
    found = TEXTURES[name](region, DEFAULT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1e8
    assert np.isfinite(list(found.values())).all()


def test_a_vast_range_over_few_voxels_costs_no_table_of_the_range():
    levels = np.array([1, 2_000_000_000, 1, 5], dtype=np.int32).reshape(1, 2, 2)
    region = TextureRegion.of(levels)
    assert region.grey_levels.tolist() == [1, 5, 2_000_000_000]
    assert region.ranks[1, 1:-1, 1:-1].tolist() == [[1, 3], [1, 2]]
    for features in TEXTURES.values():
        features(region, DEFAULT)
