"""Features of neighbourhood grey tone differences in the manual's aggregations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from radgen_assets.science.radiomics.ibsi.aggregation import IN_PLANE, IN_VOLUME, units
from radgen_assets.science.radiomics.ibsi.names import stems
from radgen_assets.science.radiomics.ngtdm import tone_differences
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import TextureSettings

Values = NDArray[np.float64]


def tone_difference_features(region: TextureRegion, *, in_plane: bool) -> dict[str, float]:
    """5 features in each aggregation, by tag; slices, or a region, without neighbouring voxels are passed over."""
    settings = IN_PLANE if in_plane else IN_VOLUME
    parts = [_counts(each, settings) for each in units(region, in_plane=in_plane)]
    if not any(n.any() for n, _ in parts):
        return {}
    if not in_plane:
        return _tagged(_features(*parts[0], region.grey_levels), "3D")
    of_slices = [_features(n, s, region.grey_levels) for n, s in parts if n.any()]
    merged_n, merged_s = (np.sum(columns, axis=0) for columns in zip(*parts, strict=True))
    averaged = np.mean(of_slices, axis=0)
    return _tagged(averaged, "2D") | _tagged(_features(merged_n, merged_s, region.grey_levels), "2_5D")


def _tagged(values: Values, way: str) -> dict[str, float]:
    return {f"{stem}_{way}": float(value) for stem, value in zip(stems("ngt"), values, strict=True)}


def _counts(region: TextureRegion, settings: TextureSettings) -> tuple[Values, Values]:
    """For each rank, voxels that have a neighbour, and the sum of their differences."""
    found = tone_differences(region, settings)
    lonely = _without_neighbours(region, settings)
    return found.share * found.n_voxels - lonely, found.difference


def _without_neighbours(region: TextureRegion, settings: TextureSettings) -> Values:
    """Voxels of each rank that have none; pyradiomics counts them, with a difference of 0."""
    flat = region.ranks.ravel()
    places = np.flatnonzero(flat)
    alone = np.ones(len(places), dtype=bool)
    for offset in region.offsets(region.steps(settings)):
        alone &= (flat[places + offset] == 0) & (flat[places - offset] == 0)
    return np.bincount(flat[places[alone]], minlength=len(region.grey_levels) + 1)[1:].astype(np.float64)


def _features(n: Values, s: Values, grey_levels: Values) -> Values:
    """Coarseness, contrast, busyness, complexity, strength; the manual's values where a denominator is 0."""
    occurs = n > 0
    n_voxels, s, grey = n.sum(), s[occurs], grey_levels[occurs]
    p = n[occurs] / n_voxels
    apart = np.abs(grey[:, None] - grey)
    both = p[:, None] + p
    weighted = p * s
    fineness, total, n_levels = weighted.sum(), s.sum(), len(grey)
    between = np.abs((grey * p)[:, None] - grey * p).sum()
    return np.array(
        [
            1 / fineness if fineness > 0 else 1e6,
            (np.outer(p, p) * apart**2).sum() * total / n_voxels / (n_levels * (n_levels - 1)) if n_levels > 1 else 0,
            fineness / between if between > 0 else 0.0,
            (apart * (weighted[:, None] + weighted) / both).sum() / n_voxels,
            (both * apart**2).sum() / total if total > 0 else 0.0,
        ]
    )
