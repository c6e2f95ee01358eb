"""Pre-ranked enrichment equals R's formula and gseapy; its P values are those of random sets, however small."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import GeneSet
from radgen_assets.science.expression import PrerankedSettings, preranked_gsea
from radgen_assets.science.expression.gene_sets.multilevel import climb_to, read_p
from radgen_assets.science.expression.gene_sets.running_sum import score_each, score_random
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.gene_sets.golden_sets import golden, of
from radgen_assets_tests.science.golden import read_json, read_table

EVERY = {"smallest_set": 1, "largest_set": None}


def ranks(n, seed=0):
    return pd.Series(np.random.default_rng(seed).normal(size=n), index=[f"g{i}" for i in range(n)])


def rs_ranks(reference):
    return read_table(reference, "r4_gene_sets/data/ranks", index_col="gene")["stat"]


@pytest.mark.parametrize("weight", [0, 1, 2])
def test_scores_and_peaks_equal_rs_formula(shared_reference, weight):
    _, sets = golden(shared_reference)
    settings = PrerankedSettings(weight=weight, n_permutations=10, **EVERY)
    found = preranked_gsea(rs_ranks(shared_reference), sets, settings).table.set_index("set")
    expected = read_json(shared_reference, "r4_gene_sets/expected/gsea_preranked")["es_by_weight"][f"weight_{weight}"]
    names = list(expected["es"])
    agree(
        "expression.preranked_gsea",
        f"enrichment, weight {weight}",
        found["enrichment"][names],
        [*expected["es"].values()],
    )
    agree("expression.preranked_gsea", "peak", found["peak_rank"][names], [*expected["peak_position_1based"].values()])


def test_leading_edges_p_and_normalised_scores_equal_rs(shared_reference):
    _, sets = golden(shared_reference)
    settings = PrerankedSettings(n_permutations=20_000, **EVERY)
    found = preranked_gsea(rs_ranks(shared_reference), sets, settings)
    expected = read_json(shared_reference, "r4_gene_sets/expected/gsea_preranked")
    edges = expected["leading_edge_weight1"]
    told = [";".join(found.leading_edge[name]) for name in edges]
    agree("expression.preranked_gsea", "leading edge", told, [";".join(genes) for genes in edges.values()])
    table, rs = found.table.set_index("set"), pd.DataFrame(expected["permutation"]["sets"]).T
    agree("expression.preranked_gsea", "normalised", table["normalised_enrichment"][rs.index], rs["nes"])
    z = (table["p"][rs.index] - rs["p"].astype(float)) / rs["p_se"].astype(float)
    agree("expression.preranked_gsea", "P, in standard errors of R's", z, np.zeros(len(z)))


@given(seed=st.integers(0, 50))
def test_the_order_of_the_list_does_not_matter_and_its_sign_turns_the_scores(seed):
    statistic, sets = ranks(80, seed), of(range(15), range(30, 60))
    shuffled = statistic.sample(frac=1, random_state=seed)
    settings = PrerankedSettings(n_permutations=20)
    first, second = preranked_gsea(statistic, sets, settings), preranked_gsea(shuffled.to_dict(), sets, settings)
    pd.testing.assert_frame_equal(first.table, second.table)
    turned = preranked_gsea(-statistic, sets, settings).table
    np.testing.assert_allclose(turned["enrichment"], -first.table["enrichment"], atol=1e-12)


def test_the_same_seed_gives_the_same_p_and_other_sets_change_nothing():
    statistic, sets = ranks(200), of(range(20), range(40, 60), range(100, 150))
    for multilevel in (False, True):
        settings = PrerankedSettings(n_permutations=50, multilevel=multilevel)
        together = preranked_gsea(statistic, sets, settings, seed=3).table
        again = preranked_gsea(statistic, sets, settings, seed=3).table
        alone = preranked_gsea(statistic, sets[2:], settings, seed=3).table
        pd.testing.assert_frame_equal(together, again)
        assert alone["p"][0] == together["p"][2]
        other = preranked_gsea(statistic, sets, settings, seed=4).table
        assert (other["p"] != together["p"]).any()


def test_genes_that_share_a_statistic_are_counted_and_ordered_by_name():
    statistic = pd.Series([1.0, 1.0, 0.5, -2.0], index=["b", "a", "c", "d"])
    sets = [GeneSet("one", "", ("a", "c"))]
    found = preranked_gsea(statistic, sets, PrerankedSettings(smallest_set=1, n_permutations=10))
    assert found.n_tied == 2
    assert found.leading_edge["one"] == ("a",)  # b before a would leave both deviations equal


def test_every_set_comes_back_with_its_status():
    statistic = pd.Series([3.0, 0.0, 0.0, -3.0], index=list("abcd"))
    sets = [GeneSet("both", "", ("a", "d")), GeneSet("none", "", ("b", "c")), GeneSet("far", "", ("x",))]
    table = preranked_gsea(statistic, sets, PrerankedSettings(smallest_set=1, n_permutations=10)).to_frame()
    assert list(table["set"]) == ["both", "none", "far"]
    assert list(table["status"]) == [
        "both deviations are equally large",
        "all its genes have the statistic 0",
        "0 of its genes are in the matrix, expected at least 1",
    ]
    assert table["enrichment"][0] == 0
    assert table["p"][0] == 1
    assert table[["enrichment", "p"]].iloc[1:].isna().all(axis=None)


def test_enriched_sets_are_found_at_their_end_of_the_list():
    statistic = ranks(500)
    statistic.iloc[:20] += 3
    statistic.iloc[50:70] -= 3
    found = preranked_gsea(statistic, of(range(20), range(50, 70), range(100, 120)), PrerankedSettings(multilevel=True))
    table = found.table
    assert table["normalised_enrichment"][0] > 2
    assert table["normalised_enrichment"][1] < -2
    assert (table["p_adjusted"][:2] < 1e-6).all()
    assert table["p"][2] > 0.01
    assert set(found.leading_edge["a"]) <= {f"g{i}" for i in range(20)}


def test_what_cannot_be_ranked_is_refused():
    with pytest.raises(BadInput, match="gene b: found nan, expected a finite number"):
        preranked_gsea({"a": 1.0, "b": np.nan}, [])
    with pytest.raises(BadInput, match="gene a: found it twice"):
        preranked_gsea(pd.Series([1.0, 2.0], index=["a", "a"]), [])
    with pytest.raises(BadInput, match="gene sets: a: found this name twice"):
        preranked_gsea(ranks(50), [*of(range(20)), *of(range(20))])


def test_random_sets_hold_every_gene_equally_often():
    """Enrichment with all weight on one rank is high exactly when a set holds it."""
    score = np.empty(4000)
    for rank in (0, 63, 64, 99):
        step = np.zeros(100)
        step[rank] = 1.0
        score_random(step, 20, np.uint64(7), score)
        assert (score != 0).mean() == pytest.approx(0.2, abs=0.03)


def every_set_of(step, size):
    """Scores of all sets of a size."""
    members = np.array(list(combinations(range(len(step)), size)))
    score, peak = np.empty(len(members)), np.empty(len(members), dtype=np.int64)
    score_each(step, members.ravel(), np.arange(0, members.size + 1, size), score, peak)
    return score


@pytest.mark.parametrize("weight", [0, 1, 2])
@pytest.mark.parametrize("quantile", [0.99, 0.999, 1.0])
def test_multilevel_p_equals_the_exact_p_of_all_sets(weight, quantile):
    """74,613 sets of 6 of 22 genes: mean of log2 P over 30 climbs within four standard errors, which are honest."""
    step = np.abs(np.sort(np.random.default_rng(1).normal(size=22))[::-1]) ** weight
    score = every_set_of(np.ascontiguousarray(step), 6)
    positive = score[score >= 0]
    aim = np.quantile(positive, quantile, method="higher")
    exact = (positive >= aim - 1e-12).mean()
    found = []
    for seed in range(30):
        climb = climb_to(step, 6, aim, smallest_p=1e-20, sample_size=101, seed=seed)
        found.append(read_p(climb, aim, len(positive) / len(score), 1e-20))
    logs = np.log2([each.p for each in found])
    stated = np.mean([each.log2_std_err for each in found])
    assert not any(each.is_bound for each in found)
    assert abs(logs.mean() - np.log2(exact)) < 4 * stated / np.sqrt(30)
    assert 0.6 < logs.std(ddof=1) / stated < 1.5


def test_multilevel_p_equals_that_of_many_permutations(shared_reference):
    """SET_10 of R's list: 20,000 random sets leave its P with a standard error of a third."""
    _, sets = golden(shared_reference)
    chosen = [each for each in sets if each.name in ("SET_10", "SET_13")]
    statistic = rs_ranks(shared_reference)
    long = preranked_gsea(statistic, chosen[:1], PrerankedSettings(n_permutations=200_000, **EVERY)).table
    logs, deep = [], []
    for seed in range(8):
        settings = PrerankedSettings(n_permutations=500, multilevel=True, **EVERY)
        table = preranked_gsea(statistic, chosen, settings, seed=seed).table
        logs.append(np.log2(table["p"][0]))
        deep.append(table["p"][1])
    assert np.mean(logs) == pytest.approx(np.log2(long["p"][0]), abs=0.6)
    assert max(deep) < 1e-6


def test_a_p_below_the_smallest_asked_for_is_a_bound():
    statistic = ranks(2000)
    top = statistic.sort_values(ascending=False).index[:30]
    sets = [GeneSet("top", "", tuple(top))]
    table = preranked_gsea(statistic, sets, PrerankedSettings(multilevel=True, smallest_p=1e-10)).table
    assert table["p"][0] == 1e-10
    assert table["p_is_bound"][0]


@pytest.mark.slow
@pytest.mark.parametrize("multilevel", [False, True])
def test_p_values_are_uniform_on_permuted_labels(multilevel):
    """200 lists, each from a two-group comparison with permuted labels, one set each."""
    rng = np.random.default_rng(5)
    values, labels = rng.normal(size=(400, 24)), np.repeat([True, False], 12)
    p = []
    for seed in range(200):
        mine = rng.permutation(labels)
        difference = values[:, mine].mean(axis=1) - values[:, ~mine].mean(axis=1)
        statistic = pd.Series(difference, index=[f"g{i}" for i in range(400)])
        members = GeneSet("a", "", tuple(f"g{i}" for i in rng.choice(400, 30, replace=False)))
        settings = PrerankedSettings(n_permutations=1000, multilevel=multilevel)
        p.append(preranked_gsea(statistic, [members], settings, seed=seed).table["p"][0])
    assert kstest(p, "uniform").pvalue > 0.01
