"""The dbt project itself: its unit tests pass, and each of its identities can fail."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import duckdb
import pytest

from radgen_assets.contracts.tables.registry import MARTS, STAGING
from radgen_assets.resources.warehouse_build import DBT_PROJECT, dbt_environment
from radgen_assets.resources.warehouse_results import read_results

FAULTS = {
    "every_patient_stands_in_every_step_once": "delete from cohort_flow "
    "where patient_key = 'alpha.4' and step_order = 5",
    "patients_before_a_step_are_those_after_it_and_those_who_left": "update cohort_flow set included = true "
    "where patient_key = 'alpha.4' and step = 'volumes'",
    "every_exclusion_has_a_reason": "update cohort_flow set reason = null where patient_key = 'alpha.2'",
    "usable_endpoints_have_time_and_event": "update endpoints set time_months = null where patient_key = 'alpha.1'",
    "every_patient_has_every_endpoint": "delete from endpoints where patient_key = 'alpha.4'",
    "no_patient_is_lost_or_doubled": "delete from patients where patient_key = 'beta.1'",
    "deep_features_of_one_name_come_from_the_same_weights": "update stg_deep_features set encoder_sha256 = 'other' "
    "where patient_key = 'alpha.3'",
    "every_feature_value_is_finite": "update feature_matrix set value = 'inf' where block = 'radiomics'",
    "a_correlation_lies_in_its_interval": "update feature_stability set low = 0.9 where icc = 0.8",
    "patients_sex_is_a_known_value": "update patients set sex = 'M' where patient_key = 'alpha.1'",
    "patients_kps_is_within_bounds": "update patients set kps = 110 where patient_key = 'alpha.1'",
    "patients_patient_key_is_unique": "insert into patients select * from patients where patient_key = 'alpha.1'",
    "feature_matrix_key_is_unique": "insert into feature_matrix select * from feature_matrix",
    "feature_matrix_patient_key_stands_in_patients": "update feature_matrix set patient_key = 'x' where value = 3.5",
    "stg_radiomics_key_is_unique": "update stg_radiomics set feature = null where value = 3.5",
}


def test_the_sql_gives_the_hand_counted_rows(built, tmp_path):
    """dbt's unit tests: three-row inputs beside the models (models/marts/unit_tests.yml)."""
    warehouse, _ = built
    file = tmp_path / warehouse.file.name
    shutil.copy(warehouse.file, file)
    with subprocess.Popen(
        [sys.executable, "-m", "radgen_assets.resources.warehouse_build", tmp_path, "test", "-s", "test_type:unit"],
        env=dbt_environment(RADGEN_TABLES=str(warehouse.sources), RADGEN_WAREHOUSE_FILE=str(file)),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    ) as process:
        code = process.wait()
    _, tests = read_results(tmp_path)
    assert [test.sentence() for test in tests if test.failed] == []
    assert code == 0
    assert len(tests) == (DBT_PROJECT / "models" / "marts" / "unit_tests.yml").read_text().count("- name: ")


@pytest.mark.parametrize("name", list(FAULTS))
def test_an_identity_notices_a_fault(built, tmp_path, name):
    """A test that cannot fail proves nothing: each fault is made in a copy, and the compiled test must find it."""
    warehouse, result = built
    test = next(test for test in result.tests if test.name == name)
    shutil.copy(warehouse.file, tmp_path / warehouse.file.name)
    with duckdb.connect(str(tmp_path / warehouse.file.name)) as connection:
        assert connection.execute(test.compiled_sql).fetchall() == []
        connection.execute(FAULTS[name])
        assert connection.execute(test.compiled_sql).fetchall() != []


def test_every_identity_that_a_schema_promises_has_a_test(built):
    _, result = built
    singular = {path.stem for path in (DBT_PROJECT / "tests").glob("*.sql")}
    n_promised = sum(len(table.identities) for table in (*STAGING.values(), *MARTS.values()))
    assert n_promised == len(singular)
    assert singular <= set(FAULTS)
    assert singular <= {test.name for test in result.tests}


def test_every_test_belongs_to_a_table_asset(built):
    """Else Dagster would show its outcome nowhere."""
    _, result = built
    known = {table.made_by for table in (*STAGING.values(), *MARTS.values())}
    assert {test.asset_key for test in result.tests} <= known
    manifest = json.loads((built[0].target / "manifest.json").read_text())
    keys = {tuple(node["config"]["meta"]["dagster"]["asset_key"]) for node in manifest["sources"].values()}
    assert ("raw", "clinical") in keys


def test_columns_are_described_in_the_warehouse(built):
    warehouse, _ = built
    with warehouse.connect() as connection:
        rows = connection.execute(
            "select column_name, comment from duckdb_columns() where table_name = 'endpoints' order by column_index"
        ).fetchall()
    assert dict(rows)["time_months"] == "Time from time zero to the event or last contact. Unit: months."
    assert all(comment for _, comment in rows)
