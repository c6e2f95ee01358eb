"""A frame either keeps its table's promise or is refused with row and column."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.tables.arrow import arrow_schema, empty_arrow_table
from radgen_assets.contracts.tables.frames import as_table, from_arrow, pandera_schema
from radgen_assets.contracts.tables.registry import GATHERED, MARTS

CLINICAL = GATHERED["clinical"]


def clinical(**columns):
    frame = pd.DataFrame({"patient_key": ["a.2", "a.1"], "cohort": "a"} | columns)
    return as_table(frame, CLINICAL, source="sheet.csv")


def test_absent_columns_that_may_be_missing_are_added_in_the_tables_order():
    frame = clinical(age_years=["61.5", None])
    assert tuple(frame.columns) == CLINICAL.column_names
    assert frame["sex"].isna().all()
    assert frame["sex"].dtype == "string"


def test_rows_are_sorted_by_the_key():
    """So that equal rows give equal bytes, whatever order they came in."""
    frame = clinical(age_years=[20, 10])
    assert frame["patient_key"].tolist() == ["a.1", "a.2"]
    assert frame["age_years"].tolist() == [10.0, 20.0]


def test_integers_and_booleans_may_be_missing_and_keep_their_type():
    frame = clinical(grade=[4, None], event=[True, None])
    assert (str(frame["grade"].dtype), str(frame["event"].dtype)) == ("Int64", "boolean")
    assert frame["grade"].tolist()[1] == 4
    assert frame["event"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"time_months": [-3.0, 1.0]}, r"sheet.csv: row a.2, column time_months: found -3.0, expected at least 0\. "),
        ({"sex": ["M", "male"]}, r"row a.2, column sex: found 'M', expected one of female, male\. "),
        ({"grade": [1, 4]}, r"row a.2, column grade: found 1, expected 2 to 4\. "),
        ({"age_years": ["old", 3]}, r"column age_years: found 'old' in row 1, expected number values\. "),
        ({"grade": [3.5, 4]}, r"column grade: found 3.5 in row 1, expected integer values\. "),
        ({"event": [2, 1]}, r"column event: found 2 in row 1, expected boolean values\. "),
        ({"weight": [1, 2]}, r"column weight: found a column too many, expected patient_key, cohort, age_years"),
        ({"cohort": [None, "a"]}, r"row a.2, column cohort: found nothing, expected a value\. "),
        ({"patient_key": ["a.1", "a.1"]}, r"row a.1: found the same key twice, expected one row a patient "),
    ],
)
def test_a_broken_promise_is_refused_with_row_and_column(columns, message):
    with pytest.raises(BadInput, match=message):
        clinical(**columns)


def test_an_absent_column_that_must_be_there_is_refused():
    with pytest.raises(BadInput, match=r"sheet.csv: column cohort: found nothing, expected a value in every row"):
        as_table(pd.DataFrame({"patient_key": ["a.1"]}), CLINICAL, source="sheet.csv")


def test_a_key_may_hold_missing_values_where_the_schema_says_so():
    """artifact_states: an asset of the whole cohort has no patient."""
    states = GATHERED["artifact_states"]
    row = {"patient_key": None, "cohort": "a", "asset": "expression/matrix", "state": "done"}
    assert len(as_table(pd.DataFrame([row]), states, source="ledger")) == 1
    with pytest.raises(BadInput, match="the same key twice"):
        as_table(pd.DataFrame([row, row]), states, source="ledger")


@pytest.mark.parametrize("table", [*GATHERED.values(), *MARTS.values()], ids=lambda table: table.name)
def test_an_empty_table_has_the_types_of_a_full_one(table):
    pandera_schema(table).validate(as_table(pd.DataFrame(columns=list(table.column_names)), table, source="nothing"))
    assert empty_arrow_table(table).schema == arrow_schema(table)
    assert from_arrow(empty_arrow_table(table), table).columns.tolist() == list(table.column_names)


def test_arrow_and_back_keeps_values_and_missing_ones():
    import pyarrow as pa

    frame = clinical(age_years=[50.0, None], grade=[4, None], event=[True, None], sex=["male", None])
    back = from_arrow(pa.Table.from_pandas(frame, schema=arrow_schema(CLINICAL), preserve_index=False), CLINICAL)
    assert back["sex"].isna().tolist() == [True, False]
    assert back["grade"].tolist()[1] == 4
    assert math.isnan(back["age_years"][0])
    pd.testing.assert_frame_equal(back, frame, check_dtype=False)


@pytest.mark.parametrize("event", [[1, 0], [1.0, 0.0], [True, False], pd.array([True, False], dtype="boolean")])
def test_an_event_may_come_as_whatever_a_reader_made_of_0_and_1(event):
    assert clinical(event=event)["event"].tolist() == [False, True]


def test_an_integer_may_come_as_a_float_since_pandas_makes_it_one_beside_a_missing_value():
    assert clinical(kps=[80.0, math.nan])["kps"].tolist()[1] == 80
