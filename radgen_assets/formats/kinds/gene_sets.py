"""GeneSets: gene_sets.gmt and gene_sets.json."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.frames import GeneSets
from radgen_assets.formats.gmt import read_gmt, write_gmt
from radgen_assets.formats.json_documents import read_document, write_document
from radgen_assets.formats.registry import ReadContext

VERSION = 1


def write(value: GeneSets, folder: Path) -> None:
    """Write both files, sets in their order."""
    write_gmt(folder / "gene_sets.gmt", value.sets)
    n_genes = len({gene for each in value.sets for gene in each.genes})
    body = {"n_sets": len(value.sets), "n_genes": n_genes, "warnings": value.warnings}
    write_document(folder / "gene_sets.json", "gene_sets", VERSION, body)


def read(folder: Path, context: ReadContext) -> GeneSets:
    """Read both files."""
    body = read_document(folder / "gene_sets.json", "gene_sets", VERSION)
    sets = read_gmt(folder / "gene_sets.gmt") if body["n_sets"] else ()
    return GeneSets(sets, tuple(body["warnings"]))
