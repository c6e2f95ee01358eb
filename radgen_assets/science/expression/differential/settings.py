"""What can change a differential test of counts, or a variance-stabilised value."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from radgen_assets.contracts.settings import Settings


class CountTestSettings(Settings):
    """DESeq2's choices, with its defaults."""

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
