"""A Postgres server for the tests: started once a session from Debian's package, thrown away at the end.

pytest plugin: `postgres_url` (the server, its database `postgres`), `postgres_database` (the same, emptied for a test).
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa

USER = "radgen"


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """URL of a running server, which keeps its promises on power cuts (fsync on), as a real one does."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not programs:
        pytest.skip("Postgres is not installed (Debian: apt-get install postgresql)")
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="radgen_postgres_"))
    if account is not None:
        shutil.chown(folder, account, account)
    data, port = folder / "data", _free_port()
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    control = [str(programs[-1].with_name("pg_ctl")), "-D", str(data), "-w"]
    try:
        _run([str(programs[-1]), "-D", str(data), "-U", USER, "-A", "trust", "-E", "UTF8"], folder, account)
        _run([*control, "-l", str(folder / "log"), "-o", options, "start"], folder, account)
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "immediate", "stop"], folder, account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_database(postgres_url: str) -> str:
    """URL of a database in which nothing is.

    It is emptied, not made: a new database costs half a second, and a minute for its files to be removed at the end.
    """
    server = sa.create_engine(postgres_url.replace("postgresql:", "postgresql+psycopg:"))
    with server.begin() as connection:
        connection.execute(sa.text("set lock_timeout to '30s'"))  # a test that left a transaction open would block us
        schemas = connection.scalars(
            sa.text("select nspname from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'")
        )
        for schema in schemas.all():
            connection.execute(sa.text(f'drop schema "{schema}" cascade'))
        connection.execute(sa.text("create schema public"))
    server.dispose()
    return postgres_url


def _unprivileged_account() -> str | None:
    """Postgres refuses to run as root; then it runs as the account that the Debian package made."""
    if os.geteuid() != 0:
        return None
    names = {each.pw_name for each in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _run(command: list[str], folder: Path, account: str | None) -> None:
    """Run a program of Postgres to its end; its words are in the error when it fails."""
    who = {} if account is None else {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}
    with (folder / f"said_{uuid4().hex}").open("w+") as said:  # a pipe would stay open as long as the server runs
        ended = subprocess.run(
            command, cwd=folder, stdout=said, stderr=subprocess.STDOUT, timeout=120, check=False, **who
        )
        said.seek(0)
        assert ended.returncode == 0, f"{command[0]} failed:\n{said.read()}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
