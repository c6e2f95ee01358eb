"""Expression: units made comparable, low expression left out, pathway activity.

Names are loaded when first used, so that `expression.settings` can be read without pandas or scipy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radgen_assets.science.expression.differential.deseq import DifferentialCounts, differential_counts
    from radgen_assets.science.expression.differential.settings import CountTestSettings, StabilisingSettings
    from radgen_assets.science.expression.differential.size_factors import SizeFactors, apply_size_factors, size_factors
    from radgen_assets.science.expression.differential.variance_stabilising import (
        Stabiliser,
        apply_stabiliser,
        fit_stabiliser,
        variance_stabilise,
    )
    from radgen_assets.science.expression.gene_sets.matching import SetCoverage, match_sets
    from radgen_assets.science.expression.gene_sets.ssgsea import ssgsea
    from radgen_assets.science.expression.scales import filter_low_expression, log2_cpm, to_log2
    from radgen_assets.science.expression.settings import LogSettings, LowExpressionSettings, PathwaySettings

_HOME = {
    "CountTestSettings": "differential.settings",
    "DifferentialCounts": "differential.deseq",
    "LogSettings": "settings",
    "LowExpressionSettings": "settings",
    "PathwaySettings": "settings",
    "SetCoverage": "gene_sets.matching",
    "SizeFactors": "differential.size_factors",
    "Stabiliser": "differential.variance_stabilising",
    "StabilisingSettings": "differential.settings",
    "apply_size_factors": "differential.size_factors",
    "apply_stabiliser": "differential.variance_stabilising",
    "differential_counts": "differential.deseq",
    "filter_low_expression": "scales",
    "fit_stabiliser": "differential.variance_stabilising",
    "log2_cpm": "scales",
    "match_sets": "gene_sets.matching",
    "size_factors": "differential.size_factors",
    "ssgsea": "gene_sets.ssgsea",
    "to_log2": "scales",
    "variance_stabilise": "differential.variance_stabilising",
}
__all__ = [
    "CountTestSettings",
    "DifferentialCounts",
    "LogSettings",
    "LowExpressionSettings",
    "PathwaySettings",
    "SetCoverage",
    "SizeFactors",
    "Stabiliser",
    "StabilisingSettings",
    "apply_size_factors",
    "apply_stabiliser",
    "differential_counts",
    "filter_low_expression",
    "fit_stabiliser",
    "log2_cpm",
    "match_sets",
    "size_factors",
    "ssgsea",
    "to_log2",
    "variance_stabilise",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
