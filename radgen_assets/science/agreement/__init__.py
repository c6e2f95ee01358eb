"""Agreement and tables: Table 1 with the right test named, and what is missing before it is handled."""

from __future__ import annotations

from radgen_assets.science.agreement.table_missing import missing_data_report
from radgen_assets.science.agreement.table_one import (
    BaselineRow,
    BaselineTable,
    baseline_table,
    standardised_difference,
)

__all__ = [
    "BaselineRow",
    "BaselineTable",
    "baseline_table",
    "missing_data_report",
    "standardised_difference",
]
