"""The parts of the dbt project that follow from the schemas: sources, staging models, columns and their tests.

``python -m radgen_assets.resources.dbt_properties dbt_like_sql`` writes them; a test keeps them equal.
Marts' SQL, unit tests and singular tests are written by hand beside them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from radgen_assets.contracts.tables.registry import GATHERED, MARTS, STAGING
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, TableSchema

HEADER = "Made from radgen_assets/contracts/tables by radgen_assets.resources.dbt_properties; change it there.\n"
# one folder a table; union_by_name, so that a file whose text column is all missing cannot change the column's type
LOCATION = 'read_parquet(\'{{ env_var("RADGEN_TABLES", "tables") }}/{name}/*.parquet\', union_by_name=true)'


def dbt_properties() -> dict[str, str]:
    """Text of every generated file, by its path inside the dbt project."""
    files = {"models/staging/sources.yml": _text({"version": 2, "sources": [_source()]})}
    for table in STAGING.values():
        files[f"models/staging/{table.name}.sql"] = _staging_sql(table)
        files[f"models/staging/{table.name}.yml"] = _text({"version": 2, "models": [_staging_model(table)]})
    for table in MARTS.values():
        files[f"models/marts/{table.name}.yml"] = _text({"version": 2, "models": [_mart_model(table)]})
    return files


def _staging_sql(table: TableSchema) -> str:
    casts = ",\n".join(f"        {_cast(column)} as {column.name}" for column in table.columns)
    name = table.name.removeprefix("stg_")
    return (
        f"-- {HEADER}with\n\nsource as (\n    select * from {{{{ source('gathered', '{name}') }}}}\n),\n\n"
        f"typed as (\n    select\n{casts}\n    from source\n)\n\nselect * from typed\n"
    )


def _cast(column: ColumnSchema) -> str:
    """A missing number is null here, also where a writer left NaN."""
    cast = f"cast({column.name} as {column.sql_type})"
    return f"nullif({cast}, 'nan')" if column.dtype is DType.number else cast


def _source() -> dict[str, Any]:
    return {
        "name": "gathered",
        "description": "One Parquet file a cohort a table, gathered from artifacts; written by radgen, never by dbt.",
        "config": {"meta": {"external_location": LOCATION}},
        "tables": [
            {
                "name": table.name,
                "description": _description(table),
                "config": {"meta": {"dagster": {"asset_key": list(table.made_by)}}},
                "columns": [_column(column) for column in table.columns],
            }
            for table in GATHERED.values()
        ],
    }


def _staging_model(table: TableSchema) -> dict[str, Any]:
    """Keys, and enumerations that no mart carries on: gathering has checked every column of its own rows."""
    tested_later = {name for mart in MARTS.values() for name in mart.column_names}
    columns = [
        _column(column)
        | _tests(
            _presence(column, table) if table.key == (column.name,) else None,
            _uniqueness(column, table),
            None if column.name in tested_later else _enumeration(column, table),
        )
        for column in table.columns
    ]
    return _model(table) | {"columns": columns}


def _mart_model(table: TableSchema) -> dict[str, Any]:
    """Types and presence are dbt's contract, which DuckDB itself holds; a test a column would cost a second a dozen."""
    columns = [
        _column(column)
        | _constraints(column)
        | _tests(
            _presence(column, table) if table.key == (column.name,) else None,
            _uniqueness(column, table),
            _enumeration(column, table),
            _bounds(column, table),
            _relation(column, table),
        )
        for column in table.columns
    ]
    model = _model(table)
    return model | {"config": {"contract": {"enforced": True}} | model["config"], "columns": columns}


OWNER = "team:radgen"


def _model(table: TableSchema) -> dict[str, Any]:
    model: dict[str, Any] = {
        "name": table.name,
        "description": _description(table),
        "config": {
            "meta": {"dagster": {"asset_key": list(table.made_by), "group": table.made_by[0], "owners": [OWNER]}}
        },
    }
    if len(table.key) > 1:
        never_missing = [name for name in table.key if not table.column(name).nullable]
        name = f"{table.name}_key_is_unique"
        model["data_tests"] = [_test("unique_together", name, columns=list(table.key), never_missing=never_missing)]
    return model


def _description(table: TableSchema) -> str:
    identities = "".join(f" {sentence}" for sentence in table.identities)
    return f"Grain: {table.grain}. {table.description}{identities}"


def _column(column: ColumnSchema) -> dict[str, Any]:
    unit = f" Unit: {column.unit}." if column.unit else ""
    return {"name": column.name, "description": f"{column.description}{unit}", "data_type": column.sql_type}


def _tests(*tests: Any) -> dict[str, Any]:
    given = [test for test in tests if test is not None]
    return {"data_tests": given} if given else {}


def _constraints(column: ColumnSchema) -> dict[str, Any]:
    return {} if column.nullable else {"constraints": [{"type": "not_null"}]}


def _test(kind: str, name: str, **arguments: Any) -> dict[str, Any]:
    """A generic test under a name that reads as its rule, for dbt's messages and Dagster's asset checks."""
    return {kind: {"name": name} | ({"arguments": arguments} if arguments else {})}


def _presence(column: ColumnSchema, table: TableSchema) -> Any:
    return None if column.nullable else _test("not_null", f"{table.name}_{column.name}_is_never_missing")


def _uniqueness(column: ColumnSchema, table: TableSchema) -> Any:
    if not column.unique and table.key != (column.name,):
        return None
    return _test("unique", f"{table.name}_{column.name}_is_unique")


def _enumeration(column: ColumnSchema, table: TableSchema) -> Any:
    if not column.allowed:
        return None
    return _test("accepted_values", f"{table.name}_{column.name}_is_a_known_value", values=list(column.allowed))


def _bounds(column: ColumnSchema, table: TableSchema) -> Any:
    bounds = {"minimum": column.minimum, "maximum": column.maximum}
    given = {name: value for name, value in bounds.items() if value is not None}
    return _test("within", f"{table.name}_{column.name}_is_within_bounds", **given) if given else None


def _relation(column: ColumnSchema, table: TableSchema) -> Any:
    if column.references is None:
        return None
    parent, field = column.references.split(".")
    name = f"{table.name}_{column.name}_stands_in_{parent}"
    return _test("relationships", name, to=f"ref('{parent}')", field=field)


def _text(document: dict[str, Any]) -> str:
    return f"# {HEADER}" + "\n".join(_lines(document, 0)) + "\n"


def _lines(value: Any, depth: int) -> list[str]:
    """Block YAML with JSON scalars (every JSON string is a YAML string); keys are plain names."""
    pad = "  " * depth
    lines = []
    if isinstance(value, dict):
        for key, each in value.items():
            if isinstance(each, dict) or (isinstance(each, list) and any(isinstance(item, dict) for item in each)):
                lines += [f"{pad}{key}:", *_lines(each, depth + 1)]
            else:
                lines.append(f"{pad}{key}: {json.dumps(each, ensure_ascii=False)}")
        return lines
    for item in value:
        if isinstance(item, dict):
            first, *rest = _lines(item, depth + 1)
            lines += [f"{pad}- {first.lstrip()}", *rest]
        else:
            lines.append(f"{pad}- {json.dumps(item, ensure_ascii=False)}")
    return lines


if __name__ == "__main__":
    project = Path(sys.argv[1])
    for name, text in dbt_properties().items():
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
