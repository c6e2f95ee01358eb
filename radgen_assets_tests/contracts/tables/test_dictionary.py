"""The page and the dbt project say what the schemas say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from radgen_assets.contracts.tables.cohort_flow import STEPS
from radgen_assets.contracts.tables.dictionary import data_dictionary
from radgen_assets.contracts.tables.registry import GATHERED, MARTS, STAGING
from radgen_assets.resources.dbt_properties import dbt_properties

REPOSITORY = Path(__file__).resolve().parents[3]
PROJECT = REPOSITORY / "dbt_like_sql"


def test_the_page_in_docs_is_what_the_schemas_say():
    """If this fails: python -m radgen_assets.contracts.tables.dictionary > docs/data_dictionary.md"""
    assert (REPOSITORY / "docs" / "data_dictionary.md").read_text() == data_dictionary()


@pytest.mark.parametrize("name", sorted(dbt_properties()))
def test_the_dbt_project_is_what_the_schemas_say(name):
    """If this fails: python -m radgen_assets.resources.dbt_properties dbt_like_sql"""
    assert (PROJECT / name).read_text() == dbt_properties()[name]


def test_no_generated_file_is_left_of_a_table_that_is_gone():
    by_hand = {f"models/marts/{name}.sql" for name in MARTS} | {"models/marts/unit_tests.yml"}
    standing = {str(path.relative_to(PROJECT)) for path in (PROJECT / "models").rglob("*.*")}
    assert standing == by_hand | set(dbt_properties())


def test_the_generated_yaml_reads_back_to_columns_and_rules():
    """The writer is ours; PyYAML is the judge of what it wrote."""
    model = yaml.safe_load(dbt_properties()["models/marts/endpoints.yml"])["models"][0]
    time = next(column for column in model["columns"] if column["name"] == "time_months")
    assert time["data_type"] == "double"
    assert time["data_tests"][0]["within"]["arguments"] == {"minimum": 0}
    source = yaml.safe_load(dbt_properties()["models/staging/sources.yml"])["sources"][0]
    keys = {table["name"]: table["config"]["meta"]["dagster"]["asset_key"] for table in source["tables"]}
    assert keys["clinical"] == ["raw", "clinical"]
    assert keys["radiomics"] == ["tables", "gathered_radiomics"]
    assert set(keys) == set(GATHERED)


def test_every_table_and_column_stands_on_the_page():
    page = data_dictionary()
    for table in (*GATHERED.values(), *MARTS.values()):
        section = page.split(f"### {table.layer.value} `{table.name}`")[1].split("\n### ")[0]
        for column in table.columns:
            assert f"| `{column.name}` | {column.dtype.value} |" in section
    assert not set(STAGING) & set(re.findall(r"### \w+ `(\w+)`", page))


def test_the_flow_in_sql_has_the_steps_of_the_schema():
    sql = (PROJECT / "models" / "marts" / "cohort_flow.sql").read_text()
    assert tuple(re.findall(r"\(\d+, '(\w+)',", sql)) == STEPS
