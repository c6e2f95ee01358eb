"""Recording artifacts and reading them back."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, datetime

from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.records import ArtifactRecord, InputRef, Recipe, State
from radgen_assets_tests.lineage.samples import artifact, hashed, kinds

ASSET, KEY = "imaging/volumes", "site_a.P001"
MADE = datetime(2026, 3, 1, 12, 30, 0, 7, tzinfo=UTC)


def _now(ledger: Ledger) -> ArtifactRecord:
    return ledger.current(ASSET, KEY)[KEY]


def test_a_record_comes_back_as_it_went_in(ledger: Ledger):
    record = artifact(made_at=MADE)
    ledger.record([record])
    read = _now(ledger)
    assert read == record
    assert record == read
    assert (read.bytes, read.files, read.inputs, read.facts) == (18, record.files, record.inputs, record.facts)


def test_a_record_without_anything_inside_comes_back(ledger: Ledger):
    record = ArtifactRecord(ASSET, KEY, "r", "i", State.failed, reason="µ: 'a', \"b\"\nline", made_at=MADE)
    ledger.record([record])
    assert _now(ledger) == record


def test_a_record_that_was_read_can_be_changed_and_sent_to_another_process(ledger: Ledger):
    """Walk tasks carry records to loky's workers."""
    ledger.record([artifact(made_at=MADE)])
    read = _now(ledger)
    assert pickle.loads(pickle.dumps(read)) == read  # noqa: S301 - our own, made a moment ago
    assert replace(read, run_id="run-2") == artifact(made_at=MADE, run_id="run-2")
    assert read != replace(read, run_id="run-2")


def test_the_moment_is_filled_in(ledger: Ledger):
    before = datetime.now(UTC)
    ledger.record([artifact()])
    made = _now(ledger).made_at
    assert made is not None
    assert before <= made <= datetime.now(UTC)


def test_inputs_keep_their_order(ledger: Ledger):
    """It is the order of the function's parameters."""
    refs = tuple(InputRef(name, "source", name, hashed(name)) for name in ("zeta", "alpha", "zeta:b", "zeta:a"))
    ledger.record([artifact(inputs=refs)])
    assert _now(ledger).inputs == refs


def test_the_last_try_is_current_whatever_its_state(ledger: Ledger):
    ledger.record([artifact(version=1)])
    ledger.record([artifact(version=2, state=State.failed, reason="truncated")])
    assert _now(ledger).state is State.failed
    assert [each.state for each in ledger.history(ASSET, KEY)] == [State.done, State.failed]


def test_of_two_records_of_one_batch_the_last_is_current(ledger: Ledger):
    ledger.record([artifact(version=1), artifact(version=2)])
    assert _now(ledger).inputs_hash == artifact(version=2).inputs_hash


def test_a_skipped_try_that_repeats_itself_is_written_once(ledger: Ledger):
    """A patient who lacks a sequence would gather a row an asset and night."""
    skipped = artifact(state=State.skipped, reason="no t1ce")
    assert ledger.record([skipped]) == 1
    assert ledger.record([skipped, artifact(key="site_a.P002")]) == 1
    assert len(ledger.history(ASSET, KEY)) == 1
    assert ledger.record([replace(skipped, reason="no flair")]) == 1
    assert ledger.record([skipped]) == 1  # back again: that is news


def test_within_one_batch_too_a_repetition_is_written_once(ledger: Ledger):
    blocked = artifact(state=State.blocked, reason="scans failed")
    assert ledger.record([blocked, blocked]) == 1


def test_a_failed_try_that_repeats_itself_is_written_each_time(ledger: Ledger):
    """Somebody asked for it and it took time."""
    failed = artifact(state=State.failed, reason="truncated")
    ledger.record([failed])
    ledger.record([failed])
    assert len(ledger.history(ASSET, KEY)) == 2


def test_one_key_or_some_or_all_are_asked_for(ledger: Ledger):
    ledger.record([artifact(key=f"site_a.P00{number}") for number in (1, 2, 3)])
    assert set(ledger.current(ASSET, "site_a.P002")) == {"site_a.P002"}
    assert set(ledger.current(ASSET, ["site_a.P001", "site_a.P003", "site_b.P001"])) == {"site_a.P001", "site_a.P003"}
    assert len(ledger.current(ASSET)) == 3
    assert ledger.current("imaging/none") == {}


def test_words_from_outside_are_data(ledger: Ledger):
    """Reasons quote file names and cells as they are."""
    nasty = "'); drop table artifacts; -- %s :name {0} \\ \u2028"
    ledger.record([artifact(key=nasty, state=State.failed, reason=nasty)])
    assert ledger.current(ASSET, nasty)[nasty].reason == nasty


def test_words_that_no_database_takes_are_spelt_out(ledger: Ledger):
    """A file name that is not UTF-8, quoted in one patient's reason, must not stop the batch."""
    ledger.record([artifact(state=State.failed, reason="t1\udcff.nii: \0", warnings=("\udc80",))])
    assert (_now(ledger).reason, _now(ledger).warnings) == (r"t1\udcff.nii: \x00", (r"\udc80",))


def test_an_artifact_made_before_becomes_current_again(ledger: Ledger):
    """A setting was changed and put back: the first artifact is reused, not made again."""
    first, second = artifact(version=1), artifact(version=2)
    ledger.record([first])
    ledger.record([second])
    assert ledger.make_current([first]) == 1
    assert _now(ledger).inputs_hash == first.inputs_hash
    assert kinds(ledger) == ["artifact", "artifact", "current"]
    assert ledger.make_current([first]) == 0


def test_only_done_artifacts_become_current_again(ledger: Ledger):
    ledger.record([artifact(version=1, state=State.failed)])
    ledger.record([artifact(version=2)])
    assert ledger.make_current([artifact(version=1)]) == 0
    assert _now(ledger).inputs_hash == artifact(version=2).inputs_hash


def test_what_was_made_from_an_input_is_found(ledger: Ledger):
    ledger.record([artifact(key="site_a.P001"), artifact(key="site_a.P002")])
    found = ledger.used_by([f"raw/scans|site_a.P002|{hashed('site_a.P002')}"])
    assert [each.key for each in found] == ["site_a.P002"]
    assert [each.key for each in ledger.used_by(["site_a/sub-1/t1ce.nii.gz"])] == ["site_a.P001", "site_a.P002"]


def test_states_are_counted_by_asset_and_cohort(ledger: Ledger):
    ledger.record([artifact(key="site_a.P001"), artifact(key="site_a.P002", state=State.failed)])
    ledger.record([artifact(key="site_ab.P001"), artifact(key="siteXa.P001"), artifact("raw/clinical", "site_a")])
    assert ledger.counts() == {(ASSET, State.done): 3, (ASSET, State.failed): 1, ("raw/clinical", State.done): 1}
    assert ledger.counts("site_a") == {
        (ASSET, State.done): 1,
        (ASSET, State.failed): 1,
        ("raw/clinical", State.done): 1,
    }


def test_recipes_are_remembered_with_the_artifacts(ledger: Ledger):
    from radgen_assets.lineage.fingerprints import recipe_hash

    recipe = Recipe(ASSET, "2", '{"spacing_mm":1.0}')
    ledger.record([artifact(recipe_hash=recipe_hash(recipe))], [recipe])
    ledger.record([artifact(version=2, recipe_hash=recipe_hash(recipe))], [recipe])
    assert ledger.recipe(recipe_hash(recipe)) == recipe
    assert ledger.recipe("unknown") is None


def test_a_batch_is_larger_than_the_number_of_parameters_that_a_statement_may_have(ledger: Ledger):
    """SQLite allows 32,766 of them; keys travel as one."""
    keys = [f"site_a.P{number:05d}" for number in range(40_000)]
    ledger.record([artifact(key=keys[39_999])])
    assert set(ledger.current(ASSET, keys)) == {keys[39_999]}
    assert len(ledger.claim(keys, "here:1:x", 60)) == 40_000
