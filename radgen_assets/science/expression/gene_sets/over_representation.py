"""Over-representation of gene sets in a list of genes, within a stated universe."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.special import gammaln
from scipy.stats import hypergeom

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.contracts.expression import GeneSet
from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.expression.gene_sets.matching import match_sets
from radgen_assets.science.expression.gene_sets.settings import SetSizes

AdjustedOver = Literal["all tested sets", "sets with a hit"]
CLUSTER_PROFILER = SetSizes(smallest_set=10, largest_set=500)


@dataclass(frozen=True, eq=False)
class OverRepresentation:
    """Over-representation of every set.

    table : data frame, a row a given set in the given order
        set; n_genes; n_in_universe; n_overlap; n_expected; fold_enrichment; odds_ratio (conditional maximum
        likelihood, as fisher.test); p (one-sided); p_adjusted (BH, over `adjusted_over`); genes (of the overlap, in
        the order of the set, parted by semicolons); status ("tested", or why not)
    universe : what the universe is, in words
    n_universe, n_query : genes in the universe, and query genes among them
    query_outside : query genes that the universe does not hold; they count nowhere
    """

    table: pd.DataFrame
    universe: str
    n_universe: int
    n_query: int
    query_outside: tuple[str, ...]
    adjusted_over: AdjustedOver

    def to_frame(self) -> pd.DataFrame:
        """The table, with the universe and its size on every row."""
        return self.table.assign(universe=self.universe, n_universe=self.n_universe, n_query=self.n_query)


def over_representation(
    query: Collection[str],
    gene_sets: Sequence[GeneSet],
    universe: Collection[str],
    *,
    universe_name: str,
    sizes: SetSizes = CLUSTER_PROFILER,
    adjusted_over: AdjustedOver = "all tested sets",
) -> OverRepresentation:
    """Does a list of genes hold more of a set than a list drawn at random from the universe would?

    Parameters
    ----------
    query : genes, without repeats counted twice
    universe : genes that could have been in the query: those that were tested, not the whole genome
    universe_name : what the universe is, said in the result ("genes tested by differential_counts")
    sizes : SetSizes
        Genes of a set that are in the universe; 10 to 500 as clusterProfiler.
    adjusted_over : str
        "all tested sets" (R p.adjust over every P), or "sets with a hit": sets without overlap are not counted (gseapy,
        clusterProfiler), which gives smaller adjusted P.

    Raises
    ------
    UsedWrongly
        For an unknown `adjusted_over`.
    BadInput
        When no query gene is in the universe (ids of another kind), or two sets have one name. An empty query is
        answered with P = 1.

    Source: hypergeometric upper tail, R phyper; odds ratio of R fisher.test.
    """
    if adjusted_over not in ("all tested sets", "sets with a hit"):
        expected = "'all tested sets' or 'sets with a hit'"
        raise UsedWrongly(f"over_representation: found adjusted_over='{adjusted_over}', expected {expected}.")
    genes = tuple(dict.fromkeys(universe))
    asked = dict.fromkeys(query)
    in_query = np.array([gene in asked for gene in genes], dtype=float)
    inside = set(genes)
    outside = tuple(gene for gene in asked if gene not in inside)
    if asked and not in_query.any():
        found = f"none of its {len(asked)} genes in the universe of {len(genes)}"
        raise BadInput("query", "genes", found, "genes of the universe", "Bring both to one kind of gene id.")
    coverage, members = match_sets(genes, gene_sets, sizes, "universe")
    tested = _tested(members, in_query, len(genes), only_with_a_hit=adjusted_over == "sets with a hit")
    tested.insert(0, "set", [row.name for row in coverage if row.scored])
    every = pd.DataFrame(
        {
            "set": [row.name for row in coverage],
            "n_genes": [row.n_genes for row in coverage],
            "n_in_universe": [row.n_found for row in coverage],
        }
    )
    table = every.merge(tested, on="set", how="left", sort=False)
    table["n_overlap"] = table["n_overlap"].astype("Int64")
    table["genes"] = [";".join(g for g in dict.fromkeys(s.genes) if g in asked and g in inside) for s in gene_sets]
    table["status"] = [row.reason or "tested" for row in coverage]
    unhit = (table["status"] == "tested") & (table["n_overlap"] == 0)
    if adjusted_over == "sets with a hit":
        table.loc[unhit, "status"] = "no hit, not counted in the adjustment"
    return OverRepresentation(table, universe_name, len(genes), int(in_query.sum()), outside, adjusted_over)


def _tested(members: csr_matrix, in_query: NDArray[np.float64], n: int, *, only_with_a_hit: bool) -> pd.DataFrame:
    """A row a tested set; members (sets, genes), in_query (genes,)."""
    drawn = int(in_query.sum())
    size = np.asarray(members.sum(axis=1)).ravel().astype(np.int64)
    overlap = (members @ in_query).astype(np.int64)
    p = np.minimum(1.0, hypergeom.sf(overlap - 1, n, size, drawn))
    counted = overlap > 0 if only_with_a_hit else np.full(len(p), True)
    return pd.DataFrame(
        {
            "n_overlap": overlap,
            "n_expected": size * drawn / n if n else size * 0.0,
            "fold_enrichment": _ratio(overlap * n, size * drawn),
            "odds_ratio": [_odds_ratio(int(h), int(k), drawn, n) for h, k in zip(overlap, size, strict=True)],
            "p": p,
            "p_adjusted": adjust_p_values(np.where(counted, p, np.nan)),
        }
    )


def _ratio(above: NDArray[np.int64], below: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)


def _odds_ratio(overlap: int, size: int, drawn: int, universe: int) -> float:
    """Odds ratio at which the noncentral hypergeometric distribution has the overlap as its mean."""
    low, high = max(0, size + drawn - universe), min(size, drawn)
    if low == high:
        return float("nan")  # the margins leave one table only: every odds ratio fits
    if overlap in (low, high):
        return 0.0 if overlap == low else float("inf")
    support = np.arange(low, high + 1.0)
    log_ways = -(
        gammaln(support + 1)
        + gammaln(size - support + 1)
        + gammaln(drawn - support + 1)
        + gammaln(universe - size - drawn + support + 1)
    )
    return float(np.exp(_solve_mean(support, log_ways, overlap, _sample_log_odds(overlap, size, drawn, universe))))


def _sample_log_odds(overlap: int, size: int, drawn: int, universe: int) -> float:
    rest = universe - size - drawn + overlap
    return float(np.log((overlap + 0.5) * (rest + 0.5) / ((size - overlap + 0.5) * (drawn - overlap + 0.5))))


def _solve_mean(support: NDArray[np.float64], log_ways: NDArray[np.float64], mean: float, start: float) -> float:
    theta, low, high = start, -np.inf, np.inf
    for _ in range(200):
        logs = log_ways + theta * support
        chance = np.exp(logs - logs.max())
        chance /= chance.sum()
        here = float(chance @ support)
        low, high = (theta, high) if here < mean else (low, theta)
        step = (mean - here) / float(chance @ (support - here) ** 2)
        following = theta + step
        if not low < following < high:  # Newton leaves the bracket: halve it, or walk until there is one
            following = (low + high) / 2 if np.isfinite(low + high) else theta + np.sign(mean - here)
        if abs(following - theta) < 1e-13 * max(1.0, abs(theta)):
            return float(following)
        theta = float(following)
    return theta
