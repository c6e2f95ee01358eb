"""One patient down a chain: what is computed, reused, skipped, blocked, failed, and what is read from where."""

from __future__ import annotations

import re

import pytest

from radgen_assets_tests.factories import toy_assets as toy
from radgen_assets_tests.factories.toy_assets import CALLS, Bench, bench, next_version

__all__ = ["bench"]
KEY = "toy.a"


def test_a_chain_is_computed_once_and_then_reused(bench: Bench):
    bench.run(toy.number, toy.scaled)
    assert bench.decisions(KEY) == {"number": "compute", "scaled": "compute"}
    assert bench.value(toy.scaled, KEY) == 8
    recorded = bench.n_recorded()
    bench.run(toy.number, toy.scaled)
    assert bench.decisions(KEY) == {"number": "reuse", "scaled": "reuse"}
    assert CALLS == []
    assert bench.n_recorded() == recorded


def test_a_value_made_in_the_walk_is_not_read_back_from_the_lake(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    from radgen_assets.factories import walk

    read: list[str] = []
    monkeypatch.setattr(walk, "load", lambda folder, kind, root: read.append(kind.__name__))
    bench.run(toy.number, toy.scaled)
    assert read == []


def test_a_value_is_forgotten_when_nothing_further_down_reads_it(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """Volumes of 128 x 128 x 128 voxels in four sequences must not pile up along the chain."""
    from radgen_assets.factories import walk

    held: list[list[str]] = []
    forget = walk._forget_values

    def look(state, rest):
        forget(state, rest)
        held.append(sorted(state.values))

    monkeypatch.setattr(walk, "_forget_values", look)
    bench.run(toy.number, toy.is_large, toy.size_class, keys=[KEY])
    assert held == [["number"], ["is_large"], []]


def test_a_changed_input_computes_what_depends_on_it(bench: Bench):
    bench.run(toy.number, toy.scaled)
    bench.sources[KEY] = 9
    bench.run(toy.number, toy.scaled)
    assert bench.decisions(KEY) == {"number": "compute", "scaled": "compute"}
    assert bench.decisions("toy.b") == {"number": "reuse", "scaled": "reuse"}
    assert {each.asset: each.decided_because for each in bench.told if each.key == KEY} == {
        "toy/number": "changed: source",
        "toy/scaled": "changed: number",
    }


def test_downstream_stops_where_the_bytes_come_out_equal(bench: Bench):
    """Early cut-off: content counts, not that something was done."""
    bench.run(toy.number, toy.is_large, toy.size_class)
    bench.sources[KEY] = 9
    bench.run(toy.number, toy.is_large, toy.size_class)
    assert bench.decisions(KEY) == {"number": "compute", "is_large": "compute", "size_class": "reuse"}


def test_a_new_code_version_that_gives_equal_bytes_stops_there(bench: Bench):
    bench.run(toy.number, toy.scaled)
    bench.run(next_version(toy.number), toy.scaled)
    assert bench.decisions(KEY) == {"number": "compute", "scaled": "reuse"}
    assert bench.told[0].decided_because == "changed: settings or code version"


def test_a_changed_setting_computes_its_asset_and_what_follows_alone(bench: Bench):
    bench.run(toy.number, toy.scaled, toy.is_large, toy.tolerates)
    bench.set("[settings.scaled]\nfactor = 3.0\n")
    bench.run(toy.number, toy.scaled, toy.is_large, toy.tolerates)
    assert bench.decisions(KEY) == {
        "number": "reuse",
        "scaled": "compute",
        "is_large": "reuse",
        "tolerates": "compute",
    }
    assert bench.value(toy.scaled, KEY) == 12


def test_a_setting_put_back_makes_the_older_artifact_current_again(bench: Bench):
    bench.run(toy.number, toy.scaled)
    first = bench.record(toy.scaled, KEY)
    bench.set("[settings.scaled]\nfactor = 3.0\n")
    bench.run(toy.number, toy.scaled)
    recorded = bench.n_recorded()
    bench.set("")
    bench.run(toy.number, toy.scaled)
    assert bench.decisions(KEY) == {"number": "reuse", "scaled": "reuse"}
    assert CALLS == []
    assert bench.record(toy.scaled, KEY) == first
    assert bench.n_recorded() == recorded


def test_a_changed_mask_does_not_touch_what_reads_the_scans(bench: Bench):
    """Parts: masks.json changes, scans.json does not."""
    bench.sources = {KEY: [3, 1]}
    bench.run(toy.manifest, toy.n_scans, toy.n_masks)
    bench.sources = {KEY: [3, 2]}
    bench.run(toy.manifest, toy.n_scans, toy.n_masks)
    assert bench.decisions(KEY) == {"manifest": "compute", "n_scans": "reuse", "n_masks": "compute"}
    assert bench.value(toy.n_masks, KEY) == 2


def test_an_asset_whose_input_is_missing_by_right_is_skipped_with_the_reason(bench: Bench):
    bench.run(toy.number, toy.root, toy.needs_root)
    assert bench.decisions("toy.b") == {"number": "compute", "root": "skipped", "needs_root": "skipped"}
    assert bench.record(toy.needs_root, "toy.b").reason == "root skipped: no whole root"


def test_an_optional_input_that_is_skipped_is_gone_without(bench: Bench):
    bench.run(toy.number, toy.root, toy.may_lack_root)
    assert (bench.value(toy.may_lack_root, KEY), bench.value(toy.may_lack_root, "toy.b")) == (2, -1)


def test_bad_input_fails_with_its_own_text_and_blocks_what_follows(bench: Bench):
    bench.sources[KEY] = -1
    summary = bench.run(toy.number, toy.scaled, toy.needs_scaled)
    text = "number: value: found -1.0, expected a number >= 0. Correct it."
    assert bench.record(toy.scaled, KEY).reason == text
    assert bench.record(toy.needs_scaled, KEY).reason == f"scaled failed: {text}"
    assert [(each.key, each.asset) for each in summary.troubles] == [(KEY, "toy/scaled"), (KEY, "toy/needs_scaled")]
    assert bench.decisions("toy.b") == dict.fromkeys(("number", "scaled", "needs_scaled"), "compute")


def test_an_optional_input_that_failed_blocks_all_the_same(bench: Bench):
    """Absent by right is one thing, broken another."""
    bench.sources[KEY] = "bad"
    bench.run(toy.number, toy.root, toy.may_lack_root)
    assert bench.decisions(KEY) == {"number": "failed", "root": "blocked", "may_lack_root": "blocked"}
    assert bench.record(toy.root, KEY).reason == (
        "number failed: source: value: found bad, expected a number. Correct it."
    )


def test_a_tolerated_input_that_failed_is_gone_without_and_its_mending_is_noticed(bench: Bench):
    bench.sources[KEY] = -1
    bench.run(toy.number, toy.scaled, toy.tolerates)
    assert bench.decisions(KEY) == {"number": "compute", "scaled": "failed", "tolerates": "compute"}
    assert bench.value(toy.tolerates, KEY) == -1
    bench.sources[KEY] = 4
    bench.run(toy.number, toy.scaled, toy.tolerates)
    assert bench.value(toy.tolerates, KEY) == 8


def test_an_input_from_outside_that_cannot_be_had_fails_the_asset_that_asks_for_it(bench: Bench):
    """Nothing upstream could be shown as failed, and what is only blocked is not named in status."""
    bench.sources[KEY] = "unreadable"
    bench.run(toy.number, toy.scaled)
    assert bench.decisions(KEY) == {"number": "failed", "scaled": "blocked"}
    assert bench.record(toy.number, KEY).reason == "the folder is gone"
    recorded = bench.n_recorded()
    bench.run(toy.number, toy.scaled)
    assert bench.n_recorded() == recorded
    bench.sources[KEY] = 4
    bench.run(toy.number, toy.scaled)
    assert bench.value(toy.scaled, KEY) == 8


def test_a_failure_is_not_tried_again_until_something_changes_or_it_is_asked_for(bench: Bench):
    bench.sources[KEY] = "bad"
    bench.run(toy.number)
    recorded = bench.n_recorded()
    bench.run(toy.number)
    assert bench.decisions(KEY) == {"number": "failed"}
    assert (CALLS, bench.n_recorded()) == ([], recorded)
    bench.run(toy.number, retry_failed=True)
    assert CALLS == ["number"]
    bench.sources[KEY] = 4
    bench.run(toy.number)
    assert bench.decisions(KEY) == {"number": "compute"}


def test_force_computes_although_an_equal_artifact_stands(bench: Bench):
    bench.run(toy.number, toy.scaled)
    first = bench.record(toy.scaled, KEY)
    bench.run(toy.number, toy.scaled, force=True)
    assert bench.decisions(KEY) == {"number": "compute", "scaled": "compute"}
    again = bench.record(toy.scaled, KEY)
    assert (again.content_hash, again.path) == (first.content_hash, first.path)
    assert bench.told[0].decided_because == "asked for by force"


def test_an_artifact_whose_files_are_gone_is_made_again(bench: Bench):
    bench.run(toy.number)
    (bench.home.lake.path(bench.record(toy.number, KEY)) / "table.parquet").unlink()
    bench.run(toy.number)
    assert bench.decisions(KEY) == {"number": "compute"}
    assert bench.value(toy.number, KEY) == 4


def test_a_file_of_another_size_is_made_again(bench: Bench):
    """Half a file is never read as a whole one."""
    bench.run(toy.number)
    path = bench.home.lake.path(bench.record(toy.number, KEY)) / "table.parquet"
    path.write_bytes(path.read_bytes()[:-1])
    bench.run(toy.number, keys=[KEY])
    assert re.match(r"files of .* are gone or have another size", bench.told[0].decided_because)


def test_an_error_that_nobody_foresaw_is_kept_as_a_defect_and_stops_nobody(bench: Bench):
    bench.sources[KEY] = "defect"
    bench.run(toy.number, toy.scaled)
    assert bench.decisions(KEY) == {"number": "failed", "scaled": "blocked"}
    assert bench.decisions("toy.b") == {"number": "compute", "scaled": "compute"}
    assert "unexpected ZeroDivisionError" in bench.record(toy.number, KEY).reason
    assert "by nothing. This is a defect in radgen: please report it." in bench.record(toy.number, KEY).reason


def test_an_upstream_that_is_not_selected_is_read_as_it_stands(bench: Bench):
    bench.run(toy.number)
    bench.run(toy.scaled, beside={"number": toy.number})
    assert bench.value(toy.scaled, KEY) == 8


def test_an_upstream_that_nobody_made_blocks(bench: Bench):
    bench.run(toy.scaled, beside={"number": toy.number})
    assert bench.record(toy.scaled, KEY).reason == "number has not been made yet"


def test_facts_are_kept_beside_the_artifact(bench: Bench):
    bench.run(toy.number)
    assert bench.record(toy.number, KEY).facts == {"value": 4.0}


def test_the_content_hash_is_what_sha256sum_prints(bench: Bench):
    """Anyone can check an artifact without radgen."""
    import hashlib

    bench.run(toy.number)
    record = bench.record(toy.number, KEY)
    data = (bench.home.lake.path(record) / "table.parquet").read_bytes()
    line = f"{hashlib.sha256(data).hexdigest()}  table.parquet\n"
    assert record.content_hash == hashlib.sha256(line.encode()).hexdigest()
