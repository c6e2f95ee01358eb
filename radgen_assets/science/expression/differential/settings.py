"""What can change a differential test, or a variance-stabilised value."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from radgen_assets.contracts.settings import Settings

Fractions = Literal["refuse", "round"]  # counts that are no whole numbers (RSEM, salmon); "round": halves to even


class CountTestSettings(Settings):
    """DESeq2's choices, with its defaults."""

    fractions: Fractions = "refuse"
    size_factors: Literal["ratio", "positive"] = "ratio"  # "positive" where every gene has a zero somewhere
    trend: Literal["parametric", "mean"] = "parametric"
    false_discovery_rate: float = Field(default=0.1, gt=0, lt=1)  # that independent filtering optimises for
    independent_filtering: bool = True
    outliers_by_cooks: bool = True  # no P for genes that a single count decides
    cooks_quantile: float = Field(default=0.99, gt=0, lt=1)  # of F(p, n - p)
    replicates_to_replace: int | None = Field(default=7, ge=3)  # smaller cells lose the gene, None: never replaced
    least_log2_fold_change: float = Field(default=0.0, ge=0)  # the null is |log2 fold change| <= this (Wald only)


class StabilisingSettings(Settings):
    """Variance-stabilising transformation."""

    size_factors: Literal["ratio", "positive"] = "ratio"
    trend: Literal["parametric", "mean"] = "parametric"


class NormalisedTestSettings(Settings):
    """limma's choices for log2 values, with its defaults."""

    trend: bool = False  # the prior variance follows the mean expression: log2 of counts, most arrays
    robust: bool = False  # genes of outlying variance are shrunken less


class ExpressedSettings(Settings):
    """Which genes are expressed enough to be tested, as edgeR has it."""

    least_count: float = Field(default=10.0, ge=0)  # in a library of median size
    least_total: float = Field(default=15.0, ge=0)  # over all samples
    large_group: float = Field(default=10.0, gt=0)  # in larger groups only a share of the samples must reach it,
    share_of_large: float = Field(default=0.7, gt=0, le=1)  # which is this one


class VoomSettings(Settings):
    """Weights of counts by the trend of their variance."""

    normalisation: Literal["TMM", "RLE", "upper quartile"] = "TMM"
    span: float = Field(default=0.5, gt=0, le=1)  # share of the genes that each point of the trend is fitted to


class VoomTestSettings(VoomSettings):
    """A test of counts by limma-voom, from the filter to the prior."""

    expressed: ExpressedSettings = ExpressedSettings()
    robust: bool = False
