"""What can change an expression value or a pathway score."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from radgen_assets.contracts.settings import Settings


class LogSettings(Settings):
    """How values become log2 values that samples can be compared on."""

    prior_count: float = Field(default=0.5, gt=0)  # added to each count; limma's voom uses 0.5
    offset: float = Field(default=1.0, gt=0)  # added to tpm and fpkm, so that nothing expressed is 0


class LowExpressionSettings(Settings):
    """Which genes count as expressed."""

    smallest_log2: float = 1.0  # about one count in a million, or one tpm
    share_of_samples: float = Field(default=0.2, ge=0, le=1)  # paper D: left out when low in more than 80 %


class PathwaySettings(Settings):
    """Single-sample gene-set enrichment."""

    tau: float = Field(default=0.25, ge=0)  # weight of the ranks; Barbie et al. 2009, GSVA's default
    smallest_set: int = Field(default=10, ge=1)  # genes found in the matrix; fewer make a score of single genes
    largest_set: int | None = Field(default=None, ge=1)
    normalise_by_range: bool = False  # GSVA's ssgsea.norm divides by the range over all samples: a patient's score
    # would then depend on who else is in the matrix, so it is not for values that a fit reads


class PathwayActivitySettings(PathwaySettings):
    """How a patient's activity of a gene set is read.

    ssGSEA needs no other patient. The three others learn each gene's distribution (plage: the weights of a set's genes
    too) over all patients of the matrix, so that a patient's score depends on who else is in it.
    """

    method: Literal["ssgsea", "gsva", "z_score", "plage"] = "ssgsea"
    gsva_kernel: Literal["gaussian", "none"] = "gaussian"  # of gene distributions; none: their steps
    gsva_tau: float = Field(default=1.0, ge=0)  # GSVA's default for its own method; `tau` is ssGSEA's
