"""The ROC curve against R's pROC (r5)."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

PROC = "R pROC {} (r5_cutpoint_roc/roc)"

ROWS: tuple[Row, ...] = (
    Row("learning.roc_auc", "area, DeLong se, limits", PROC.format("roc, var, ci.auc"), 1e-10),
    Row("learning.compare_auc", "z, P, limits", PROC.format("roc.test, paired"), 1e-10),
    Row("learning.compare_independent_auc", "t, df, P", PROC.format("roc.test, unpaired"), 1e-10),
    Row("learning.roc_curve", "all points", PROC.format("roc"), 1e-10),
    Row(
        "learning.youden_points", "threshold, sensitivity, specificity", PROC.format("coords"), 1e-10, scale="absolute"
    ),
    Row("learning.partial_auc", "specificity 0.9 to 1", PROC.format("auc(partial.auc)"), 1e-10),
)
