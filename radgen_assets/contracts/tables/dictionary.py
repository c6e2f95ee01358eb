"""The data dictionary: every table and column for people, as Markdown.

``python -m radgen_assets.contracts.tables.dictionary > docs/data_dictionary.md`` writes it; a test keeps it true.
"""

from __future__ import annotations

from collections.abc import Iterable

from radgen_assets.contracts.tables.registry import GATHERED, MARTS
from radgen_assets.contracts.tables.schema import ColumnSchema, TableSchema

INTRODUCTION = """\
# Data dictionary

Made from `radgen_assets/contracts/tables` by `python -m radgen_assets.contracts.tables.dictionary`; change it there.

Every table has one schema. Gathered tables lie as one Parquet file a cohort; the dbt project casts them (`stg_<table>`,
the same columns) and builds the marts, which are exported as Parquet to `warehouse/marts/` of the home. Fits and
reports read marts only. *May be missing* says whether a value may be absent; a missing value is null, never a number
that stands for it.
"""


def data_dictionary() -> str:
    """The whole page, ending with a line break."""
    parts = [
        INTRODUCTION,
        _contents("Marts", MARTS.values()),
        _contents("Gathered tables", GATHERED.values()),
        "## Marts\n",
        *(_table(table) for table in MARTS.values()),
        "## Gathered tables\n",
        *(_table(table) for table in GATHERED.values()),
    ]
    return "\n".join(parts)


def _contents(title: str, tables: Iterable[TableSchema]) -> str:
    rows = "".join(f"| `{table.name}` | {table.grain} | `{'/'.join(table.made_by)}` |\n" for table in tables)
    return f"| {title} | grain | made by |\n| --- | --- | --- |\n{rows}"


def _table(table: TableSchema) -> str:
    key = ", ".join(f"`{name}`" for name in table.key)
    identities = "".join(f"- {sentence}\n" for sentence in table.identities)
    always = f"\nAlways true:\n\n{identities}" if identities else ""
    rows = "".join(_row(column) for column in table.columns)
    return (
        f"### {table.layer.value} `{table.name}`\n\n{_sentence(table.grain)} Key: {key}. {table.description}\n\n"
        "| column | type | unit | may be missing | rules | meaning |\n| --- | --- | --- | --- | --- | --- |\n"
        f"{rows}{always}"
    )


def _row(column: ColumnSchema) -> str:
    rules = "; ".join((("unique",) if column.unique else ()) + column.rules())
    missing = "yes" if column.nullable else "no"
    cells = (f"`{column.name}`", column.dtype.value, column.unit or "", missing, rules, column.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


if __name__ == "__main__":
    print(data_dictionary(), end="")
