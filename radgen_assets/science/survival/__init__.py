"""Right-censored survival: outcome, Kaplan-Meier, log-rank, Cox (plain and penalised), concordance."""

from __future__ import annotations

from radgen_assets.science.survival.calibration import RiskGroup, calibrate
from radgen_assets.science.survival.concordance import (
    Concordance,
    ConcordanceDifference,
    compare_concordance,
    harrell_c,
)
from radgen_assets.science.survival.cox import CoxFit, fit_cox
from radgen_assets.science.survival.cutpoint import Cutpoint, maximally_selected_cutpoint
from radgen_assets.science.survival.elastic_net import ElasticNetCox, cox_path, fit_elastic_net_cox
from radgen_assets.science.survival.kaplan_meier import KaplanMeier, kaplan_meier
from radgen_assets.science.survival.logrank import LogRank, logrank
from radgen_assets.science.survival.nomogram import Nomogram, nomogram
from radgen_assets.science.survival.nomogram_axis import NomogramAxis, SurvivalAxis
from radgen_assets.science.survival.outcome import Outcome
from radgen_assets.science.survival.restricted_mean import (
    RestrictedMean,
    RestrictedMeanDifference,
    compare_restricted_means,
    restricted_mean,
)

__all__ = [
    "Concordance",
    "ConcordanceDifference",
    "CoxFit",
    "Cutpoint",
    "ElasticNetCox",
    "KaplanMeier",
    "LogRank",
    "Nomogram",
    "NomogramAxis",
    "Outcome",
    "RestrictedMean",
    "RestrictedMeanDifference",
    "RiskGroup",
    "SurvivalAxis",
    "calibrate",
    "compare_concordance",
    "compare_restricted_means",
    "cox_path",
    "fit_cox",
    "fit_elastic_net_cox",
    "harrell_c",
    "kaplan_meier",
    "logrank",
    "maximally_selected_cutpoint",
    "nomogram",
    "restricted_mean",
]
