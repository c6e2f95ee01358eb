"""What can change an enrichment or an activity, and how large a gene set must be."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from radgen_assets.contracts.settings import Settings


class SetSizes(Settings):
    """Which gene sets are large enough to be read, counted in genes that the data hold."""

    smallest_set: int = Field(default=10, ge=1)  # fewer make a score of single genes
    largest_set: int | None = Field(default=None, ge=1)


class GsvaSettings(SetSizes):
    """Gene set variation analysis (Haenzelmann et al. 2013); defaults as GSVA's, but for the sizes (METHODS A15)."""

    kernel: Literal["gaussian", "poisson", "none"] = "gaussian"  # gaussian for log2, poisson for counts, none: ECDF
    statistic: Literal["max_difference", "max_deviation"] = "max_difference"
    absolute_ranking: bool = False  # sizes of the two deviations are added: a set may move both ways and score high
    tau: float = Field(default=1.0, ge=0)  # weight of the ranks in the running sum
    largest_set: int | None = Field(default=500, ge=1)


class PrerankedSettings(SetSizes):
    """Pre-ranked gene set enrichment; sizes as in METHODS B10."""

    weight: float = Field(default=1.0, ge=0)  # power of the statistic in the running sum; 0: Kolmogorov-Smirnov
    n_permutations: int = Field(default=1000, ge=10)  # random sets of each size
    multilevel: bool = False  # P values below what the permutations resolve, as fgsea
    sample_size: int = Field(default=101, ge=11)  # sets that climb the levels together; odd
    smallest_p: float = Field(default=1e-50, gt=0, lt=1)  # the climb ends here
    smallest_set: int = Field(default=15, ge=1)
    largest_set: int | None = Field(default=500, ge=1)
