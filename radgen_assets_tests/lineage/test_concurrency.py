"""Several processes work on one ledger: nothing is done twice, nothing is lost, nobody waits for ever."""

from __future__ import annotations

import multiprocessing
import os
import random
import threading
import time
from collections import Counter

import pytest
import sqlalchemy as sa

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.schema import artifacts
from radgen_assets_tests.lineage.samples import artifact, patient, source

KEYS = [f"site_a.P{number:03d}" for number in range(60)]
ASSET = "imaging/volumes"


def _work(url: str, seed: int, gate) -> None:
    """Claim what is free, make what the ledger does not have, record, release: as a run of the patient chain does."""
    draw = random.Random(seed)
    owner = f"here:{os.getpid()}:{seed}"
    with Ledger.open(url) as ledger:
        gate.wait(60)
        left = list(KEYS)
        draw.shuffle(left)
        while left:
            wanted, left = left[:7], left[7:]
            obtained = ledger.claim(wanted, owner, 60)
            known = ledger.snapshot([ASSET], obtained)
            made = [artifact(key=key, run_id=owner) for key in obtained if (ASSET, key) not in known.current]
            ledger.record(made)
            ledger.upsert_patients([patient(key) for key in obtained])
            ledger.register_sources([source(f"{key}.nii", key=key) for key in obtained])
            ledger.heartbeat(owner, 60)
            ledger.release(owner, obtained)
            left += [key for key in wanted if key not in obtained]


@pytest.mark.slow
def test_four_processes_do_everything_once(ledger: Ledger, ledger_url: str):
    spawn = multiprocessing.get_context("spawn")
    gate = spawn.Barrier(4)
    processes = [spawn.Process(target=_work, args=(ledger_url, seed, gate)) for seed in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    with ledger._database.read() as connection:
        made = Counter(connection.scalars(sa.select(artifacts.c.key)))
    assert made == Counter(KEYS)
    assert set(ledger.current(ASSET)) == set(KEYS)
    assert (len(ledger.patients()), len(ledger.sources()), ledger.claims()) == (60, 60, ())
    assert ledger.journal_verify() is None
    assert ledger.journal_head().seq == 3 * len(KEYS)


def test_a_reader_does_not_wait_for_a_writer(ledger: Ledger):
    """The UI looks while a night's batch is written; it sees the state before."""
    ledger.record([artifact()])
    with ledger._database.write() as connection:
        connection.execute(sa.update(artifacts).values(reason="not yet committed"))
        began = time.monotonic()
        assert ledger.current(ASSET)["site_a.P001"].reason == ""
        assert time.monotonic() - began < 5


def test_a_reader_sees_one_state_of_the_ledger(ledger: Ledger):
    """Two queries of one question must not straddle somebody's commit."""
    ledger.record([artifact()])
    with ledger._database.read() as connection:
        count = sa.select(sa.func.count()).select_from(artifacts)
        before = connection.scalar(count)
        ledger.record([artifact(version=2)])
        assert connection.scalar(count) == before


def test_threads_of_one_process_share_a_ledger(ledger: Ledger):
    """A heartbeat beats in a thread of its own beside the walk."""
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for version in range(5):
                ledger.record([artifact(key=f"site_a.P{number}", version=version)])
        except BaseException as error:  # noqa: BLE001 - handed to the test's own thread below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert ledger.journal_head().seq == 20
    assert ledger.journal_verify() is None
