"""Figures of a study, each a matplotlib Figure made from plain values; loaded when first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "CalibrationCurve": "inputs",
    "CalibrationGroup": "inputs",
    "EstimateRow": "inputs",
    "FlowStep": "inputs",
    "RocCurve": "inputs",
    "SurvivalCurve": "inputs",
    "binary_calibration": "calibration",
    "calibration_figure": "calibration",
    "coefficient_figure": "coefficients",
    "cohort_flow_figure": "cohort_flow",
    "estimate_intervals_figure": "estimate_intervals",
    "forest_figure": "forest",
    "groups_by_quantile": "calibration",
    "kaplan_meier_figure": "kaplan_meier",
    "missing_data_figure": "missing_data",
    "roc_curve": "roc",
    "roc_figure": "roc",
    "score_distribution_figure": "score_distribution",
    "to_png": "style",
    "to_svg": "style",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 (the names are the keys above)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
