"""The methods of a contrast: what each is called, which values it reads, and which units it takes."""

from __future__ import annotations

import pandas as pd

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import ContrastDeclaration
from radgen_assets.contracts.units import ExpressionUnit

NAMES = {"deseq2": "DESeq2", "limma_voom": "limma-voom", "limma_trend": "limma-trend"}
SOURCE_OF = {"deseq2": "counts", "limma_voom": "counts", "limma_trend": "log2"}  # values as measured, or comparable


def refuse_units(contrast: ContrastDeclaration, unit: pd.Series, cohort: pd.Series) -> None:
    """Raise UsedWrongly for a method that does not suit the unit of a cohort that is compared."""
    for name, of in zip(unit, cohort, strict=True):
        for method in contrast.methods:
            counts = SOURCE_OF[method] == "counts"
            if counts and name != ExpressionUnit.counts.value:
                remedy = 'Set methods = ["limma_trend"], which takes log2 values.'
            elif not counts and name == ExpressionUnit.zscore.value:
                remedy = "z-scores have lost the scale that a fold change needs: declare the values before scaling."
            else:
                continue
            expected = "counts" if counts else "counts, TPM, FPKM or log2 values"
            raise UsedWrongly(
                f"Contrast {contrast.name}: method {method}: found {name} in cohort {of}, expected {expected}. {remedy}"
            )
