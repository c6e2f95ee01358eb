"""What the marts say of the two small cohorts (small_cohorts.py), counted by hand."""

from __future__ import annotations

import pytest

from radgen_assets.contracts.tables.frames import pandera_schema
from radgen_assets.contracts.tables.registry import MARTS


@pytest.fixture
def mart(built):
    warehouse, _ = built
    return warehouse.mart


def flow_of(frame, key):
    rows = frame[frame["patient_key"] == key].sort_values("step_order")
    return {row.step: (row.included, row.left_here, row.reason) for row in rows.itertuples()}


@pytest.mark.parametrize("name", list(MARTS))
def test_every_mart_keeps_its_schema(mart, name):
    frame = mart(name)
    types = {column: dtype for column, dtype in zip(frame.columns, frame.dtypes, strict=True) if dtype == "string"}
    pandera_schema(MARTS[name]).validate(frame.astype(dict.fromkeys(types, "string")))


def test_patients_are_the_members_excluded_ones_too(mart):
    patients = mart("patients").set_index("patient_key")
    assert patients.index.tolist() == ["alpha.1", "alpha.2", "alpha.3", "alpha.4", "beta.1"]
    assert patients.loc["alpha.1", ["age_years", "grade", "idh_status"]].tolist() == [50.0, 4, "mutant"]
    assert patients["has_radiomics"].tolist() == [True, False, False, False, False]
    assert patients["has_deep_features"].tolist() == [True, False, True, False, False]
    assert patients["has_pathway_activity"].tolist() == [False, False, False, False, True]


def test_an_endpoint_row_says_why_it_cannot_be_used(mart):
    endpoints = mart("endpoints").set_index("patient_key")
    assert endpoints.loc[endpoints["usable"], "event"].to_dict() == {"alpha.1": True, "alpha.3": False}
    assert endpoints.loc[~endpoints["usable"], "reason"].to_dict() == {
        "alpha.2": "excluded by declaration: consent withdrawn",
        "alpha.4": "time missing",
        "beta.1": "times are known for the dead only in this cohort",
    }


def test_features_are_those_of_the_primary_maker_of_patients_that_count(mart):
    matrix = mart("feature_matrix")
    radiomics = matrix[matrix["block"] == "radiomics"]
    assert radiomics[["feature", "value"]].to_numpy().tolist() == [
        ["flair__whole_tumour__original__firstorder__Mean", 3.5]
    ]
    assert set(matrix["patient_key"]) == {"alpha.1", "alpha.3", "beta.1"}


def test_a_complete_patient_goes_through_to_the_end(mart):
    flow = flow_of(mart("cohort_flow"), "alpha.1")
    assert [step for step, (included, _, _) in flow.items() if not included] == [
        "has_expression",
        "expression_matrix",
        "pathway_activity",
    ]


def test_a_bad_mask_ends_the_imaging_branch_with_its_reason_and_no_other(mart):
    flow = flow_of(mart("cohort_flow"), "alpha.3")
    reason = "failed: seg.nii.gz: labels: found none"
    assert flow["registered_volumes"][0]
    assert flow["tumour_masks"] == (False, True, reason)
    assert flow["radiomics"] == (False, False, reason)
    assert flow["overall_survival"][0]


def test_an_excluded_patient_leaves_every_branch_at_the_same_step(mart):
    flow = flow_of(mart("cohort_flow"), "alpha.2")
    assert flow["declared"][0]
    assert flow["not_excluded"][1]
    reasons = {reason for included, _, reason in flow.values() if not included}
    assert reasons == {"excluded by declaration: consent withdrawn"}


def test_the_state_of_a_cohort_asset_holds_for_its_patients(mart):
    flow = flow_of(mart("cohort_flow"), "beta.1")
    assert flow["expression_matrix"][0]
    assert flow["pathway_activity"][0]
    assert flow["has_images"] == (False, True, "no scan was found")


def test_rows_of_nobody_declared_stay_out_of_the_marts(mart):
    """beta's sheets and matrix hold a stranger."""
    of_patients = [name for name, table in MARTS.items() if "patient_key" in table.column_names]
    assert len(of_patients) == len(MARTS) - 1  # feature_stability is about cohorts
    for name in of_patients:
        assert "beta.stranger" not in set(mart(name)["patient_key"])


def test_stability_has_the_names_of_the_feature_matrix(mart):
    """So that a fit can leave out what is unstable."""
    stability, matrix = mart("feature_stability"), mart("feature_matrix")
    assert set(stability["feature"]) & set(matrix["feature"]) == {"flair__whole_tumour__original__firstorder__Mean"}
    assert stability.set_index("feature")["icc"].notna().to_dict() == {
        "flair__whole_tumour__original__firstorder__Mean": True,
        "flair__whole_tumour__original__firstorder__Skewness": False,
    }
