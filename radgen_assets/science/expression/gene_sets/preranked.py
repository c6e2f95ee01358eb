"""Pre-ranked gene set enrichment: running sum, leading edge, P by random sets of the same size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import GeneSet
from radgen_assets.science.agreement.adjustment import adjust_p_values
from radgen_assets.science.expression.gene_sets.matching import SetCoverage, match_sets
from radgen_assets.science.expression.gene_sets.multilevel import (
    climb_to,
    expected_log2_error,
    permutation_log2_error,
    read_p,
)
from radgen_assets.science.expression.gene_sets.settings import PrerankedSettings

RANKS = "ranked genes"
TESTED, BALANCED = "tested", "both deviations are equally large"
WEIGHTLESS = "all its genes have the statistic 0"
ONE_SIGN = "no random set of its size has this sign"
SAME = 1e-12  # scores nearer than this are equal: sums of the same terms in another order


@dataclass(frozen=True, eq=False)
class PrerankedGsea:
    """Enrichment of every set in one ranked list.

    table : data frame, a row a given set in the given order
        set; n_genes; n_found; enrichment (-1 .. 1, > 0: towards the top of the list); normalised_enrichment
        (enrichment over the mean size of random sets' of its sign); p (two-sided within its sign); p_adjusted (BH over
        the tested sets); log2_p_std_err; p_is_bound (P is at most this); peak_rank (1 = top of the list); status
    leading_edge : genes of each set up to the peak, from the end of the list that they lie at
    n_ranked, n_tied : genes in the list, and those that share their statistic with another
    """

    table: pd.DataFrame
    leading_edge: dict[str, tuple[str, ...]]
    n_ranked: int
    n_tied: int
    settings: PrerankedSettings

    def to_frame(self) -> pd.DataFrame:
        """The table with the leading edge as a last column, genes parted by semicolons."""
        genes = [";".join(self.leading_edge.get(name, ())) for name in self.table["set"]]
        return self.table.assign(leading_edge=genes)


def preranked_gsea(
    statistic: pd.Series | Mapping[str, float],
    gene_sets: Sequence[GeneSet],
    settings: PrerankedSettings | None = None,
    *,
    seed: int = 0,
) -> PrerankedGsea:
    """Enrichment of gene sets towards either end of a ranked list of genes.

    Parameters
    ----------
    statistic : series by gene, or mapping
        Moderated t, Wald statistic, correlation, saliency: higher = nearer the top. Ties are ordered by the genes'
        names, which is arbitrary: `n_tied` says how many there are.
    gene_sets : sequence of GeneSet
        Genes that are not in the list are left out of their set.
    seed : int
        The random sets of a size depend on it, on the size and on the list, not on the other sets.

    Returns
    -------
    PrerankedGsea

    Raises
    ------
    BadInput
        For missing or infinite statistics, repeated genes, or two sets of one name.

    Notes
    -----
    P = (1 + random sets of the same sign at least as extreme) / (1 + random sets of the same sign). With `multilevel`,
    P of sets for which that would be less exact come from sets that climb level by level (fgsea).
    Random sets test the genes as if they were independent; where genes of a set are correlated, P is too small, as in
    every pre-ranked test. Permute the samples where that matters.
    Source: Subramanian et al. 2005; Korotkevich et al. 2021. Scores equal fgsea's and gseapy's.
    """
    settings = settings or PrerankedSettings()
    ranked = _ranked(statistic)
    genes = [str(gene) for gene in ranked.index]
    coverage, members = match_sets(genes, gene_sets, settings, RANKS)
    members.sort_indices()
    step = np.abs(ranked.to_numpy(dtype=np.float64)) ** settings.weight
    score, peak, weightless = _score_sets(step, members)
    size = np.diff(members.indptr)
    found = _Found(score, size, weightless)
    _test_by_size(found, step, settings, seed)
    table = _table(coverage, found, peak)
    names = [row.name for row in coverage if row.scored]
    edges = {name: _edge(genes, members, row, score[row], int(peak[row])) for row, name in enumerate(names)}
    n_tied = int(ranked.duplicated(keep=False).sum())
    return PrerankedGsea(table, edges, len(genes), n_tied, settings)


class _Found:
    """What is filled in set by set, in the order of the matched sets."""

    def __init__(self, score: NDArray[np.float64], size: NDArray[np.int64], weightless: NDArray[np.bool_]) -> None:
        self.score, self.size = score, size
        self.normalised, self.p, self.error = (np.full(len(score), np.nan) for _ in range(3))
        self.is_bound = np.zeros(len(score), dtype=bool)
        self.status = np.where(weightless, WEIGHTLESS, np.where(score == 0, BALANCED, TESTED)).astype(object)


def _ranked(statistic: pd.Series | Mapping[str, float]) -> pd.Series:
    series = pd.Series(statistic, dtype=np.float64)
    bad = ~np.isfinite(series.to_numpy())
    if bad.any():
        gene = series.index[int(np.argmax(bad))]
        remedy = f"{int(bad.sum())} genes are so: leave them out, or give them the statistic of their test."
        raise BadInput(RANKS, f"gene {gene}", f"{series.iloc[int(np.argmax(bad))]:g}", "a finite number", remedy)
    if series.index.has_duplicates:
        gene = series.index[series.index.duplicated()][0]
        raise BadInput(RANKS, f"gene {gene}", "it twice", "each gene once", "Choose one statistic a gene by a rule.")
    by_name = series.sort_index()
    return by_name.iloc[np.argsort(-by_name.to_numpy(), kind="stable")]


def _score_sets(
    step: NDArray[np.float64], members: csr_matrix
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]:
    from radgen_assets.science.expression.gene_sets.running_sum import score_each

    n_sets = members.shape[0]
    score, peak = np.empty(n_sets), np.empty(n_sets, dtype=np.int64)
    score_each(step, members.indices.astype(np.int64), members.indptr.astype(np.int64), score, peak)
    return score, peak, np.asarray(members @ step).ravel() == 0


def _test_by_size(found: _Found, step: NDArray[np.float64], settings: PrerankedSettings, seed: int) -> None:
    """Random sets are drawn once for all sets of a size, and only their scores are held, one size at a time."""
    from radgen_assets.science.expression.gene_sets.running_sum import score_random

    null = np.empty(settings.n_permutations)
    tested = found.status != WEIGHTLESS
    for size in np.unique(found.size[tested]):
        score_random(step, size, np.uint64(_branch(seed, size, 0)), null)
        for sign in (1, -1):
            here = np.flatnonzero(tested & (found.size == size) & ((found.score >= 0) == (sign > 0)))
            if len(here):
                one_sign = np.sort(np.abs(null[(null >= 0) == (sign > 0)]))
                _test_one_sign(found, here, one_sign)
                if settings.multilevel and len(one_sign):
                    turned = step if sign > 0 else np.ascontiguousarray(step[::-1])
                    _refine(found, here, one_sign, turned, settings, _branch(seed, size, sign))


def _test_one_sign(found: _Found, here: NDArray[np.int64], null: NDArray[np.float64]) -> None:
    """P and normalised score of sets of one size and sign; `null` ascends, sizes of random scores of that sign."""
    score = np.abs(found.score[here])
    n_extreme = len(null) - np.searchsorted(null, score - SAME)
    found.p[here] = (1 + n_extreme) / (1 + len(null))
    found.error[here] = [permutation_log2_error(int(n), len(null)) for n in n_extreme]
    if len(null) and null[-1] > 0:
        found.normalised[here] = found.score[here] / null.mean()
    else:
        found.status[here] = ONE_SIGN


def _refine(
    found: _Found,
    here: NDArray[np.int64],
    null: NDArray[np.float64],
    step: NDArray[np.float64],
    settings: PrerankedSettings,
    seed: int,
) -> None:
    """Replace P where a climb is expected to be more exact; one climb serves all sets of the size and sign."""
    few = [row for row in here if found.error[row] > expected_log2_error(found.p[row], settings.sample_size)]
    if not few:
        return
    size, highest = int(found.size[few[0]]), float(np.abs(found.score[few]).max())
    climb = climb_to(
        step, size, highest, smallest_p=settings.smallest_p, sample_size=settings.sample_size | 1, seed=seed
    )
    share = (len(null) + 1) / (settings.n_permutations + 1)
    for row in few:
        small = read_p(climb, abs(float(found.score[row])), share, settings.smallest_p)
        found.p[row], found.error[row], found.is_bound[row] = small.p, small.log2_std_err, small.is_bound


def _branch(seed: int, size: int, sign: int) -> int:
    return int(np.random.SeedSequence([seed, int(size), sign + 1]).generate_state(1, np.uint64)[0])


def _table(coverage: tuple[SetCoverage, ...], found: _Found, peak: NDArray[np.int64]) -> pd.DataFrame:
    names = [row.name for row in coverage if row.scored]
    told = pd.DataFrame(
        {
            "set": names,
            "enrichment": np.where(found.status == WEIGHTLESS, np.nan, found.score),
            "normalised_enrichment": found.normalised,
            "p": found.p,
            "p_adjusted": adjust_p_values(found.p),
            "log2_p_std_err": found.error,
            "peak_rank": pd.array(np.where(peak < 0, 0, peak + 1), dtype="Int64"),
            "told": found.status,
        }
    )
    told.loc[told["peak_rank"] == 0, "peak_rank"] = pd.NA
    every = pd.DataFrame(
        {
            "set": [row.name for row in coverage],
            "n_genes": [row.n_genes for row in coverage],
            "n_found": [row.n_found for row in coverage],
            "status": [row.reason for row in coverage],
        }
    )
    table = every.merge(told, on="set", how="left", sort=False)
    table["status"] = table.pop("told").where(table["status"] == "", table["status"])
    bounds = {name for name, is_bound in zip(names, found.is_bound, strict=True) if is_bound}
    table.insert(table.columns.get_loc("peak_rank"), "p_is_bound", table["set"].isin(bounds))
    table["status"] = table.pop("status")  # to the end
    return table


def _edge(genes: list[str], members: csr_matrix, row: int, score: float, peak: int) -> tuple[str, ...]:
    if peak < 0:
        return ()
    ranks = members.indices[members.indptr[row] : members.indptr[row + 1]]
    chosen = ranks[ranks <= peak] if score > 0 else ranks[ranks >= peak][::-1]
    return tuple(genes[rank] for rank in chosen)
