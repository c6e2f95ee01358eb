"""Radiomic features of every region in every sequence of one patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import BadVolume, MissingByRight
from radgen_assets.contracts.features import RadiomicsTable
from radgen_assets.contracts.volumes import MakerKind, RegionMask, RegisteredVolumes, TumourMasks, Volume
from radgen_assets.science.imaging.native_threads import one_native_thread
from radgen_assets.science.radiomics.boxes import Box, bounding_box
from radgen_assets.science.radiomics.filters import filtered_images
from radgen_assets.science.radiomics.normalisation import normalised
from radgen_assets.science.radiomics.pieces import large_pieces
from radgen_assets.science.radiomics.region_checks import refuse_off_grid
from radgen_assets.science.radiomics.resampling import FeatureGrid, feature_grid
from radgen_assets.science.radiomics.settings import RadiomicsSettings
from radgen_assets.science.radiomics.texture_settings import TextureSettings

SHAPE_SEQUENCE = "mask"  # shape depends on the mask alone, so it stands once a region and not once a sequence

Row = tuple[str, str, str, str, str, str, float]


def extract_features(volumes: RegisteredVolumes, masks: TumourMasks, settings: RadiomicsSettings) -> RadiomicsTable:
    """Features of the primary masks' regions in every sequence and image type.

    Parameters
    ----------
    volumes : RegisteredVolumes
        On one grid; its spacing is that of shape and of the Laplacian of Gaussian, unless the settings resample.
    masks : TumourMasks
        On the same grid.
    settings : RadiomicsSettings

    Returns
    -------
    RadiomicsTable
        One row a feature. Shape rows have sequence "mask". A region that is too small, and a feature that is not
        finite, are left out and named in the warnings: no value is ever NaN.

    Raises
    ------
    MissingByRight
        When no primary mask is there.
    MaskOffGrid
        When a mask has another shape or lies elsewhere than the volumes.
    BadVolume
        When a sequence holds intensities that are not finite: filters and normalisation would carry them into every
        region. Where the settings have neither, nothing outside the regions' box is looked at.

    Notes
    -----
    Values equal pyradiomics 3.0.1's `RadiomicsFeatureExtractor.execute` on the same float32 volume, to the last bit
    with its engine, within 1e-6 with ours. With `normalise` its input is `normalised(data, settings)`.
    Each sequence is filtered once, in the box around all regions, not once a region; with `crop_margin_voxels` each
    region stands on a grid of its own, as pyradiomics' `preCrop` and resampling have it, and is filtered there.
    """
    refuse_off_grid(volumes, masks)
    warnings: list[str] = []
    rows: list[Row] = []
    with one_native_thread():
        placed = list(_usable(volumes, masks, settings, warnings))
        by_grid: dict[FeatureGrid, list[_UsableRegion]] = {}
        for region in placed:
            by_grid.setdefault(region.grid, []).append(region)
        for region in placed:
            rows.extend(_shape_rows(region, settings))
        for sequence in settings.sequences:
            if placed and sequence in volumes.by_sequence:
                rows.extend(_sequence_rows(volumes.by_sequence[sequence], by_grid, settings, warnings))
    return _table(rows, warnings)


@dataclass(frozen=True, eq=False)
class _UsableRegion:
    """A region in array order (k, j, i) on the grid of its features, cropped to its box there."""

    mask: RegionMask
    grid: FeatureGrid
    box: Box
    inside: NDArray[np.bool_]

    @property
    def name(self) -> str:
        return self.mask.region.value


def _usable(
    volumes: RegisteredVolumes, masks: TumourMasks, settings: RadiomicsSettings, warnings: list[str]
) -> Iterator[_UsableRegion]:
    primary = [mask for mask in masks.masks if mask.is_primary]
    if not primary:
        raise MissingByRight("no primary mask: set primary = true for one maker of the cohort's masks")
    spacing = _spacing(volumes.by_sequence[volumes.anchor])
    for mask in primary:
        data = mask.data.transpose(2, 1, 0)
        box = bounding_box(data)
        if mask.maker_kind is MakerKind.algorithm and settings.least_piece_of_algorithms:
            data = _of_large_pieces(mask, data, box, settings, warnings)
            box = bounding_box(data)
        n_voxels = int(np.count_nonzero(data[box]))
        if n_voxels >= settings.minimum_voxels:
            grid = feature_grid(box, data.shape, spacing, settings)
            data = grid.mask(data)
            box = _within(box, grid.box) if grid.is_native else bounding_box(data)
            n_voxels = int(np.count_nonzero(data[box]))
        if n_voxels < settings.minimum_voxels:
            warnings.append(
                f"{mask.region.value} of {mask.maker}: {n_voxels} voxels, fewer than the {settings.minimum_voxels} "
                "that texture needs; the region is left out."
            )
            continue
        if sum(axis.stop - axis.start > 1 for axis in box) < 2:
            warnings.append(
                f"{mask.region.value} of {mask.maker}: its {n_voxels} voxels form a line; the region is left out."
            )
            continue
        yield _UsableRegion(mask, grid, box, np.ascontiguousarray(data[box]))


def _of_large_pieces(
    mask: RegionMask, data: NDArray[np.bool_], box: Box, settings: RadiomicsSettings, warnings: list[str]
) -> NDArray[np.bool_]:
    found = large_pieces(data[box], settings.least_piece_of_algorithms)
    if found.n_left_out:
        warnings.append(
            f"{mask.region.value} of {mask.maker}: {found.n_left_out} pieces with {found.n_voxels_left_out} voxels in "
            f"all are left out, each smaller than {settings.least_piece_of_algorithms:g} of the largest "
            "(least_piece_of_algorithms)."
        )
    cleaned = np.zeros_like(data)
    cleaned[box] = found.mask
    return cleaned


def _shape_rows(region: _UsableRegion, settings: RadiomicsSettings) -> Iterator[Row]:
    engine = _engine(settings)
    spacing = region.grid.spacing_mm
    if "shape" in settings.feature_classes:
        for feature, value in engine.shape_features(region.inside, spacing):
            if f"shape_{feature}" not in settings.without_features:
                yield (SHAPE_SEQUENCE, region.name, region.mask.maker, "original", "shape", feature, value)
    if "shape2D" in settings.feature_classes and region.inside.shape[settings.plane_axis or 0] == 1:
        for feature, value in engine.plane_shape_features(region.inside, spacing, settings.plane_axis):
            if f"shape2D_{feature}" not in settings.without_features:
                yield (SHAPE_SEQUENCE, region.name, region.mask.maker, "original", "shape2D", feature, value)


def _sequence_rows(
    volume: Volume,
    by_grid: dict[FeatureGrid, list[_UsableRegion]],
    settings: RadiomicsSettings,
    warnings: list[str],
) -> Iterator[Row]:
    _refuse_not_finite(volume, [region for regions in by_grid.values() for region in regions], settings)
    whole = np.ascontiguousarray(normalised(volume.data, settings).transpose(2, 1, 0))
    for grid, regions in by_grid.items():
        common = _union([region.box for region in regions])
        for image_type, values in filtered_images(
            grid.image(whole), grid.spacing_mm, common, settings, _inside_any(regions, common)
        ):
            for region in regions:
                part = np.ascontiguousarray(values[_within(region.box, common)])
                where = (volume.sequence.value, region.name, region.mask.maker, image_type)
                if not _surely_finite(part) and not np.isfinite(part[region.inside]).all():
                    warnings.append(
                        f"{region.name} in {where[0]}: {image_type} has intensities that are not finite in the region; "
                        "the image is left out."
                    )
                    continue
                for feature_class, feature, value in _intensity_features(part, region, settings):
                    if f"{feature_class}_{feature}" not in settings.without_features:
                        yield (*where, feature_class, feature, value)


def _intensity_features(
    part: NDArray, region: _UsableRegion, settings: RadiomicsSettings
) -> Iterator[tuple[str, str, float]]:
    spacing = region.grid.spacing_mm
    classes = tuple(name for name in settings.feature_classes if not name.startswith("shape"))
    yield from _engine(settings).intensity_features(
        part,
        region.inside,
        spacing,
        classes,
        settings.bin_width,
        bin_count=settings.bin_count,
        texture=TextureSettings(
            distances=settings.distances,
            force_2d_axis=settings.plane_axis,
            alpha=settings.gldm_alpha,
            symmetric=settings.glcm_symmetric,
            weighting=settings.weighting,
            spacing_mm=spacing,
        ),
        energy_shift=settings.energy_shift,
    )


def _engine(settings: RadiomicsSettings) -> Any:
    """The module that computes; loaded when used, since each brings its compiler or its library."""
    return import_module(f"radgen_assets.science.radiomics.{settings.engine}_engine")


def _refuse_not_finite(volume: Volume, regions: list[_UsableRegion], settings: RadiomicsSettings) -> None:
    read = volume.data.transpose(2, 1, 0)
    if settings.reads_regions_alone:
        read = read[_union([region.box for region in regions])]
    if _surely_finite(read) or np.isfinite(read).all():
        return
    finite = np.isfinite(volume.data)
    hit = [f"{int(np.count_nonzero(~finite & region.mask.data))} in {region.name}" for region in regions]
    raise BadVolume(
        f"{volume.sequence.value} volume",
        "intensities",
        f"{int(np.count_nonzero(~finite))} that are not finite ({', '.join(hit)})",
        "finite numbers",
        "Correct the file, or leave the sequence out: filters and normalisation would carry them into every region.",
    )


def _surely_finite(values: NDArray) -> bool:
    """Whether the sum of squares is finite: what is not would show in it. It reads once and writes nothing."""
    flat = values.ravel(order="K")
    with np.errstate(over="ignore", invalid="ignore"):
        return values.dtype.kind == "f" and bool(np.isfinite(np.dot(flat, flat)))


def _table(rows: list[Row], warnings: list[str]) -> RadiomicsTable:
    finite = [row for row in rows if isfinite(row[-1])]
    for row in rows:
        if not isfinite(row[-1]):
            sequence, region, _, image_type, feature_class, feature, value = row
            warnings.append(
                f"{region} in {sequence}: {image_type} {feature_class} {feature} is {value}; the value is left out."
            )
    columns: dict[str, NDArray] = {
        name: np.array([row[place] for row in finite], dtype=np.float64 if name == "value" else np.str_)
        for place, name in enumerate(RadiomicsTable.NAMES)
    }
    return RadiomicsTable(columns, tuple(warnings))


def _spacing(volume: Volume) -> tuple[float, float, float]:
    """Spacing in array order (k, j, i), without the rounding of a square root, which would tell equal grids apart."""
    i, j, k = volume.spacing_mm
    return (round(k, 6), round(j, 6), round(i, 6))


def _inside_any(regions: list[_UsableRegion], common: Box) -> NDArray[np.bool_]:
    inside = np.zeros([axis.stop - axis.start for axis in common], dtype=bool)
    for region in regions:
        inside[_within(region.box, common)] |= region.inside
    return inside


def _union(boxes: list[Box]) -> Box:
    k, j, i = (slice(min(box[axis].start for box in boxes), max(box[axis].stop for box in boxes)) for axis in range(3))
    return (k, j, i)


def _within(inner: Box, outer: Box) -> Box:
    k, j, i = (slice(a.start - b.start, a.stop - b.start) for a, b in zip(inner, outer, strict=True))
    return (k, j, i)
