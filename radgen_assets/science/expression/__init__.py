"""Expression: units made comparable, low expression left out, pathway activity.

Names are loaded when first used, so that `expression.settings` can be read without pandas or scipy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radgen_assets.science.expression.gene_sets.matching import SetCoverage, match_sets
    from radgen_assets.science.expression.gene_sets.ssgsea import ssgsea
    from radgen_assets.science.expression.scales import filter_low_expression, log2_cpm, to_log2
    from radgen_assets.science.expression.settings import LogSettings, LowExpressionSettings, PathwaySettings

_HOME = {
    "LogSettings": "settings",
    "LowExpressionSettings": "settings",
    "PathwaySettings": "settings",
    "SetCoverage": "gene_sets.matching",
    "filter_low_expression": "scales",
    "log2_cpm": "scales",
    "match_sets": "gene_sets.matching",
    "ssgsea": "gene_sets.ssgsea",
    "to_log2": "scales",
}
__all__ = [
    "LogSettings",
    "LowExpressionSettings",
    "PathwaySettings",
    "SetCoverage",
    "filter_low_expression",
    "log2_cpm",
    "match_sets",
    "ssgsea",
    "to_log2",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
