"""expression/pathway_activity+: one score a patient and gene set."""

from __future__ import annotations

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.frames import GeneSets, Table
from radgen_assets.contracts.sources import ThisCohort
from radgen_assets.factories.cohort_asset import cohort_asset
from radgen_assets.formats.pathway_tables import pathway_facts
from radgen_assets.science.expression.settings import PathwayActivitySettings


@cohort_asset(
    group="expression", settings=PathwayActivitySettings, code_version="2", facts=pathway_facts, kinds=("parquet",)
)
def pathway_activity(
    cohort: ThisCohort, matrix: ExpressionMatrix, gene_sets: GeneSets, settings: PathwayActivitySettings
) -> Table:
    """Activity of every gene set in every patient, by the method that the settings name; ssGSEA by default.

    Grain: patient, gene set. Sets with too few measured genes are left out by name. ssGSEA reads each patient alone.
    GSVA, combined z-scores and plage learn across all patients of the cohort, those of validation too, and the
    artifact says from how many.
    """
    from radgen_assets.formats.pathway_tables import pathway_table
    from radgen_assets.science.expression.gene_sets.by_method import (
        n_learnt_from,
        pathway_activity_scores,
        why_refused,
    )

    if refused := why_refused(matrix.unit, settings):
        raise MissingByRight(refused)
    found = pathway_activity_scores(matrix, gene_sets.sets, settings)
    return pathway_table(found, matrix.unit, cohort.name, settings.method, n_learnt_from(matrix, settings))
