"""expression/gene_set_coverage+: what a cohort's matrix holds of each collection of gene sets."""

from __future__ import annotations

from typing import cast

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.frames import GeneSets, Table
from radgen_assets.contracts.sources import SettingsOf, ThisCohort
from radgen_assets.factories.cohort_asset import cohort_asset
from radgen_assets.formats.gene_set_collections import coverage_facts
from radgen_assets.science.expression.settings import PathwayActivitySettings


@cohort_asset(group="expression", settings=None, code_version="1", facts=coverage_facts, kinds=("parquet",))
def gene_set_coverage(
    cohort: ThisCohort,
    matrix: ExpressionMatrix,
    gene_sets: GeneSets,
    gene_set_catalogue: Table,
    pathway_activity_settings: SettingsOf,
) -> Table:
    """How many genes of each collection the matrix holds, and how many of its sets can be scored.

    Grain: collection. Version and licence as in raw/gene_set_catalogue.
    """
    from radgen_assets.formats.gene_set_collections import coverage_table

    settings = cast(PathwayActivitySettings, pathway_activity_settings.values)
    return coverage_table(cohort.name, matrix, gene_set_catalogue, gene_sets, settings.smallest_set)
