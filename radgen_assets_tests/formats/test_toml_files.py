"""Cohort and study TOML: every fault is named with its place and a way out."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.errors import BadInput, UnknownKey
from radgen_assets.formats.toml_files import cohort_root, read_cohort, read_study

COHORT = """
name = "here"
title = "Here"
root = "images"

[layout]
kind = "bids"

[[layout.masks]]
maker = "reader"
maker_kind = "reader"
labels = "brats_2017"
drawn_on = "flair"

[[clinical]]
file = "clinical.csv"
patient_column = "ID"

[[clinical.columns]]
name = "age_years"
source = "Age"
kind = "number"

[[clinical.columns]]
name = "time_months"
source = "OS"
kind = "time"
unit = "days"

[[expression]]
file = "counts.tsv.gz"
orientation = "genes_in_rows"
unit = "counts"
"""

STUDY = """
name = "idh"
title = "IDH"
question = "Does imaging tell IDH?"

[roles]
train = ["here"]

[blocks.clinical]
kind = "clinical"
columns = ["age_years"]

[blocks.shape]
kind = "radiomics"
regions = ["whole_tumour"]

[[fits]]
name = "idh_status"
kind = "classification"
outcome = "idh"
positive = "mutant"
blocks = ["clinical", "shape"]
"""


def cohort_with(tmp_path, old="", new=""):
    (tmp_path / "here.toml").write_text(COHORT.replace(old, new) if old else COHORT)
    return read_cohort(tmp_path / "here.toml")


def study_with(tmp_path, old="", new=""):
    (tmp_path / "idh.toml").write_text(STUDY.replace(old, new) if old else STUDY)
    return read_study(tmp_path / "idh.toml")


def test_a_cohort_is_read(tmp_path):
    cohort = cohort_with(tmp_path)
    assert [column.name for column in cohort.clinical[0].columns] == ["age_years", "time_months"]


def test_a_study_is_read(tmp_path):
    assert study_with(tmp_path).blocks["shape"].kind == "radiomics"


def test_a_byte_order_mark_is_no_fault(tmp_path):
    (tmp_path / "here.toml").write_bytes(b"\xef\xbb\xbf" + COHORT.encode())
    assert read_cohort(tmp_path / "here.toml").name == "here"


@pytest.mark.parametrize(
    ("old", "new", "place", "nearest"),
    [
        ("title =", "titel =", "titel", "title"),
        ('kind = "bids"', 'kind = "bids"\nrequierd = ["t1w"]', "layout.requierd", "required"),
        ("drawn_on", "drawnon", "layout.masks#1.drawnon", "drawn_on"),
        ("patient_column", "patient_colum", "clinical#1.patient_colum", "patient_column"),
        ('unit = "days"', 'unti = "days"', "clinical#1.columns#2.unti", "unit"),
        ("orientation", "orientaton", "expression#1.orientaton", "orientation"),
    ],
)
def test_a_typo_in_a_cohort_names_its_place_and_the_nearest_key(tmp_path, old, new, place, nearest):
    with pytest.raises(UnknownKey, match=rf"here.toml: {place}: found an unknown key, .* Did you mean '{nearest}'\?"):
        cohort_with(tmp_path, old, new)


@pytest.mark.parametrize(
    ("old", "new", "place", "nearest"),
    [
        ("question", "qestion", "qestion", "question"),
        ("columns", "colums", "blocks.clinical.colums", "columns"),
        ("regions", "region", "blocks.shape.region", "regions"),
        ("positive", "postive", "fits#1.postive", "positive"),
    ],
)
def test_a_typo_in_a_study_names_its_place_and_the_nearest_key(tmp_path, old, new, place, nearest):
    """Blocks are a union told apart by `kind`: only the keys of that kind are offered."""
    with pytest.raises(UnknownKey, match=rf"idh.toml: {place}: found an unknown key, .* Did you mean '{nearest}'\?"):
        study_with(tmp_path, old, new)


def test_keys_of_another_kind_of_block_are_not_offered(tmp_path):
    with pytest.raises(UnknownKey, match=r"expected one of image_types, kind, least_stability, regions, seq"):
        study_with(tmp_path, "regions", "columns_of")


def test_a_typo_in_the_kind_of_a_block_names_the_kinds(tmp_path):
    message = "blocks.shape.kind: found 'radiomic', expected one of 'clinical', 'radiomics', 'deep_features', 'path"
    with pytest.raises(BadInput, match=message):
        study_with(tmp_path, 'kind = "radiomics"', 'kind = "radiomic"')


def test_a_block_without_a_kind_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"blocks.shape.kind: found nothing, expected the kind of this table"):
        study_with(tmp_path, 'kind = "radiomics"', "")


def test_a_typo_in_a_role_names_the_nearest(tmp_path):
    with pytest.raises(BadInput, match=r"roles.trian: found 'trian', expected 'train', .* Did you mean 'train'\?"):
        study_with(tmp_path, "train =", "trian =")


def test_a_missing_key_is_named(tmp_path):
    with pytest.raises(BadInput, match=r"here.toml: title: found nothing, expected a value. Add the key."):
        cohort_with(tmp_path, 'title = "Here"', "")


def test_an_unknown_unit_of_expression_is_refused(tmp_path):
    """Units travel with data; one that radgen does not know would let every operation pass."""
    message = r"unit: found 'count', expected 'counts', 'tpm', 'fpkm', 'log2' or 'zscore'. Did you mean 'counts'\?"
    with pytest.raises(BadInput, match=message):
        cohort_with(tmp_path, 'unit = "counts"', 'unit = "count"')


def test_a_time_without_a_unit_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"clinical#1.columns#2: .*expected a unit of days, weeks, months, years, since"):
        cohort_with(tmp_path, 'unit = "days"', "")


def test_text_that_is_not_toml_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"here.toml: TOML: found .*line 3.*, expected valid TOML"):
        cohort_with(tmp_path, 'title = "Here"', "title = Here")


def test_a_file_must_be_called_after_what_it_declares(tmp_path):
    with pytest.raises(BadInput, match=r"here.toml: name: found 'there', expected 'here'"):
        cohort_with(tmp_path, 'name = "here"', 'name = "there"')


def test_a_toml_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"nowhere.toml: file: found nothing, expected a TOML file"):
        read_cohort(tmp_path / "nowhere.toml")


def test_text_in_another_encoding_is_refused(tmp_path):
    (tmp_path / "here.toml").write_bytes('title = "Zürich"'.encode("latin-1"))
    with pytest.raises(BadInput, match=r"found bytes that are not UTF-8"):
        read_cohort(tmp_path / "here.toml")


def test_the_root_lies_relative_to_the_toml_file(tmp_path):
    (tmp_path / "images").mkdir()
    assert cohort_root(cohort_with(tmp_path), tmp_path / "here.toml") == (tmp_path / "images").resolve()


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    message = (
        "here.toml: root: found 'images', which is not there, expected a folder that exists. Correct root, or mount"
    )
    with pytest.raises(BadInput, match=message):
        cohort_root(cohort_with(tmp_path), tmp_path / "here.toml")


def test_a_root_with_variables_is_refused(tmp_path):
    cohort = cohort_with(tmp_path, '"images"', '"${DATA}/images"')
    with pytest.raises(BadInput, match=r"root: found '\$\{DATA\}/images', expected a path without \$ and ~"):
        cohort_root(cohort, tmp_path / "here.toml")
