"""The warehouse: a DuckDB file that dbt builds afresh from gathered Parquet, and marts exported as Parquet.

The file is a build product: made beside its place by a child process, renamed into it, opened read-only and shortly.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from radgen_assets.contracts.errors import NotReady, RadgenError, UsedWrongly
from radgen_assets.contracts.tables.registry import GATHERED, MARTS
from radgen_assets.resources.warehouse_build import dbt_environment
from radgen_assets.resources.warehouse_export import MartFile, export_mart
from radgen_assets.resources.warehouse_results import (
    NodeEvent,
    NodeResult,
    TestResult,
    read_results,
    with_failing_rows,
    with_row_counts,
)

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

LOCK_SECONDS = 600.0
UNIT_TESTS_OFF = ("--exclude-resource-type", "unit_test")  # they test the SQL, not the data: `make test` runs them


@dataclass(frozen=True)
class BuildResult:
    """What one build did.

    nodes : models in the order in which they ended, with their row counts
    tests : data tests and unit tests
    marts : exported files by mart
    seconds : wall time of everything
    """

    nodes: tuple[NodeResult, ...]
    tests: tuple[TestResult, ...]
    marts: Mapping[str, MartFile] = field(default_factory=dict)
    seconds: float = 0.0


class WarehouseFailed(RadgenError):
    """A model or a test of the dbt project failed; the warehouse and the marts stay as they were.

    `result` tells every node's and test's outcome, the failing rows included.
    """

    def __init__(self, message: str, result: BuildResult) -> None:
        self.result = result
        super().__init__(message)


class Warehouse:
    """One home's warehouse.

    Parameters
    ----------
    folder : holds sources/ (links to gathered Parquet), dbt/ (dbt's own files), warehouse.duckdb and marts/
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.absolute()
        self.sources = self.folder / "sources"
        self.file = self.folder / "warehouse.duckdb"
        self.marts = self.folder / "marts"
        self.target = self.folder / "dbt"
        self._fresh = self.folder / "building" / self.file.name  # the name is the catalogue's: views would break

    def link_sources(self, tables: Mapping[str, Sequence[Path]]) -> None:
        """Lay out the gathered tables for dbt; what was there before is replaced as a whole.

        Every table gets an empty, typed file as well, so that one that nobody has gathered yet has its columns.

        Parameters
        ----------
        tables : table name -> its Parquet files, one a cohort

        Raises
        ------
        UsedWrongly
            For a table that no schema declares.
        NotReady
            For a file that does not stand.
        """
        unknown = sorted(set(tables) - set(GATHERED))
        if unknown:
            raise UsedWrongly(f"link_sources: found table '{unknown[0]}', expected one of {', '.join(GATHERED)}.")
        missing = [path for paths in tables.values() for path in paths if not path.is_file()]
        if missing:
            raise NotReady(f"{missing[0]} does not stand. Gather the table again: radgen run")
        with self._locked():
            laid_out = self.folder / "sources.new"
            shutil.rmtree(laid_out, ignore_errors=True)
            for name in GATHERED:
                _lay_out(name, tables.get(name, ()), laid_out / name)
            shutil.rmtree(self.sources, ignore_errors=True)
            laid_out.rename(self.sources)

    def build(
        self, select: Sequence[str] | None = None, on_event: Callable[[NodeEvent], None] | None = None
    ) -> BuildResult:
        """Build models and run tests in a fresh file, rename it into place, export the marts.

        Parameters
        ----------
        select : dbt selectors; the build then starts from a copy of the present file. None: everything, afresh
        on_event : called for every model and test as it ends

        Raises
        ------
        WarehouseFailed
            When a model or test fails; file and marts stay as they were.
        NotReady
            When link_sources was never called, or another process builds for longer than ten minutes.
        """
        begun = time.monotonic()
        with self._locked():
            if not self.sources.is_dir():
                raise NotReady("The warehouse has no sources. Lay them out first: Warehouse.link_sources")
            self._begin_fresh_file(copy=select is not None)
            complaint = self._run_dbt(select, on_event)
            nodes, tests = read_results(self.target)
            _fold_log(self._fresh)
            tests = with_failing_rows(tests, self._fresh)
            if complaint:
                raise WarehouseFailed(_failure_text(nodes, tests, complaint), BuildResult(nodes, tests))
            nodes = with_row_counts(nodes, self._fresh)
            marts = self._publish()
        return BuildResult(nodes, tests, marts, time.monotonic() - begun)

    @contextmanager
    def connect(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A short, read-only connection to the warehouse file; raises NotReady when there is none."""
        import duckdb

        if not self.file.is_file():
            raise NotReady(f"{self.file} was not built yet. Build it with: radgen run")
        connection = duckdb.connect(str(self.file), read_only=True)
        try:
            yield connection
        finally:
            connection.close()

    def mart_file(self, name: str) -> Path:
        """The Parquet file of a mart; raises UsedWrongly for an unknown one, NotReady before the first build."""
        if name not in MARTS:
            raise UsedWrongly(f"found mart '{name}', expected one of {', '.join(MARTS)}.")
        path = self.marts / f"{name}.parquet"
        if not path.is_file():
            raise NotReady(f"{path} was not built yet. Build it with: radgen run")
        return path

    def mart(self, name: str) -> pd.DataFrame:
        """A mart as last exported: columns as in docs/data_dictionary.md, rows sorted by the key.

        Text is `string`, integers `Int64`, booleans `boolean` (missing values are NA); numbers are float64.
        Raises as `mart_file`.
        """
        import pyarrow.parquet as pq

        from radgen_assets.contracts.tables.frames import from_arrow

        return from_arrow(pq.read_table(self.mart_file(name)), MARTS[name])

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """One process at a time lays out sources or builds; the lock falls with its process."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "building.lock").open("w") as lock:
            _wait_for(lock.fileno())
            yield

    def _begin_fresh_file(self, *, copy: bool) -> None:
        """An empty place for the new file; what a killed build left is removed."""
        shutil.rmtree(self._fresh.parent, ignore_errors=True)
        self._fresh.parent.mkdir(parents=True)
        self.target.mkdir(exist_ok=True)
        (self.target / "run_results.json").unlink(missing_ok=True)
        if copy and self.file.is_file():
            shutil.copyfile(self.file, self._fresh)

    def _run_dbt(self, select: Sequence[str] | None, on_event: Callable[[NodeEvent], None] | None) -> str:
        """Run ``dbt build`` in a child process; return what it complained of, empty when all went well."""
        selection = _selection(select, something_stands=self.file.is_file())
        dbt = (sys.executable, "-m", "radgen_assets.resources.warehouse_build", str(self.target))
        environment = dbt_environment(RADGEN_TABLES=str(self.sources), RADGEN_WAREHOUSE_FILE=str(self._fresh))
        errors = self.target / "stderr.txt"
        with (
            errors.open("w") as stderr,
            subprocess.Popen(
                (*dbt, "build", *UNIT_TESTS_OFF, *selection),
                env=environment,
                stdin=subprocess.PIPE,  # held open: the child ends when this process does
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            ) as process,
        ):
            try:
                complaints = [_tell(line, on_event) for line in process.stdout or ()]
                code = process.wait()
            except BaseException:
                process.kill()
                raise
        if code == 0:
            return ""
        return "\n".join(each for each in complaints if each) or errors.read_text() or f"dbt ended with code {code}"

    def _publish(self) -> dict[str, MartFile]:
        """Export every mart that stands, then rename the file into place."""
        import duckdb

        connection = duckdb.connect(str(self._fresh), read_only=True)
        try:
            standing = {name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()}
            marts = {
                name: export_mart(connection, schema, self.marts / f"{name}.parquet")
                for name, schema in MARTS.items()
                if name in standing
            }
        finally:
            connection.close()
        os.replace(self._fresh, self.file)
        self._fresh.parent.rmdir()
        return marts


def _lay_out(name: str, files: Sequence[Path], folder: Path) -> None:
    import pyarrow.parquet as pq

    from radgen_assets.contracts.tables.arrow import empty_arrow_table

    folder.mkdir(parents=True)
    pq.write_table(empty_arrow_table(GATHERED[name]), folder / "_empty.parquet")
    for number, path in enumerate(sorted(path.absolute() for path in files)):
        (folder / f"{number:04d}.parquet").symlink_to(path)  # a link: forgetting a person finds no second copy here


def _selection(select: Sequence[str] | None, *, something_stands: bool) -> tuple[str, ...]:
    """Words for dbt; where nothing stands yet, what is selected needs its parents, and only tests that read those."""
    if select is None:
        return ()
    if something_stands:
        return ("--select", *select)
    return ("--indirect-selection", "buildable", "--select", *(f"+{each}" for each in select))


def _wait_for(descriptor: int) -> None:
    deadline = time.monotonic() + LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise NotReady(
                    "Another process has been building the warehouse for ten minutes. Wait for it or end it."
                ) from None
            time.sleep(0.1)
        else:
            return


def _fold_log(file: Path) -> None:
    """Fold DuckDB's write-ahead log into the file: dbt ends without closing its connection."""
    import duckdb

    if file.is_file():
        duckdb.connect(str(file)).close()


def _tell(line: str, on_event: Callable[[NodeEvent], None] | None) -> str:
    """Hand a finished node on; return the complaint that the line holds, if it is one."""
    try:
        message: dict[str, Any] = json.loads(line)
    except ValueError:
        return line.strip()
    if on_event is not None and "finished" in message:
        on_event(NodeEvent(**message["finished"]))
    return str(message.get("error", ""))


def _failure_text(nodes: Sequence[NodeResult], tests: Sequence[TestResult], complaint: str) -> str:
    lines = [f"model {node.name}: {node.message}" for node in nodes if node.failed and node.status != "skipped"]
    lines += [test.sentence() for test in tests if test.failed]
    if not lines:
        lines.append(complaint)
    skipped = [node.name for node in nodes if node.status == "skipped"]
    if skipped:
        lines.append(f"not built because of that: {', '.join(skipped)}")
    return (
        "The warehouse was not built; the one before stands.\n  "
        + "\n  ".join(lines)
        + "\nCorrect the rows at their source (docs/data_dictionary.md says what a column must hold), then: radgen run"
    )
