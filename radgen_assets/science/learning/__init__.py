"""Learning across persons: splits, what is refitted in every fold, measures with intervals, and whole fits of a study.

Names are loaded when first used; science/survival takes the penalised solver of this room without the rest of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radgen_assets.science.learning.bootstrap_comparison import (
        BootstrapComparison,
        FamilyDifference,
        bootstrap_compare,
    )
    from radgen_assets.science.learning.classification_measures import (
        CalibrationGroup,
        ClassificationMetrics,
        calibration_groups,
        classification_metrics,
    )
    from radgen_assets.science.learning.cross_validated_path import CrossValidatedPath, PathSettings
    from radgen_assets.science.learning.dichotomised_survival import DichotomisedSurvival, dichotomise_survival
    from radgen_assets.science.learning.elastic_net import (
        ElasticNet,
        fit_elastic_net_linear,
        fit_elastic_net_logistic,
    )
    from radgen_assets.science.learning.folds import person_folds
    from radgen_assets.science.learning.logistic import LogisticFit, fit_logistic, logistic_path
    from radgen_assets.science.learning.nesting import NestedPredictions, nested_cross_validation
    from radgen_assets.science.learning.receiver_operating import (
        AreaUnderCurve,
        compare_auc,
        compare_independent_auc,
        roc_auc,
        roc_curve,
    )
    from radgen_assets.science.learning.receiver_points import (
        RocBand,
        YoudenPoint,
        partial_auc,
        roc_band,
        youden_points,
    )
    from radgen_assets.science.learning.stored_models import predict_from_model
    from radgen_assets.science.learning.study_classification import fit_study_classification
    from radgen_assets.science.learning.study_data import ExternalData
    from radgen_assets.science.learning.study_survival import fit_study_survival

_HOME = {
    "AreaUnderCurve": "receiver_operating",
    "BootstrapComparison": "bootstrap_comparison",
    "CalibrationGroup": "classification_measures",
    "ClassificationMetrics": "classification_measures",
    "CrossValidatedPath": "cross_validated_path",
    "DichotomisedSurvival": "dichotomised_survival",
    "ElasticNet": "elastic_net",
    "ExternalData": "study_data",
    "FamilyDifference": "bootstrap_comparison",
    "LogisticFit": "logistic",
    "NestedPredictions": "nesting",
    "PathSettings": "cross_validated_path",
    "RocBand": "receiver_points",
    "YoudenPoint": "receiver_points",
    "bootstrap_compare": "bootstrap_comparison",
    "calibration_groups": "classification_measures",
    "classification_metrics": "classification_measures",
    "compare_auc": "receiver_operating",
    "compare_independent_auc": "receiver_operating",
    "dichotomise_survival": "dichotomised_survival",
    "fit_elastic_net_linear": "elastic_net",
    "fit_elastic_net_logistic": "elastic_net",
    "fit_logistic": "logistic",
    "fit_study_classification": "study_classification",
    "fit_study_survival": "study_survival",
    "logistic_path": "logistic",
    "nested_cross_validation": "nesting",
    "partial_auc": "receiver_points",
    "person_folds": "folds",
    "predict_from_model": "stored_models",
    "roc_auc": "receiver_operating",
    "roc_band": "receiver_points",
    "roc_curve": "receiver_operating",
    "youden_points": "receiver_points",
}
__all__ = [
    "AreaUnderCurve",
    "BootstrapComparison",
    "CalibrationGroup",
    "ClassificationMetrics",
    "CrossValidatedPath",
    "DichotomisedSurvival",
    "ElasticNet",
    "ExternalData",
    "FamilyDifference",
    "LogisticFit",
    "NestedPredictions",
    "PathSettings",
    "RocBand",
    "YoudenPoint",
    "bootstrap_compare",
    "calibration_groups",
    "classification_metrics",
    "compare_auc",
    "compare_independent_auc",
    "dichotomise_survival",
    "fit_elastic_net_linear",
    "fit_elastic_net_logistic",
    "fit_logistic",
    "fit_study_classification",
    "fit_study_survival",
    "logistic_path",
    "nested_cross_validation",
    "partial_auc",
    "person_folds",
    "predict_from_model",
    "roc_auc",
    "roc_band",
    "roc_curve",
    "youden_points",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
