"""Expression of the patients that a contrast compares, over all its cohorts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix


def put_together(matrices: Mapping[str, ExpressionMatrix], keys: Sequence[str]) -> tuple[ExpressionMatrix, str]:
    """One matrix of the patients `keys` ("<cohort>.<patient>"), in their order, and what had to be left out.

    Genes are those of every cohort, in the order of the first.

    Raises
    ------
    UsedWrongly
        When cohorts have no gene in common.
    """
    cohorts = list(matrices)
    shared = set.intersection(*(set(matrices[cohort].genes) for cohort in cohorts))
    genes = tuple(gene for gene in matrices[cohorts[0]].genes if gene in shared)
    if not genes:
        raise UsedWrongly(
            f"Cohorts {' and '.join(cohorts)} have no gene in common: bring both to one kind of gene id, with gene_map."
        )
    values = np.empty((len(genes), len(keys)))
    for cohort, matrix in matrices.items():
        mine = [place for place, key in enumerate(keys) if key.partition(".")[0] == cohort]
        column = {sample: place for place, sample in enumerate(matrix.samples)}
        row = {gene: place for place, gene in enumerate(matrix.genes)}
        rows = np.array([row[gene] for gene in genes])
        columns = np.array([column[keys[place].partition(".")[2]] for place in mine], dtype=np.int64)
        values[:, mine] = matrix.values[np.ix_(rows, columns)]
    most = max(len(matrix.genes) for matrix in matrices.values())
    note = f"{len(genes)} genes are in every cohort; up to {most - len(genes)} others were left out."
    unit = matrices[cohorts[0]].unit
    return ExpressionMatrix(values, genes, tuple(keys), unit), note if len(genes) < most else ""
