"""What the plain data of a table promise."""

from __future__ import annotations

import dataclasses

import pytest

from radgen_assets.contracts.tables.registry import GATHERED, MARTS, STAGING
from radgen_assets.contracts.tables.schema import ColumnSchema, DType, Layer, TableSchema

EVERY = [*GATHERED.values(), *STAGING.values(), *MARTS.values()]


def test_a_table_whose_key_has_no_column_is_refused():
    column = ColumnSchema("a", DType.text, "A.")
    with pytest.raises(ValueError, match=r"key \['b'\] without a column"):
        TableSchema("t", Layer.mart, "one row", "T.", ("b",), ("tables", "t"), (column,))


def test_the_same_name_has_the_same_type_and_unit_in_every_table():
    """One quantity, one name; only what is known of it (missing or not, unique or not) may differ."""
    seen: dict[str, tuple[DType, str | None]] = {}
    told_apart = {"value", "kind", "reason", "unit", "text"}  # words that every long table uses for its own thing
    for table in EVERY:
        for column in table.columns:
            if column.name not in told_apart:
                assert seen.setdefault(column.name, (column.dtype, column.unit)) == (column.dtype, column.unit), column


def test_a_column_with_a_unit_in_its_name_declares_it():
    for table in EVERY:
        for column in table.columns:
            for ending in ("years", "months"):
                if column.name.endswith(f"_{ending}"):
                    assert column.unit == ending, f"{table.name}.{column.name}"


@pytest.mark.parametrize("table", EVERY, ids=lambda table: f"{table.layer}-{table.name}")
def test_every_table_and_column_says_what_it_means(table):
    assert table.grain.startswith("one row")
    for text in (table.description, *table.identities, *(column.description for column in table.columns)):
        assert text.endswith("."), text


def test_every_gathered_table_has_a_staging_table_with_its_columns():
    assert list(STAGING) == [f"stg_{name}" for name in GATHERED]
    for name, table in GATHERED.items():
        assert STAGING[f"stg_{name}"].column_names == table.column_names


def test_references_name_columns_that_exist():
    for table in MARTS.values():
        for column in table.columns:
            if column.references:
                parent, field = column.references.split(".")
                assert field in MARTS[parent].column_names


def test_rules_read_as_words():
    within = ColumnSchema("kps", DType.integer, "K.", minimum=0, maximum=100)
    closed = ColumnSchema("sex", DType.text, "S.", allowed=("female", "male"))
    assert (within.rules(), closed.rules()) == (("0 to 100",), ("one of female, male",))
    assert dataclasses.replace(within, maximum=None).rules() == ("at least 0",)
    assert dataclasses.replace(within, minimum=None).rules() == ("at most 100",)
