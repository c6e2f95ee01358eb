"""expression/matrix+: expression values that can be compared between patients of one cohort."""

from __future__ import annotations

from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.factories.cohort_asset import cohort_asset
from radgen_assets.science.expression.settings import LogSettings


@cohort_asset(group="expression", settings=LogSettings, code_version="1", kinds=("parquet",))
def matrix(expression: ExpressionMatrix, settings: LogSettings) -> ExpressionMatrix:
    """log2 expression of one cohort: log2-CPM of counts, log2(x + 1) of TPM and FPKM, arrays as they are.

    Grain: gene, patient. Each patient's values depend on that patient alone; z-scores stay z-scores.
    """
    from radgen_assets.science.expression import to_log2

    return to_log2(expression, settings, allow_zscore=True)
