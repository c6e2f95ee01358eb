"""What dbt did, read from its run_results.json and manifest.json: models, tests, failing rows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

N_FAILING_ROWS = 5


@dataclass(frozen=True)
class NodeEvent:
    """A model or test that has just ended; status is dbt's word (success, pass, fail, error, skipped)."""

    unique_id: str
    name: str
    status: str


@dataclass(frozen=True)
class NodeResult:
    """One model. `n_rows` is None unless it was built; `compiled_sql` is what ran."""

    unique_id: str
    name: str
    status: str
    seconds: float
    message: str
    asset_key: tuple[str, ...]
    compiled_sql: str
    n_rows: int | None = None

    @property
    def failed(self) -> bool:
        """Whether the model is missing after this build."""
        return self.status in ("error", "skipped", "runtime error")


@dataclass(frozen=True)
class TestResult:
    """One data test or unit test of `model`. `rows` are the first that break a data test."""

    __test__ = False  # not a class of tests, whatever pytest thinks of its name

    unique_id: str
    name: str
    model: str
    asset_key: tuple[str, ...]
    status: str
    seconds: float
    n_failures: int
    message: str
    compiled_sql: str
    rows: tuple[Mapping[str, Any], ...] = ()

    @property
    def failed(self) -> bool:
        """Whether the rule does not hold; a test that was skipped says nothing of its own."""
        return self.status in ("fail", "error", "runtime error")

    def sentence(self) -> str:
        """What was found, for people."""
        if self.status != "fail":
            return f"test {self.name} of {self.model}: {self.message}"
        shown = "; ".join(", ".join(f"{name}={value}" for name, value in row.items()) for row in self.rows)
        more = f", the first: {shown}" if shown else f": {self.message}"
        return f"test {self.name} of {self.model}: found {self.n_failures} rows, expected none{more}"


def read_results(target: Path) -> tuple[tuple[NodeResult, ...], tuple[TestResult, ...]]:
    """Models and tests of the last run in dbt's target folder; both empty when dbt never came that far."""
    path = target / "run_results.json"
    if not path.is_file():
        return (), ()
    manifest = json.loads((target / "manifest.json").read_text())
    known = {**manifest["nodes"], **manifest.get("unit_tests", {})}
    nodes, tests = [], []
    for result in json.loads(path.read_text())["results"]:
        properties = known[result["unique_id"]]
        if properties["resource_type"] in ("test", "unit_test"):
            tests.append(_test(result, properties, manifest["nodes"]))
        else:
            nodes.append(_node(result, properties))
    return tuple(nodes), tuple(tests)


def with_failing_rows(tests: Sequence[TestResult], file: Path) -> tuple[TestResult, ...]:
    """Fill in the first rows that break each failed data test, from the file it ran in."""
    if not any(test.status == "fail" and test.compiled_sql for test in tests):
        return tuple(tests)
    import duckdb

    connection = duckdb.connect(str(file), read_only=True)
    try:
        return tuple(
            replace(test, rows=_rows(connection, test.compiled_sql))
            if test.status == "fail" and test.compiled_sql
            else test
            for test in tests
        )
    finally:
        connection.close()


def with_row_counts(nodes: Sequence[NodeResult], file: Path) -> tuple[NodeResult, ...]:
    """Fill in how many rows every model has."""
    import duckdb

    connection = duckdb.connect(str(file), read_only=True)
    try:
        return tuple(replace(node, n_rows=_count(connection, node.name)) for node in nodes)
    finally:
        connection.close()


def asset_key_of(properties: Mapping[str, Any]) -> tuple[str, ...]:
    """The Dagster asset key that a node's meta names."""
    meta = properties.get("config", {}).get("meta") or properties.get("meta") or {}
    return tuple(meta.get("dagster", {}).get("asset_key", ()))


def _node(result: Mapping[str, Any], properties: Mapping[str, Any]) -> NodeResult:
    return NodeResult(
        unique_id=result["unique_id"],
        name=properties["name"],
        status=result["status"],
        seconds=float(result["execution_time"]),
        message=str(result.get("message") or ""),
        asset_key=asset_key_of(properties),
        compiled_sql=result.get("compiled_code") or "",
    )


def _test(result: Mapping[str, Any], properties: Mapping[str, Any], nodes: Mapping[str, Any]) -> TestResult:
    model = _tested_model(properties, nodes)
    is_data_test = properties["resource_type"] == "test"
    return TestResult(
        unique_id=result["unique_id"],
        name=properties["name"],
        model=model.get("name", ""),
        asset_key=asset_key_of(model),
        status=result["status"],
        seconds=float(result["execution_time"]),
        n_failures=int(result.get("failures") or 0),
        message=str(result.get("message") or ""),
        compiled_sql=(result.get("compiled_code") or "") if is_data_test else "",
    )


def _tested_model(properties: Mapping[str, Any], nodes: Mapping[str, Any]) -> Mapping[str, Any]:
    """The model a test belongs to: where it is attached, else the one that it names itself."""
    attached = properties.get("attached_node")
    if attached is None:
        meta = properties.get("config", {}).get("meta", {})
        name = properties.get("model") or meta.get("dagster", {}).get("ref", {}).get("name")
        parents = properties["depends_on"]["nodes"]
        attached = next((each for each in parents if nodes.get(each, {}).get("name") == name), "")
    return nodes.get(attached, {})


def _count(connection: Any, model: str) -> int:
    return int(connection.execute(f'select count(*) from "{model}"').fetchone()[0])


def _rows(connection: Any, sql: str) -> tuple[Mapping[str, Any], ...]:
    cursor = connection.execute(f"select * from ({sql}) limit {N_FAILING_ROWS}")
    names = [column[0] for column in cursor.description]
    return tuple(dict(zip(names, row, strict=True)) for row in cursor.fetchall())
