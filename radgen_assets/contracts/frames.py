"""Tables as values. The frame's type is named only for checkers, so that contracts stay light."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from radgen_assets.contracts.expression import GeneSet

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Table:
    """A table (one Parquet file, table.parquet) and what the reader should know about it."""

    frame: pd.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class DrawnTable:
    """A table (table.parquet) and the picture that shows it (preview.png)."""

    frame: pd.DataFrame
    picture_png: bytes
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class ExtraColumns:
    """Declared columns beyond the shared ones, in long form (extra.parquet): a part of SheetTables."""

    frame: pd.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class SheetTables:
    """What a cohort's sheets hold: the shared columns, and the others in long form.

    shared : columns of contracts/tables/clinical.py or molecular.py (table.parquet)
    extra : columns of contracts/tables/clinical_extra.py (extra.parquet)
    """

    shared: pd.DataFrame
    extra: pd.DataFrame
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class GeneSets:
    """Gene sets from one or more GMT files, in file order."""

    sets: tuple[GeneSet, ...]
    warnings: tuple[str, ...] = ()
