"""Gene ids of a matrix as symbols, and what becomes of unknown and repeated ones, by the declared rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from radgen_assets.contracts.cohort import ExpressionDeclaration
from radgen_assets.contracts.errors import BadInput, UnitRefused
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.formats.gene_map import GeneMap

_SUMMARY_ROWS = ("N_unmapped", "N_multimapping", "N_noFeature", "N_ambiguous")  # of STAR; those of HTSeq begin with __
_SUMS = (ExpressionUnit.counts, ExpressionUnit.tpm, ExpressionUnit.fpkm)


@dataclass(frozen=True)
class NamedRows:
    """names : a gene a row, None for rows that are left out; notes : what the rules did, one sentence each."""

    names: tuple[str | None, ...]
    notes: tuple[str, ...]


def name_genes(ids: tuple[str, ...], declaration: ExpressionDeclaration, genes: GeneMap | None, file: str) -> NamedRows:
    """A gene for every row.

    Without a gene map ids stay as they are (Ensembl ids lose their version). With one:

    | gene_ids | known when |
    | --- | --- |
    | symbol | a current symbol, or an older name of exactly one gene whose current symbol has no row of its own |
    | ensembl, ensembl_version | the id leads to exactly one symbol; ENSGR and _PAR_Y ids are not their X twins |
    | symbol_bar_entrez | as symbol; `?` by its Entrez id |

    Rows of HTSeq's and STAR's summaries are no genes and are left out. Raises BadInput for unknown ids under
    ``unknown_genes = "refuse"``.
    """
    own = [_own_name(each, declaration.gene_ids) for each in ids]
    summary = {place for place, each in enumerate(ids) if each.startswith("__") or each in _SUMMARY_ROWS}
    symbols, notes = _symbols(ids, own, declaration, genes, file)
    unknown = [place for place, each in enumerate(symbols) if each is None and place not in summary]
    if unknown and declaration.unknown_genes == "refuse":
        some = ", ".join(ids[place] for place in unknown[:5])
        remedy = "Set unknown_genes to 'keep' or 'drop', or give another gene_map."
        raise BadInput(file, "gene ids", f"{len(unknown)} without a symbol ({some})", "ids that are known", remedy)
    names = [own[place] if each is None else each for place, each in enumerate(symbols)]
    if summary:
        notes.append(f"{file}: {len(summary)} summary rows (such as {ids[min(summary)]}) are no genes and left out.")
    dropped = set(summary)
    if unknown:
        kept = declaration.unknown_genes == "keep"
        dropped |= set() if kept else set(unknown)
        what = "kept under the source's id" if kept else "left out"
        of_several = sum(own[place] in genes.ambiguous for place in unknown) if genes is not None else 0
        told = f" ({of_several} of them older names of several genes)" if of_several else ""
        notes.append(f"{file}: {len(unknown)} of {len(ids)} gene ids without a known symbol are {what}{told}.")
    return NamedRows(tuple(None if place in dropped else each for place, each in enumerate(names)), tuple(notes))


def _own_name(gene_id: str, kind: str) -> str:
    """The id without what is no part of the gene's name: its version, or the Entrez id behind the bar."""
    if kind == "ensembl_version":
        stem, _, version = gene_id.partition(".")
        return f"{stem}_PAR_Y" if version.endswith("_PAR_Y") else stem
    if kind == "symbol_bar_entrez":
        symbol = gene_id.partition("|")[0]
        return gene_id if symbol in ("?", "") else symbol
    return gene_id


def _symbols(
    ids: tuple[str, ...], own: list[str], declaration: ExpressionDeclaration, genes: GeneMap | None, file: str
) -> tuple[list[str | None], list[str]]:
    """A known symbol a row, or None."""
    if genes is None:
        unknown = {"", *(each for each in own if each.startswith("?|"))}
        return [None if each in unknown else each for each in own], []
    if declaration.gene_ids in ("ensembl", "ensembl_version"):
        return [genes.by_ensembl.get(each) for each in own], []
    if declaration.gene_ids == "symbol_bar_entrez":
        by_entrez = [
            genes.by_entrez.get(each.partition("|")[2]) if own[at] == each else None for at, each in enumerate(ids)
        ]
        symbols, notes = _current_names(own, genes, file)
        return [one or other for one, other in zip(symbols, by_entrez, strict=True)], notes
    return _current_names(own, genes, file)


def _current_names(own: list[str], genes: GeneMap, file: str) -> tuple[list[str | None], list[str]]:
    """Current symbols; an older name is followed only where that makes no second row of a gene."""
    taken = {each for each in own if each in genes.symbols}
    older = {each: current for each in set(own) - taken if (current := genes.current(each)) is not None}
    claims: dict[str, int] = defaultdict(int)
    for current in older.values():
        claims[current] += 1
    followed = {each: current for each, current in older.items() if current not in taken and claims[current] == 1}
    notes = []
    if followed:
        each = min(followed)
        notes.append(
            f"{file}: {len(followed)} older names carry the current symbol (such as {each}: {followed[each]})."
        )
    return [each if each in taken else followed.get(each) for each in own], notes


def merge_repeats(
    values: NDArray[np.float64], names: tuple[str, ...], rule: str, unit: ExpressionUnit, file: str
) -> tuple[NDArray[np.float64], tuple[str, ...], tuple[str, ...]]:
    """One row a gene, in the order of first occurrence: values, names, notes.

    Raises
    ------
    BadInput
        A gene twice under ``refuse``.
    UnitRefused
        ``sum`` of what is no amount (log2, zscore), ``mean`` of counts.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for place, name in enumerate(names):
        places[name].append(place)
    repeated = {name: found for name, found in places.items() if len(found) > 1}
    if not repeated:
        return values, names, ()
    further = sum(len(found) - 1 for found in repeated.values())
    copies = sum(int((values[found[1:]] == values[found[0]]).all(axis=1).sum()) for found in repeated.values())
    count = f"{further} further rows of {len(repeated)} genes, {copies} of them exact copies of the first"
    if rule == "refuse":
        name = next(iter(repeated))
        found = f"gene {name} {len(repeated[name])} times ({count})"
        remedy = "Set duplicate_genes to 'sum', 'mean', 'highest_mean' or 'first'."
        raise BadInput(file, "genes", found, "each gene once", remedy)
    _refuse_unfit(rule, unit, file)
    merged = values[[found[0] for found in places.values()]]
    for row, (name, found) in enumerate(places.items()):
        if name in repeated:
            merged[row] = _MERGES[rule](values[found])
    return merged, tuple(places), (f"{file}: {count}, merged by the rule '{rule}'.",)


def _refuse_unfit(rule: str, unit: ExpressionUnit, file: str) -> None:
    if rule == "sum" and unit not in _SUMS:
        remedy = "Use 'mean', 'highest_mean' or 'first'."
        raise UnitRefused(file, "duplicate_genes", f"'sum' of {unit.value}", "counts, tpm or fpkm for a sum", remedy)
    if rule == "mean" and unit is ExpressionUnit.counts:
        raise UnitRefused(file, "duplicate_genes", "'mean' of counts", "whole numbers", "Use 'sum' or 'highest_mean'.")


_MERGES: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "sum": lambda rows: rows.sum(axis=0),
    "mean": lambda rows: rows.mean(axis=0),
    "highest_mean": lambda rows: rows[int(rows.mean(axis=1).argmax())],
    "first": lambda rows: rows[0],
}
