"""Collections of gene sets: read with current symbols, listed in a catalogue, and met with a matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import ExpressionMatrix, GeneSet
from radgen_assets.contracts.frames import GeneSets, Table
from radgen_assets.contracts.sources import DeclaredGeneSets, GeneSetCollection, GeneSetFiles
from radgen_assets.formats.gmt import read_gmt

if TYPE_CHECKING:
    from radgen_assets.formats.gene_map import GeneMap

NOT_STATED = "not stated"


def read_collection(collection: GeneSetCollection) -> tuple[tuple[GeneSet, ...], tuple[str, ...]]:
    """Its sets in the order of the file, and what its gene map did.

    With a gene map an older name becomes the current symbol where it is one gene's alone; a name of several genes and
    one that nobody knows stay as they are. Raises BadInput for what is no GMT file or no gene map.
    """
    sets = read_gmt(Path(collection.path))
    if not collection.gene_map:
        return sets, ()
    from radgen_assets.formats.gene_map import read_gene_map

    genes = read_gene_map(Path(collection.gene_map))
    current = {gene: genes.current(gene) for each in sets for gene in each.genes}
    renewed = tuple(
        GeneSet(each.name, each.description, tuple(dict.fromkeys(current[gene] or gene for gene in each.genes)))
        for each in sets
    )
    return renewed, tuple(_notes(collection.name, current, genes))


def _notes(name: str, current: dict[str, str | None], genes: GeneMap) -> list[str]:
    followed = sorted(gene for gene, symbol in current.items() if symbol not in (None, gene))
    unknown = sorted(gene for gene, symbol in current.items() if symbol is None)
    several = [gene for gene in unknown if gene in genes.ambiguous]
    notes = []
    if followed:
        first = f"{followed[0]}: {current[followed[0]]}"
        notes.append(f"{name}: {len(followed)} of {len(current)} names became the current symbol (such as {first}).")
    if unknown:
        rest = f", {len(several)} of them older names of several genes" if several else ""
        notes.append(f"{name}: {len(unknown)} names without one current symbol stay as they are{rest}.")
    return notes


def read_gene_sets(files: GeneSetFiles) -> GeneSets:
    """All sets of all collections, in their order; raises BadInput for a name that stands in two."""
    home: dict[str, str] = {}
    sets: list[GeneSet] = []
    warnings: list[str] = []
    for collection in files.collections:
        found, notes = read_collection(collection)
        warnings += notes
        for each in found:
            if each.name in home:
                told = f"set {each.name}, which is in {home[each.name]} too"
                remedy = "Remove or rename one of the two."
                raise BadInput(Path(collection.path).name, "name", told, "each set in one file", remedy)
            home[each.name] = Path(collection.path).name
            sets.append(each)
    return GeneSets(tuple(sets), tuple(warnings))


def catalogue_table(declared: DeclaredGeneSets) -> Table:
    """Every set with its collection's name, version, licence and source, and how many genes it names."""
    import pandas as pd

    rows = [
        {
            "collection": collection.name,
            "version": collection.version or NOT_STATED,
            "licence": collection.licence or NOT_STATED,
            "source": collection.source or NOT_STATED,
            "file": Path(collection.path).name,
            "gene_set": each.name,
            "description": each.description,
            "n_genes": len(each.genes),
        }
        for collection in declared.collections
        for each in read_collection(collection)[0]
    ]
    unstated = [
        f"{each.name}: no {' and no '.join(absent)} is stated in radgen.toml."
        for each in declared.collections
        if (absent := [key for key in ("version", "licence") if not getattr(each, key)])
    ]
    return Table(pd.DataFrame(rows), tuple(unstated))


def catalogue_facts(table: Table) -> dict[str, str]:
    """One line a collection: sizes, version, licence."""
    return {
        str(name): f"{len(part)} sets of {part['n_genes'].min()} to {part['n_genes'].max()} genes (median "
        f"{part['n_genes'].median():.0f}); version {part['version'].iloc[0]}; licence {part['licence'].iloc[0]}"
        for name, part in table.frame.groupby("collection", sort=False)
    }


def coverage_table(
    cohort: str, matrix: ExpressionMatrix, catalogue: Table, gene_sets: GeneSets, smallest_set: int
) -> Table:
    """How much of each collection a matrix holds; one row a collection.

    Parameters
    ----------
    smallest_set : measured genes that a set needs to be scored
    """
    import pandas as pd

    measured = set(matrix.genes)
    genes_of = {each.name: each.genes for each in gene_sets.sets}
    rows: list[dict[str, Any]] = []
    for name, part in catalogue.frame.groupby("collection", sort=False):
        sets = [genes_of[gene_set] for gene_set in part["gene_set"]]
        found = [sum(gene in measured for gene in genes) for genes in sets]
        named = {gene for genes in sets for gene in genes}
        rows.append(
            {
                "cohort": cohort,
                "collection": name,
                "version": part["version"].iloc[0],
                "licence": part["licence"].iloc[0],
                "n_sets": len(sets),
                "n_sets_large_enough": sum(n >= smallest_set for n in found),
                "smallest_set": smallest_set,
                "n_genes": len(named),
                "n_genes_measured": len(named & measured),
                "median_genes_measured": float(pd.Series(found).median()),
            }
        )
    few = [
        f"{row['collection']}: {row['n_genes_measured']} of its {row['n_genes']} genes are in the matrix."
        for row in rows
        if row["n_genes_measured"] < row["n_genes"] / 2
    ]
    return Table(pd.DataFrame(rows), tuple(few))


def coverage_facts(table: Table) -> dict[str, str]:
    """One line a collection: how many of its genes are measured, and how many sets can be scored."""
    told = {}
    for row in table.frame.itertuples():
        sets = f"{row.n_sets_large_enough} of {row.n_sets} sets with at least {row.smallest_set}"
        told[str(row.collection)] = f"{row.n_genes_measured} of {row.n_genes} genes; {sets}"
    return told
