"""Opening, making and refusing ledgers."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import pytest
import sqlalchemy as sa

from radgen_assets.contracts.errors import NotReady, UsedWrongly
from radgen_assets.lineage.database import POSTGRES_SCHEMA
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.schema import about, metadata
from radgen_assets_tests.lineage.samples import artifact


def test_creating_twice_changes_nothing(ledger: Ledger):
    ledger.record([artifact()])
    ledger.create()
    assert len(ledger.current("imaging/volumes")) == 1


def test_what_was_written_is_there_when_opened_again(ledger: Ledger, ledger_url: str):
    ledger.record([artifact()])
    with Ledger.open(ledger_url) as again:
        assert again.current("imaging/volumes") == ledger.current("imaging/volumes")


def test_a_ledger_opened_to_be_read_writes_nothing(ledger: Ledger, ledger_url: str):
    with Ledger.open(ledger_url, read_only=True) as reading:
        with pytest.raises(UsedWrongly, match="opened to be read"):
            reading.record([artifact()])
        assert reading.current("imaging/volumes") == {}


def test_the_database_itself_refuses_writes_of_a_reader(ledger: Ledger, ledger_url: str):
    """Not only our own method: a slip inside lineage/ could not write either."""
    with (
        Ledger.open(ledger_url, read_only=True) as reading,
        pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"),
        reading._database.read() as connection,
    ):
        connection.execute(sa.insert(about).values(name="x", value="y"))


def test_a_ledger_that_is_not_there_cannot_be_read(ledger_url: str):
    with pytest.raises(NotReady, match=r"There is no ledger at .*radgen init"):
        Ledger.open(ledger_url, read_only=True)


def test_opening_to_write_makes_no_file_before_create(tmp_path: Path):
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.sqlite"):
        assert list(tmp_path.iterdir()) == []


def test_a_ledger_of_another_format_is_refused(ledger: Ledger, ledger_url: str):
    with ledger._database.write() as connection:
        connection.execute(sa.update(about).where(about.c.name == "format").values(value="99"))
    with pytest.raises(UsedWrongly, match="has format 99; this radgen reads format 1"):
        Ledger.open(ledger_url)


def test_another_database_is_refused():
    with pytest.raises(UsedWrongly, match="SQLite or Postgres, not in mysql"):
        Ledger.open("mysql://localhost/x")


def test_a_password_is_not_shown():
    from radgen_assets.lineage.database import Database

    ledger = Ledger(Database("postgresql://me:secret@localhost/x"))
    assert ledger.url == "postgresql+psycopg://me:***@localhost/x"


@pytest.mark.stack
def test_tables_stand_in_a_postgres_schema_of_their_own(postgres_database: str):
    """MLflow has a table `inputs` too, and may share the database."""
    with Ledger.open(postgres_database) as ledger:
        ledger.create()
        inspector = sa.inspect(ledger._database.engine)
        assert set(inspector.get_table_names(POSTGRES_SCHEMA)) == set(metadata.tables)
        assert inspector.get_table_names("public") == []


def test_a_half_done_transaction_leaves_nothing(ledger: Ledger):
    unwritable = artifact(key="site_a.P002", facts={"volume": float("nan")})  # JSON has no NaN
    with pytest.raises(ValueError, match="JSON"):
        ledger.record([artifact(), unwritable])
    assert ledger.current("imaging/volumes") == {}
    assert ledger.journal_head().seq == 0


def _create(url: str) -> None:
    with Ledger.open(url) as ledger:
        ledger.create()


def test_several_processes_may_make_the_same_ledger(ledger_url: str):
    """The webserver, the daemon and the command line start together on a fresh home."""
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_create, args=(ledger_url,)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]


def test_a_forked_child_takes_connections_of_its_own(ledger: Ledger):
    """A SQLite or Postgres connection shared by two processes corrupts both; joblib and Dagster may fork."""
    ledger.record([artifact()])
    fork = multiprocessing.get_context("fork")
    child = fork.Process(target=ledger.record, args=([artifact(version=2)],))
    child.start()
    child.join(30)
    assert child.exitcode == 0
    assert len(ledger.history("imaging/volumes", "site_a.P001")) == 2
