"""A table of gene ids (gene_ids_*.tsv.gz): from Ensembl and Entrez ids and older names to current symbols."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from radgen_assets.formats.cells import read_cells


@dataclass(frozen=True)
class GeneMap:
    """Current symbols, and what leads to exactly one of them; an id that leads to several leads to none.

    symbols : current symbols
    by_ensembl : Ensembl id without version -> symbol
    by_entrez : Entrez id -> symbol
    by_alias : older name that is no current symbol -> symbol
    ambiguous : older names of several genes, which lead to none of them
    """

    symbols: frozenset[str]
    by_ensembl: dict[str, str]
    by_entrez: dict[str, str]
    by_alias: dict[str, str]
    ambiguous: frozenset[str] = frozenset()

    def current(self, name: str) -> str | None:
        """The current symbol of a symbol or older name; None when it is unknown or could be several.

        A dot for a hyphen (HLA.A), which R's make.names leaves behind, is undone where that gives a known name.
        """
        for spelling in (name, name.replace(".", "-")):
            if spelling in self.symbols:
                return spelling
            if spelling in self.by_alias:
                return self.by_alias[spelling]
        return None


def read_gene_map(path: Path) -> GeneMap:
    """Read a table with the columns symbol and ensembl, and entrez and aliases if it has them.

    Several ensembl ids or aliases in a cell are separated by ``;``. Raises BadInput for a column that is absent.
    """
    cells = read_cells(path)
    symbols = [row.cells[cells.position("symbol")] for row in cells.rows]
    known = frozenset(symbols)

    def targets(column: str) -> dict[str, set[str]]:
        if column not in cells.header and column != "ensembl":
            return {}
        place = cells.position(column)
        pairs = zip((row.cells[place] for row in cells.rows), symbols, strict=True)
        return _targets((each, symbol) for cell, symbol in pairs for each in cell.split(";") if each)

    aliases = {alias: found for alias, found in targets("aliases").items() if alias not in known}
    return GeneMap(
        symbols=known,
        by_ensembl=_unambiguous(targets("ensembl")),
        by_entrez=_unambiguous(targets("entrez")),
        by_alias=_unambiguous(aliases),
        ambiguous=frozenset(alias for alias, found in aliases.items() if len(found) > 1),
    )


def _targets(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    targets: dict[str, set[str]] = defaultdict(set)
    for name, symbol in pairs:
        targets[name].add(symbol)
    return targets


def _unambiguous(targets: dict[str, set[str]]) -> dict[str, str]:
    return {name: next(iter(found)) for name, found in targets.items() if len(found) == 1}
