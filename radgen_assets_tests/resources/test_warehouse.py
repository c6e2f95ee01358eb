"""The warehouse is a build product: fresh, whole or not at all, and the marts outlive it."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from radgen_assets.contracts.errors import NotReady, UsedWrongly
from radgen_assets.contracts.tables.arrow import arrow_schema
from radgen_assets.contracts.tables.registry import GATHERED, MARTS
from radgen_assets.resources.warehouse import Warehouse, WarehouseFailed
from radgen_assets.resources.warehouse_build import manifest_is_current, prepare_manifest
from radgen_assets.resources.warehouse_export import ROWS_PER_GROUP, export_mart
from radgen_assets.resources.warehouse_lineage import column_lineage
from radgen_assets_tests.tables.small_cohorts import member, small_cohorts, write_tables


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A warehouse of the two small cohorts, built once; tests that build again put it back."""
    folder = tmp_path_factory.mktemp("warehouse")
    paths = write_tables(small_cohorts(), folder / "lake")
    warehouse = Warehouse(folder / "warehouse")
    warehouse.link_sources(paths)
    events = []
    return warehouse, warehouse.build(on_event=events.append), events, paths


def digests(warehouse: Warehouse) -> dict[str, str]:
    files = (warehouse.file, *sorted(warehouse.marts.iterdir()))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_build_tells_of_every_model_and_test(home):
    _, result, events, _ = home
    assert {node.name for node in result.nodes} == {*MARTS, *(f"stg_{name}" for name in GATHERED)}
    assert {node.status for node in result.nodes} == {"success"}
    assert {test.status for test in result.tests} == {"pass"}
    assert {event.unique_id for event in events} == {each.unique_id for each in (*result.nodes, *result.tests)}
    assert next(node for node in result.nodes if node.name == "endpoints").n_rows == 5
    assert next(node for node in result.nodes if node.name == "endpoints").asset_key == ("tables", "endpoints")


def test_marts_are_exported_with_their_schema_sorted_by_their_key(home):
    warehouse, result, _, _ = home
    for name, mart in MARTS.items():
        data = pq.read_table(warehouse.mart_file(name))
        assert data.schema.equals(arrow_schema(mart))
        keys = list(zip(*(data.column(column).to_pylist() for column in mart.key), strict=True))
        assert keys == sorted(keys)
        assert result.marts[name].n_rows == data.num_rows
        assert result.marts[name].sha256 == hashlib.sha256(warehouse.mart_file(name).read_bytes()).hexdigest()


def test_nothing_is_left_of_the_building(home):
    warehouse, *_ = home
    assert not (warehouse.folder / "building").exists()
    assert not list(warehouse.folder.rglob("*.new"))
    assert not list(warehouse.folder.rglob("*.wal"))


def test_a_connection_is_read_only_and_lets_go(home):
    warehouse, *_ = home
    with warehouse.connect() as connection:
        assert connection.execute("select count(*) from patients").fetchall() == [(5,)]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("delete from patients")
    duckdb.connect(str(warehouse.file)).close()  # a writer gets in: nobody holds the file


def test_a_table_that_nobody_gathered_has_its_columns_and_no_rows(home):
    warehouse, *_ = home
    data = pq.read_table(warehouse.sources / "quality" / "_empty.parquet")
    assert (data.num_rows, data.schema) == (0, arrow_schema(GATHERED["quality"]))


def test_sources_are_links_so_that_no_second_copy_of_a_persons_data_stands(home):
    warehouse, _, _, paths = home
    linked = sorted(path.resolve() for path in warehouse.sources.rglob("0*.parquet"))
    assert linked == sorted(path.resolve() for group in paths.values() for path in group)
    assert all(path.is_symlink() for path in warehouse.sources.rglob("0*.parquet"))


def test_a_failing_test_names_its_rows_and_leaves_everything_as_it_was(home, tmp_path):
    warehouse, _, _, paths = home
    before = digests(warehouse)
    doubled = write_tables({"cohort_members": [member("gamma", "1", patient_key="alpha.1")]}, tmp_path)
    warehouse.link_sources(paths | {"cohort_members": paths["cohort_members"] + doubled["cohort_members"]})
    try:
        with pytest.raises(WarehouseFailed, match="the one before stands") as failure:
            warehouse.build()
    finally:
        warehouse.link_sources(paths)
    text = str(failure.value)
    rule = "test stg_cohort_members_patient_key_is_unique of stg_cohort_members"
    assert f"{rule}: found 1 rows, expected none, the first: unique_field=alpha.1, n_records=2" in text
    assert "not built because of that: feature_matrix, patients" in text
    assert "radgen run" in text
    failed = [test for test in failure.value.result.tests if test.failed]
    assert [dict(test.rows[0]) for test in failed] == [{"unique_field": "alpha.1", "n_records": 2}]
    assert digests(warehouse) == before


@pytest.mark.slow
def test_a_table_whose_column_has_another_type_is_named(home, tmp_path):
    """A Parquet file that did not come through as_table; DuckDB refuses the cast, the message says which model."""
    import pyarrow as pa

    warehouse, _, _, paths = home
    bad = tmp_path / "clinical.parquet"
    pq.write_table(pa.table({"patient_key": ["alpha.9"], "cohort": ["alpha"], "age_years": ["old"]}), bad)
    warehouse.link_sources(paths | {"clinical": [bad]})
    try:
        with pytest.raises(
            WarehouseFailed, match=r"(?s)model stg_clinical: .*Could not convert string 'old' to DOUBLE"
        ):
            warehouse.build()
    finally:
        warehouse.link_sources(paths)


@pytest.mark.slow
def test_the_same_rows_give_the_same_bytes_whatever_the_order_of_files_and_rows(home, tmp_path):
    """Marts are inputs of fits: their content hash must change with their content only."""
    _, result, _, _ = home
    other = Warehouse(tmp_path / "warehouse")
    turned = {name: rows[::-1] for name, rows in small_cohorts().items()}
    other.link_sources({name: paths[::-1] for name, paths in write_tables(turned, tmp_path / "lake").items()})
    marts = other.build().marts
    assert {name: mart.sha256 for name, mart in marts.items()} == {
        name: mart.sha256 for name, mart in result.marts.items()
    }


@pytest.mark.slow
def test_a_selection_builds_that_and_keeps_the_rest(home):
    warehouse, *_ = home
    result = warehouse.build(select=["endpoints"])
    assert [node.name for node in result.nodes] == ["endpoints"]
    assert set(result.marts) == set(MARTS)
    with warehouse.connect() as connection:
        assert connection.execute("select count(*) from cohort_flow").fetchall() == [(65,)]


@pytest.mark.slow
def test_the_first_selection_builds_its_parents_too(home, tmp_path):
    _, _, _, paths = home
    other = Warehouse(tmp_path / "warehouse")
    other.link_sources(paths)
    built = {node.name for node in other.build(select=["endpoints"]).nodes}
    assert {"stg_clinical", "patients", "endpoints"} <= built
    assert "cohort_flow" not in built


@pytest.mark.slow
def test_no_rows_at_all_is_a_warehouse_too(tmp_path):
    """A new home has declared nothing yet; its pass must not fail for that."""
    warehouse = Warehouse(tmp_path / "warehouse")
    warehouse.link_sources({})
    assert {mart.n_rows for mart in warehouse.build().marts.values()} == {0}


@pytest.mark.slow
def test_a_killed_build_leaves_the_one_before_and_no_process(home):
    """SIGKILL to the building process at some moment: dbt ends with it, the next build is whole."""
    warehouse, *_ = home
    before = digests(warehouse)
    program = (
        "import sys; from pathlib import Path; from radgen_assets.resources.warehouse import Warehouse;"
        "Warehouse(Path(sys.argv[1])).build(on_event=lambda event: print(event.name, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", program, warehouse.folder], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()  # the first model stands
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(process.pid, signal.SIGKILL)
    assert children
    deadline = time.monotonic() + 30
    while any(_runs(int(child)) for child in children):
        assert time.monotonic() < deadline, "dbt goes on without its parent"
        time.sleep(0.05)
    assert digests(warehouse) == before
    marts = warehouse.build().marts
    after = digests(warehouse)
    assert {f"{name}.parquet": mart.sha256 for name, mart in marts.items()} == {
        name: digest for name, digest in after.items() if name.endswith(".parquet")
    }
    assert after | {warehouse.file.name: ""} == before | {warehouse.file.name: ""}


def _runs(process: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return False


def test_what_was_never_built_says_how_to_build_it(tmp_path):
    warehouse = Warehouse(tmp_path)
    with pytest.raises(NotReady, match="Build it with: radgen run"):
        warehouse.mart("patients")
    with pytest.raises(NotReady, match="Build it with: radgen run"), warehouse.connect():
        pass
    with pytest.raises(NotReady, match=r"no sources. Lay them out first: Warehouse.link_sources"):
        warehouse.build()


def test_unknown_tables_and_missing_files_are_refused(tmp_path):
    warehouse = Warehouse(tmp_path)
    with pytest.raises(UsedWrongly, match="found table 'genes', expected one of cohorts, cohort_members"):
        warehouse.link_sources({"genes": []})
    with pytest.raises(UsedWrongly, match="found mart 'genes', expected one of patients"):
        warehouse.mart("genes")
    with pytest.raises(NotReady, match=r"gone.parquet does not stand. Gather the table again: radgen run"):
        warehouse.link_sources({"clinical": [tmp_path / "gone.parquet"]})


def test_a_second_build_waits_for_the_first_and_says_so_in_the_end(tmp_path, monkeypatch):
    monkeypatch.setattr("radgen_assets.resources.warehouse.LOCK_SECONDS", 0.2)
    first, second = Warehouse(tmp_path), Warehouse(tmp_path)
    with first._locked(), pytest.raises(NotReady, match="Another process has been building the warehouse"):
        second.link_sources({})
    second.link_sources({})  # the lock is free again


def test_row_groups_do_not_depend_on_how_the_engine_cuts_its_batches(tmp_path):
    matrix = MARTS["feature_matrix"]
    n_rows = ROWS_PER_GROUP + 10
    rows = (
        f"create table feature_matrix as select 'a.' || range as patient_key, 'a' as cohort, 'radiomics' as block, "
        f"'f' as feature, cast(range as double) as value, 0::bigint as n_learnt_from from range({n_rows})"
    )
    digests = set()
    for threads in (1, 2):
        with duckdb.connect(config={"threads": threads}) as connection:
            connection.execute(rows)
            exported = export_mart(connection, matrix, tmp_path / f"{threads}.parquet")
        groups = pq.ParquetFile(exported.path).metadata
        assert [groups.row_group(i).num_rows for i in range(groups.num_row_groups)] == [ROWS_PER_GROUP, 10]
        digests.add(exported.sha256)
    assert len(digests) == 1


@pytest.mark.filterwarnings("ignore:sqlglotrs is deprecated:DeprecationWarning")  # installed by dagster-dbt, unused
def test_column_lineage_leads_to_the_columns_that_decide(home):
    _, result, _, _ = home
    nodes = {node.name: node for node in result.nodes}
    staged = column_lineage(nodes["stg_clinical"])
    assert staged["time_months"] == ((("raw", "clinical"), "time_months"),)
    usable = {column for _, column in column_lineage(nodes["endpoints"])["usable"]}
    assert usable == {"excluded_reason", "has_clinical", "times_known_for", "time_months", "event"}
    assert column_lineage(nodes["feature_matrix"])["value"] == (
        (("tables", "stg_deep_features"), "value"),
        (("tables", "stg_pathway_activity"), "score"),
        (("tables", "stg_radiomics"), "value"),
    )
    assert column_lineage(nodes["endpoints"])["endpoint"] == ()
    assert set(column_lineage(nodes["cohort_flow"])) == set(MARTS["cohort_flow"].column_names)


@pytest.mark.slow
def test_the_manifest_is_made_once_and_again_when_the_project_changes(tmp_path):
    manifest = tmp_path / "target" / "manifest.json"
    assert not manifest_is_current(manifest)
    assert prepare_manifest(manifest) == manifest
    assert manifest_is_current(manifest)
    written = manifest.stat().st_ino
    assert prepare_manifest(manifest).stat().st_ino == written
    manifest.with_name("manifest.sha256").write_text("of another project")
    assert not manifest_is_current(manifest)
    prepare_manifest(manifest)
    assert manifest_is_current(manifest)
    assert manifest.stat().st_ino != written
    assert sorted(path.name for path in manifest.parent.iterdir()) == ["manifest.json", "manifest.sha256"]
