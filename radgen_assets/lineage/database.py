"""The database under the ledger: one writer at a time, any number of readers, SQLite or Postgres.

A write transaction takes the writer's lock when it begins (SQLite: BEGIN IMMEDIATE; Postgres: an advisory lock), not
at its first write. Two processes therefore wait for each other instead of failing half-way, and what a transaction
reads before it writes (the journal's head, who holds a claim) cannot change under it.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url

from radgen_assets.contracts.errors import NotReady, UsedWrongly

BUSY_MILLISECONDS = 60_000  # how long a writer waits for another one; a batch of 500 artifacts takes tens of them
# Our own, since MLflow brings a table `inputs` too; and not a likely user name: a schema of the user's name comes first
POSTGRES_SCHEMA = "radgen_ledger"
_POSTGRES_WRITER_LOCK = 0x7261646765  # "radge": any number that nobody else locks


class Database:
    """An engine whose transactions say beforehand whether they write.

    Raises
    ------
    UsedWrongly
        for a URL of another database than SQLite and Postgres.
    NotReady
        when a SQLite file is to be read that does not exist.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = _driver_named(url)
        self.read_only = read_only
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite and read_only and not Path(self.url.database or "").is_file():
            raise NotReady(f"There is no ledger at {self.url.database}. Make one with: radgen init")
        self.engine = sa.create_engine(self.url, pool_pre_ping=not self.is_sqlite)
        _listen(self.engine, is_sqlite=self.is_sqlite, read_only=read_only)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, on one state of the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction that holds the writer's lock from its beginning; all of it happens or nothing."""
        if self.read_only:
            raise UsedWrongly("This ledger was opened to be read; nothing can be written to it.")
        with self.engine.connect() as connection, connection.execution_options(radgen_writes=True).begin():
            yield connection

    def use_wal(self) -> None:
        """Let readers and the writer of a SQLite file not wait for each other; the file remembers it."""
        with contextlib.closing(self.engine.raw_connection()) as connection:
            if connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                connection.execute("PRAGMA journal_mode=WAL")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _driver_named(url: str) -> URL:
    """Name the driver: psycopg 3 for Postgres. SQLAlchemy's default differs between its releases."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise UsedWrongly(f"A ledger lives in SQLite or Postgres, not in {parsed.drivername}. Give another URL.")
    return parsed


def _listen(engine: sa.Engine, *, is_sqlite: bool, read_only: bool) -> None:
    """Set up each new connection, begin each transaction, and keep connections out of forked children."""

    @sa.event.listens_for(engine, "connect")
    def _connect(dbapi_connection: Any, record: Any) -> None:
        record.info["pid"] = os.getpid()
        for statement in _sqlite_setup(read_only) if is_sqlite else _postgres_setup(read_only):
            cursor = dbapi_connection.cursor()
            cursor.execute(statement)
            cursor.close()
        if is_sqlite:
            dbapi_connection.isolation_level = None  # we begin transactions ourselves, below
        else:
            dbapi_connection.commit()

    @sa.event.listens_for(engine, "checkout")
    def _checkout(dbapi_connection: Any, record: Any, proxy: Any) -> None:
        if record.info["pid"] != os.getpid():  # a connection used by two processes corrupts both
            record.dbapi_connection = proxy.dbapi_connection = None
            raise sa.exc.DisconnectionError("the connection belongs to the parent process")

    @sa.event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("radgen_writes", False)
        if is_sqlite:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
        elif writes:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_POSTGRES_WRITER_LOCK})")
        else:
            # All queries of one question see one state, as SQLite's readers do. Not so for writers: their state would
            # be that of before they waited for the lock.
            connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def _sqlite_setup(read_only: bool) -> list[str]:
    statements = [
        f"PRAGMA busy_timeout={BUSY_MILLISECONDS}",
        "PRAGMA foreign_keys=ON",
        # In WAL mode NORMAL survives every kill; a power cut may take the last transactions whole, and then their
        # folders in the lake are unknown to the ledger and made again.
        "PRAGMA synchronous=NORMAL",
    ]
    return [*statements, "PRAGMA query_only=ON"] if read_only else statements


def _postgres_setup(read_only: bool) -> list[str]:
    statements = [f"SET search_path TO {POSTGRES_SCHEMA}"]
    return [*statements, "SET default_transaction_read_only TO on"] if read_only else statements


def one_of(connection: sa.Connection, column: sa.ColumnElement[Any], values: Collection[Any]) -> sa.ColumnElement[bool]:
    """`column` equals one of any number of values, which travel as one parameter (SQLite allows 32,766 of them)."""
    if connection.dialect.name == "sqlite":
        listed = sa.func.json_each(json.dumps(list(values))).table_valued("value")
        return column.in_(sa.select(listed.c.value))
    return column == sa.any_(sa.bindparam(None, list(values), postgresql.ARRAY(column.type)))


def upsert(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], *, update: Collection[str]
) -> None:
    """Insert `rows`; where the primary key is there already, set the columns named in `update` (none: leave as is)."""
    if not rows:
        return
    insert: Any = sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
    keys = list(table.primary_key.columns)
    if update:
        insert = insert.on_conflict_do_update(
            index_elements=keys, set_={name: insert.excluded[name] for name in update}
        )
    else:
        insert = insert.on_conflict_do_nothing(index_elements=keys)
    connection.execute(insert, list(rows))
