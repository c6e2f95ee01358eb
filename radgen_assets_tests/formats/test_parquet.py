"""Parquet files: equal bytes for equal tables, column types kept."""

from __future__ import annotations

import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.formats.parquet import read_frame, read_metadata, write_frame


def frame():
    return pd.DataFrame(
        {
            "patient": ["a", "b", None],
            "age_years": [61.5, None, 40.0],
            "grade": pd.array([4, None, 2], dtype="Int64"),
            "is_female": pd.array([True, None, False], dtype="boolean"),
            "n": [1, 2, 3],
            "cohort": pd.Categorical(["x", "y", "x"]),
        }
    )


def test_a_table_comes_back_with_its_types(tmp_path):
    write_frame(tmp_path / "a.parquet", frame())
    pd.testing.assert_frame_equal(read_frame(tmp_path / "a.parquet"), frame())


def test_equal_tables_give_equal_bytes(tmp_path):
    """Content hashes are over bytes; library versions and times in the file would break that."""
    for name in ("a", "b"):
        write_frame(tmp_path / name, frame(), metadata={"k": "v"})
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert pd.__version__.encode() not in (tmp_path / "a").read_bytes()


def test_an_empty_column_is_text(tmp_path):
    """A Parquet column without a type would be read as integers by DuckDB."""
    write_frame(tmp_path / "a", pd.DataFrame({"note": [None, None]}))
    assert read_frame(tmp_path / "a")["note"].tolist() == [None, None]
    write_frame(tmp_path / "b", pd.DataFrame({"note": ["x", None]}))
    assert read_frame(tmp_path / "a").dtypes.equals(read_frame(tmp_path / "b").dtypes)


def test_a_filtered_table_is_written_without_its_row_numbers(tmp_path):
    write_frame(tmp_path / "a", frame().iloc[[2, 0]])
    assert read_frame(tmp_path / "a").index.tolist() == [0, 1]


def test_an_index_that_means_something_is_not_dropped(tmp_path):
    with pytest.raises(UsedWrongly, match=r"the index \['patient'\] would be lost; call reset_index\(\) first"):
        write_frame(tmp_path / "a.parquet", frame().set_index("patient"))


def test_metadata_are_read_without_the_columns(tmp_path):
    write_frame(tmp_path / "a", frame(), metadata={"format": "radgen/table"})
    assert read_metadata(tmp_path / "a")["format"] == "radgen/table"


def test_a_file_that_is_no_parquet_is_refused(tmp_path):
    (tmp_path / "a.parquet").write_text("patient,age\n")
    with pytest.raises(BadInput, match=r"a.parquet: file: found .*, expected a Parquet file"):
        read_frame(tmp_path / "a.parquet")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"a.parquet: file: found nothing, expected a Parquet file"):
        read_metadata(tmp_path / "a.parquet")
