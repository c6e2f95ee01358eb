"""Kinds of artifacts: which files each consists of, who writes, reads and draws them.

Importing this loads no pandas, nibabel or pyarrow: a kind's module is imported when it is used.
A new kind is one module in formats/kinds/ (`write`, `read`, and `preview` if it can be drawn) and one line here.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from radgen_assets.contracts.errors import UsedWrongly


@dataclass(frozen=True)
class ReadContext:
    """What an artifact does not hold itself: `root`, the cohort's source folder on this machine."""

    root: Path


@dataclass(frozen=True)
class Kind:
    """One kind of artifact.

    name : name of the value's class in contracts/
    parts : names of its files that are always there; kinds with one file a sequence or maker have more
    part_of : kinds whose artifacts hold these files too, so that this part of them can be read alone
    """

    name: str
    module: str
    parts: tuple[str, ...]
    part_of: tuple[str, ...] = ()

    def write(self, value: Any, folder: Path) -> None:
        """Write `value` into the existing, empty `folder`: equal values give equal bytes."""
        self._room().write(value, folder)

    def read(self, folder: Path, context: ReadContext) -> Any:
        """The value that was written into `folder`. Raises BadInput for files that are not of this kind."""
        return self._room().read(folder, context)

    def preview(self, value: Any) -> bytes | None:
        """A picture (PNG) of `value`; None for kinds that have none."""
        room = self._room()
        return room.preview(value) if hasattr(room, "preview") else None

    def _room(self) -> ModuleType:
        return importlib.import_module(f"radgen_assets.formats.kinds.{self.module}")


KINDS = {
    kind.name: kind
    for kind in (
        Kind("ScanManifest", "scan_manifest", ("scans.json", "masks.json")),
        Kind("Scans", "scans", ("scans.json",), part_of=("ScanManifest",)),
        Kind("GivenMasks", "given_masks", ("masks.json",), part_of=("ScanManifest",)),
        Kind("Volumes", "volumes", ("volumes.json",)),
        Kind("RegisteredVolumes", "registered_volumes", ("volumes.json",)),
        Kind("TumourMasks", "tumour_masks", ("masks.json",)),
        Kind("QualityReport", "quality_report", ("quality.json", "preview.png")),
        Kind("RadiomicsTable", "radiomics_table", ("radiomics.parquet",)),
        Kind("Embedding", "embedding", ("embedding.json", "embedding.npy")),
        Kind("SheetTables", "sheet_tables", ("table.parquet", "extra.parquet")),
        Kind("Table", "table", ("table.parquet",), part_of=("SheetTables",)),
        Kind("DrawnTable", "drawn_table", ("table.parquet", "preview.png")),
        Kind("ExtraColumns", "extra_columns", ("extra.parquet",), part_of=("SheetTables",)),
        Kind("FitResult", "fit_result", ("fit.json",)),
        Kind(
            "ContrastResult",
            "contrast_result",
            (
                "contrast.json",
                "genes.parquet",
                "over_representation.parquet",
                "enrichment.parquet",
                "patients.parquet",
            ),
        ),
        Kind("ExpressionMatrix", "expression_matrix", ("matrix.json", "matrix.parquet")),
        Kind("GeneSets", "gene_sets", ("gene_sets.gmt", "gene_sets.json")),
    )
}


def kind_named(name: str) -> Kind:
    """The kind `name`; raises UsedWrongly when there is none."""
    if name not in KINDS:
        raise UsedWrongly(f"No artifact kind is called {name}; there are {', '.join(sorted(KINDS))}.")
    return KINDS[name]


def kind_of(value_type: type) -> Kind:
    """The kind of values of `value_type`, a class of contracts/; raises UsedWrongly for any other type."""
    return kind_named(value_type.__name__)


def parts_of(upstream: Kind, parameter_type: type) -> tuple[str, ...]:
    """Files of an `upstream` artifact that a parameter of `parameter_type` reads; empty: all of them.

    So that what depends on the masks alone stands when a scan changes. Raises UsedWrongly when the upstream artifact
    cannot be read as that type.
    """
    asked = kind_of(parameter_type)
    if asked == upstream:
        return ()
    if upstream.name not in asked.part_of:
        raise UsedWrongly(f"An artifact of kind {upstream.name} cannot be read as {asked.name}.")
    return asked.parts
