"""The child process that runs dbt: it alone holds the writing connection, and lets go of it by ending.

``python -m radgen_assets.resources.warehouse_build --parse`` makes the manifest that the definitions read.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from radgen_assets.contracts.errors import NotReady

DBT_PROJECT = Path(__file__).resolve().parents[2] / "dbt_like_sql"
MANIFEST = DBT_PROJECT / "target" / "manifest.json"  # outside git, made in set-up


def prepare_manifest(manifest: Path = MANIFEST) -> Path:
    """Make the dbt manifest if it is missing or older than the project's text; return its path.

    Raises
    ------
    NotReady
        When dbt cannot parse the project; the text is dbt's.
    """
    if not manifest_is_current(manifest):
        parsed = subprocess.run(
            [sys.executable, "-m", "radgen_assets.resources.warehouse_build", "--parse", str(manifest)],
            capture_output=True,
            text=True,
            check=False,
            env=dbt_environment(),
        )
        if parsed.returncode != 0:
            raise NotReady(f"dbt cannot parse {DBT_PROJECT}:\n{parsed.stdout}{parsed.stderr}")
    return manifest


def manifest_is_current(manifest: Path = MANIFEST) -> bool:
    """Whether the manifest was made from the project as it stands."""
    stamp = _stamp(manifest)
    return manifest.is_file() and stamp.is_file() and stamp.read_text() == _project_digest()


def dbt_environment(**variables: str) -> dict[str, str]:
    """Environment of a dbt process: ours, plus `variables`, with telemetry off."""
    return {**os.environ, "DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", **variables}


def _project_digest() -> str:
    """SHA-256 over names and bytes of the project's files."""
    digest = hashlib.sha256()
    for path in sorted(DBT_PROJECT.rglob("*")):
        if path.suffix in (".sql", ".yml") and path.relative_to(DBT_PROJECT).parts[0] not in ("target", "logs"):
            digest.update(f"{path.relative_to(DBT_PROJECT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _run_dbt(arguments: Sequence[str], target: Path) -> bool:
    """Run dbt in this process; one JSON line on stdout for every finished node."""
    from dbt.cli.main import dbtRunner

    place = ("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT), "--target-path", str(target))
    result = dbtRunner(callbacks=[_report]).invoke(
        [*arguments, *place, "--log-level", "none", "--log-level-file", "none", "--log-path", str(target)]
    )
    if result.exception is not None:
        _say({"error": str(result.exception)})
    return bool(result.success)


def _report(event: Any) -> None:
    if event.info.name == "NodeFinished":
        node = event.data.node_info
        _say({"finished": {"unique_id": node.unique_id, "name": node.node_name, "status": node.node_status}})


def _say(message: dict[str, Any]) -> None:
    """One write a line, since dbt's threads speak at the same time."""
    os.write(sys.stdout.fileno(), f"{json.dumps(message)}\n".encode())


def _end_with_parent() -> None:
    """A build that nobody waits for must not go on writing beside the next one's files."""
    while os.read(0, 1):  # not sys.stdin: the interpreter cannot end while a thread holds its buffer
        pass
    os._exit(1)


def _parse(manifest: Path) -> bool:
    """Parse the project beside the manifest's place and rename the result into it, since others may be reading."""
    manifest.parent.mkdir(parents=True, exist_ok=True)
    digest = _project_digest()
    with tempfile.TemporaryDirectory(dir=manifest.parent) as target:
        if not _run_dbt(("parse", "--no-partial-parse"), Path(target)):
            return False
        os.replace(Path(target) / manifest.name, manifest)
    _stamp(manifest).write_text(digest)
    return True


def _stamp(manifest: Path) -> Path:
    return manifest.with_suffix(".sha256")


def main(arguments: Sequence[str]) -> int:
    """``--parse [manifest]`` makes it; else the target folder, then dbt's own words, run until standard input ends."""
    if arguments and arguments[0] == "--parse":
        return 0 if _parse(Path(arguments[1]) if len(arguments) > 1 else MANIFEST) else 1
    target, *rest = arguments
    threading.Thread(target=_end_with_parent, daemon=True).start()
    return 0 if _run_dbt(rest, Path(target)) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
