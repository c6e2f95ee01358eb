"""A study as its TOML file declares it: cohorts by role, predictor blocks, the fits and contrasts that answer it."""

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
    least_stability: float | None = Field(default=None, ge=0, le=1)  # intraclass correlation; none: all are kept
    stability_of: tuple[str, ...] = ()  # cohorts that it is taken from; empty: those the fit learns from

    @model_validator(mode="after")
    def _coherent(self) -> RadiomicsBlock:
        if self.stability_of and self.least_stability is None:
            raise ValueError("least_stability beside stability_of; without it no feature is left out")
        return self


class DeepBlock(TomlModel):
    """The embedding of the pinned encoder."""

    kind: Literal["deep_features"]


class PathwayBlock(TomlModel):
    """Pathway activity of the expression matrix."""

    kind: Literal["pathway_activity"]
    sets: tuple[str, ...] = ()  # empty: all
    allow_learnt_together: bool = False  # scores that hold the held-out patients too (GSVA, z-score, plage)


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
    repeats: int = Field(default=10, ge=1, le=50)  # one deal of folds says as much about the deal as about the model
    seed: int = 20260101
    model: Literal["elastic_net", "cox"] = "elastic_net"  # cox: without penalty, for a few clinical factors
    selection: Literal["none", "backward_aic", "p_filter"] = "none"  # of a cox model's factors, anew in each fold
    forced: tuple[str, ...] = ()  # factors that a selection never drops
    missing: Literal["impute", "leave_out"] = "impute"  # what becomes of a patient who lacks a clinical value
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # column -> values: only these patients
    l1_ratio: float = Field(default=0.5, gt=0, le=1)
    max_features: int = Field(default=50, ge=1)  # kept by the univariate screen inside each fold
    bootstraps: int = Field(default=500, ge=50, le=20_000)
    times_months: tuple[float, ...] = (12.0, 24.0, 36.0)
    kaplan_meier_by: tuple[str, ...] = ()  # survival: columns whose groups get a curve each

    @model_validator(mode="after")
    def _coherent(self) -> FitDeclaration:
        if self.kind == "classification" and self.positive is None:
            raise ValueError("positive, since kind is 'classification'")
        if self.baseline not in self.blocks:
            raise ValueError(f"blocks to hold the baseline block '{self.baseline}'")
        if self.kind == "classification":
            for key, value in (("model", self.model == "cox"), ("kaplan_meier_by", self.kaplan_meier_by)):
                if value:
                    raise ValueError(f"kind 'survival' beside {key} = {_told(getattr(self, key))}")
        if self.model != "cox" and (self.selection != "none" or self.forced):
            key = "selection" if self.selection != "none" else "forced"
            raise ValueError(f"model 'cox' beside {key}; the elastic net chooses by its penalty")
        if self.forced and self.selection == "none":
            raise ValueError("selection 'backward_aic' or 'p_filter' beside forced; without selection nothing drops")
        return self


Method = Literal["deseq2", "limma_voom", "limma_trend"]


class ContrastDeclaration(TomlModel):
    """Genes and gene sets that differ between two groups of patients."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    title: str | None = None
    column: str  # of the clinical or molecular sheet, or "cohort"
    level: str  # a positive fold change: more in this group
    reference: str
    adjust_for: tuple[str, ...] = ()  # columns held fixed
    batch: tuple[str, ...] = ()  # sources of batch, held fixed as categories; refused when confounded
    where: dict[str, tuple[str, ...]] = Field(default_factory=dict)  # column -> values: only these patients
    methods: tuple[Method, ...] = ("deseq2", "limma_voom")  # the first one's genes are asked for sets
    false_discovery_rate: float = Field(default=0.05, gt=0, lt=1)  # of genes and of sets
    least_log2_fold_change: float = Field(default=1.0, ge=0)  # a gene that changes less is not counted: a doubling
    gene_sets: tuple[str, ...] = ()  # collections of the home; empty: all
    over_representation: bool = True
    gsea: bool = True
    seed: int = 20260101  # of the random sets
    allow_confounded_with_cohort: bool = False

    @model_validator(mode="after")
    def _coherent(self) -> ContrastDeclaration:
        if self.level == self.reference:
            raise ValueError(f"two levels of {self.column}, not '{self.level}' twice")
        if not self.methods or len(set(self.methods)) != len(self.methods):
            raise ValueError("at least one method, and each once")
        named = [self.column, *self.adjust_for, *self.batch]
        twice = [name for name in named if named.count(name) > 1]
        if twice:
            raise ValueError(f"'{twice[0]}' in one of column, adjust_for and batch, not in several")
        return self


def _told(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else repr(value)


class PublishedNumber(TomlModel):
    """A number of a paper, printed beside ours with what an audit says of it.

    Text keeps what the paper printed: "8.340" says more of its rounding than 8.34 does, and p may be "< 0.001".
    """

    source: str
    what: str  # "grade III against II, adjusted", as the paper words it
    quantity: Literal["hazard_ratio", "auc"]
    value: float | str
    low: float | str
    high: float | str
    p: float | str | None = None
    n: int | None = Field(default=None, ge=1)  # patients, for a hazard ratio of two groups
    n_positive: int | None = Field(default=None, ge=1)
    n_negative: int | None = Field(default=None, ge=1)
    fit: str | None = None  # ours to stand beside it: a fit of this study,
    term: str | None = None  # and for a hazard ratio its factor
    level: str | None = None  # and level, as the report words it: "3 against 2"

    @model_validator(mode="after")
    def _coherent(self) -> PublishedNumber:
        low, value, high = (_number(name, each) for name, each in self._printed())
        if not 0 < low <= value <= high or low == high:
            raise ValueError(f"0 < low <= value <= high, not {self.value} ({self.low} to {self.high})")
        if self.quantity == "auc":
            if high > 1:
                raise ValueError(f"an auc of at most 1, not {self.high}")
            if self.n_positive is None or self.n_negative is None:
                raise ValueError("n_positive and n_negative, on which the width of an auc's interval depends")
        elif (self.fit is None) != (self.term is None):
            raise ValueError("fit and term together: they say which of our hazard ratios stands beside it")
        return self

    def _printed(self) -> tuple[tuple[str, float | str], ...]:
        return (("low", self.low), ("value", self.value), ("high", self.high))


def _number(name: str, printed: float | str) -> float:
    try:
        return float(printed)
    except ValueError:
        raise ValueError(f"{name} to be a number, not '{printed}'") from None


class Study(TomlModel):
    """A question: cohorts by role, and the models and contrasts that answer it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    title: str
    question: str
    roles: dict[Role, tuple[str, ...]]
    blocks: dict[str, Block] = Field(default_factory=dict)
    fits: tuple[FitDeclaration, ...] = ()
    contrasts: tuple[ContrastDeclaration, ...] = ()
    prefer: tuple[str, ...] = ()  # cohorts, first choice first, when a person stands in several of one role
    published: tuple[PublishedNumber, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Study:
        cohorts = [cohort for group in self.roles.values() for cohort in group]
        if len(set(cohorts)) != len(cohorts):
            raise ValueError("each cohort in one role")
        if Role.train not in self.roles:
            raise ValueError("at least one cohort in role 'train'")
        names = [fit.name for fit in self.fits]
        parts = [*names, *(contrast.name for contrast in self.contrasts)]
        if not parts or len(set(parts)) != len(parts):
            raise ValueError("at least one fit or contrast, and each name once")
        for fit in self.fits:
            self._check_blocks(fit)
        for row in self.published:
            if row.fit is not None and row.fit not in names:
                raise ValueError(f"published '{row.what}' to name a fit ({', '.join(names)}), not '{row.fit}'")
        return self

    def _check_blocks(self, fit: FitDeclaration) -> None:
        for block in fit.blocks:
            if block not in self.blocks:
                raise ValueError(f"fit '{fit.name}' to name known blocks ({', '.join(self.blocks)}), not '{block}'")
        if self.blocks[fit.baseline].kind != "clinical":
            raise ValueError(f"the baseline of fit '{fit.name}' to be a clinical block")
        if fit.model != "cox":
            return
        columns: list[str] = []
        for name in fit.blocks:
            declared = self.blocks[name]
            if not isinstance(declared, ClinicalBlock):
                raise ValueError(
                    f"clinical blocks only in fit '{fit.name}' with model 'cox', which has no penalty; '{name}' is "
                    f"{declared.kind}"
                )
            columns += declared.columns
        unknown = [name for name in fit.forced if name not in columns]
        if unknown:
            raise ValueError(f"forced of fit '{fit.name}' to be columns of its blocks, not '{unknown[0]}'")
