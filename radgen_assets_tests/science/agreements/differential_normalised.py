"""Log2 values and weighted counts: tests, weights, normalisation factors and filter against R limma and edgeR."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

LIMMA, VOOM = "expression.differential_normalised", "expression.differential_voom"
CASES = "(r3_differential; simulated and tcga40)"
FACTORS = "expression.normalisation_factors"


def _row(function: str, quantity: str, call: str, tolerance: float, scale: str = "relative") -> Row:
    return Row(function, quantity, f"R {call} {CASES}", tolerance, scale, library="own")


ROWS: tuple[Row, ...] = (
    *(
        _row(LIMMA, quantity, "limma lmFit", 1e-9)
        for quantity in ("log2 fold change", "mean expression", "residual standard deviation")
    ),
    *(
        _row(LIMMA, f"{quantity}, {prior}", f"limma eBayes({call}), topTable", 1e-9)
        for prior, call in (("plain", ""), ("trend", "trend = TRUE"))
        for quantity in ("t", "P", "log P", "adjusted P", "log odds", "prior variance")
    ),
    *(_row(LIMMA, quantity, "limma eBayes, topTable", 1e-9) for quantity in ("prior degrees of freedom", "limits")),
    *(
        _row(LIMMA, f"{quantity}, {prior}", f"limma eBayes({call})", 1e-6)
        for prior, call in (("robust", "robust = TRUE"), ("trend and robust", "trend = TRUE, robust = TRUE"))
        for quantity in ("t", "P", "log P", "prior variance", "prior degrees of freedom")
    ),
    *(_row("expression.voom", quantity, "limma voom", 1e-6) for quantity in ("log2 counts per million", "weights")),
    *(
        _row(VOOM, quantity, "edgeR filterByExpr, calcNormFactors, limma voom, eBayes", 1e-6)
        for quantity in (
            "log2 fold change",
            "mean expression",
            "residual standard deviation",
            "t",
            "P",
            "log P",
            "adjusted P",
            "log odds",
            "prior variance",
            "prior degrees of freedom",
        )
    ),
    *(
        _row(FACTORS, quantity, f"edgeR calcNormFactors({call})", 1e-10)
        for quantity, call in (
            ("TMM, all genes", ""),
            ("TMM, expressed genes", ""),
            ("RLE", 'method = "RLE"'),
            ("upper quartile", 'method = "upperquartile"'),
        )
    ),
    _row("expression.expressed_genes", "genes kept", "edgeR filterByExpr", 0, "exact"),
)
