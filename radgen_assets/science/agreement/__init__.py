"""Agreement between readers and masks, tables with the right test named, and the audit of published numbers."""

from __future__ import annotations

from radgen_assets.science.agreement.published_auc import AucAudit, audit_auc
from radgen_assets.science.agreement.published_hazard_ratio import HazardRatioAudit, audit_hazard_ratio
from radgen_assets.science.agreement.table_missing import missing_data_report
from radgen_assets.science.agreement.table_one import (
    BaselineRow,
    BaselineTable,
    baseline_table,
    standardised_difference,
)

__all__ = [
    "AucAudit",
    "BaselineRow",
    "BaselineTable",
    "HazardRatioAudit",
    "audit_auc",
    "audit_hazard_ratio",
    "baseline_table",
    "missing_data_report",
    "standardised_difference",
]
