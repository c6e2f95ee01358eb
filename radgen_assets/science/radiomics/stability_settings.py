"""What can change a feature's stability: how far contours move, which masks are compared, and what counts as stable."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from radgen_assets.contracts.settings import Settings


class ContourSettings(Settings):
    """How far a contour moves along its normal, and over which length it moves alike."""

    local_sd_mm: float = Field(default=1.0, ge=0)  # of each place; a voxel of the common grid
    overall_sd_mm: float = Field(default=0.5, ge=0)  # of the whole contour: one reader draws wider than another
    correlation_mm: float = Field(default=8.0, gt=0)  # a hand wanders over centimetres, not from voxel to voxel
    largest_mm: float = Field(default=3.0, gt=0)  # no place moves farther: beyond it is an error, not a reading

    @model_validator(mode="after")
    def _moves(self) -> Self:
        if self.local_sd_mm == self.overall_sd_mm == 0:
            raise ValueError("local_sd_mm and overall_sd_mm are both 0: nothing would move")
        return self


class OtherMasksSettings(ContourSettings):
    """Which masks, beside the primary ones, features are computed from, and how far perturbed contours move."""

    other_makers: bool = True  # costs nothing where a tumour was drawn once
    perturbations: int = Field(default=0, ge=0, le=100)  # of the primary mask; each costs as much as the mask itself
    seed: int = 20260101  # of the perturbations


class StabilitySettings(Settings):
    """What an intraclass correlation is told from, and what is called stable in the picture."""

    minimum_patients: int = Field(default=3, ge=2)  # two tumours always lie on a line
    threshold: float = Field(default=0.75, gt=0, lt=1)  # "good" from here on (Koo & Li 2016); paper C's threshold
