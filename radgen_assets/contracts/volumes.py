"""Images and masks as values: arrays with a frame of reference, and what is known about where they come from.

Voxel axes are (i, j, k); `affine` maps voxel indices to RAS+ millimetres, as in NIfTI (docs/coordinate_systems.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Sequence(StrEnum):
    """Kind of an acquisition."""

    t1w = "t1w"
    t1ce = "t1ce"
    t2w = "t2w"
    flair = "flair"
    dwi = "dwi"


# said of volumes whose header's spacing is not physical, and read again where a picture would show a scale
NOMINAL_SPACING = "voxel spacing is nominal: millimetres, volumes in mm3 and shape features are not physical"

ANATOMICAL = (Sequence.t1w, Sequence.t1ce, Sequence.t2w, Sequence.flair)


class Region(StrEnum):
    """Part of a tumour in the BraTS sense."""

    whole_tumour = "whole_tumour"
    tumour_core = "tumour_core"
    enhancing_tumour = "enhancing_tumour"


class LabelConvention(StrEnum):
    """What the integers of a mask mean (table in science/imaging/masks.py)."""

    whole_tumour = "whole_tumour"  # 1 = whole tumour; nothing is said about its parts
    brats_2013 = "brats_2013"  # 1 necrosis, 2 oedema, 3 non-enhancing, 4 enhancing
    brats_2017 = "brats_2017"  # 1 necrosis and non-enhancing, 2 oedema, 4 enhancing (2017 to 2022)
    brats_2023 = "brats_2023"  # 1 necrosis and non-enhancing, 2 oedema, 3 enhancing


class MakerKind(StrEnum):
    """Who or what drew a mask."""

    reader = "reader"
    algorithm = "algorithm"


@dataclass(frozen=True, eq=False)
class Volume:
    """One 3-D image.

    data : (i, j, k) float32
    affine : (4, 4) float64, voxel to RAS+ mm
    """

    data: NDArray[np.float32]
    affine: NDArray[np.float64]
    sequence: Sequence

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Edge lengths of a voxel along i, j, k in mm."""
        lengths = np.sqrt((self.affine[:3, :3] ** 2).sum(axis=0))
        return (float(lengths[0]), float(lengths[1]), float(lengths[2]))


@dataclass(frozen=True, eq=False)
class LabelVolume:
    """A mask as given: integer labels of one convention, drawn by one maker.

    labels : (i, j, k) uint8
    affine : (4, 4) float64, voxel to RAS+ mm
    """

    labels: NDArray[np.uint8]
    affine: NDArray[np.float64]
    maker: str
    maker_kind: MakerKind
    convention: LabelConvention
    drawn_on: Sequence
    is_primary: bool
    file: str = ""  # name for messages


@dataclass(frozen=True)
class ScanFile:
    """One image or mask of a patient as found, by reference; nothing is copied.

    `path` is relative to the cohort's root; `sha256` fixes the bytes.
    """

    path: str
    sha256: str
    bytes: int
    sequence: Sequence
    shape: tuple[int, ...]
    spacing_mm: tuple[float, ...]
    spacing_known: bool = True
    companions: Mapping[str, str] = field(default_factory=dict)  # bvals, bvecs: relative path


@dataclass(frozen=True)
class MaskFile:
    """One given mask as found, by reference."""

    path: str
    sha256: str
    bytes: int
    maker: str
    maker_kind: MakerKind
    convention: LabelConvention
    drawn_on: Sequence
    is_primary: bool


@dataclass(frozen=True)
class Scans:
    """Artifact part of raw/scans: the images of one patient (file scans.json).

    `root` is the cohort's folder on this machine; it is not part of the artifact's bytes.
    `anchor` lists the sequences that may serve as the frame of reference, first choice first.
    `registered` is "auto", "yes" (declared: only checked) or "no".
    """

    root: str
    files: tuple[ScanFile, ...]
    absent: tuple[Sequence, ...]  # expected by the layout, not there, allowed to be absent
    anchor: tuple[Sequence, ...]
    registered: str = "auto"
    problems: tuple[str, ...] = ()  # what the layout noticed and went on with


@dataclass(frozen=True)
class GivenMasks:
    """Artifact part of raw/scans: the masks of one patient (file masks.json)."""

    root: str
    files: tuple[MaskFile, ...]


@dataclass(frozen=True)
class ScanManifest:
    """Artifact of raw/scans: what was found for one patient, by reference; its parts can be read alone."""

    scans: Scans
    masks: GivenMasks

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the layout noticed and went on with."""
        return self.scans.problems


@dataclass(frozen=True, eq=False)
class Volumes:
    """Artifact of imaging/volumes: every anatomical sequence in canonical (RAS+) orientation, native grid, float32."""

    by_sequence: Mapping[Sequence, Volume]
    anchor: tuple[Sequence, ...]
    registered: str = "auto"
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Grid:
    """Where voxels lie: shape (i, j, k) and the (4, 4) float64 affine from voxel to RAS+ mm."""

    shape: tuple[int, int, int]
    affine: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RegisteredVolumes:
    """Artifact of imaging/registered_volumes: every sequence on one 1 mm isotropic grid, float32.

    `transforms[s]` is the rigid (4, 4) RAS+ mm matrix that maps points of the anchor to points of sequence s
    (identity where the data came registered). `native_shape`, `native_affine`: the anchor's canonical grid before
    resampling; `native_grids[s]`: the same of every sequence, for masks that were drawn on s.
    """

    by_sequence: Mapping[Sequence, Volume]
    anchor: Sequence
    transforms: Mapping[Sequence, NDArray[np.float64]]
    native_shape: tuple[int, int, int]
    native_affine: NDArray[np.float64]
    came_registered: bool
    similarity: Mapping[Sequence, float]  # normalised mutual information with the anchor, after registration
    warnings: tuple[str, ...] = ()
    native_grids: Mapping[Sequence, Grid] = field(default_factory=dict)

    @property
    def affine(self) -> NDArray[np.float64]:
        """The common grid's affine."""
        return self.by_sequence[self.anchor].affine


@dataclass(frozen=True, eq=False)
class RegionMask:
    """One region of one tumour as one maker drew it: data (i, j, k) bool on the common grid."""

    region: Region
    maker: str
    maker_kind: MakerKind
    is_primary: bool
    data: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class TumourMasks:
    """Artifact of imaging/tumour_masks: all regions of all makers on the grid of the registered volumes."""

    masks: tuple[RegionMask, ...]
    affine: NDArray[np.float64]
    warnings: tuple[str, ...] = ()

    def primary(self, region: Region) -> RegionMask | None:
        """The region as the primary maker drew it; None when its labels do not tell."""
        return next((mask for mask in self.masks if mask.is_primary and mask.region is region), None)


@dataclass(frozen=True)
class QualityReport:
    """Artifact of imaging/quality: one patient's numbers, warnings and a three-plane preview (PNG bytes).

    `sequences` rows: sequence, snr, coverage_fraction (share of the brain that the volume covers), ...
    `masks` rows: maker, region, volume_mm3, n_components, touches_border
    `overlaps` rows: region, maker_a, maker_b, dice
    """

    sequences: tuple[Mapping[str, float | str], ...]
    masks: tuple[Mapping[str, float | str | bool], ...]
    overlaps: tuple[Mapping[str, float | str], ...]
    warnings: tuple[str, ...]
    preview_png: bytes
