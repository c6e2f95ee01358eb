"""What a plan is told: the records of many patients, and which artifacts stand."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path

import pytest

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.plan import Action, InputState, decide
from radgen_assets.lineage.records import ArtifactRecord, FileRecord, State
from radgen_assets.lineage.snapshots import standing
from radgen_assets_tests.lineage.samples import artifact

ASSETS = ("imaging/volumes", "imaging/quality")


def _lay_down(lake: Path, record: ArtifactRecord) -> Path:
    folder = lake / record.path
    folder.mkdir(parents=True)
    for file in record.files:
        (folder / file.name).write_bytes(b"x" * file.bytes)
    return folder


def test_current_and_made_hold_what_was_recorded(ledger: Ledger):
    first, second = artifact(version=1), artifact(version=2)
    ledger.record([first, second, artifact("imaging/other")])
    known = ledger.snapshot(ASSETS)
    assert {place: record.inputs_hash for place, record in known.current.items()} == {
        ("imaging/volumes", "site_a.P001"): second.inputs_hash
    }
    assert set(known.made) == {
        ("imaging/volumes", "site_a.P001", first.inputs_hash),
        ("imaging/volumes", "site_a.P001", second.inputs_hash),
    }


def test_of_tries_with_the_same_inputs_the_last_is_told(ledger: Ledger):
    ledger.record([artifact(state=State.failed, reason="out of memory")])
    ledger.record([artifact()])
    ledger.record([artifact(version=2)])
    known = ledger.snapshot(ASSETS)
    assert known.made["imaging/volumes", "site_a.P001", artifact().inputs_hash].state is State.done


def test_only_the_keys_asked_for_are_told(ledger: Ledger):
    ledger.record([artifact(key="site_a.P001"), artifact(key="site_a.P002")])
    known = ledger.snapshot(ASSETS, ["site_a.P002", "site_a.P003"])
    assert [key for _, key in known.current] == ["site_a.P002"]
    assert [key for _, key, _ in known.made] == ["site_a.P002"]


def test_no_keys_are_no_patients(ledger: Ledger):
    """An empty list is not the same as None, which means all."""
    ledger.record([artifact()])
    assert ledger.snapshot(ASSETS, []).current == {}


def test_without_a_lake_done_artifacts_are_taken_to_stand(ledger: Ledger):
    ledger.record([artifact(), artifact(key="site_a.P002", state=State.failed)])
    assert ledger.snapshot(ASSETS).standing == {artifact().path}


def test_an_artifact_stands_when_every_file_is_there_with_its_size(ledger: Ledger, tmp_path: Path):
    ledger.record([artifact()])
    folder = _lay_down(tmp_path, artifact())
    (folder / "left_over.txt").write_text("what else lies there does not matter")
    assert ledger.snapshot(ASSETS, None, tmp_path).standing == {artifact().path}


def test_records_that_were_read_and_records_that_were_made_stand_alike(ledger: Ledger, tmp_path: Path):
    """Their files are told in two ways inside."""
    ledger.record([artifact(), artifact(key="site_a.P002")])
    read = ledger.current("imaging/volumes")
    made, changed = artifact(key="site_a.P003"), replace(read["site_a.P002"], run_id="run-2")
    records = [made, read["site_a.P001"], changed]
    assert standing(records, tmp_path) == frozenset()
    for each in records:
        _lay_down(tmp_path, each)
    assert standing(records, tmp_path) == {each.path for each in records}


@pytest.mark.parametrize("fault", ["a file is gone", "a file is shorter", "the folder is gone", "the lake is gone"])
def test_an_artifact_does_not_stand_when(ledger: Ledger, tmp_path: Path, fault: str):
    ledger.record([artifact()])
    folder = _lay_down(tmp_path / "lake", artifact())
    if fault == "a file is gone":
        (folder / "t1ce.nii.gz").unlink()
    elif fault == "a file is shorter":
        (folder / "t1ce.nii.gz").write_bytes(b"x")
    elif fault == "the folder is gone":
        folder.rename(tmp_path / "elsewhere")
    else:
        (tmp_path / "lake").rename(tmp_path / "elsewhere")
    assert ledger.snapshot(ASSETS, None, tmp_path / "lake").standing == frozenset()


def test_a_file_where_a_folder_should_be_does_not_stand(tmp_path: Path):
    record = ArtifactRecord("a", "k", "r", "i", State.done, path="a/k", files=(FileRecord("x", "h", 1),))
    (tmp_path / "a").write_text("not a folder")
    assert standing([record], tmp_path) == frozenset()


def test_the_garbage_collector_is_on_again_after_a_read(ledger: Ledger):
    ledger.snapshot(ASSETS)
    assert gc.isenabled()


@pytest.mark.slow
def test_a_plan_over_2000_patients_and_15_assets_is_right(ledger: Ledger):
    """The size of the goal: every artifact that stands is reused, every hundredth patient is new."""
    assets = [f"imaging/asset_{number:02d}" for number in range(15)]
    keys = [f"site_a.P{number:04d}" for number in range(2000)]
    new = set(keys[::100])
    for asset in assets:
        ledger.record([artifact(asset, key) for key in keys if key not in new])
    known = ledger.snapshot(assets, keys)
    assert (len(known.current), len(known.made), len(known.standing)) == (15 * 1980,) * 3
    actions = {
        (asset, key): decide(
            asset, key, (InputState("scans", State.done, "c"),), artifact(asset, key).inputs_hash, known
        ).action
        for asset in assets
        for key in keys
    }
    assert {key for (_, key), action in actions.items() if action is Action.compute} == new
    assert set(actions.values()) == {Action.compute, Action.reuse}
