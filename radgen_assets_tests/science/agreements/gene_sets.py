"""Gene sets: activity, over-representation and pre-ranked enrichment against R (r4)."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

GSVA = "R GSVA {} (r4_gene_sets)"
ENRICHED = "formula in R (r4_gene_sets/gsea_preranked)"
ORA = "R {} (r4_gene_sets/over_representation)"
TOWARDS = "largest difference of 30 sets, 20,000 random sets of each size here and in R"


def _score(function: str, quantity: str, call: str, library: str = "own") -> Row:
    return Row(f"expression.{function}", quantity, GSVA.format(call), 1e-10, "absolute", library=library)


ROWS: tuple[Row, ...] = (
    *(
        _score("gsva", quantity, f"gsva({call})", "own, numba")
        for quantity, call in (
            ("Gaussian kernel, maximal difference", 'kcdf = "Gaussian"'),
            ("Gaussian kernel, maximal deviation", "mx.diff = FALSE"),
            ("Gaussian kernel, absolute ranking", "abs.ranking = TRUE"),
            ("Gaussian kernel, sets of 10 to 100 genes", "min.sz = 10, max.sz = 100"),
            ("no kernel", 'kcdf = "none"'),
            ("Poisson kernel", 'kcdf = "Poisson"'),
        )
    ),
    _score("ssgsea", "raw", 'gsva(method = "ssgsea", ssgsea.norm = FALSE)'),
    _score("ssgsea", "raw, tau 0.75", 'gsva(method = "ssgsea", tau = 0.75)'),
    _score("ssgsea", "divided by the range", 'gsva(method = "ssgsea", ssgsea.norm = TRUE)'),
    _score("z_score_activity", "scores", 'gsva(method = "zscore")'),
    Row(
        "expression.plage",
        "scores",
        GSVA.format('gsva(method = "plage")'),
        1e-10,
        "absolute",
        library="numpy svd",
        note="up to the sign of each set, which is arbitrary in R; here a score rises with the set's mean z-score",
    ),
    Row("expression.over_representation", "P", ORA.format("phyper"), 1e-10, strength="base R", library="scipy"),
    *(
        Row("expression.over_representation", quantity, ORA.format("p.adjust"), 1e-10, strength="base R")
        for quantity in ("adjusted over all sets", "adjusted over sets with a hit")
    ),
    Row("expression.over_representation", "fold enrichment", ORA.format("(formula)"), 1e-10, strength="base R"),
    Row(
        "expression.over_representation",
        "odds ratio",
        ORA.format("fisher.test"),
        1e-4,
        strength="base R",
        note="R stops its root search within 1e-4",
    ),
    *(
        Row("expression.preranked_gsea", quantity, ENRICHED, 1e-10, "absolute", "formula", "own, numba")
        for quantity in ("enrichment, weight 0", "enrichment, weight 1", "enrichment, weight 2")
    ),
    Row("expression.preranked_gsea", "peak", ENRICHED, 0, "exact", "formula", "own, numba"),
    Row("expression.preranked_gsea", "leading edge", ENRICHED, 0, "exact", "formula", "own, numba"),
    Row("expression.preranked_gsea", "normalised", ENRICHED, 0.03, "absolute", "formula", "own, numba", TOWARDS),
    Row(
        "expression.preranked_gsea",
        "P, in standard errors of R's",
        ENRICHED,
        4,
        "absolute",
        "formula",
        "own, numba",
        TOWARDS,
    ),
)
