"""Which columns a column of the warehouse was made from, read from the compiled SQL; no database is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from radgen_assets.contracts.tables.registry import GATHERED, MARTS, STAGING
from radgen_assets.contracts.tables.schema import TableSchema
from radgen_assets.resources.warehouse_results import NodeResult

CATALOGUE, SCHEMA = "warehouse", "main"


def column_lineage(node: NodeResult) -> Mapping[str, Sequence[tuple[tuple[str, ...], str]]]:
    """For every column of a model the columns of its direct parents: (asset key, column), sorted.

    A staging column comes from the gathered column of its name; constants come from nothing.
    """
    if node.name in STAGING:
        gathered = GATHERED[node.name.removeprefix("stg_")]
        return {name: ((gathered.made_by, name),) for name in gathered.column_names}
    return _lineage_of_mart(MARTS[node.name], node.compiled_sql)


def _lineage_of_mart(mart: TableSchema, sql: str) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    from sqlglot import parse_one
    from sqlglot.optimizer import build_scope
    from sqlglot.optimizer.qualify import qualify

    tables = {table.name: table for table in (*STAGING.values(), *MARTS.values())}
    types = {name: {column.name: column.sql_type for column in table.columns} for name, table in tables.items()}
    schema: dict[str, object] = {CATALOGUE: {SCHEMA: types}}
    query = qualify(parse_one(sql, dialect="duckdb"), schema=schema, dialect="duckdb")
    scope = build_scope(query)  # once: sqlglot would qualify the whole query again for every column
    return {
        name: tuple(sorted((tables[table].made_by, column) for table, column in _origins(name, query, scope)))
        for name in mart.column_names
    }


def _origins(column: str, query: Any, scope: Any) -> set[tuple[str, str]]:
    from sqlglot import exp
    from sqlglot.lineage import lineage

    return {
        (origin.expression.name, origin.name.rpartition(".")[2].strip('"'))
        for origin in lineage(column, query, schema={}, dialect="duckdb", scope=scope).walk()
        if isinstance(origin.expression, exp.Table)
    }
