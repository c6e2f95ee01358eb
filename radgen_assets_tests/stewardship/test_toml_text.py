"""A declaration written as TOML reads back as the same declaration."""

from __future__ import annotations

import tomllib

import pytest

from radgen_assets.contracts.cohort import Cohort
from radgen_assets.contracts.study import Study
from radgen_assets.contracts.toml_models import parse_toml
from radgen_assets.science.phantom import PHANTOM_COHORTS
from radgen_assets.stewardship.phantom_declarations import cohort_declaration
from radgen_assets.stewardship.phantom_studies import studies_of
from radgen_assets.stewardship.toml_text import toml_text


@pytest.mark.parametrize("name", list(PHANTOM_COHORTS))
def test_every_phantom_cohort_reads_back_as_it_was(name):
    cohort = cohort_declaration(name, '../sources/it\'s "here"')
    assert parse_toml(Cohort, toml_text(cohort, comment="as a test"), f"{name}.toml") == cohort


@pytest.mark.parametrize(
    ("sizes", "names"),
    [
        ({"training_site": 8}, ["phantom_first"]),
        ({"training_site": 40, "second_site": 12}, ["phantom_first"]),
        ({"sequencing_expression": 30, "normal_tissue": 10}, ["phantom_genes"]),
    ],
)
def test_the_studies_read_back_as_they_were(sizes, names):
    studies = studies_of(sizes)
    assert [study.name for study in studies] == names
    for study in studies:
        assert parse_toml(Study, toml_text(study, comment="as a test"), f"{study.name}.toml") == study


def test_defaults_are_left_out_and_comments_come_first():
    text = toml_text(cohort_declaration("normal_tissue", "."), comment="one\ntwo")
    assert text.startswith('# one\n# two\n\nname = "normal_tissue"\n')
    assert "times_known_for" not in text


def test_columns_stand_on_one_line_each():
    text = toml_text(cohort_declaration("second_site", "."), comment="x")
    assert '    { name = "kps", source = "Karnofsky", kind = "integer" },' in text.splitlines()


def test_keys_and_values_with_special_letters_are_quoted():
    text = toml_text(
        cohort_declaration("training_site", 'C:\\new "folder"\t\x7f').model_copy(update={"title": "Grüße"}), comment="x"
    )
    table = tomllib.loads(text)
    assert (table["root"], table["title"]) == ('C:\\new "folder"\t\x7f', "Grüße")
