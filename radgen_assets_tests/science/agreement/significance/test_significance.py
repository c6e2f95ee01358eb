"""The tests of a clinical table equal R's; what has no P is refused or told."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.agreement import (
    bartlett,
    chi_squared,
    compare_proportions,
    correlate,
    exact_proportion,
    fisher_exact,
    kolmogorov_smirnov,
    kruskal_wallis,
    mcnemar,
    one_way_anova,
    paired_t_test,
    shapiro_wilk,
    t_test,
    wilcoxon_rank_sum,
    wilcoxon_signed_rank,
    wilson_proportion,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.golden import read_json, read_table


def agree_each(function, quantity, found, expected):
    """Each number by its own size: a small P beside large degrees of freedom."""
    for one, other in zip(found, expected, strict=True):
        agree(function, quantity, one, other)


@pytest.fixture
def golden(shared_reference):
    return read_json(shared_reference, "r6_agreement/expected/tests")


@pytest.fixture
def clinical(shared_reference):
    return read_table(shared_reference, "r6_agreement/data/clinical")


@pytest.fixture
def pair(clinical):
    return tuple(clinical[clinical["group"] == label] for label in "ab")


def by_group(clinical, name):
    return [clinical[name][clinical["group"] == label] for label in "abc"]


@pytest.mark.parametrize(("key", "equal"), [("welch_age", False), ("student_age", True)])
def test_t_tests_equal_r(golden, pair, key, equal):
    result, expected = t_test(pair[0]["age"], pair[1]["age"], equal_variances=equal), golden[key]
    found = [result.statistic, *result.df, result.p, result.low, result.high]
    agree_each("agreement.t_test", "t, df, P, limits", found, flat(expected, "statistic", "parameter", "p", "ci"))
    assert result.estimate == pytest.approx(expected["estimate"][0] - expected["estimate"][1])


def flat(expected, *names):
    return [value for name in names for value in np.atleast_1d(expected[name]).tolist()]


def test_the_paired_t_test_equals_r(golden, clinical):
    result, expected = paired_t_test(clinical["age"][:30], clinical["age"][30:60]), golden["paired_first30"]
    found = [result.statistic, *result.df, result.p, result.low, result.high]
    agree_each(
        "agreement.paired_t_test", "t, df, P, limits", found, flat(expected, "statistic", "parameter", "p", "ci")
    )
    assert result.estimate == pytest.approx(expected["estimate"])


def test_wilcoxons_rank_sum_equals_r(golden, pair):
    age, score = ((pair[0][name], pair[1][name]) for name in ("age", "score"))
    exact = golden["wilcoxon_exact_no_ties"]
    for result, expected in (
        (wilcoxon_rank_sum(*age), golden["wilcoxon_age_default_ties"]),
        (wilcoxon_rank_sum(*score), golden["wilcoxon_score_ties"]),
        (wilcoxon_rank_sum(*score, correction=False), golden["wilcoxon_score_no_correction"]),
        (wilcoxon_rank_sum(exact["x"], exact["y"]), exact),
    ):
        found = [result.statistic, result.p]
        agree_each("agreement.wilcoxon_rank_sum", "W, P", found, flat(expected, "statistic", "p"))
        assert ("exact" in result.method) == ("exact" in expected["method"])


def test_wilcoxons_shift_and_limits_equal_r(golden, pair):
    result, expected = wilcoxon_rank_sum(pair[0]["age"], pair[1]["age"]), golden["wilcoxon_age_default_ties"]
    found = [result.estimate, result.low, result.high]
    agree_each("agreement.wilcoxon_rank_sum", "shift, limits", found, flat(expected, "estimate", "ci"))


@pytest.mark.parametrize(("key", "correction"), [("signed_rank_skew", True), ("signed_rank_no_correction", False)])
def test_the_signed_rank_test_equals_r(golden, clinical, key, correction):
    result = wilcoxon_signed_rank(clinical["skew"][:30], clinical["skew"][30:60], correction=correction)
    agree_each(
        "agreement.wilcoxon_signed_rank", "V, P", [result.statistic, result.p], flat(golden[key], "statistic", "p")
    )


@pytest.mark.parametrize("name", ["score", "skew"])
def test_kruskal_wallis_equals_r(golden, clinical, name):
    result, expected = kruskal_wallis(by_group(clinical, name)), golden[f"kruskal_{name}"]
    found = [result.statistic, result.p]
    agree_each("agreement.kruskal_wallis", "chi-squared, P", found, flat(expected, "statistic", "p"))
    assert result.df == (expected["parameter"],)


def test_both_analyses_of_variance_equal_r(golden, clinical):
    plain, welch = (one_way_anova(by_group(clinical, "age"), equal_variances=equal) for equal in (True, False))
    for result, expected in (
        (plain, flat(golden["anova_age"], "F", "df", "p")),
        (welch, flat(golden["welch_anova_age"], "statistic", "parameter", "p")),
    ):
        agree_each("agreement.one_way_anova", "F, df, P", [result.statistic, *result.df, result.p], expected)


def test_bartletts_test_equals_r(golden, clinical):
    result = bartlett(by_group(clinical, "age"))
    found = [result.statistic, result.p]
    agree_each("agreement.bartlett", "K-squared, P", found, flat(golden["bartlett"], "statistic", "p"))


@pytest.mark.parametrize("name", ["age", "skew"])
def test_shapiro_wilk_equals_r(golden, clinical, name):
    result = shapiro_wilk(clinical[name])
    found = [result.statistic, result.p]
    agree_each("agreement.shapiro_wilk", "W, P", found, flat(golden[f"shapiro_{name}"], "statistic", "p"))


@pytest.mark.parametrize("n", [3, 4, 5, 6, 11, 12, 200])
def test_shapiro_wilk_of_any_size_is_near_scipys(n):
    """scipy's quantiles have seven digits: they show most at n = 4."""
    x = np.random.default_rng(n).exponential(size=n)
    other = stats.shapiro(x)
    assert shapiro_wilk(x).statistic == pytest.approx(other.statistic, rel=1e-8)
    assert shapiro_wilk(x).p == pytest.approx(other.pvalue, rel=1e-6)


def test_kolmogorov_smirnov_with_ties_equals_r(golden, pair):
    result = kolmogorov_smirnov(pair[0]["age"], pair[1]["age"])
    found = [result.statistic, result.p]
    agree_each("agreement.kolmogorov_smirnov", "D, P", found, flat(golden["ks_two_sample"], "statistic", "p"))


@pytest.mark.parametrize(
    ("key", "names"),
    [("pearson", ("age", "skew")), ("spearman_ties", ("score", "skew")), ("kendall_ties", ("score", "skew"))],
)
def test_correlations_equal_r(golden, clinical, key, names):
    result, expected = correlate(*(clinical[name] for name in names), key.partition("_")[0]), golden[key]
    found = [result.statistic, result.p, result.estimate]
    agree_each("agreement.correlate", "statistic, P, estimate", found, flat(expected, "statistic", "p", "estimate"))
    if "ci" in expected:
        agree_each("agreement.correlate", "limits", [result.low, result.high], expected["ci"])


def test_chi_squared_equals_r(golden, clinical):
    two = clinical[clinical["group"] != "c"]
    sex, stage = pd.crosstab(two["group"], two["sex"]), pd.crosstab(clinical["group"], clinical["stage"])
    for result, key in (
        (chi_squared(sex, correction=True), "chisq_2x2_sex_yates"),
        (chi_squared(sex), "chisq_2x2_sex_no_correction"),
        (chi_squared(stage), "chisq_stage_group"),
    ):
        found = [result.statistic, *result.df, result.p]
        agree_each(
            "agreement.chi_squared", "chi-squared, df, P", found, flat(golden[key], "statistic", "parameter", "p")
        )


def test_fishers_exact_test_equals_r(golden, clinical):
    two = clinical[clinical["group"] != "c"]
    for name in ("rare", "sex"):
        result, expected = fisher_exact(pd.crosstab(two["group"], two[name])), golden[f"fisher_2x2_{name}"]
        agree("agreement.fisher_exact", "P", result.p, expected["p"])
        found = [result.estimate, result.low, result.high]
        agree_each("agreement.fisher_exact", "odds ratio, limits", found, flat(expected, "estimate", "ci"))
    larger = fisher_exact(pd.crosstab(clinical["group"], clinical["stage"]))
    assert larger.method == "Fisher's exact"
    agree("agreement.fisher_exact", "P", larger.p, golden["fisher_3x3_stage"]["p"])


@pytest.mark.parametrize(("key", "correction"), [("mcnemar", True), ("mcnemar_no_correction", False)])
def test_mcnemar_equals_r(shared_reference, golden, key, correction):
    ratings = read_table(shared_reference, "r6_agreement/data/ratings")
    result = mcnemar(pd.crosstab(ratings["a"] > 1, ratings["b"] > 1), correction=correction)
    found = [result.statistic, result.p]
    agree_each("agreement.mcnemar", "chi-squared, P", found, flat(golden[key], "statistic", "p"))


def test_proportions_equal_r(golden):
    exact, wilson, two = exact_proportion(17, 40), wilson_proportion(17, 40), compare_proportions((17, 9), (40, 42))
    expected = golden["binom_exact"]
    found = [exact.p, exact.low, exact.high]
    agree_each("agreement.exact_proportion", "P, limits", found, flat(expected, "p", "ci"))
    for name, result, key in (
        ("wilson_proportion", wilson, "prop_wilson_no_correction"),
        ("compare_proportions", two, "prop_two"),
    ):
        found = [result.statistic, result.p, result.low, result.high]
        agree_each(f"agreement.{name}", "chi-squared, P, limits", found, flat(golden[key], "statistic", "p", "ci"))


def test_the_exact_shift_of_ranks_is_that_of_all_orders():
    """Counted by hand: the limit is the k-th difference, k the first count of W that reaches 2.5 % of all orders."""
    x, y = np.array([1.1, 2.9, 4.2, 7.7, 9.5]), np.array([0.3, 1.7, 2.2, 5.1])
    w = [sum(ranks) - 15 for ranks in combinations(range(1, 10), 5)]
    cut = next(k for k in range(21) if np.mean(np.array(w) <= k) >= 0.025)
    shifts = np.sort(np.subtract.outer(x, y).ravel())
    result = wilcoxon_rank_sum(x, y)
    assert (result.low, result.high) == (shifts[cut - 1], shifts[20 - cut])
    assert result.estimate == np.median(shifts)


@given(seed=st.integers(0, 1000))
@settings(max_examples=8, deadline=None, derandomize=True)
def test_rank_tests_ignore_order_and_monotone_transforms_and_turn_with_the_groups(seed):
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=12).round(1), generator.normal(0.4, 1, size=9).round(1)
    y[0] = x[0]  # at least one tie, so that nothing is counted exactly
    one, moved = wilcoxon_rank_sum(x, y), wilcoxon_rank_sum(np.exp(generator.permutation(x)), np.exp(y))
    assert moved.p == pytest.approx(one.p)
    turned = wilcoxon_rank_sum(y, x)
    assert turned.p == pytest.approx(one.p)
    assert turned.estimate == pytest.approx(-one.estimate, abs=1e-9)
    assert (turned.low, turned.high) == (pytest.approx(-one.high, abs=1e-9), pytest.approx(-one.low, abs=1e-9))
    assert kruskal_wallis([x, y]).p == pytest.approx(wilcoxon_rank_sum(x, y, correction=False).p)
    assert kolmogorov_smirnov(x, y).p == pytest.approx(kolmogorov_smirnov(np.exp(x), np.exp(y)).p)


@given(seed=st.integers(0, 1000))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_the_exact_p_of_two_distributions_counts_all_orders(seed):
    """All ways to deal the pooled values, ties included, to two groups of 4 and 3."""
    generator = np.random.default_rng(seed)
    pooled = generator.integers(0, 5, 7).astype(float)
    x, y = pooled[:4], pooled[4:]
    values = np.unique(pooled)

    def distance(rows):
        chosen = np.isin(np.arange(7), rows)
        shares = [(pooled[part][:, None] <= values).mean(axis=0) for part in (chosen, ~chosen)]
        return np.abs(shares[0] - shares[1]).max()

    seen = distance((0, 1, 2, 3))
    expected = np.mean([distance(rows) >= seen - 1e-9 for rows in combinations(range(7), 4)])
    assert kolmogorov_smirnov(x, y).p == pytest.approx(expected)


@given(seed=st.integers(0, 1000))
@settings(max_examples=20, deadline=None, derandomize=True)
def test_fishers_p_counts_all_tables_of_the_same_margins(seed):
    counts = np.random.default_rng(seed).integers(0, 4, (2, 3))
    if (counts.sum(axis=0) == 0).any() or (counts.sum(axis=1) == 0).any():
        return
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    tables = [t for t in product(*(range(c + 1) for c in columns)) if sum(t) == rows[0]]
    chances = {t: stats.multivariate_hypergeom.pmf(t, columns, rows[0]) for t in tables}
    seen = chances[tuple(counts[0])]
    expected = sum(chance for chance in chances.values() if chance <= seen * (1 + 1e-7))
    assert fisher_exact(counts).p == pytest.approx(expected)
    assert fisher_exact(counts.T).p == pytest.approx(expected)
    assert fisher_exact(counts[::-1, ::-1]).p == pytest.approx(expected)


def test_a_drawn_fisher_p_is_near_the_exact_one(monkeypatch):
    counts = np.array([[8, 3, 2], [4, 9, 3], [2, 4, 11]])
    exact = fisher_exact(counts)
    monkeypatch.setattr("radgen_assets.science.agreement.significance.exact_tables.MOST_STATES", 5)
    drawn = fisher_exact(counts)
    assert drawn.method == "Fisher's exact (drawn tables)"
    assert drawn.p == pytest.approx(exact.p, abs=4 * np.sqrt(exact.p / 99_999))


def test_empty_rows_of_a_table_are_no_level():
    assert chi_squared([[5, 0, 3], [2, 0, 6]]).df == (1.0,)
    with pytest.raises(UsedWrongly, match="found 1 rows and 2 columns in use"):
        fisher_exact([[5, 3], [0, 0]])
    with pytest.raises(UsedWrongly, match="expected rows and columns of counts"):
        chi_squared([[1.5, 2], [3, 4]])
    with pytest.raises(UsedWrongly, match="expected 2 x 2 counts"):
        mcnemar([[1, 2, 3]])
    assert mcnemar([[5, 0], [0, 7]]).p == 1


def test_an_odds_ratio_may_be_infinite_and_is_told_so():
    result = fisher_exact([[5, 0], [3, 6]])
    assert (result.estimate, result.high) == (np.inf, np.inf)
    assert 0 < result.low < np.inf


def test_tests_without_spread_or_patients_are_refused():
    for refused in (
        lambda: t_test([1, 1], [2, 2]),
        lambda: paired_t_test([1, 2], [3, 4]),
        lambda: wilcoxon_rank_sum([1, 1], [1, 1]),
        lambda: wilcoxon_signed_rank([1, 2], [1, 2]),
        lambda: one_way_anova([[1, 1], [2, 2]]),
        lambda: kruskal_wallis([[1, 1], [1, 1]]),
        lambda: bartlett([[1, 1], [1, 2]]),
        lambda: shapiro_wilk([1, 1, 1]),
        lambda: correlate([1, 1, 1], [1, 2, 3]),
        lambda: t_test([1, np.nan], [1, 2]),
    ):
        with pytest.raises(BadInput):
            refused()
    for refused in (
        lambda: t_test([1], [2, 3]),
        lambda: paired_t_test([1, 2], [1, 2, 3]),
        lambda: kruskal_wallis([[1, 2]]),
        lambda: shapiro_wilk([1, 2]),
        lambda: shapiro_wilk(np.arange(5001)),
        lambda: correlate([1, 2, 4], [1, 2, 3], "cosine"),
        lambda: exact_proportion(3, 2),
        lambda: wilson_proportion(0, 0),
        lambda: compare_proportions((1, 2), (3, 0)),
    ):
        with pytest.raises(UsedWrongly):
            refused()


def test_a_perfect_line_has_an_infinite_statistic():
    result = correlate([1, 2, 3, 4], [2, 4, 6, 8])
    assert result.estimate == pytest.approx(1)
    assert result.p == pytest.approx(0, abs=1e-6)


def test_small_samples_have_a_defined_result():
    assert wilcoxon_rank_sum([1], [2]).p == 1
    assert kolmogorov_smirnov([1], [2]).p == 1
    assert t_test([1, 2], [4, 6]).p < 0.5
    assert exact_proportion(0, 5).low == 0
    assert wilson_proportion(5, 5).high == pytest.approx(1)
    assert compare_proportions((0, 0), (4, 5)).p == 1
    assert correlate([1, 2, 3], [1, 3, 2], "kendall").statistic is None
