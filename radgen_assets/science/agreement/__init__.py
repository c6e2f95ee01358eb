"""Agreement between readers and masks, tests and tables that name them, and the audit of published numbers.

Names are loaded when first used: an audit needs neither pandas nor scipy.stats.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radgen_assets.science.agreement.adjustment import adjust_p_values
    from radgen_assets.science.agreement.correlation import correlate
    from radgen_assets.science.agreement.count_tests import (
        chi_squared,
        compare_proportions,
        exact_proportion,
        fisher_exact,
        mcnemar,
        wilson_proportion,
    )
    from radgen_assets.science.agreement.intraclass import IntraclassCorrelation, intraclass_correlation
    from radgen_assets.science.agreement.kappa import Kappa, cohen_kappa
    from radgen_assets.science.agreement.levene import LeveneFilter, levene_filter
    from radgen_assets.science.agreement.normality import shapiro_wilk
    from radgen_assets.science.agreement.number_tests import (
        bartlett,
        kolmogorov_smirnov,
        kruskal_wallis,
        one_way_anova,
        paired_t_test,
        t_test,
        wilcoxon_rank_sum,
        wilcoxon_signed_rank,
    )
    from radgen_assets.science.agreement.overlap import dice, hausdorff_95
    from radgen_assets.science.agreement.published_auc import AucAudit, audit_auc
    from radgen_assets.science.agreement.published_classification import ClassificationAudit, audit_classification
    from radgen_assets.science.agreement.published_hazard_ratio import HazardRatioAudit, audit_hazard_ratio
    from radgen_assets.science.agreement.significance import SignificanceTest
    from radgen_assets.science.agreement.table_missing import missing_data_report
    from radgen_assets.science.agreement.table_one import (
        BaselineRow,
        BaselineTable,
        baseline_table,
        standardised_difference,
    )

_HOME = {
    "AucAudit": "published_auc",
    "BaselineRow": "table_one",
    "BaselineTable": "table_one",
    "ClassificationAudit": "published_classification",
    "HazardRatioAudit": "published_hazard_ratio",
    "IntraclassCorrelation": "intraclass",
    "Kappa": "kappa",
    "LeveneFilter": "levene",
    "SignificanceTest": "significance",
    "adjust_p_values": "adjustment",
    "audit_auc": "published_auc",
    "audit_classification": "published_classification",
    "audit_hazard_ratio": "published_hazard_ratio",
    "bartlett": "number_tests",
    "baseline_table": "table_one",
    "chi_squared": "count_tests",
    "cohen_kappa": "kappa",
    "compare_proportions": "count_tests",
    "correlate": "correlation",
    "dice": "overlap",
    "exact_proportion": "count_tests",
    "fisher_exact": "count_tests",
    "hausdorff_95": "overlap",
    "intraclass_correlation": "intraclass",
    "kolmogorov_smirnov": "number_tests",
    "kruskal_wallis": "number_tests",
    "levene_filter": "levene",
    "mcnemar": "count_tests",
    "missing_data_report": "table_missing",
    "one_way_anova": "number_tests",
    "paired_t_test": "number_tests",
    "shapiro_wilk": "normality",
    "standardised_difference": "table_one",
    "t_test": "number_tests",
    "wilcoxon_rank_sum": "number_tests",
    "wilcoxon_signed_rank": "number_tests",
    "wilson_proportion": "count_tests",
}
__all__ = [
    "AucAudit",
    "BaselineRow",
    "BaselineTable",
    "ClassificationAudit",
    "HazardRatioAudit",
    "IntraclassCorrelation",
    "Kappa",
    "LeveneFilter",
    "SignificanceTest",
    "adjust_p_values",
    "audit_auc",
    "audit_classification",
    "audit_hazard_ratio",
    "bartlett",
    "baseline_table",
    "chi_squared",
    "cohen_kappa",
    "compare_proportions",
    "correlate",
    "dice",
    "exact_proportion",
    "fisher_exact",
    "hausdorff_95",
    "intraclass_correlation",
    "kolmogorov_smirnov",
    "kruskal_wallis",
    "levene_filter",
    "mcnemar",
    "missing_data_report",
    "one_way_anova",
    "paired_t_test",
    "shapiro_wilk",
    "standardised_difference",
    "t_test",
    "wilcoxon_rank_sum",
    "wilcoxon_signed_rank",
    "wilson_proportion",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
