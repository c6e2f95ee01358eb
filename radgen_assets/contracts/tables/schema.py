"""What a table is, in plain data: its columns, keys and rules. Everything that must agree with it is derived from it.

Derived: the pandera schema and the conversion of frames (frames.py), the Arrow schema (arrow.py), the dbt properties
(resources/dbt_properties.py), the data dictionary (dictionary.py) and the column metadata that Dagster shows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class DType(StrEnum):
    """Type of a column's values."""

    text = "text"
    number = "number"  # float64
    integer = "integer"  # int64
    boolean = "boolean"


SQL_TYPES = {DType.text: "varchar", DType.number: "double", DType.integer: "bigint", DType.boolean: "boolean"}


class Layer(StrEnum):
    """Where a table stands on the way from artifacts to fits."""

    gathered = "gathered"  # one Parquet file a cohort, written by cohort assets
    staging = "staging"  # the same rows in the warehouse, renamed and cast
    mart = "mart"  # what fits and reports read


@dataclass(frozen=True)
class ColumnSchema:
    """One column.

    unit : as it stands behind the number; None where the value has none
    allowed : the only values (text), besides missing ones
    minimum, maximum : inclusive bounds
    references : ``<table>.<column>`` that must hold every value, within the same layer
    """

    name: str
    dtype: DType
    description: str
    unit: str | None = None
    nullable: bool = False
    unique: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    references: str | None = None

    @property
    def sql_type(self) -> str:
        """The column's type in DuckDB."""
        return SQL_TYPES[self.dtype]

    def rules(self) -> tuple[str, ...]:
        """What holds beyond type, presence and uniqueness, in words."""
        rules = []
        if self.allowed:
            rules.append("one of " + ", ".join(self.allowed))
        if self.minimum is not None and self.maximum is not None:
            rules.append(f"{self.minimum:g} to {self.maximum:g}")
        elif self.minimum is not None:
            rules.append(f"at least {self.minimum:g}")
        elif self.maximum is not None:
            rules.append(f"at most {self.maximum:g}")
        if self.references:
            rules.append(f"stands in {self.references}")
        return tuple(rules)


@dataclass(frozen=True)
class TableSchema:
    """One table.

    grain : what a row stands for
    key : columns whose values together name a row
    made_by : key of the asset that makes it
    identities : sentences that always hold between rows or tables; each is a test of the dbt project
    """

    name: str
    layer: Layer
    grain: str
    description: str
    key: tuple[str, ...]
    made_by: tuple[str, ...]
    columns: tuple[ColumnSchema, ...]
    identities: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        missing = [name for name in self.key if name not in self.column_names]
        if missing or len(set(self.column_names)) != len(self.columns):
            raise ValueError(f"table {self.name}: key {missing} without a column, or a column named twice")

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names in the order of the table."""
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> ColumnSchema:
        """The column of that name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name}")


def staging_of(gathered: TableSchema) -> TableSchema:
    """The staging table of a gathered one: the same columns under ``stg_<name>``."""
    name = f"stg_{gathered.name}"
    return replace(
        gathered,
        name=name,
        layer=Layer.staging,
        description=f"{gathered.description} Read from the gathered Parquet files, cast to the declared types.",
        made_by=("tables", name),
        columns=tuple(replace(column, references=None) for column in gathered.columns),
    )


def gathered_asset(name: str) -> tuple[str, ...]:
    """Key of the cohort asset that gathers table `name` from the artifacts of patients."""
    return ("tables", f"gathered_{name}")
