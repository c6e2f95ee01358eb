"""Tests of numbers and counts, Table 1 and class measures against R (r6)."""

from __future__ import annotations

from radgen_assets_tests.science.agreements.row import Row


def _row(function: str, quantity: str, r: str, library: str, tolerance: float = 1e-10, note: str = "") -> Row:
    reference = f"R {r} (r6_agreement/tests)"
    return Row(f"agreement.{function}", quantity, reference, tolerance, library=library, note=note)


HALTS = "R stops its root search within 1e-4"
ROWS: tuple[Row, ...] = (
    _row("t_test", "t, df, P, limits", "t.test", "scipy ttest_ind"),
    _row("paired_t_test", "t, df, P, limits", "t.test(paired = TRUE)", "scipy ttest_rel"),
    _row("wilcoxon_rank_sum", "W, P", "wilcox.test", "scipy mannwhitneyu"),
    _row("wilcoxon_rank_sum", "shift, limits", "wilcox.test(conf.int = TRUE)", "own", 1e-4, HALTS),
    _row("wilcoxon_signed_rank", "V, P", "wilcox.test(paired = TRUE)", "scipy wilcoxon"),
    _row("one_way_anova", "F, df, P", "anova(lm), oneway.test", "scipy f_oneway"),
    _row("kruskal_wallis", "chi-squared, P", "kruskal.test", "scipy kruskal"),
    _row("bartlett", "K-squared, P", "bartlett.test", "scipy bartlett"),
    _row("shapiro_wilk", "W, P", "shapiro.test", "own", note="scipy's P is off by 2e-9: normal quantiles of 7 digits"),
    _row("kolmogorov_smirnov", "D, P", "ks.test, exact with ties", "own"),
    _row("correlate", "statistic, P, estimate", "cor.test, three methods", "scipy"),
    _row("correlate", "limits", "cor.test", "scipy pearsonr"),
    _row("chi_squared", "chi-squared, df, P", "chisq.test", "scipy chi2_contingency"),
    _row("fisher_exact", "P", "fisher.test, 2 x 2 and 3 x 3", "own beyond 2 x 2"),
    _row("fisher_exact", "odds ratio, limits", "fisher.test", "scipy odds_ratio", 1e-4, HALTS),
    _row("mcnemar", "chi-squared, P", "mcnemar.test", "own"),
    _row("exact_proportion", "P, limits", "binom.test", "scipy binomtest"),
    _row("wilson_proportion", "chi-squared, P, limits", "prop.test(correct = FALSE)", "own"),
    _row("compare_proportions", "chi-squared, P, limits", "prop.test", "own"),
    _row("baseline_table", "P", "wilcox, chisq, fisher, kruskal.test", "scipy, own"),
    Row(
        "agreement.baseline_table",
        "standardised difference",
        "formula in R (r6_agreement/smd_classification)",
        1e-10,
        strength="formula",
    ),
    *(
        Row(
            "learning.classification_metrics",
            quantity,
            "formula in R (r6_agreement/smd_classification)",
            1e-12,
            strength="formula",
        )
        for quantity in ("accuracy, balanced accuracy, macro F1", "recall, precision, F1 of each class", "MCC")
    ),
    Row(
        "learning.classification_metrics",
        "Wilson limits",
        "R prop.test(correct = FALSE) (r6_agreement/tests)",
        1e-10,
    ),
)
