"""Figures of a study, each a matplotlib Figure made from plain values; loaded when first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOMES = {
    "AucOverTime": "inputs",
    "CalibrationCurve": "inputs",
    "CalibrationGroup": "inputs",
    "CoefficientPaths": "inputs",
    "CutpointProfile": "inputs",
    "EstimateRow": "inputs",
    "FlowStep": "inputs",
    "FoldChanges": "inputs",
    "GeneSetRow": "inputs",
    "HeatMap": "inputs",
    "NetBenefit": "inputs",
    "PairTest": "inputs",
    "RocCurve": "inputs",
    "RocLimits": "inputs",
    "SmoothCalibration": "inputs",
    "SampleDistances": "inputs",
    "SampleLikeness": "inputs",
    "SampleSexes": "inputs",
    "StabilityGroup": "inputs",
    "StabilityPanel": "inputs",
    "Strip": "inputs",
    "SurvivalCurve": "inputs",
    "TimeRoc": "inputs",
    "Volcano": "inputs",
    "binary_calibration": "calibration",
    "box_figure": "boxes",
    "calibration_figure": "calibration",
    "coefficient_figure": "coefficients",
    "coefficient_paths_figure": "coefficient_paths",
    "cohort_flow_figure": "cohort_flow",
    "cutpoint_figure": "cutpoint",
    "decision_curve_figure": "decision_curve",
    "estimate_intervals_figure": "estimate_intervals",
    "fold_changes_figure": "fold_changes",
    "forest_figure": "forest",
    "gene_set_figure": "gene_set_rows",
    "groups_by_quantile": "calibration",
    "heat_map_figure": "heat_map",
    "kaplan_meier_figure": "kaplan_meier",
    "missing_data_figure": "missing_data",
    "nomogram_figure": "nomogram",
    "roc_curve": "roc",
    "roc_figure": "roc",
    "sample_distances_figure": "sample_distances",
    "sample_likeness_figure": "sample_likeness",
    "sample_sexes_figure": "sample_sexes",
    "score_distribution_figure": "score_distribution",
    "stability_figure": "stability",
    "time_dependent_auc_figure": "time_dependent",
    "time_dependent_roc_figure": "time_dependent",
    "to_png": "style",
    "to_svg": "style",
    "upset_figure": "upset",
    "volcano_figure": "volcano",
}

__all__ = sorted(_HOMES)  # noqa: PLE0605 (the names are the keys above)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
