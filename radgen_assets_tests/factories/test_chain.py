"""Many patients side by side: deaths of workers, claims of other runs, what is recorded and when."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from pathlib import Path

import pytest

from radgen_assets.factories import chain
from radgen_assets.factories.chain import alone
from radgen_assets.lineage.claims import new_owner
from radgen_assets.resources.home import Home
from radgen_assets_tests.factories import toy_assets as toy
from radgen_assets_tests.factories.toy_assets import CALLS, Bench, bench

__all__ = ["bench"]


@pytest.fixture
def two_workers(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """The bench with processes of its own for patients."""
    monkeypatch.setenv("RADGEN_WORKERS", "2")
    return bench


@pytest.mark.parametrize("death", ["exit", "kill"])
def test_a_worker_that_dies_fails_its_own_patient_alone(two_workers: Bench, death: str):
    bench = two_workers
    bench.sources = {f"toy.p{index}": index for index in range(6)} | {"toy.p3": death}
    bench.run(toy.number, toy.scaled)
    assert bench.decisions("toy.p3") == {"number": "failed", "scaled": "blocked"}
    assert "its worker process died twice" in bench.record(toy.number, "toy.p3").reason
    for key in set(bench.sources) - {"toy.p3"}:
        assert bench.decisions(key) == {"number": "compute", "scaled": "compute"}, key


def test_results_do_not_depend_on_the_number_of_workers(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    bench.run(toy.number, toy.scaled)
    alone_made = bench.record(toy.scaled, "toy.a").content_hash
    monkeypatch.setenv("RADGEN_WORKERS", "2")
    bench.run(toy.number, toy.scaled, force=True)
    assert bench.record(toy.scaled, "toy.a").content_hash == alone_made


def test_an_outcome_is_told_after_it_is_recorded(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """What the interface shows stands in the ledger."""
    seen: list[bool] = []

    def look(outcomes):
        for each in outcomes:
            seen.append(bench.record(toy.number, each.key).inputs_hash == each.record.inputs_hash)

    monkeypatch.setattr(bench, "told", type("Ear", (list,), {"extend": lambda self, outcomes: look(outcomes)})())
    bench.run(toy.number)
    assert seen == [True, True]


def _die_before_recording(root: str, sources: dict[str, object]) -> None:
    """A whole run that is killed between writing into the lake and recording."""
    from radgen_assets.lineage.ledger import Ledger

    bench = Bench(Home.open(root), sources)
    chain.external_inputs = bench.provide
    Ledger.record = lambda *arguments, **options: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    bench.run(toy.number)


def test_a_run_killed_between_writing_and_recording_leaves_nothing_in_the_ledger(bench: Bench):
    """And the next one puts its own folder in the place of the one that nobody knows."""
    process = multiprocessing.get_context("fork").Process(
        target=_die_before_recording, args=(str(bench.home.root), bench.sources)
    )
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert bench.n_recorded() == 0
    assert list((bench.home.root / "lake" / "toy" / "number").rglob("table.parquet"))
    with bench.home.ledger() as ledger:
        assert ledger.reap_claims()
    bench.run(toy.number)
    assert bench.value(toy.number, "toy.a") == 4


def test_a_batch_is_computed_together(bench: Bench):
    bench.run(toy.number)
    bench.run(toy.batched, beside={"number": toy.number})
    assert CALLS == ["batched 2"]
    assert bench.value(toy.batched, "toy.b") == 5.5


def test_a_batch_with_a_bad_patient_is_taken_apart(bench: Bench):
    """One bad patient never stops the others."""
    bench.sources["toy.b"] = 13
    bench.run(toy.number)
    bench.run(toy.batched, beside={"number": toy.number})
    assert CALLS == ["batched 2", "batched 1", "batched 1"]
    assert bench.decisions("toy.a") == {"batched": "compute"}
    assert bench.record(toy.batched, "toy.b").reason == "number: value: found 13, expected another. Correct it."


def test_a_patient_that_another_run_holds_is_waited_for_and_then_found_done(bench: Bench):
    """Two runs at once: nothing twice, nothing lost."""
    with bench.home.ledger() as ledger:
        other = new_owner()
        ledger.claim(["toy.a"], other, 60, scope="toy")
        run = threading.Thread(target=lambda: bench.run(toy.number, keys=["toy.a", "toy.b"]), daemon=True)
        run.start()
        deadline = time.monotonic() + 20
        while not ledger.current("toy/number", ["toy.b"]) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert ledger.current("toy/number", ["toy.a"]) == {}
        assert run.is_alive()
        ledger.release(other)
        run.join(20)
    assert bench.value(toy.number, "toy.a") == 4


@pytest.mark.parametrize("asset", ["side by side", "in batches"])
def test_two_runs_that_each_hold_what_the_other_waits_for_both_end(bench: Bench, monkeypatch, asset):
    """A run finishes and frees what it holds before it waits: else both would wait for ever."""
    monkeypatch.setenv("RADGEN_WORKERS", "2")
    chosen, beside = (toy.number, {}) if asset == "side by side" else (toy.batched, {"number": toy.number})
    if beside:
        bench.run(toy.number)
    with bench.home.ledger() as ledger:
        other = new_owner()
        ledger.claim(["toy.a"], other, 60, scope="toy")
        run = threading.Thread(target=lambda: bench.run(chosen, keys=["toy.b", "toy.a"], beside=beside), daemon=True)
        run.start()
        deadline = time.monotonic() + 20
        while not ledger.claim(["toy.b"], other, 60, scope="toy") or not ledger.current(chosen.key, ["toy.b"]):
            assert time.monotonic() < deadline, "toy.b was finished, but never freed"
            ledger.release(other, ["toy.b"], scope="toy")
            time.sleep(0.05)
        ledger.release(other)
        run.join(20)
        assert not run.is_alive()
        assert ledger.claims() == ()


def test_claims_are_given_back_at_the_end(bench: Bench):
    bench.run(toy.number)
    with bench.home.ledger() as ledger:
        assert ledger.claims() == ()


def test_work_without_keys_is_done_by_one_run_at_a_time(bench: Bench):
    order: list[str] = []

    def second() -> None:
        with bench.home.ledger() as mine, alone(mine, "fits"):
            order.append("second")

    with bench.home.ledger() as ledger:
        with alone(ledger, "fits"):
            thread = threading.Thread(target=second)
            thread.start()
            time.sleep(0.2)
            order.append("first")
        thread.join(20)
    assert order == ["first", "second"]


def test_a_cohort_whose_folder_is_gone_does_not_stop_the_run(bench: Bench, tmp_path: Path):
    """A disk that is not mounted fails its own patients."""
    text = (bench.home.cohorts_folder / "toy.toml").read_text()
    layout = '\n[layout]\nkind = "plain"\npatterns = { t1ce = "{patient}.nii.gz" }\n'
    gone = text.replace('root = "."', 'root = "nowhere"').replace("toy", "gone") + layout
    (bench.home.cohorts_folder / "gone.toml").write_text(gone)
    bench.sources = {"gone.x": "unreadable", "toy.a": 4}
    bench.run(toy.number)
    assert bench.decisions("gone.x") == {"number": "failed"}
    assert bench.decisions("toy.a") == {"number": "compute"}
