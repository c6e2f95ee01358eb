"""A writer is killed at any moment: the ledger opens, its chain holds, and no row points at nothing."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time

import pytest
import sqlalchemy as sa

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.schema import artifacts, current, inputs
from radgen_assets_tests.lineage.samples import artifact, patient

BATCH = 20


def _write_for_ever(url: str, attempt: int, started) -> None:
    with Ledger.open(url) as ledger:
        for number in range(1_000_000):
            keys = [f"site_a.P{each:03d}" for each in range(BATCH)]
            ledger.claim(keys, f"here:{os.getpid()}:x", 60)
            ledger.upsert_patients([patient(key, f"person-{attempt}-{number}") for key in keys])
            ledger.record([artifact(key=key, version=attempt * 1_000_000 + number) for key in keys])
            ledger.release(f"here:{os.getpid()}:x")
            started.set()


@pytest.mark.slow
def test_a_ledger_survives_ten_kills_at_random_moments(ledger: Ledger, ledger_url: str):
    draw = random.Random(17)
    spawn = multiprocessing.get_context("spawn")
    for attempt in range(10):
        started = spawn.Event()
        process = spawn.Process(target=_write_for_ever, args=(ledger_url, attempt, started))
        process.start()
        assert started.wait(120)
        time.sleep(draw.uniform(0.0, 0.15))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert process.exitcode == -signal.SIGKILL
        _check_whole(ledger_url)


def _check_whole(url: str) -> None:
    with Ledger.open(url) as ledger:
        assert ledger.journal_verify() is None
        ledger.record([artifact(key="site_b.P001", version=time.monotonic_ns())])  # the writer's lock is free again
        with ledger._database.read() as connection:
            assert connection.scalars(_orphans(current.c.artifact_id)).all() == []
            assert connection.scalars(_orphans(inputs.c.artifact_id)).all() == []
            whole = connection.execute(sa.select(artifacts.c.inputs_hash, artifacts.c.key)).all()
    of_site_a = [key for _, key in whole if key.startswith("site_a.")]
    assert len(of_site_a) % BATCH == 0  # a batch is there as a whole or not at all


def _orphans(reference: sa.Column) -> sa.Select:
    """Values of a column that point at no artifact."""
    return (
        sa.select(reference)
        .select_from(reference.table.outerjoin(artifacts, artifacts.c.id == reference))
        .where(artifacts.c.id.is_(None))
    )
