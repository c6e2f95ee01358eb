"""Expression: units made comparable, low expression left out, batches, differential genes, pathway activity.

Names are loaded when first used, so that `expression.settings` can be read without pandas or scipy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radgen_assets.science.expression.batch.combat import CombatFit, apply_combat, fit_combat
    from radgen_assets.science.expression.batch.confounding import (
        BatchColumn,
        Confounding,
        check_confounding,
        refuse_confounded,
    )
    from radgen_assets.science.expression.batch.published import combat_as_published
    from radgen_assets.science.expression.batch.removal import remove_batch_effect
    from radgen_assets.science.expression.batch.settings import CombatSettings
    from radgen_assets.science.expression.checks.duplicates import DuplicatePair, DuplicateSamples, duplicate_samples
    from radgen_assets.science.expression.checks.outliers import ExpressionOutliers, expression_outliers
    from radgen_assets.science.expression.checks.settings import DuplicateSettings, OutlierSettings, SexCheckSettings
    from radgen_assets.science.expression.checks.sex import SexCheck, sex_check
    from radgen_assets.science.expression.differential.counts import round_counts
    from radgen_assets.science.expression.differential.deseq import DifferentialCounts, differential_counts
    from radgen_assets.science.expression.differential.expressed import ExpressedGenes, expressed_genes
    from radgen_assets.science.expression.differential.normalisation import NormalisationFactors, normalisation_factors
    from radgen_assets.science.expression.differential.normalised import DifferentialNormalised, differential_normalised
    from radgen_assets.science.expression.differential.settings import (
        CountTestSettings,
        ExpressedSettings,
        NormalisedTestSettings,
        StabilisingSettings,
        VoomSettings,
        VoomTestSettings,
    )
    from radgen_assets.science.expression.differential.size_factors import SizeFactors, apply_size_factors, size_factors
    from radgen_assets.science.expression.differential.variance_stabilising import (
        Stabiliser,
        apply_stabiliser,
        fit_stabiliser,
        variance_stabilise,
    )
    from radgen_assets.science.expression.differential.voom import Voom, differential_voom, voom
    from radgen_assets.science.expression.gene_sets.activity import (
        ActivityFit,
        apply_activity,
        fit_plage,
        fit_z_score_activity,
        plage,
        z_score_activity,
    )
    from radgen_assets.science.expression.gene_sets.activity_scores import ActivityScores
    from radgen_assets.science.expression.gene_sets.correlation import ActivityCorrelation, correlate_activity
    from radgen_assets.science.expression.gene_sets.gsva import GsvaFit, apply_gsva, fit_gsva, gsva
    from radgen_assets.science.expression.gene_sets.matching import SetCoverage, match_sets
    from radgen_assets.science.expression.gene_sets.over_representation import OverRepresentation, over_representation
    from radgen_assets.science.expression.gene_sets.preranked import PrerankedGsea, preranked_gsea
    from radgen_assets.science.expression.gene_sets.settings import GsvaSettings, PrerankedSettings, SetSizes
    from radgen_assets.science.expression.gene_sets.signature import (
        GeneSignature,
        SignatureScores,
        fit_gene_signature,
        gene_signature_score,
    )
    from radgen_assets.science.expression.gene_sets.ssgsea import ssgsea
    from radgen_assets.science.expression.gene_sets.subtype import (
        Centroids,
        SubtypeCalls,
        fit_centroids,
        subtype_by_centroid,
    )
    from radgen_assets.science.expression.scales import filter_low_expression, log2_cpm, to_log2
    from radgen_assets.science.expression.settings import LogSettings, LowExpressionSettings, PathwaySettings

_HOME = {
    "ActivityCorrelation": "gene_sets.correlation",
    "ActivityFit": "gene_sets.activity",
    "ActivityScores": "gene_sets.activity_scores",
    "BatchColumn": "batch.confounding",
    "Centroids": "gene_sets.subtype",
    "CombatFit": "batch.combat",
    "CombatSettings": "batch.settings",
    "Confounding": "batch.confounding",
    "CountTestSettings": "differential.settings",
    "DifferentialCounts": "differential.deseq",
    "DifferentialNormalised": "differential.normalised",
    "DuplicatePair": "checks.duplicates",
    "DuplicateSamples": "checks.duplicates",
    "DuplicateSettings": "checks.settings",
    "ExpressedGenes": "differential.expressed",
    "ExpressedSettings": "differential.settings",
    "ExpressionOutliers": "checks.outliers",
    "GeneSignature": "gene_sets.signature",
    "GsvaFit": "gene_sets.gsva",
    "GsvaSettings": "gene_sets.settings",
    "LogSettings": "settings",
    "LowExpressionSettings": "settings",
    "NormalisationFactors": "differential.normalisation",
    "NormalisedTestSettings": "differential.settings",
    "OutlierSettings": "checks.settings",
    "OverRepresentation": "gene_sets.over_representation",
    "PathwaySettings": "settings",
    "PrerankedGsea": "gene_sets.preranked",
    "PrerankedSettings": "gene_sets.settings",
    "SetCoverage": "gene_sets.matching",
    "SetSizes": "gene_sets.settings",
    "SexCheck": "checks.sex",
    "SexCheckSettings": "checks.settings",
    "SignatureScores": "gene_sets.signature",
    "SizeFactors": "differential.size_factors",
    "Stabiliser": "differential.variance_stabilising",
    "StabilisingSettings": "differential.settings",
    "SubtypeCalls": "gene_sets.subtype",
    "Voom": "differential.voom",
    "VoomSettings": "differential.settings",
    "VoomTestSettings": "differential.settings",
    "apply_activity": "gene_sets.activity",
    "apply_combat": "batch.combat",
    "apply_gsva": "gene_sets.gsva",
    "apply_size_factors": "differential.size_factors",
    "apply_stabiliser": "differential.variance_stabilising",
    "check_confounding": "batch.confounding",
    "combat_as_published": "batch.published",
    "correlate_activity": "gene_sets.correlation",
    "differential_counts": "differential.deseq",
    "differential_normalised": "differential.normalised",
    "differential_voom": "differential.voom",
    "duplicate_samples": "checks.duplicates",
    "expressed_genes": "differential.expressed",
    "expression_outliers": "checks.outliers",
    "filter_low_expression": "scales",
    "fit_centroids": "gene_sets.subtype",
    "fit_combat": "batch.combat",
    "fit_gene_signature": "gene_sets.signature",
    "fit_gsva": "gene_sets.gsva",
    "fit_plage": "gene_sets.activity",
    "fit_stabiliser": "differential.variance_stabilising",
    "fit_z_score_activity": "gene_sets.activity",
    "gene_signature_score": "gene_sets.signature",
    "gsva": "gene_sets.gsva",
    "log2_cpm": "scales",
    "match_sets": "gene_sets.matching",
    "normalisation_factors": "differential.normalisation",
    "over_representation": "gene_sets.over_representation",
    "plage": "gene_sets.activity",
    "preranked_gsea": "gene_sets.preranked",
    "refuse_confounded": "batch.confounding",
    "remove_batch_effect": "batch.removal",
    "round_counts": "differential.counts",
    "sex_check": "checks.sex",
    "size_factors": "differential.size_factors",
    "ssgsea": "gene_sets.ssgsea",
    "subtype_by_centroid": "gene_sets.subtype",
    "to_log2": "scales",
    "variance_stabilise": "differential.variance_stabilising",
    "voom": "differential.voom",
    "z_score_activity": "gene_sets.activity",
}
__all__ = [
    "ActivityCorrelation",
    "ActivityFit",
    "ActivityScores",
    "BatchColumn",
    "Centroids",
    "CombatFit",
    "CombatSettings",
    "Confounding",
    "CountTestSettings",
    "DifferentialCounts",
    "DifferentialNormalised",
    "DuplicatePair",
    "DuplicateSamples",
    "DuplicateSettings",
    "ExpressedGenes",
    "ExpressedSettings",
    "ExpressionOutliers",
    "GeneSignature",
    "GsvaFit",
    "GsvaSettings",
    "LogSettings",
    "LowExpressionSettings",
    "NormalisationFactors",
    "NormalisedTestSettings",
    "OutlierSettings",
    "OverRepresentation",
    "PathwaySettings",
    "PrerankedGsea",
    "PrerankedSettings",
    "SetCoverage",
    "SetSizes",
    "SexCheck",
    "SexCheckSettings",
    "SignatureScores",
    "SizeFactors",
    "Stabiliser",
    "StabilisingSettings",
    "SubtypeCalls",
    "Voom",
    "VoomSettings",
    "VoomTestSettings",
    "apply_activity",
    "apply_combat",
    "apply_gsva",
    "apply_size_factors",
    "apply_stabiliser",
    "check_confounding",
    "combat_as_published",
    "correlate_activity",
    "differential_counts",
    "differential_normalised",
    "differential_voom",
    "duplicate_samples",
    "expressed_genes",
    "expression_outliers",
    "filter_low_expression",
    "fit_centroids",
    "fit_combat",
    "fit_gene_signature",
    "fit_gsva",
    "fit_plage",
    "fit_stabiliser",
    "fit_z_score_activity",
    "gene_signature_score",
    "gsva",
    "log2_cpm",
    "match_sets",
    "normalisation_factors",
    "over_representation",
    "plage",
    "preranked_gsea",
    "refuse_confounded",
    "remove_batch_effect",
    "round_counts",
    "sex_check",
    "size_factors",
    "ssgsea",
    "subtype_by_centroid",
    "to_log2",
    "variance_stabilise",
    "voom",
    "z_score_activity",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
