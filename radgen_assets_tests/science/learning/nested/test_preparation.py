"""What is learnt about predictors is learnt on training rows, and nothing else enters."""

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.errors import BadInput, UsedWrongly
from radgen_assets.science.learning.nested.design_matrix import build_design, build_design_like
from radgen_assets.science.learning.nested.preparation import fit_preparation

INDEX = ["a", "b", "c", "d"]


def design(**columns):
    frame = pd.DataFrame(columns, index=INDEX)
    return build_design({"clinical": frame}, {"clinical": "clinical"}, INDEX)


def prepare(matrix, max_features=10, relevance=lambda x: x.std(axis=0)):
    return fit_preparation(matrix.values, matrix.category, matrix.clinical, relevance, max_features)


def names(matrix, preparation):
    return [matrix.columns[j].name for j in preparation.columns]


def test_the_most_frequent_level_is_the_reference():
    matrix = design(grade=["G2", "G4", "G4", "G3"])
    assert names(matrix, prepare(matrix)) == ["grade=G2", "grade=G3"]


def test_a_missing_category_counts_as_the_reference_level():
    matrix = design(sex=["f", "m", "m", None])
    prepared = prepare(matrix)
    raw = prepared.transform(matrix.values)[:, 0] * prepared.scale[0] + prepared.mean[0]
    assert list(raw) == pytest.approx([1, 0, 0, 0])


def test_a_missing_number_takes_the_training_median():
    matrix = design(age=[10.0, 20, 60, np.nan])
    prepared = prepare(matrix)
    assert prepared.fill[0] == 20
    assert prepared.transform(np.array([[np.nan]]))[0, 0] == prepared.transform(np.array([[20.0]]))[0, 0]


def test_a_gap_in_a_new_patient_is_filled_where_training_had_none():
    prepared = prepare(design(age=[10.0, 20, 60, 70]))
    assert prepared.transform(np.array([[np.nan]]))[0, 0] == pytest.approx((40 - 40) / prepared.scale[0])


def test_constant_and_mostly_missing_columns_are_left_out():
    matrix = design(site=[1.0, 1, 1, 1], rare=[1.0, np.nan, np.nan, np.nan], age=[1.0, 2, 3, 4], none=[np.nan] * 4)
    assert names(matrix, prepare(matrix)) == ["age"]


def test_the_screen_keeps_the_most_relevant_and_passes_over_repeats():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(60, 5))
    x[:, 1] = x[:, 0] * 2 + 1e-3 * x[:, 1]
    frame = pd.DataFrame(x, columns=list("vwxyz"), index=[str(i) for i in range(60)])
    matrix = build_design({"radiomics": frame}, {"radiomics": "radiomics"}, list(frame.index))
    prepared = prepare(matrix, 2, lambda columns: np.array([5.0, 4, 3, 2, 1])[: columns.shape[1]])
    assert names(matrix, prepared) == ["v", "x"]


def test_clinical_columns_are_never_screened_out():
    index = [str(i) for i in range(30)]
    generator = np.random.default_rng(0)
    blocks = {
        "clinical": pd.DataFrame({"age": generator.normal(size=30)}, index=index),
        "radiomics": pd.DataFrame(generator.normal(size=(30, 4)), index=index, columns=list("wxyz")),
    }
    matrix = build_design(blocks, {"clinical": "clinical", "radiomics": "radiomics"}, index)
    assert names(matrix, prepare(matrix, 1, lambda x: np.arange(x.shape[1], dtype=float))) == ["age", "z"]


def test_other_patients_are_coded_with_the_training_columns():
    matrix = design(sex=["f", "m", "m", "m"], age=[1.0, 2, 3, 4])
    other = pd.DataFrame({"age": [5.0], "sex": ["unknown level"], "extra": [9.0]}, index=["z"])
    coded = build_design_like(matrix, {"clinical": other}, ["z"])
    assert dict(zip([c.name for c in coded.columns], coded.values[0], strict=True)) == {
        "sex=f": 0,
        "sex=m": 0,
        "age": 5,
    }


def test_an_absent_column_or_block_is_missing_for_other_patients():
    matrix = design(age=[1.0, 2, 3, 4])
    assert np.isnan(
        build_design_like(matrix, {"clinical": pd.DataFrame({"x": [1.0]}, index=["z"])}, ["z"]).values
    ).all()
    assert np.isnan(build_design_like(matrix, {}, ["z"]).values).all()


def test_infinite_values_count_as_missing_and_are_counted():
    matrix = design(age=[1.0, np.inf, 3, 4])
    assert matrix.n_infinite == 1
    assert np.isnan(matrix.values[1, 0])


def test_booleans_and_nullable_numbers_are_numbers():
    matrix = design(
        old=pd.array([True, False, None, True], dtype="boolean"), n=pd.array([1, None, 3, 4], dtype="Int64")
    )
    assert [column.name for column in matrix.columns] == ["old", "n"]
    assert np.isnan(matrix.values[2, 0])
    assert np.isnan(matrix.values[1, 1])


def test_dates_repeats_and_mixed_columns_are_refused():
    with pytest.raises(BadInput, match="column day: found dates"):
        design(day=pd.to_datetime(["2020-01-01"] * 4))
    frame = pd.DataFrame({"age": [1.0, 2]}, index=["a", "a"])
    with pytest.raises(BadInput, match="block clinical: patient a: found two rows"):
        build_design({"clinical": frame}, {"clinical": "clinical"}, ["a"])
    twice = pd.DataFrame([[1.0, 2.0]], columns=["age", "age"], index=["a"])
    with pytest.raises(BadInput, match="column age: found two columns"):
        build_design({"clinical": twice}, {"clinical": "clinical"}, ["a"])
    with pytest.raises(UsedWrongly, match="column age: found text where the training cohorts have numbers"):
        build_design_like(design(age=[1.0, 2, 3, 4]), {"clinical": pd.DataFrame({"age": ["old"]}, index=["z"])}, ["z"])
