"""Learning across persons: splits, what is refitted in every fold, measures with intervals, and whole fits of a study.

Names are loaded when first used; science/survival takes the penalised solver of this room without the rest of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radgen_assets.science.learning.classification.bootstrap_comparison import (
        BootstrapComparison,
        FamilyDifference,
        bootstrap_compare,
    )
    from radgen_assets.science.learning.classification.dichotomised_survival import (
        DichotomisedSurvival,
        dichotomise_survival,
    )
    from radgen_assets.science.learning.classification.measures import (
        CalibrationGroup,
        ClassificationMetrics,
        calibration_groups,
        classification_metrics,
    )
    from radgen_assets.science.learning.classification.receiver_operating import (
        AreaUnderCurve,
        compare_auc,
        compare_independent_auc,
        roc_auc,
        roc_curve,
    )
    from radgen_assets.science.learning.classification.receiver_points import (
        RocBand,
        YoudenPoint,
        partial_auc,
        roc_band,
        youden_points,
    )
    from radgen_assets.science.learning.folds import person_folds
    from radgen_assets.science.learning.nested.cross_validation import NestedPredictions, nested_cross_validation
    from radgen_assets.science.learning.nested.stored_models import predict_from_model
    from radgen_assets.science.learning.penalised.cross_validated_path import CrossValidatedPath, PathSettings
    from radgen_assets.science.learning.penalised.elastic_net import (
        ElasticNet,
        fit_elastic_net_linear,
        fit_elastic_net_logistic,
    )
    from radgen_assets.science.learning.penalised.logistic import LogisticFit, fit_logistic, logistic_path
    from radgen_assets.science.learning.study.classification import fit_study_classification
    from radgen_assets.science.learning.study.data import ExternalData
    from radgen_assets.science.learning.study.survival import fit_study_survival

_HOME = {
    "AreaUnderCurve": "classification.receiver_operating",
    "BootstrapComparison": "classification.bootstrap_comparison",
    "CalibrationGroup": "classification.measures",
    "ClassificationMetrics": "classification.measures",
    "CrossValidatedPath": "penalised.cross_validated_path",
    "DichotomisedSurvival": "classification.dichotomised_survival",
    "ElasticNet": "penalised.elastic_net",
    "ExternalData": "study.data",
    "FamilyDifference": "classification.bootstrap_comparison",
    "LogisticFit": "penalised.logistic",
    "NestedPredictions": "nested.cross_validation",
    "PathSettings": "penalised.cross_validated_path",
    "RocBand": "classification.receiver_points",
    "YoudenPoint": "classification.receiver_points",
    "bootstrap_compare": "classification.bootstrap_comparison",
    "calibration_groups": "classification.measures",
    "classification_metrics": "classification.measures",
    "compare_auc": "classification.receiver_operating",
    "compare_independent_auc": "classification.receiver_operating",
    "dichotomise_survival": "classification.dichotomised_survival",
    "fit_elastic_net_linear": "penalised.elastic_net",
    "fit_elastic_net_logistic": "penalised.elastic_net",
    "fit_logistic": "penalised.logistic",
    "fit_study_classification": "study.classification",
    "fit_study_survival": "study.survival",
    "logistic_path": "penalised.logistic",
    "nested_cross_validation": "nested.cross_validation",
    "partial_auc": "classification.receiver_points",
    "person_folds": "folds",
    "predict_from_model": "nested.stored_models",
    "roc_auc": "classification.receiver_operating",
    "roc_band": "classification.receiver_points",
    "roc_curve": "classification.receiver_operating",
    "youden_points": "classification.receiver_points",
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
