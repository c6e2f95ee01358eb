"""Maximally selected cut-points against R survminer, maxstat and exactRankTests."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row

CUT = "R survminer surv_cutpoint, maxstat (r5_cutpoint_roc/cutpoint)"
SEARCH = "survival.maximally_selected_cutpoint"

ROWS: tuple[Row, ...] = (
    Row(SEARCH, "cut and group size", CUT, 0, "exact"),
    Row(SEARCH, "statistic", CUT, 1e-10),
    Row(SEARCH, "profile of statistics", CUT, 1e-10),
    Row(SEARCH, "profile of cuts", CUT, 0, "exact"),
    Row(SEARCH, "log-rank scores", "R exactRankTests cscores (r5_cutpoint_roc/cutpoint)", 1e-10),
    Row(SEARCH, "P, Lausen 92", CUT, 1e-10),
    Row(SEARCH, "P, Lausen 94", CUT, 1e-10, note="held to 1, where R's can be above"),
    Row(
        SEARCH,
        "P, joint normal",
        CUT,
        1e-3,
        "absolute",
        note="integrated here to 1e-10 as a Markov chain; R's value is simulated",
    ),
    Row(
        SEARCH,
        "P, permutation, in standard deviations between R's seeds",
        CUT,
        5,
        "absolute",
        note="20,000 permutations each; ours counts the observed order among them",
    ),
    Row(
        "survival.hothorn_lausen_p",
        "P, Hothorn-Lausen",
        CUT,
        1e-6,
        note="R's is NA beyond 170 patients; with tied markers both can be below the truth",
    ),
    Row("survival.logrank", "statistic at the chosen cut", CUT, 1e-10),
)
