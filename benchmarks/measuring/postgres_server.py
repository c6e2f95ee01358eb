"""A Postgres server from Debian's package in a temporary folder, with its promises kept (fsync on)."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER = "benchmark"  # not "radgen": a schema of the user's name goes before public, and the ledger's is called so


def is_installed() -> bool:
    """Whether Debian's package is there."""
    return bool(_programs())


@contextmanager
def postgres_server() -> Iterator[str]:
    """URL of a running server; it is thrown away at the end."""
    programs = _programs()[-1].parent
    account = _unprivileged_account()
    folder = Path(tempfile.mkdtemp(prefix="radgen_postgres_"))
    if account is not None:
        shutil.chown(folder, account, account)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = folder / "data"
    control = [programs / "pg_ctl", "-D", data, "-w"]
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1"
    try:
        _run([programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8"], folder, account)
        _run([*control, "-l", folder / "log", "-o", options, "start"], folder, account)
        try:
            yield f"postgresql://{USER}@127.0.0.1:{port}/postgres"
        finally:
            _run([*control, "-m", "fast", "stop"], folder, account)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> list[Path]:
    return sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))


def _unprivileged_account() -> str | None:
    """Postgres refuses to run as root; then it runs as the account that the Debian package made."""
    if os.geteuid() != 0:
        return None
    return "postgres" if "postgres" in {each.pw_name for each in pwd.getpwall()} else "nobody"


def _run(command: list[str | Path], folder: Path, account: str | None) -> None:
    who = {} if account is None else {"user": account, "group": pwd.getpwnam(account).pw_gid, "extra_groups": []}
    with (folder / "said").open("w") as said:  # a pipe would stay open as long as the server runs
        subprocess.run([str(each) for each in command], cwd=folder, stdout=said, stderr=said, check=True, **who)
