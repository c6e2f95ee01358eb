"""Scores of gene sets in single patients, with what each set could be read from."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import pandas as pd

from radgen_assets.science.expression.gene_sets.matching import SetCoverage


@dataclass(frozen=True, eq=False)
class ActivityScores:
    """One score a gene set and patient.

    scores : data frame, sets x samples; higher = the set's genes stand higher in this patient
    coverage : one a given set, scored or not, with the reason
    method : name of the method
    """

    scores: pd.DataFrame
    coverage: tuple[SetCoverage, ...]
    method: str

    def to_frame(self) -> pd.DataFrame:
        """Long table: set, sample, score."""
        long = self.scores.rename_axis(columns="sample").stack().rename("score").reset_index()
        return long[["set", "sample", "score"]]

    def coverage_frame(self) -> pd.DataFrame:
        """One row a set: name, n_genes, n_found, scored, reason."""
        return pd.DataFrame([asdict(row) for row in self.coverage])
