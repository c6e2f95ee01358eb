"""expression/pathway_activity+: one score a patient and gene set."""

from __future__ import annotations

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.frames import GeneSets, Table
from radgen_assets.contracts.sources import ThisCohort
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.factories.cohort_asset import cohort_asset
from radgen_assets.science.expression.settings import PathwaySettings


@cohort_asset(group="expression", settings=PathwaySettings, code_version="1", kinds=("parquet",))
def pathway_activity(
    cohort: ThisCohort, matrix: ExpressionMatrix, gene_sets: GeneSets, settings: PathwaySettings
) -> Table:
    """Single-sample enrichment (ssGSEA) of every gene set in every patient, not normalised across patients.

    Grain: patient, gene set. Sets with too few measured genes are left out by name.
    """
    from radgen_assets.formats.gathering import pathway_table
    from radgen_assets.science.expression import ssgsea

    if matrix.unit is ExpressionUnit.zscore:
        raise MissingByRight("z-scores have lost the order of genes within a sample, which ssGSEA ranks")
    scores, coverage = ssgsea(matrix, gene_sets.sets, settings)
    return pathway_table(scores, coverage, matrix, cohort.name)
