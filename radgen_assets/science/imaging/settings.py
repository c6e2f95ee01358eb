"""What can change a registered volume, or what the quality report warns of."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from radgen_assets.contracts.settings import Settings
from radgen_assets.contracts.volumes import Region, Sequence


class RegistrationSettings(Settings):
    """Rigid registration to the anchor and resampling to one isotropic grid."""

    spacing_mm: float = Field(default=1.0, gt=0)  # isotropic, so that texture means the same in every direction
    interpolation: Literal["linear", "cubic"] = "linear"  # cubic (B-spline) rings at the rim of a stripped brain
    iterations: tuple[int, ...] = (100, 50, 10)  # of each level, coarse to fine (LIBRARIES: 0.1 mm on a phantom)
    same_grid_tolerance_mm: float = Field(default=0.01, gt=0)  # headers repeat an affine to about 1e-4 mm
    isotropy_tolerance_mm: float = Field(default=1e-3, gt=0)  # a spacing this near to spacing_mm is not interpolated
    minimum_similarity: float = Field(default=1.03, ge=1)  # normalised mutual information; 1 = independent images
    minimum_overlap: float = Field(default=0.85, ge=0, le=1)  # Dice of the two foregrounds


class QualitySettings(Settings):
    """When the quality report warns. None of these changes an image or a feature."""

    minimum_snr: float = Field(default=5.0, ge=0)  # below it the noise is a fifth of the signal
    minimum_coverage: float = Field(default=0.95, ge=0, le=1)  # share of the brain that a sequence must cover
    minimum_dice: float = Field(default=0.5, ge=0, le=1)  # two drawings of one tumour overlap by half at the least
    overlap_region: Region = Region.whole_tumour  # small regions differ honestly between makers
    minimum_volume_mm3: float = Field(default=500.0, ge=0)  # a whole tumour below 0.5 mL is rarely one
    maximum_outside: float = Field(default=0.2, ge=0, le=1)  # share of a mask that may lie outside the brain
    preview: tuple[Sequence, ...] = (Sequence.flair, Sequence.t1ce, Sequence.t2w, Sequence.t1w)  # first one present
