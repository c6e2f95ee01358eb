"""Gene sets met with the genes that were measured: what each set still holds, and which sets are left out and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.sparse import csr_matrix

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import GeneSet


class Sizes(Protocol):
    """Settings that say how many measured genes a set must hold."""

    @property
    def smallest_set(self) -> int:
        """Fewest genes."""

    @property
    def largest_set(self) -> int | None:
        """Most genes; None: no limit."""


@dataclass(frozen=True)
class SetCoverage:
    """How much of a gene set the matrix holds; `reason` says why a set has no score, else it is empty."""

    name: str
    n_genes: int
    n_found: int
    scored: bool
    reason: str


def match_sets(
    genes: Sequence[str], gene_sets: Sequence[GeneSet], settings: Sizes, data: str = "expression matrix"
) -> tuple[tuple[SetCoverage, ...], csr_matrix]:
    """Coverage of every set, and the membership matrix (scored sets x genes, 0/1) of those large enough.

    Columns of a row stand in the order of the set. Raises BadInput for a gene or a set's name that stands twice.
    """
    place = {gene: row for row, gene in enumerate(genes)}
    if len(place) != len(genes):
        raise BadInput(data, "genes", "a gene twice", "unique genes", "Declare a rule for duplicates in the cohort.")
    refuse_repeated_names(gene_sets)
    coverage, rows = [], []
    for gene_set in gene_sets:
        wanted = dict.fromkeys(gene_set.genes)
        found = [place[gene] for gene in wanted if gene in place]
        reason = _why_not_scored(len(found), len(genes), settings)
        coverage.append(SetCoverage(gene_set.name, len(wanted), len(found), not reason, reason))
        if not reason:
            rows.append(found)
    ends = np.cumsum([0, *(len(found) for found in rows)])
    columns = np.concatenate([np.array(found, dtype=np.int64) for found in rows]) if rows else np.empty(0, np.int64)
    return tuple(coverage), csr_matrix((np.ones(len(columns)), columns, ends), shape=(len(rows), len(genes)))


def refuse_repeated_names(gene_sets: Iterable[GeneSet]) -> None:
    """Raise BadInput naming the first set whose name stands twice."""
    seen: set[str] = set()
    for gene_set in gene_sets:
        if gene_set.name in seen:
            remedy = "Rename or remove one of the two."
            raise BadInput("gene sets", gene_set.name, "this name twice", "each name once", remedy)
        seen.add(gene_set.name)


def _why_not_scored(n_found: int, n_measured: int, settings: Sizes) -> str:
    if n_found < settings.smallest_set:
        return f"{n_found} of its genes are in the matrix, expected at least {settings.smallest_set}"
    if settings.largest_set is not None and n_found > settings.largest_set:
        return f"{n_found} of its genes are in the matrix, expected at most {settings.largest_set}"
    if n_found == n_measured:
        return "it holds every gene of the matrix, so there is nothing to compare it with"
    return ""
