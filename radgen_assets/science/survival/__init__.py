"""Right-censored survival: outcome, Kaplan-Meier, log-rank, Cox (plain and penalised), concordance, AUC(t), Brier."""

from __future__ import annotations

from radgen_assets.science.survival.calibration.brier import (
    BrierScore,
    IntegratedBrier,
    brier_score,
    compare_brier,
    integrated_brier,
)
from radgen_assets.science.survival.calibration.groups import RiskGroup, calibrate
from radgen_assets.science.survival.calibration.smooth import (
    CalibrationSlope,
    ObservedOverExpected,
    SmoothCalibration,
    calibrate_smooth,
    calibration_slope,
    observed_over_expected,
)
from radgen_assets.science.survival.cox.baseline import BaselineHazard, PredictedSurvival
from radgen_assets.science.survival.cox.model import CoxFit, fit_cox
from radgen_assets.science.survival.cox.nomogram import Nomogram, nomogram
from radgen_assets.science.survival.cox.nomogram_axis import NomogramAxis, SurvivalAxis
from radgen_assets.science.survival.cox.proportional_hazards import ProportionalHazards, proportional_hazards_test
from radgen_assets.science.survival.cox.residuals import CoxResiduals, cox_residuals
from radgen_assets.science.survival.cox.univariate import UnivariateCox, univariate_cox
from radgen_assets.science.survival.curves.censoring import (
    CensoringCurve,
    CensoringWeights,
    censoring_curve,
    censoring_weights,
)
from radgen_assets.science.survival.curves.kaplan_meier import KaplanMeier, kaplan_meier
from radgen_assets.science.survival.curves.logrank import LogRank, logrank
from radgen_assets.science.survival.curves.restricted_mean import (
    RestrictedMean,
    RestrictedMeanDifference,
    compare_restricted_means,
    restricted_mean,
)
from radgen_assets.science.survival.cutpoint.maximally_selected import (
    Cutpoint,
    hothorn_lausen_p,
    maximally_selected_cutpoint,
)
from radgen_assets.science.survival.discrimination.concordance import (
    Concordance,
    ConcordanceDifference,
    JointConcordance,
    compare_concordance,
    harrell_c,
    joint_concordance,
    weighted_concordance,
)
from radgen_assets.science.survival.discrimination.influence import DifferenceOverTime
from radgen_assets.science.survival.discrimination.time_dependent import (
    TimeDependentAuc,
    compare_time_dependent_auc,
    time_dependent_auc,
    time_dependent_roc,
)
from radgen_assets.science.survival.discrimination.uno import uno_c
from radgen_assets.science.survival.optimism.calibration import (
    CorrectedCalibration,
    CorrectedGroup,
    calibrate_by_bootstrap,
)
from radgen_assets.science.survival.optimism.measures import ModelValidation, OptimismCorrected, validate_by_bootstrap
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.selection.backward import BackwardSelection, backward_select
from radgen_assets.science.survival.selection.elastic_net import (
    CoxMeasure,
    ElasticNetCox,
    cox_path,
    fit_elastic_net_cox,
    fit_lasso_cox,
)
from radgen_assets.science.survival.selection.p_filter import PFilter, filter_by_p
from radgen_assets.science.survival.terms import CodedTerms, code_terms
from radgen_assets.science.survival.usefulness.decision import DecisionCurve, decision_curve
from radgen_assets.science.survival.usefulness.reclassification import (
    Improvement,
    NetReclassification,
    net_reclassification,
)

__all__ = [
    "BackwardSelection",
    "BaselineHazard",
    "BrierScore",
    "CalibrationSlope",
    "CensoringCurve",
    "CensoringWeights",
    "CodedTerms",
    "Concordance",
    "ConcordanceDifference",
    "CorrectedCalibration",
    "CorrectedGroup",
    "CoxFit",
    "CoxMeasure",
    "CoxResiduals",
    "Cutpoint",
    "DecisionCurve",
    "DifferenceOverTime",
    "ElasticNetCox",
    "Improvement",
    "IntegratedBrier",
    "JointConcordance",
    "KaplanMeier",
    "LogRank",
    "ModelValidation",
    "NetReclassification",
    "Nomogram",
    "NomogramAxis",
    "ObservedOverExpected",
    "OptimismCorrected",
    "Outcome",
    "PFilter",
    "PredictedSurvival",
    "ProportionalHazards",
    "RestrictedMean",
    "RestrictedMeanDifference",
    "RiskGroup",
    "SmoothCalibration",
    "SurvivalAxis",
    "TimeDependentAuc",
    "UnivariateCox",
    "backward_select",
    "brier_score",
    "calibrate",
    "calibrate_by_bootstrap",
    "calibrate_smooth",
    "calibration_slope",
    "censoring_curve",
    "censoring_weights",
    "code_terms",
    "compare_brier",
    "compare_concordance",
    "compare_restricted_means",
    "compare_time_dependent_auc",
    "cox_path",
    "cox_residuals",
    "decision_curve",
    "filter_by_p",
    "fit_cox",
    "fit_elastic_net_cox",
    "fit_lasso_cox",
    "harrell_c",
    "hothorn_lausen_p",
    "integrated_brier",
    "joint_concordance",
    "kaplan_meier",
    "logrank",
    "maximally_selected_cutpoint",
    "net_reclassification",
    "nomogram",
    "observed_over_expected",
    "proportional_hazards_test",
    "restricted_mean",
    "time_dependent_auc",
    "time_dependent_roc",
    "univariate_cox",
    "uno_c",
    "validate_by_bootstrap",
    "weighted_concordance",
]
