"""GMT files: a gene set a line - name, description, genes - separated by tabs."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from pathlib import Path

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.expression import GeneSet


def read_gmt(path: Path) -> tuple[GeneSet, ...]:
    """Gene sets in the order of the file (.gmt or .gmt.gz); empty cells and repeats within a set are left out.

    Raises BadInput for a line without genes, a name that occurs twice, and a file that is no text.
    """
    sets: dict[str, GeneSet] = {}
    for number, line in enumerate(_lines(path), start=1):
        if not line.strip():
            continue
        name, *rest = [cell.strip() for cell in line.split("\t")]
        genes = tuple(dict.fromkeys(gene for gene in rest[1:] if gene))
        if not name or not genes:
            found = f"{line[:40]!r}"
            raise BadInput(
                path.name, f"line {number}", found, "name, description and genes, with tabs", "Correct the line."
            )
        if name in sets:
            raise BadInput(path.name, f"line {number}", f"set {name} again", "each set once", "Remove or rename one.")
        sets[name] = GeneSet(name, rest[0], genes)
    if not sets:
        raise BadInput(path.name, "file", "no line", "at least one gene set", "Check the file.")
    return tuple(sets.values())


def write_gmt(path: Path, sets: Iterable[GeneSet]) -> None:
    """Write `sets` in their order as plain text."""
    lines = ["\t".join((each.name, each.description, *each.genes)) for each in sets]
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())


def _lines(path: Path) -> list[str]:
    try:
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.name.endswith(".gz") else content).decode("utf-8-sig")
    except FileNotFoundError as error:
        raise BadInput(path.name, "file", "nothing", "a GMT file", f"Check the path {path}.") from error
    except (UnicodeDecodeError, OSError, EOFError) as error:
        raise BadInput(
            path.name, "file", str(error), "UTF-8 text, gzipped if it ends in .gz", "Save it anew."
        ) from error
    return [line.rstrip("\r") for line in text.split("\n")]
