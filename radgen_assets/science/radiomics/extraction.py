"""Radiomic features of every region in every sequence of one patient."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.features import RadiomicsTable
from radgen_assets.contracts.volumes import RegionMask, RegisteredVolumes, TumourMasks, Volume
from radgen_assets.science.imaging.foreground import foreground
from radgen_assets.science.imaging.native_threads import one_native_thread
from radgen_assets.science.radiomics.pyradiomics_engine import intensity_features, shape_features
from radgen_assets.science.radiomics.filters import Box, filtered_images
from radgen_assets.science.radiomics.settings import RadiomicsSettings

SHAPE_SEQUENCE = "mask"  # shape depends on the mask alone, so it stands once a region and not once a sequence

Row = tuple[str, str, str, str, str, str, float]


def extract_features(volumes: RegisteredVolumes, masks: TumourMasks, settings: RadiomicsSettings) -> RadiomicsTable:
    """Features of the primary masks' regions in every sequence and image type.

    Parameters
    ----------
    volumes : RegisteredVolumes
        On one grid; its spacing is that of shape and of the Laplacian of Gaussian.
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

    Notes
    -----
    Values equal pyradiomics 3.0.1's `RadiomicsFeatureExtractor.execute` (fixed bin width) to the last bit. With
    `normalise` its input is `normalised(volume)`: z-scores over the brain, where pyradiomics' own `normalize` would
    take them over the whole array and let the amount of empty background set the scale.
    Each sequence is filtered once, in the box around all regions, not once a region.
    """
    warnings: list[str] = []
    regions = list(_usable(masks, settings, warnings))
    rows: list[Row] = []
    with one_native_thread():
        if regions:
            rows.extend(_shape_rows(regions, volumes, settings))
        for sequence in settings.sequences:
            if regions and sequence in volumes.by_sequence:
                rows.extend(_sequence_rows(volumes.by_sequence[sequence], regions, settings))
    return _table(rows, warnings)


def normalised(volume: Volume, scale: float) -> NDArray[np.float32]:
    """Intensities as z-scores over the brain (or head) times `scale`, (i, j, k) float32; a flat image becomes 0."""
    inside = volume.data[foreground(volume.data)].astype(np.float64)
    spread = float(inside.std())
    if spread == 0:
        return np.zeros_like(volume.data, dtype=np.float32)
    return ((volume.data - inside.mean()) / spread * scale).astype(np.float32)


@dataclass(frozen=True, eq=False)
class _UsableRegion:
    """A region in array order (k, j, i), cropped to its box."""

    mask: RegionMask
    box: Box
    inside: NDArray[np.bool_]

    @property
    def name(self) -> str:
        return self.mask.region.value


def _usable(masks: TumourMasks, settings: RadiomicsSettings, warnings: list[str]) -> Iterator[_UsableRegion]:
    primary = [mask for mask in masks.masks if mask.is_primary]
    if not primary:
        raise MissingByRight("no primary mask: set primary = true for one maker of the cohort's masks")
    for mask in primary:
        data = mask.data.transpose(2, 1, 0)
        n_voxels = int(np.count_nonzero(data))
        if n_voxels < settings.minimum_voxels:
            warnings.append(
                f"{mask.region.value} of {mask.maker}: {n_voxels} voxels, fewer than the {settings.minimum_voxels} "
                "that texture needs; the region is left out."
            )
            continue
        box = _box(data)
        if sum(axis.stop - axis.start > 1 for axis in box) < 2:
            warnings.append(
                f"{mask.region.value} of {mask.maker}: its {n_voxels} voxels form a line; the region is left out."
            )
            continue
        yield _UsableRegion(mask, box, np.ascontiguousarray(data[box]))


def _shape_rows(regions: list[_UsableRegion], volumes: RegisteredVolumes, settings: RadiomicsSettings) -> Iterator[Row]:
    if "shape" in settings.feature_classes:
        spacing = _spacing(volumes.by_sequence[volumes.anchor])
        for region in regions:
            for feature, value in shape_features(region.inside, spacing):
                yield (SHAPE_SEQUENCE, region.name, region.mask.maker, "original", "shape", feature, value)


def _sequence_rows(volume: Volume, regions: list[_UsableRegion], settings: RadiomicsSettings) -> Iterator[Row]:
    data = normalised(volume, settings.normalise_scale) if settings.normalise else volume.data
    image = np.ascontiguousarray(data.transpose(2, 1, 0))
    spacing = _spacing(volume)
    common = _union([region.box for region in regions])
    classes = tuple(name for name in settings.feature_classes if name != "shape")
    for image_type, values in filtered_images(image, spacing, common, settings):
        for region in regions:
            part = values[_within(region.box, common)]
            found = intensity_features(part, region.inside, spacing, classes, settings.bin_width)
            for feature_class, feature, value in found:
                yield (
                    volume.sequence.value,
                    region.name,
                    region.mask.maker,
                    image_type,
                    feature_class,
                    feature,
                    value,
                )


def _table(rows: list[Row], warnings: list[str]) -> RadiomicsTable:
    finite = [row for row in rows if np.isfinite(row[-1])]
    for row in rows:
        if not np.isfinite(row[-1]):
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


def _box(mask: NDArray[np.bool_]) -> Box:
    spans = []
    for axis in range(3):
        hit = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        spans.append(slice(int(hit[0]), int(hit[-1]) + 1))
    return (spans[0], spans[1], spans[2])


def _union(boxes: list[Box]) -> Box:
    spans = [slice(min(box[axis].start for box in boxes), max(box[axis].stop for box in boxes)) for axis in range(3)]
    return (spans[0], spans[1], spans[2])


def _within(inner: Box, outer: Box) -> Box:
    spans = [slice(a.start - b.start, a.stop - b.start) for a, b in zip(inner, outer, strict=True)]
    return (spans[0], spans[1], spans[2])
