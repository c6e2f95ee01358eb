"""Over-representation equals R's within a universe that the result states."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact, kstest
from scipy.stats.contingency import odds_ratio

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.expression import GeneSet
from radgen_assets.formats.gmt import read_gmt
from radgen_assets.science.expression import SetSizes, over_representation
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.gene_sets.golden_sets import golden, of
from radgen_assets_tests.science.golden import read_table

ANY = SetSizes(smallest_set=1)
GENES = tuple(f"g{i}" for i in range(100))


@pytest.mark.parametrize(
    ("over", "column", "quantity"),
    [
        ("all tested sets", "padj_bh_all", "adjusted over all sets"),
        ("sets with a hit", "padj_bh_hit_sets_only", "adjusted over sets with a hit"),
    ],
)
def test_p_and_odds_ratios_equal_rs(shared_reference, over, column, quantity):
    data, sets = golden(shared_reference)
    query = read_table(shared_reference, "r4_gene_sets/data/ranks").query("in_query == 1")["gene"]
    found = over_representation(query, sets, data.genes, universe_name="measured", sizes=ANY, adjusted_over=over).table
    expected = read_table(shared_reference, "r4_gene_sets/expected/over_representation")
    assert list(found["n_overlap"]) == list(expected["overlap"])
    assert list(found["n_in_universe"]) == list(expected["size"])
    agree("expression.over_representation", "P", found["p"], expected["p"])
    agree("expression.over_representation", quantity, found["p_adjusted"], expected[column])
    agree("expression.over_representation", "fold enrichment", found["fold_enrichment"], expected["fold_enrichment"])
    agree("expression.over_representation", "odds ratio", found["odds_ratio"], expected["odds_ratio_cmle"])


def test_the_universe_is_stated_and_what_lies_outside_counts_nowhere():
    found = over_representation(
        ["g1", "g2", "elsewhere", "g1"], [GeneSet("a", "", ("g1", "elsewhere", "g3"))], GENES,
        universe_name="genes tested", sizes=ANY,
    )  # fmt: skip
    assert (found.n_universe, found.n_query, found.query_outside) == (100, 2, ("elsewhere",))
    row = found.to_frame().iloc[0]
    assert (row["universe"], row["n_universe"], row["n_genes"], row["n_in_universe"]) == ("genes tested", 100, 3, 2)
    assert (row["n_overlap"], row["genes"]) == (1, "g1")


def test_a_wider_universe_makes_the_same_overlap_rarer():
    """METHODS D7: with a genome as universe a list of ferroptosis genes finds ferroptosis."""
    query, sets = GENES[:20], of(range(15, 35))
    narrow = over_representation(query, sets, GENES[:40], universe_name="expressed", sizes=ANY).table
    wide = over_representation(query, sets, GENES, universe_name="genome", sizes=ANY).table
    assert narrow["p"][0] > 0.5 > wide["p"][0]


def test_p_is_fishers_one_sided_and_the_odds_ratio_the_conditional_one():
    rng = np.random.default_rng(0)
    for _ in range(20):
        query, members = rng.choice(100, 30, replace=False), rng.choice(100, int(rng.integers(2, 60)), replace=False)
        sets = [GeneSet("a", "", tuple(f"g{i}" for i in members))]
        row = over_representation([f"g{i}" for i in query], sets, GENES, universe_name="all", sizes=ANY).table.iloc[0]
        hit = len(set(query) & set(members))
        table = [[hit, 30 - hit], [len(members) - hit, 70 - len(members) + hit]]
        assert row["p"] == pytest.approx(fisher_exact(table, alternative="greater").pvalue, rel=1e-9)
        assert row["odds_ratio"] == pytest.approx(odds_ratio(table).statistic, rel=1e-6)


def test_sets_of_other_sizes_are_told_and_do_not_count_in_the_adjustment():
    found = over_representation(GENES[:10], of(range(5), range(12)), GENES, universe_name="all").table
    assert found["status"][0] == "5 of its genes are in the matrix, expected at least 10"
    assert np.isnan(found["p"][0])
    assert found["p_adjusted"][1] == found["p"][1]


def test_sets_without_a_hit_can_be_left_out_of_the_adjustment_and_are_told():
    sets = of(range(12), range(50, 62))
    found = over_representation(GENES[:5], sets, GENES, universe_name="all", adjusted_over="sets with a hit").table
    assert found["status"][1] == "no hit, not counted in the adjustment"
    assert found["p_adjusted"][0] == found["p"][0]


def test_an_empty_query_has_p_1_and_a_query_of_other_ids_is_refused():
    found = over_representation([], of(range(12)), GENES, universe_name="all").table
    assert found["p"][0] == 1
    with pytest.raises(BadInput, match="found none of its 1 genes in the universe of 100"):
        over_representation(["ENSG1"], of(range(12)), GENES, universe_name="all")
    with pytest.raises(UsedWrongly, match="found adjusted_over='some'"):
        over_representation([], [], GENES, universe_name="all", adjusted_over="some")


def test_sets_come_from_any_gmt_of_the_user(tmp_path):
    """KEGG may not be passed on: it, GO CC and GO MF come from the user's own file, which is made here."""
    path = tmp_path / "own.gmt"
    path.write_text(
        "KEGG_FERROPTOSIS\thsa04216\t" + "\t".join(GENES[:12]) + "\n"
        "GOCC_AUTOLYSOSOME\tGO:0044754\t" + "\t".join(GENES[40:55]) + "\n"
        "GOMF_IRON_ION_BINDING\tGO:0005506\t" + "\t".join(GENES[5:25]) + "\n"
    )
    found = over_representation(GENES[:10], read_gmt(path), GENES, universe_name="expressed").table
    assert list(found["set"]) == ["KEGG_FERROPTOSIS", "GOCC_AUTOLYSOSOME", "GOMF_IRON_ION_BINDING"]
    assert list(found["n_overlap"]) == [10, 0, 5]
    assert found["p_adjusted"][0] < 1e-6


@pytest.mark.slow
def test_p_values_are_uniform_on_permuted_labels():
    """200 random queries; a discrete P is uniform once its atom at the observed overlap is spread at random."""
    rng = np.random.default_rng(3)
    sets, genes = of(range(60)), tuple(f"g{i}" for i in range(300))
    spread, plain = [], []
    for _ in range(200):
        query = [genes[i] for i in rng.choice(300, 90, replace=False)]
        row = over_representation(query, sets, genes, universe_name="all").table.iloc[0]
        overlap = int(row["n_overlap"])
        atom = _upper(overlap, 300, 60, 90) - _upper(overlap + 1, 300, 60, 90)
        spread.append(row["p"] - rng.random() * atom)
        plain.append(row["p"])
    assert kstest(spread, "uniform").pvalue > 0.01
    assert np.mean(np.array(plain) <= 0.05) <= 0.09


def _upper(overlap, universe, size, drawn):
    from scipy.stats import hypergeom

    return hypergeom.sf(overlap - 1, universe, size, drawn)
