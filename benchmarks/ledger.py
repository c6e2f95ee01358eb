"""Time the ledger: recording, planning, counting, explaining, verifying; beside it bare sqlite3 inserts of the rows.

    python benchmarks/ledger.py [--quick] [--json FILE] [--patients N] [--url URL]

Bare sqlite3 is what one would write by hand to remember the same artifacts, without inputs, journal or `current`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from radgen_assets.audit.why import why
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.plan import Action, InputState, Snapshot, decide
from radgen_assets.lineage.records import ArtifactRecord, FileRecord, InputRef, State
from radgen_assets.lineage.stored import row_of

N_ASSETS = 15
N_FILES = 3  # an artifact's, on average about as many as the first house writes
BATCH = 500


def main() -> None:
    """Measure, print the table and the goals."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="200 patients instead of 2,000")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    parser.add_argument("--patients", type=int, default=2000)
    parser.add_argument("--url", help="an empty database; default: a SQLite file in a temporary folder")
    asked = parser.parse_args()
    n_patients = 200 if asked.quick else asked.patients
    with tempfile.TemporaryDirectory() as folder:
        url = asked.url or f"sqlite:///{folder}/ledger.sqlite"
        with Ledger.open(url) as ledger:
            figures = measure(ledger.create(), Path(folder), n_patients)
    print(f"{N_ASSETS} assets x {n_patients} patients")
    for name, value in figures.items():
        print(f"  {name:<42}{value:>12.4f}")
    if asked.json:
        asked.json.write_text(json.dumps({"patients": n_patients, **figures}, indent=2) + "\n")
    goal("ledger_record_ms_per_artifact", figures["record, ms an artifact"], 5.0)
    goal("ledger_plan_seconds", figures["plan, seconds"], 1.0)
    goal("ledger_counts_seconds", figures["counts for status, seconds"], 1.0)
    goal("ledger_why_seconds", figures["why, seconds"], 1.0)


def measure(ledger: Ledger, folder: Path, n_patients: int) -> dict[str, float]:
    """All figures, by name."""
    assets = [f"imaging/asset_{number:02d}" for number in range(N_ASSETS)]
    keys = [f"site_a.P{number:06d}" for number in range(n_patients)]
    batches = [
        [_artifact(asset, key) for key in keys[start : start + BATCH]]
        for asset in assets
        for start in range(0, n_patients, BATCH)
    ]
    n_artifacts = N_ASSETS * n_patients
    figures = {
        "record, ms an artifact": 1000 * seconds(lambda: [ledger.record(each) for each in batches]) / n_artifacts
    }
    bare = seconds(lambda: _record_bare(folder / "bare.sqlite", batches))
    figures["bare sqlite3 inserts, ms an artifact"] = 1000 * bare / n_artifacts
    one_by_one = [_artifact("imaging/single", key) for key in keys[:200]]
    figures["record one by one, ms an artifact"] = (
        1000 * seconds(lambda: [ledger.record([each]) for each in one_by_one]) / len(one_by_one)
    )
    lake = folder / "lake"
    for batch in batches:
        _lay_down(lake, batch)
    figures["snapshot without files, seconds"] = best(lambda: ledger.snapshot(assets, keys))
    figures["snapshot with every file's size, seconds"] = best(lambda: ledger.snapshot(assets, keys, lake))
    hashes = {(asset, key): _hash(asset, key) for asset in assets for key in keys}
    figures["plan, seconds"] = best(lambda: plan(ledger.snapshot(assets, keys, lake), hashes))
    figures["plan, seconds of processor time"] = best(
        lambda: plan(ledger.snapshot(assets, keys, lake), hashes), clock=time.process_time
    )
    figures["counts for status, seconds"] = best(ledger.counts)
    figures["why, seconds"] = best(lambda: why(ledger, assets[7], keys[-1]))
    figures["journal verified, ms a row"] = 1000 * seconds(ledger.journal_verify) / ledger.journal_head().seq
    return figures


def plan(snapshot: Snapshot, hashes: Mapping[tuple[str, str], str]) -> None:
    """Decide every pair; all stand, so all must be reused."""
    inputs = (InputState("scans", State.done, "c"), InputState("masks", State.done, "c"))
    for (asset, key), hashed in hashes.items():
        action = decide(asset, key, inputs, hashed, snapshot).action
        assert action is Action.reuse, action


def seconds(deed: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of one call."""
    began = clock()
    deed()
    return clock() - began


def best(deed: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Seconds of the fastest of three calls: on a busy machine the others time the neighbours."""
    return min(seconds(deed, clock) for _ in range(3))


def goal(name: str, value: float, bound: float) -> None:
    """One line a goal."""
    print(f"goal {name} {value:.4g} {bound:g} {'met' if value <= bound else 'missed'}")


def _artifact(asset: str, key: str) -> ArtifactRecord:
    inputs_hash = _hash(asset, key)
    return ArtifactRecord(
        asset=asset,
        key=key,
        recipe_hash=_hash("recipe", asset),
        inputs_hash=inputs_hash,
        state=State.done,
        content_hash=_hash("content", asset, key),
        path=f"{asset}/{key.replace('.', '/')}/{inputs_hash[:16]}",
        files=tuple(FileRecord(f"{number}.nii.gz", _hash(number, key), 10 + number) for number in range(N_FILES)),
        seconds=1.5,
        inputs=tuple(InputRef(name, "artifact", f"raw/{name}|{key}|{_hash(name)}", "c") for name in ("scans", "masks")),
        run_id="run",
        pass_id="pass",
        facts={"sequences": 4},
    )


def _hash(*words: object) -> str:
    return hashlib.sha256(repr(words).encode()).hexdigest()


def _record_bare(file: Path, batches: Sequence[Sequence[ArtifactRecord]]) -> None:
    """The same rows of `artifacts` alone, a transaction a batch, with the same indexed columns."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("pragma journal_mode=wal")
        connection.execute("pragma synchronous=normal")
        columns = [name for name in row_of(0, batches[0][0]) if name != "id"]
        connection.execute(f"create table artifacts (id integer primary key, {', '.join(columns)})")
        connection.execute("create index by_inputs on artifacts (asset, key, inputs_hash)")
        connection.execute("create index by_key on artifacts (key)")
        marks = ", ".join(f":{name}" for name in columns)
        for batch in batches:
            with connection:
                connection.executemany(
                    f"insert into artifacts ({', '.join(columns)}) values ({marks})",
                    [row_of(0, each) for each in batch],
                )


def _lay_down(lake: Path, batch: Sequence[ArtifactRecord]) -> None:
    for each in batch:
        folder = lake / each.path
        folder.mkdir(parents=True)
        for file in each.files:
            (folder / file.name).write_bytes(b"x" * file.bytes)


if __name__ == "__main__":
    main()
