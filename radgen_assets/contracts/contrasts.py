"""What a contrast leaves behind: every gene's test by every method, gene sets, and who was compared.

Made by science/expression/contrasts, recorded by the study asset, drawn by reporting.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

GENE_COLUMNS = (
    "method", "gene", "mean_expression", "log2_fold_change", "low", "high", "std_err", "statistic", "p", "p_adjusted",
    "found", "status", "reason",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class ContrastResult:
    """Everything a report needs to tell about one contrast.

    level, reference : a positive fold change means more in `level`
    methods : the first is the one that gene sets were asked of
    groups : level or reference, cohort, patients
    genes : GENE_COLUMNS, a row a method and gene; `found` is "up", "down" or "" by both thresholds of `settings`;
        `low` and `high` are 95 % limits of the fold change; `mean_expression` is the mean normalised count (deseq2) or
        log2 value (limma); NaN where `status` says why
    over_representation : collection, direction ("either", "up", "down"), set, n_genes, n_in_universe, n_overlap,
        n_expected, fold_enrichment, odds_ratio, p, p_adjusted (within collection and direction), genes, status; empty
        when not asked for
    enrichment : collection, set, n_genes, n_found, enrichment, normalised_enrichment, p, p_adjusted (within the
        collection), leading_edge, status; empty when not asked for
    patients : patient, person, cohort, group, and the columns held fixed
    sources : what was asked of each source of batch, a sentence each
    universe : genes that over-representation counts with, in words
    """

    contrast: str
    column: str
    level: str
    reference: str
    methods: tuple[str, ...]
    groups: tuple[tuple[str, str, int], ...]
    n: int
    n_persons: int
    genes: pd.DataFrame
    over_representation: pd.DataFrame
    enrichment: pd.DataFrame
    patients: pd.DataFrame
    sources: tuple[str, ...]
    universe: str
    warnings: tuple[str, ...]
    notes: tuple[str, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
