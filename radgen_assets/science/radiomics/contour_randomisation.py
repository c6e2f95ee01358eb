"""Masks as other readers might have drawn them: contours moved by seeded, smooth random fields in millimetres."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radgen_assets.contracts.errors import BadMask, UsedWrongly
from radgen_assets.contracts.volumes import RegionMask, TumourMasks
from radgen_assets.science.radiomics.stability_settings import ContourSettings

NUMBERED = "#"  # "expert#2": the second perturbation of the expert's mask; no maker's own name can hold it
EVERYWHERE = np.ones((3, 3, 3), dtype=bool)  # 26 neighbours: diagonal voxels belong together
KERNEL_SD = 3.0  # reach of the smoothing kernel


def randomise_contours(
    regions: Sequence[NDArray[np.bool_]],
    spacing_mm: Sequence[float],
    settings: ContourSettings,
    *,
    seed: int | Sequence[int],
    within: NDArray[np.bool_] | None = None,
) -> tuple[NDArray[np.bool_], ...]:
    """Regions of one tumour, their contours moved by one random field, so that what was nested stays nested.

    Parameters
    ----------
    regions : arrays of one shape, bool
        In any order; each with at least one voxel.
    spacing_mm : one length a dimension
    settings : ContourSettings
    seed : int or ints
        Equal seeds give equal contours on equal grids.
    within : bool, optional
        Where a contour may grow: the brain. What a region holds outside it may stay.

    Returns
    -------
    tuple of arrays, bool
        Never empty. No piece of a region vanishes (its deepest voxels stay), no island appears that does not touch
        the region as it was drawn, and no hole opens inside it.

    Raises
    ------
    UsedWrongly
        For other shapes or spacings.
    BadMask
        For an empty region.

    Notes
    -----
    A voxel is inside when its signed distance to the drawn contour is less than the displacement there: a Gaussian
    random field of unit variance (white noise under a Gaussian kernel of sd `correlation_mm`) times `local_sd_mm`, plus
    one normal number times `overall_sd_mm`, cut at `largest_mm`. The contour is taken to run half a voxel of the finest
    axis beyond the outermost voxels, so that along a coarse axis it moves less than it should.
    After Zwanenburg et al., Sci Rep 9 (2019) 614, whose contours are randomised by supervoxels and whose volumes are
    changed apart; distances need no intensities, so that the same contours serve every sequence.
    """
    drawn, spacing = _checked(regions, spacing_mm, within)
    box = _box(np.logical_or.reduce(drawn), settings.largest_mm, spacing)
    rng = np.random.default_rng(seed)
    overall = settings.overall_sd_mm * rng.standard_normal()
    shape = tuple(axis.stop - axis.start for axis in box)
    field = settings.local_sd_mm * smooth_field(rng, shape, settings.correlation_mm / spacing)
    displacement = np.clip(overall + field, -settings.largest_mm, settings.largest_mm)
    allowed = None if within is None else within[box]
    moved = []
    for region in drawn:
        part = region[box]
        inside = _signed_distance(part, spacing) < displacement
        if allowed is not None:
            inside &= allowed | part
        whole = np.zeros(region.shape, dtype=bool)
        whole[box] = _same_pieces(inside, part, spacing)
        moved.append(whole)
    return tuple(moved)


def perturbed_masks(
    masks: Sequence[RegionMask],
    spacing_mm: Sequence[float],
    settings: ContourSettings,
    *,
    n: int,
    seed: int,
    within: NDArray[np.bool_] | None = None,
) -> tuple[RegionMask, ...]:
    """`n` perturbations of one maker's regions, as masks of the makers "<maker>#1", "<maker>#2", ...

    The seed is mixed with the mask's voxels, so that two patients never share a field.
    """
    if len({mask.maker for mask in masks}) != 1:
        raise UsedWrongly(f"perturbed masks: found the makers {sorted({m.maker for m in masks})}, expected one.")
    drawn = [mask.data for mask in masks]
    voxels = int.from_bytes(hashlib.sha256(np.packbits(np.stack(drawn)).tobytes()).digest()[:8], "big")
    found: list[RegionMask] = []
    for number in range(1, n + 1):
        moved = randomise_contours(drawn, spacing_mm, settings, seed=(seed, number, voxels), within=within)
        maker = f"{masks[0].maker}{NUMBERED}{number}"
        found += [replace(mask, maker=maker, data=data) for mask, data in zip(masks, moved, strict=True)]
    return tuple(found)


def all_as_primary(masks: TumourMasks, drawn: Sequence[RegionMask]) -> TumourMasks:
    """`drawn` as the masks that features are made from, on the grid of `masks`."""
    return TumourMasks(tuple(replace(mask, is_primary=True) for mask in drawn), masks.affine)


def smooth_field(
    rng: np.random.Generator, shape: tuple[int, ...], correlation: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Gaussian random field of mean 0 and variance 1 everywhere; `correlation` is the kernel's sd in voxels an axis."""
    reach = [int(np.ceil(KERNEL_SD * sd)) for sd in correlation]
    noise = rng.standard_normal([length + 2 * more for length, more in zip(shape, reach, strict=True)])
    for axis, (sd, more) in enumerate(zip(correlation, reach, strict=True)):
        offsets = np.arange(-more, more + 1)
        kernel = np.exp(-0.5 * (offsets / sd) ** 2)
        kernel /= np.sqrt((kernel**2).sum())  # so that the sum of independent numbers keeps variance 1
        noise = ndimage.convolve1d(noise, kernel, axis=axis, mode="constant")
        noise = np.moveaxis(np.moveaxis(noise, axis, 0)[more : more + shape[axis]], 0, axis)
    return noise


def _checked(
    regions: Sequence[NDArray[np.bool_]], spacing_mm: Sequence[float], within: NDArray[np.bool_] | None
) -> tuple[list[NDArray[np.bool_]], NDArray[np.float64]]:
    drawn = [np.asarray(region, dtype=bool) for region in regions]
    shapes = {region.shape for region in drawn} | ({within.shape} if within is not None else set())
    spacing = np.asarray(spacing_mm, dtype=np.float64)
    if len(shapes) != 1 or len(next(iter(shapes))) != 3:
        raise UsedWrongly(f"contour randomisation: found shapes {sorted(shapes)}, expected one of three dimensions.")
    if spacing.shape != (3,) or not (np.isfinite(spacing) & (spacing > 0)).all():
        raise UsedWrongly(f"contour randomisation: found the spacing {spacing_mm}, expected three lengths above 0 mm.")
    for number, region in enumerate(drawn, 1):
        if not region.any():
            raise BadMask("mask", f"region {number}", "no voxel", "at least one", "Leave the region out.")
    return drawn, spacing


def _box(mask: NDArray[np.bool_], margin_mm: float, spacing: NDArray[np.float64]) -> tuple[slice, slice, slice]:
    """Around the mask, with room for the largest displacement and a rim of background where the grid has one."""
    used = ndimage.find_objects(mask.astype(np.uint8))[0]
    margin = np.ceil(margin_mm / spacing).astype(int) + 2
    i, j, k = (
        slice(max(axis.start - int(more), 0), min(axis.stop + int(more), length))
        for axis, more, length in zip(used, margin, mask.shape, strict=True)
    )
    return (i, j, k)


def _signed_distance(region: NDArray[np.bool_], spacing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance to the contour in mm, negative inside."""
    half = float(spacing.min()) / 2
    outside = ndimage.distance_transform_edt(~region, sampling=spacing)
    inside = _depth(region, spacing)
    return np.where(region, half - inside, outside - half)


def _depth(region: NDArray[np.bool_], spacing: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance to the background; what lies beyond the grid is background."""
    padded = np.pad(region, 1)
    return ndimage.distance_transform_edt(padded, sampling=spacing)[1:-1, 1:-1, 1:-1]


def _same_pieces(
    inside: NDArray[np.bool_], drawn: NDArray[np.bool_], spacing: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """`inside` without new islands and new holes, and with the deepest voxels of pieces that were lost."""
    pieces, n_pieces = ndimage.label(drawn, structure=EVERYWHERE)
    standing = np.unique(pieces[inside & drawn])
    lost = np.setdiff1d(np.arange(1, n_pieces + 1), standing)
    kept = inside.copy()
    if lost.size:
        depth = _depth(drawn, spacing)
        deepest = ndimage.maximum(depth, pieces, index=lost)
        for piece, value in zip(lost, deepest, strict=True):
            kept |= (pieces == piece) & (depth >= value)
    islands, n_islands = ndimage.label(kept, structure=EVERYWHERE)
    touching = np.isin(np.arange(n_islands + 1), np.unique(islands[drawn]))
    touching[0] = False
    kept = touching[islands]
    cavities, hollow = _cavities(kept), _cavities(drawn) > 0
    new = np.setdiff1d(np.unique(cavities), np.unique(cavities[hollow]))
    return kept | np.isin(cavities, new[new > 0])


def _cavities(region: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Numbers of the pieces of background that the region encloses; 0 elsewhere."""
    background, _ = ndimage.label(np.pad(~region, 1, constant_values=True))
    enclosed = np.where(background == background[0, 0, 0], 0, background)
    return enclosed[1:-1, 1:-1, 1:-1].astype(np.int32)
