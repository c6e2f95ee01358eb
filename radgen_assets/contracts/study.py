"""A study as its TOML file declares it: cohorts by role, predictor blocks, and the fits that answer its question."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, model_validator

from radgen_assets.contracts.toml_models import TomlModel
from radgen_assets.contracts.volumes import Region, Sequence


class Role(StrEnum):
    """What a cohort does in a study; a person has one role."""

    train = "train"
    tune = "tune"
    internal_validation = "internal_validation"
    external = "external"
    radiogenomics = "radiogenomics"
    expression_only = "expression_only"
    normal = "normal"


class ClinicalBlock(TomlModel):
    """Columns of the clinical and molecular sheets; categories are coded against their most frequent level."""

    kind: Literal["clinical"]
    columns: tuple[str, ...]
    allow_post_baseline: bool = False


class RadiomicsBlock(TomlModel):
    """Radiomic features of the primary masks."""

    kind: Literal["radiomics"]
    sequences: tuple[Sequence, ...] = ()  # empty: all
    regions: tuple[Region, ...] = (Region.whole_tumour,)
    image_types: tuple[str, ...] = ("original",)


class DeepBlock(TomlModel):
    """The embedding of the pinned encoder."""

    kind: Literal["deep_features"]


class PathwayBlock(TomlModel):
    """Pathway activity of the expression matrix."""

    kind: Literal["pathway_activity"]
    sets: tuple[str, ...] = ()  # empty: all


Block = Annotated[ClinicalBlock | RadiomicsBlock | DeepBlock | PathwayBlock, Field(discriminator="kind")]


class FitDeclaration(TomlModel):
    """One fitted answer, always beside its clinical-only baseline."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    kind: Literal["classification", "survival"]
    outcome: str  # classification: a column; survival: "overall_survival" (time_months, event)
    positive: str | None = None  # classification: the value that counts as positive
    baseline: str = "clinical"  # name of the clinical block that stands alone
    blocks: tuple[str, ...]  # names of the blocks of the full model
    outer_folds: int = Field(default=5, ge=2, le=20)
    inner_folds: int = Field(default=4, ge=2, le=20)
    repeats: int = Field(default=1, ge=1, le=50)
    seed: int = 20260101
    l1_ratio: float = Field(default=0.5, gt=0, le=1)
    max_features: int = Field(default=50, ge=1)  # kept by the univariate screen inside each fold
    bootstraps: int = Field(default=500, ge=50, le=20_000)
    times_months: tuple[float, ...] = (12.0, 24.0, 36.0)

    @model_validator(mode="after")
    def _coherent(self) -> FitDeclaration:
        if self.kind == "classification" and self.positive is None:
            raise ValueError("positive, since kind is 'classification'")
        if self.baseline not in self.blocks:
            raise ValueError(f"blocks to hold the baseline block '{self.baseline}'")
        return self


class Study(TomlModel):
    """A question: cohorts by role, endpoint, predictor blocks, models."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    title: str
    question: str
    roles: dict[Role, tuple[str, ...]]
    blocks: dict[str, Block]
    fits: tuple[FitDeclaration, ...]
    prefer: tuple[str, ...] = ()  # cohorts, first choice first, when a person stands in several of one role

    @model_validator(mode="after")
    def _coherent(self) -> Study:
        cohorts = [cohort for group in self.roles.values() for cohort in group]
        if len(set(cohorts)) != len(cohorts):
            raise ValueError("each cohort in one role")
        if Role.train not in self.roles:
            raise ValueError("at least one cohort in role 'train'")
        names = [fit.name for fit in self.fits]
        if not names or len(set(names)) != len(names):
            raise ValueError("at least one fit, and each fit name once")
        for fit in self.fits:
            for block in fit.blocks:
                if block not in self.blocks:
                    raise ValueError(f"fit '{fit.name}' to name known blocks ({', '.join(self.blocks)}), not '{block}'")
            if self.blocks[fit.baseline].kind != "clinical":
                raise ValueError(f"the baseline of fit '{fit.name}' to be a clinical block")
        return self
