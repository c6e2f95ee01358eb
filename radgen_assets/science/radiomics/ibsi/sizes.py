"""Run length, size zone, distance zone and dependence features in the manual's aggregations."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from radgen_assets.science.radiomics.gldm import dependences
from radgen_assets.science.radiomics.glrlm import run_lengths
from radgen_assets.science.radiomics.glszm import zone_sizes
from radgen_assets.science.radiomics.ibsi.aggregation import Entries, Merged, entries
from radgen_assets.science.radiomics.ibsi.names import stems
from radgen_assets.science.radiomics.size_matrix import SizeMatrix
from radgen_assets.science.radiomics.texture_region import TextureRegion
from radgen_assets.science.radiomics.texture_settings import TextureSettings, directions

Columns = tuple[NDArray, NDArray, NDArray, NDArray]
_NOTHING = (np.empty(0, dtype=np.int64),) * 4

# what the four families share, in the order of the manual
_COMMON = (
    *("small", "large", "low", "high", "small_low", "small_high", "large_low", "large_high"),
    *("grey_nonuniformity", "grey_nonuniformity_normalised", "size_nonuniformity", "size_nonuniformity_normalised"),
    *("percentage", "grey_variance", "size_variance", "entropy", "energy"),
)


def run_length_features(region: TextureRegion, *, in_plane: bool) -> dict[str, float]:
    """16 features in each aggregation, by tag."""
    runs = entries(region, _runs, in_plane=in_plane)
    ways = ("2D_avg", "2D_comb", "2_5D_avg", "2_5D_comb") if in_plane else ("3D_avg", "3D_comb")
    return _features("rlm", _covering_their_size(runs), ways)


def size_zone_features(region: TextureRegion, *, in_plane: bool) -> dict[str, float]:
    """16 features in each aggregation, by tag; 26 neighbours, 8 in a slice."""
    return _features("szm", _covering_their_size(entries(region, _zones, in_plane=in_plane)), _ways(in_plane))


def dependence_features(region: TextureRegion, *, in_plane: bool) -> dict[str, float]:
    """17 features in each aggregation, by tag; distance 1, equal levels, the voxel itself counted."""
    return _features("ngl", entries(region, _dependences, in_plane=in_plane), _ways(in_plane))


def distance_zone_features(
    levels: NDArray[np.int32], distance: NDArray[np.int64], *, in_plane: bool
) -> dict[str, float]:
    """16 features in each aggregation, by tag.

    Parameters
    ----------
    levels : (k, j, i) int32
        0 outside the intensity mask.
    distance : (k, j, i) int
        Steps from outside the morphological mask, 1 at its border; a zone has the smallest of its voxels.
    in_plane : bool
    """
    zone_of, n_zones = _zone_of_each_voxel(levels, in_plane)
    inside = levels != 0
    slice_of = np.nonzero(inside)[0]
    grey, rank = np.unique(levels[inside], return_inverse=True)
    first = np.unique(zone_of, return_index=True)[1]
    nearest = np.full(n_zones, np.iinfo(np.int64).max)
    np.minimum.at(nearest, zone_of, distance[inside])
    _, unit = np.unique(slice_of[first], return_inverse=True)
    zones = Entries(
        unit=unit if in_plane else np.zeros_like(unit),
        direction=np.zeros_like(unit),
        row=rank[first],
        column=nearest - 1,
        count=np.ones(n_zones),
        voxels=np.bincount(zone_of).astype(np.float64),
        grey_levels=grey.astype(np.float64),
    )
    return _features("dzm", zones, _ways(in_plane))


def _ways(in_plane: bool) -> tuple[str, ...]:
    return ("2D", "2_5D") if in_plane else ("3D",)


def _covering_their_size(sizes: Entries) -> Entries:
    return replace(sizes, voxels=sizes.count * (sizes.column + 1))


def _runs(region: TextureRegion, settings: TextureSettings) -> Columns:
    found = run_lengths(region, settings, every_direction=True)
    return _columns(found) if found is not None else _NOTHING


def _zones(region: TextureRegion, settings: TextureSettings) -> Columns:
    return _columns(zone_sizes(region, settings))


def _dependences(region: TextureRegion, settings: TextureSettings) -> Columns:
    return _columns(dependences(region, settings))


def _columns(found: SizeMatrix) -> Columns:
    return found.direction, found.rank, found.size - 1, found.count


def _zone_of_each_voxel(levels: NDArray[np.int32], in_plane: bool) -> tuple[NDArray[np.int64], int]:
    """Number of the zone of each voxel inside, in the array's order, and how many zones there are."""
    padded = np.pad(levels, 1)
    inside = padded.ravel() != 0
    number = np.cumsum(inside) - 1
    places = np.flatnonzero(inside)
    flat = padded.ravel()
    _, n_j, n_i = padded.shape
    steps = directions(levels.shape, (1,), 0 if in_plane else None)
    joined = []
    for offset in steps @ np.array([n_j * n_i, n_i, 1]):
        alike = places[flat[places] == flat[places + offset]]
        joined.append((number[alike], number[alike + offset]))
    one, other = (np.concatenate(ends) for ends in zip(*joined, strict=True)) if joined else (places[:0], places[:0])
    graph = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(len(places), len(places)))
    n_zones, zone_of = connected_components(graph, directed=False)
    return zone_of.astype(np.int64), int(n_zones)


def _features(prefix: str, sizes: Entries, ways: tuple[str, ...]) -> dict[str, float]:
    found: dict[str, float] = {}
    if not len(sizes.count):
        return found
    names = stems(prefix)
    for way in ways:
        merged = sizes.put_together(way)
        values = _of_each_matrix(merged)
        found |= {f"{stem}_{way}": float(values[common].mean()) for stem, common in zip(names, _COMMON, strict=False)}
    return found


def _of_each_matrix(sizes: Merged) -> dict[str, NDArray[np.float64]]:
    """The engine's features of a size matrix, the percentage counted in voxels, and the energy."""
    matrix = SizeMatrix(sizes.matrix, sizes.row, sizes.column + 1, sizes.count, sizes.grey_levels, sizes.n_matrices)
    n = sizes.total(sizes.count)
    return matrix.features() | {
        "percentage": n / sizes.total(sizes.voxels),
        "energy": sizes.total((sizes.count / n[sizes.matrix]) ** 2),
    }
