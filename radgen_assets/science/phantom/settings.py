"""How large the phantom is, and what in it depends on what."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from radgen_assets.contracts.settings import Settings


class CohortSizes(Settings):
    """Patients of each cohort; 0 leaves the cohort out."""

    training_site: int = Field(default=40, ge=0)
    second_site: int = Field(default=12, ge=0)
    public_imaging: int = Field(default=6, ge=0)
    radiogenomics: int = Field(default=6, ge=0)
    array_expression: int = Field(default=30, ge=0)
    sequencing_expression: int = Field(default=30, ge=0)
    normal_tissue: int = Field(default=10, ge=0)
    two_readers: int = Field(default=4, ge=0)


class PhantomSettings(Settings):
    """Everything that the phantom's bytes depend on.

    Variants: "effect", outcomes depend on image, expression and age; "null", on nothing that is seen; "confounded",
    on nothing but the scanner of the training site, which changes its images: a model that looks good there and
    fails elsewhere.
    """

    seed: int = Field(default=20260101, ge=0)
    grid: int = Field(default=64, ge=24)  # voxels along each axis; the head fills nine tenths of it
    spacing_mm: float = Field(default=1.5, gt=0)  # isotropic; anatomy scales with grid x spacing
    patients: CohortSizes = CohortSizes()
    variant: Literal["effect", "null", "confounded"] = "effect"
    faults: bool = True  # plant the faults that faults.py lists
    concordance: float = Field(default=0.75, gt=0.5, lt=0.95)  # C-index of the oracle's predictor of survival
    auc: float = Field(default=0.80, gt=0.5, lt=0.98)  # AUC of the oracle's predictor of IDH status
    n_genes: int = Field(default=1000, ge=500)  # 20 sets of 25 genes must fit
    n_diffusion: int = Field(default=4, ge=0)  # patients of the training site that have dwi
    n_directions: int = Field(default=6, ge=6, le=32)  # six is the least that fixes a tensor
    n_unregistered: int = Field(default=3, ge=0)  # patients of the second site whose sequences do not lie on each other

    @classmethod
    def demo(cls, variant: Literal["effect", "null", "confounded"] = "effect") -> PhantomSettings:
        """What `radgen demo` writes: 68 patients with images, 70 with expression alone."""
        return cls(variant=variant)

    @classmethod
    def tiny(cls) -> PhantomSettings:
        """Small enough for a test: 32 voxels an axis, 16 patients at the training site."""
        sizes = CohortSizes(
            training_site=16,
            second_site=4,
            public_imaging=2,
            radiogenomics=2,
            array_expression=4,
            sequencing_expression=4,
            normal_tissue=2,
            two_readers=2,
        )
        return cls(grid=32, spacing_mm=2.0, patients=sizes, n_genes=500, n_diffusion=1, n_unregistered=1)

    @classmethod
    def benchmark(cls, n: int, size: int = 128) -> PhantomSettings:
        """`n` patients of one site with four sequences and a mask on `size` voxels of 1 mm; no faults, nothing else."""
        none = dict.fromkeys(CohortSizes.model_fields, 0)
        sizes = CohortSizes(**{**none, "training_site": n})
        return cls(grid=size, spacing_mm=1.0, patients=sizes, faults=False, n_diffusion=0)
