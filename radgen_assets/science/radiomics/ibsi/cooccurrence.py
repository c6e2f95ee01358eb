"""Co-occurrence features in the manual's aggregations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.glcm import CoOccurrences, features_by_direction
from radgen_assets.science.radiomics.glcm_kernels import dense_pairs
from radgen_assets.science.radiomics.ibsi.aggregation import Merged, entries
from radgen_assets.science.radiomics.ibsi.names import FEATURES, stems
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import TextureSettings


def cooccurrence_features(region: TextureRegion, *, in_plane: bool) -> dict[str, float]:
    """25 features in each aggregation, symmetric matrices, distance 1, by tag."""
    pairs = entries(region, _pairs, in_plane=in_plane)
    if not len(pairs.count):
        return {}
    ways = ("2D_avg", "2D_comb", "2_5D_avg", "2_5D_comb") if in_plane else ("3D_avg", "3D_comb")
    found: dict[str, float] = {}
    for way in ways:
        values = _features(pairs.put_together(way))
        for stem in stems("cm"):
            tag = f"{stem}_{way}"
            found[tag] = float(np.nanmean(values[_COUNTERPART[stem]]))
    return found


# the features are those of the engine: the two conventions define them alike, but for how matrices are put together
_COUNTERPART = {stem: FEATURES[f"{stem}_3D_avg"].pyradiomics.removeprefix("glcm.") for stem in stems("cm")}


def _pairs(region: TextureRegion, settings: TextureSettings) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    offsets = region.offsets(region.steps(settings))
    return dense_pairs(region, offsets, symmetric=True)


def _features(pairs: Merged) -> dict[str, NDArray[np.float64]]:
    p = pairs.count / pairs.total(pairs.count)[pairs.matrix]
    with np.errstate(invalid="ignore"):  # the second measure of information is NaN where rounding beats independence
        return features_by_direction(
            CoOccurrences(pairs.matrix, pairs.row, pairs.column, p, pairs.grey_levels, pairs.n_matrices)
        )
