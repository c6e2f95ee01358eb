"""What a person should look at before trusting a patient's images: numbers, warnings and one picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from radgen_assets.contracts.volumes import (
    NOMINAL_SPACING,
    QualityReport,
    RegionMask,
    RegisteredVolumes,
    Sequence,
    TumourMasks,
)
from radgen_assets.science.figures.three_plane import three_plane
from radgen_assets.science.imaging.foreground import foreground, has_zero_background
from radgen_assets.science.imaging.grids import spacing_of
from radgen_assets.science.imaging.native_threads import one_native_thread
from radgen_assets.science.imaging.noise import signal_to_noise
from radgen_assets.science.imaging.settings import QualitySettings
from radgen_assets.science.imaging.similarity import dice

Row = Mapping[str, float | str]
MaskRow = Mapping[str, float | str | bool]

_EVERYWHERE = np.ones((3, 3, 3), dtype=bool)  # 26 neighbours: diagonal voxels belong together


def assess(registered: RegisteredVolumes, masks: TumourMasks | None, settings: QualitySettings) -> QualityReport:
    """Signal-to-noise, coverage, masks and their overlap, with a warning where a number is out of bounds.

    Parameters
    ----------
    registered : RegisteredVolumes
    masks : TumourMasks or None
        None where the patient has no mask.
    settings : QualitySettings
        Bounds of the warnings; no number depends on them.

    Returns
    -------
    QualityReport
        sequences: sequence, background (zero | measured), snr (absent where it has no meaning), coverage_fraction,
        similarity (with the anchor). masks: maker, region, n_voxels, volume_mm3, n_components, touches_border,
        outside_fraction. overlaps: region, maker_a, maker_b, dice, volume_ratio (b / a); 0 where only one maker has
        the region.

    Notes
    -----
    coverage_fraction: share of the patient's head (voxels that half of the sequences or more count as foreground)
    where this sequence is not exactly 0, as it is where a slab ended or a registration found nothing.
    """
    with one_native_thread():
        heads = {sequence: foreground(volume.data) for sequence, volume in registered.by_sequence.items()}
        head = _common(list(heads.values()))
        sequences = tuple(_sequence_row(sequence, registered, heads[sequence], head) for sequence in heads)
        drawn = masks.masks if masks is not None else ()
        mask_rows = tuple(_mask_row(mask, head, _voxel_mm3(registered)) for mask in drawn)
        overlaps = tuple(_overlaps(drawn))
        preview = _preview(registered, drawn, settings)
    warnings = (
        *registered.warnings,
        *(masks.warnings if masks is not None else ("no mask of the tumour was given.",)),
        *_sequence_doubts(sequences, settings),
        *_mask_doubts(mask_rows, settings),
        *_overlap_doubts(overlaps, settings),
    )
    return QualityReport(sequences, mask_rows, overlaps, warnings, preview)


def _common(heads: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
    """Voxels that half of the sequences or more count as foreground."""
    votes = np.zeros(heads[0].shape, dtype=np.uint8)
    for head in heads:
        votes += head
    return votes * 2 >= len(heads)


def _sequence_row(
    sequence: Sequence, registered: RegisteredVolumes, own_head: NDArray[np.bool_], head: NDArray[np.bool_]
) -> Row:
    data = registered.by_sequence[sequence].data
    row: dict[str, float | str] = {
        "sequence": sequence.value,
        "background": "zero" if has_zero_background(data) else "measured",
        "coverage_fraction": float((data[head] != 0).mean()) if head.any() else 0.0,
        "similarity": registered.similarity.get(sequence, 1.0),
    }
    ratio = signal_to_noise(data, own_head, _native_steps(sequence, registered))
    return row if ratio is None else {**row, "snr": ratio}


def _mask_row(mask: RegionMask, head: NDArray[np.bool_], voxel_mm3: float) -> MaskRow:
    n_voxels = int(np.count_nonzero(mask.data))
    box = ndimage.find_objects(mask.data.astype(np.uint8))[0]
    edges = (mask.data[0], mask.data[-1], mask.data[:, 0], mask.data[:, -1], mask.data[:, :, 0], mask.data[:, :, -1])
    return {
        "maker": mask.maker,
        "region": mask.region.value,
        "n_voxels": n_voxels,
        "volume_mm3": n_voxels * voxel_mm3,
        "n_components": int(ndimage.label(mask.data[box], structure=_EVERYWHERE)[1]),
        "touches_border": bool(any(edge.any() for edge in edges)),
        "outside_fraction": 1.0 - int(np.count_nonzero(mask.data & head)) / n_voxels,
    }


def _overlaps(drawn: Iterable[RegionMask]) -> Iterator[Row]:
    """Every pair of makers, the primary first, for every region that one of them has."""
    by_maker: dict[str, dict[str, RegionMask]] = {}
    for mask in sorted(drawn, key=lambda mask: not mask.is_primary):
        by_maker.setdefault(mask.maker, {})[mask.region.value] = mask
    for first, second in combinations(by_maker, 2):
        for region in dict.fromkeys((*by_maker[first], *by_maker[second])):
            a, b = by_maker[first].get(region), by_maker[second].get(region)
            overlap, ratio = 0.0, 0.0
            if a is not None and b is not None:
                overlap = dice(a.data, b.data)
                ratio = int(np.count_nonzero(b.data)) / int(np.count_nonzero(a.data))
            yield {"region": region, "maker_a": first, "maker_b": second, "dice": overlap, "volume_ratio": ratio}


def _sequence_doubts(rows: Iterable[Row], settings: QualitySettings) -> Iterator[str]:
    for row in rows:
        if float(row.get("snr", np.inf)) < settings.minimum_snr:
            yield (
                f"{row['sequence']}: signal-to-noise ratio {row['snr']:.1f}, expected at least "
                f"{settings.minimum_snr:g}: texture features will describe noise."
            )
        if float(row["coverage_fraction"]) < settings.minimum_coverage:
            yield (
                f"{row['sequence']}: covers {row['coverage_fraction']:.1%} of the brain, expected at least "
                f"{settings.minimum_coverage:.0%}: part of the volume is missing."
            )


def _mask_doubts(rows: Iterable[MaskRow], settings: QualitySettings) -> Iterator[str]:
    for row in rows:
        name = f"{row['region']} of {row['maker']}"
        if row["touches_border"]:
            yield f"{name}: touches the edge of the volume; part of the tumour may lie outside."
        if float(row["outside_fraction"]) > settings.maximum_outside:
            yield (
                f"{name}: {row['outside_fraction']:.0%} of it lies outside the brain, expected at most "
                f"{settings.maximum_outside:.0%}: check the grid of the mask."
            )
        if row["region"] == "whole_tumour" and float(row["volume_mm3"]) < settings.minimum_volume_mm3:
            yield (
                f"{name}: {row['volume_mm3']:.0f} mm3, expected at least {settings.minimum_volume_mm3:g}: "
                "check that it is a tumour."
            )


def _overlap_doubts(rows: Iterable[Row], settings: QualitySettings) -> Iterator[str]:
    for row in rows:
        if row["region"] == settings.overlap_region.value and float(row["dice"]) < settings.minimum_dice:
            yield (
                f"{row['region']}: {row['maker_a']} and {row['maker_b']} overlap with a Dice of {row['dice']:.2f}, "
                f"expected at least {settings.minimum_dice:g}: one of the two masks is wrong."
            )


def _preview(registered: RegisteredVolumes, drawn: Iterable[RegionMask], settings: QualitySettings) -> bytes:
    shown = next((each for each in settings.preview if each in registered.by_sequence), registered.anchor)
    return three_plane(
        registered.by_sequence[shown], tuple(drawn), spacing_known=NOMINAL_SPACING not in registered.warnings
    )


def _native_steps(sequence: Sequence, registered: RegisteredVolumes) -> tuple[int, int]:
    """Edge of a native voxel in voxels of the registered grid, along i and j, 1 at the least."""
    native = registered.native_grids.get(sequence)
    if native is None:
        return (1, 1)
    steps = np.rint(spacing_of(native.affine) / spacing_of(registered.affine)).astype(int)
    return (max(1, int(steps[0])), max(1, int(steps[1])))


def _voxel_mm3(registered: RegisteredVolumes) -> float:
    return float(abs(np.linalg.det(registered.affine[:3, :3])))
