"""Pathway activity as its gathered table, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts.frames import Table
from radgen_assets.contracts.units import ExpressionUnit

if TYPE_CHECKING:
    import pandas as pd

MOST_WARNINGS = 20


def pathway_table(found: Any, unit: ExpressionUnit, cohort: str, method: str, n_learnt_from: int) -> Table:
    """Pathway scores (sets x patients) in long form, with the genes that each set was scored on.

    Parameters
    ----------
    found : science.expression.ActivityScores
    method : as the settings name it
    n_learnt_from : patients whose values went into every score; 0 where each was scored alone
    """
    from radgen_assets.contracts.tables.frames import as_table
    from radgen_assets.contracts.tables.registry import GATHERED

    of_set = {each.name: each for each in found.coverage}
    long = found.scores.rename_axis(index="gene_set", columns="patient").stack().rename("score").reset_index()
    long.insert(0, "cohort", cohort)
    long.insert(0, "patient_key", cohort + "." + long.pop("patient"))
    long["n_genes_covered"] = long["gene_set"].map({name: each.n_found for name, each in of_set.items()})
    long["unit"] = unit.value
    long["method"] = method
    long["n_learnt_from"] = n_learnt_from
    frame = as_table(long, GATHERED["pathway_activity"], source=cohort)
    return Table(frame, warnings=tuple(_warnings(method, found.coverage, n_learnt_from)))


def _warnings(method: str, coverage: Iterable[Any], n_learnt_from: int) -> list[str]:
    learnt = (
        f"{method} learnt from all {n_learnt_from} patients of this matrix: a patient's score depends on who else is "
        "in it, and a fit that validates on some of them has seen them."
    )
    left_out = [f"{each.name}: {each.reason}" for each in coverage if each.reason][:MOST_WARNINGS]
    return [*([learnt] if n_learnt_from else []), *left_out]


def pathway_facts(table: Table) -> dict[str, int | str]:
    """Method, how many patients it learnt from, and how many sets and patients have scores."""
    frame: pd.DataFrame = table.frame
    if frame.empty:
        return {"gene_sets": 0, "patients": 0}
    first = frame.iloc[0]
    return {
        "method": str(first["method"]),
        "learnt_from_patients": int(first["n_learnt_from"]),
        "gene_sets": int(frame["gene_set"].nunique()),
        "patients": int(frame["patient_key"].nunique()),
    }
