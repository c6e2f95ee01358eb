"""Agreement between readers and masks, tests and tables that name them, and the audit of published numbers.

Names are loaded when first used: an audit needs neither pandas nor scipy.stats.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from radgen_assets.science.agreement.adjustment import adjust_p_values
    from radgen_assets.science.agreement.published.auc import AucAudit, audit_auc
    from radgen_assets.science.agreement.published.classification import ClassificationAudit, audit_classification
    from radgen_assets.science.agreement.published.hazard_ratio import HazardRatioAudit, audit_hazard_ratio
    from radgen_assets.science.agreement.readers.intraclass import IntraclassCorrelation, intraclass_correlation
    from radgen_assets.science.agreement.readers.kappa import Kappa, cohen_kappa
    from radgen_assets.science.agreement.readers.overlap import dice, hausdorff_95
    from radgen_assets.science.agreement.significance.correlation import correlate
    from radgen_assets.science.agreement.significance.count_tests import (
        chi_squared,
        compare_proportions,
        exact_proportion,
        fisher_exact,
        mcnemar,
        wilson_proportion,
    )
    from radgen_assets.science.agreement.significance.levene import LeveneFilter, levene_filter
    from radgen_assets.science.agreement.significance.normality import shapiro_wilk
    from radgen_assets.science.agreement.significance.number_tests import (
        bartlett,
        kolmogorov_smirnov,
        kruskal_wallis,
        one_way_anova,
        paired_t_test,
        t_test,
        wilcoxon_rank_sum,
        wilcoxon_signed_rank,
    )
    from radgen_assets.science.agreement.significance.result import SignificanceTest
    from radgen_assets.science.agreement.tables.missing import missing_data_report
    from radgen_assets.science.agreement.tables.table_one import (
        BaselineRow,
        BaselineTable,
        baseline_table,
        standardised_difference,
    )

_HOME = {
    "AucAudit": "published.auc",
    "BaselineRow": "tables.table_one",
    "BaselineTable": "tables.table_one",
    "ClassificationAudit": "published.classification",
    "HazardRatioAudit": "published.hazard_ratio",
    "IntraclassCorrelation": "readers.intraclass",
    "Kappa": "readers.kappa",
    "LeveneFilter": "significance.levene",
    "SignificanceTest": "significance.result",
    "adjust_p_values": "adjustment",
    "audit_auc": "published.auc",
    "audit_classification": "published.classification",
    "audit_hazard_ratio": "published.hazard_ratio",
    "bartlett": "significance.number_tests",
    "baseline_table": "tables.table_one",
    "chi_squared": "significance.count_tests",
    "cohen_kappa": "readers.kappa",
    "compare_proportions": "significance.count_tests",
    "correlate": "significance.correlation",
    "dice": "readers.overlap",
    "exact_proportion": "significance.count_tests",
    "fisher_exact": "significance.count_tests",
    "hausdorff_95": "readers.overlap",
    "intraclass_correlation": "readers.intraclass",
    "kolmogorov_smirnov": "significance.number_tests",
    "kruskal_wallis": "significance.number_tests",
    "levene_filter": "significance.levene",
    "mcnemar": "significance.count_tests",
    "missing_data_report": "tables.missing",
    "one_way_anova": "significance.number_tests",
    "paired_t_test": "significance.number_tests",
    "shapiro_wilk": "significance.normality",
    "standardised_difference": "tables.table_one",
    "t_test": "significance.number_tests",
    "wilcoxon_rank_sum": "significance.number_tests",
    "wilcoxon_signed_rank": "significance.number_tests",
    "wilson_proportion": "significance.count_tests",
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
