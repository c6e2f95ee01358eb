"""Which gene sets a contrast's genes belong to: over-representation of those found, enrichment over all tested."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from radgen_assets.contracts.expression import GeneSet
from radgen_assets.contracts.study import ContrastDeclaration
from radgen_assets.science import expression

DIRECTIONS = {"either": ("up", "down"), "up": ("up",), "down": ("down",)}


@dataclass(frozen=True, eq=False)
class GeneSetAnswers:
    """Both tables as `contracts.contrasts.ContrastResult` describes them, the universe in words, and warnings."""

    over_representation: pd.DataFrame
    enrichment: pd.DataFrame
    universe: str
    warnings: tuple[str, ...]


def ask_gene_sets(
    contrast: ContrastDeclaration,
    genes: pd.DataFrame,
    collections: Mapping[str, Sequence[GeneSet]],
    *,
    method: str,
) -> GeneSetAnswers:
    """Ask every collection by itself, so that P is adjusted within it.

    Parameters
    ----------
    genes : one method's rows: gene, statistic, p, p_adjusted, found
    method : its name in words, for the universe's

    Notes
    -----
    The universe is the genes with an adjusted P: what was filtered before the adjustment could not have been found.
    Enrichment ranks every gene that has a statistic and a P.
    """
    tested = genes[genes["p_adjusted"].notna()]
    universe_name = f"genes tested by {method}"
    ranked = genes[genes["p"].notna() & np.isfinite(genes["statistic"])].set_index("gene")["statistic"]
    over, enriched, warnings = [], [], []
    for name, sets in collections.items():
        if contrast.over_representation:
            for direction, kinds in DIRECTIONS.items():
                query = tuple(tested.loc[tested["found"].isin(kinds), "gene"])
                answer = expression.over_representation(query, sets, tuple(tested["gene"]), universe_name=universe_name)
                over.append(answer.table.assign(collection=name, direction=direction))
        if contrast.gsea:
            settings = expression.PrerankedSettings(multilevel=True)
            found = expression.preranked_gsea(ranked, sets, settings, seed=contrast.seed)
            enriched.append(found.to_frame().assign(collection=name))
        warnings += _unmatched(name, sets, set(ranked.index))
    return GeneSetAnswers(
        _stacked(over, ["collection", "direction"]), _stacked(enriched, ["collection"]), universe_name, tuple(warnings)
    )


def _stacked(tables: list[pd.DataFrame], first: list[str]) -> pd.DataFrame:
    if not tables:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in [*first, "set"]})
    whole = pd.concat(tables, ignore_index=True)
    return whole[[*first, *(name for name in whole if name not in first)]]


def _unmatched(name: str, sets: Sequence[GeneSet], measured: set[str]) -> list[str]:
    """A collection of which nothing is measured is one of other gene ids."""
    members = {gene for each in sets for gene in each.genes}
    held = len(members & measured)
    if members and held < 0.1 * len(members):
        shown = f"{min(members)} beside {min(measured)}" if measured else "no gene was tested"
        return [
            f"{held} of {len(members)} genes of {name} were measured ({shown}): bring both to one kind of gene id, "
            "with gene_map in the cohort's TOML."
        ]
    return []
