"""Pathway activity by the method that the settings name."""

from __future__ import annotations

from collections.abc import Sequence

from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.gene_sets.activity import plage, z_score_activity
from radgen_assets.science.expression.gene_sets.activity_scores import ActivityScores
from radgen_assets.science.expression.gene_sets.gsva import gsva
from radgen_assets.science.expression.gene_sets.settings import GsvaSettings, SetSizes
from radgen_assets.science.expression.gene_sets.ssgsea import ssgsea
from radgen_assets.science.expression.settings import PathwayActivitySettings

NOT_LEARNT = "ssgsea"


def pathway_activity_scores(
    matrix: ExpressionMatrix, gene_sets: Sequence[GeneSet], settings: PathwayActivitySettings | None = None
) -> ActivityScores:
    """Scores of every set in every patient of the matrix.

    Raises
    ------
    UnitRefused
        Where the unit does not suit the method: z-scores for ssgsea; counts, tpm and fpkm for the others.
    BadInput
        As the method says.
    """
    settings = settings or PathwayActivitySettings()
    if settings.method == NOT_LEARNT:
        scores, coverage = ssgsea(matrix, gene_sets, settings)
        return ActivityScores(scores, coverage, NOT_LEARNT)
    smallest, largest = settings.smallest_set, settings.largest_set
    if settings.method == "gsva":
        of_gsva = GsvaSettings(
            kernel=settings.gsva_kernel, tau=settings.gsva_tau, smallest_set=smallest, largest_set=largest
        )
        return gsva(matrix, gene_sets, of_gsva)
    score = z_score_activity if settings.method == "z_score" else plage
    return score(matrix, gene_sets, SetSizes(smallest_set=smallest, largest_set=largest))


def n_learnt_from(matrix: ExpressionMatrix, settings: PathwayActivitySettings) -> int:
    """How many patients a score of this method depends on besides its own: 0 for ssGSEA, unless scaled by its range."""
    alone = settings.method == NOT_LEARNT and not settings.normalise_by_range
    return 0 if alone else len(matrix.samples)


def why_refused(unit: ExpressionUnit, settings: PathwayActivitySettings) -> str:
    """Why this method has no scores of a matrix in log2 or z-scores; empty where it has."""
    if unit is ExpressionUnit.zscore and settings.method == NOT_LEARNT:
        return (
            "z-scores have lost the order of genes within a sample, which ssGSEA ranks; "
            "settings.pathway_activity.method 'z_score', 'plage' or 'gsva' suits them"
        )
    return ""
