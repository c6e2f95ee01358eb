"""`why` tells what was decided, from what, and what is not as before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from radgen_assets.audit.why import Difference, Intended, why
from radgen_assets.contracts.errors import NotReady
from radgen_assets.lineage.fingerprints import recipe_hash
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.plan import Action, Decision, InputState
from radgen_assets.lineage.records import ArtifactRecord, FileRecord, InputRef, Recipe, State

ASSET, KEY = "features/radiomics", "site_a.P001"
FIRST = Recipe(ASSET, "1", '{"bin_width":25.0,"spacing_mm":1.0}')
SECOND = Recipe(ASSET, "2", '{"bin_width":10.0,"spacing_mm":1.0}')
MASK, NEW_MASK = "aa" * 32, "bb" * 32


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.sqlite") as opened:
        yield opened.create()


def _try(recipe: Recipe, hour: int, state: State = State.done, *, mask: str = MASK, reason: str = "") -> ArtifactRecord:
    return ArtifactRecord(
        ASSET,
        KEY,
        recipe_hash(recipe),
        f"{recipe.code_version}-{mask}",
        state,
        content_hash="cc" * 32 if state is State.done else "",
        path="features/radiomics/site_a/P001/0123" if state is State.done else "",
        files=(FileRecord("radiomics.parquet", "dd" * 32, 4096),) if state is State.done else (),
        seconds=12.34,
        reason=reason,
        warnings=("enhancing tumour has 12 voxels: left out",),
        inputs=(
            InputRef("tumour_masks", "artifact", f"imaging/tumour_masks|{KEY}|h", mask),
            InputRef("tumour_masks:whole_tumour.nii.gz", "source", "file", mask),
        ),
        made_at=datetime(2026, 3, 1, hour, 30, tzinfo=UTC),
    )


def test_what_was_never_made_and_is_not_asked_about_with_a_plan_is_not_known(ledger: Ledger):
    with pytest.raises(
        NotReady, match=r"knows nothing of features/radiomics of site_a\.P001\. Make it with: radgen run"
    ):
        why(ledger, ASSET, KEY)


def test_the_last_try_is_told_with_recipe_and_inputs(ledger: Ledger):
    ledger.record([_try(FIRST, 8)], [FIRST])
    assert why(ledger, ASSET, KEY).lines() == [
        "features/radiomics of site_a.P001",
        "Last try: done at 2026-03-01 08:30 UTC, 12.3 s; 1 in all.",
        f"Content {'cc' * 32} in features/radiomics/site_a/P001/0123 (1 files, 4096 bytes)",
        "Warning: enhancing tumour has 12 voxels: left out",
        'Recipe: code version 1, settings {"bin_width":25.0,"spacing_mm":1.0}',
        f"Input tumour_masks: artifact imaging/tumour_masks|{KEY}|h, content aaaaaaaaaaaaaaaa",
    ]


def test_a_failure_is_told_with_its_reason(ledger: Ledger):
    ledger.record([_try(FIRST, 8, State.failed, reason="mask.nii.gz: truncated")])
    assert "Reason: mask.nii.gz: truncated" in why(ledger, ASSET, KEY).lines()


def test_a_changed_setting_and_code_version_are_told_one_by_one(ledger: Ledger):
    ledger.record([_try(FIRST, 8)], [FIRST])
    ledger.record([_try(SECOND, 9)], [SECOND])
    answer = why(ledger, ASSET, KEY)
    assert answer.changed == (
        Difference("code version", "1", "2"),
        Difference("setting bin_width", "25.0", "10.0"),
    )
    assert answer.lines()[-3:] == [
        "Against the try before it (2026-03-01 08:30 UTC, done):",
        "  code version changed: 1 -> 2",
        "  setting bin_width changed: 25.0 -> 10.0",
    ]


def test_a_changed_input_is_told_with_the_part_that_changed(ledger: Ledger):
    ledger.record([_try(FIRST, 8)], [FIRST])
    ledger.record([_try(FIRST, 9, mask=NEW_MASK)], [FIRST])
    assert why(ledger, ASSET, KEY).changed == (
        Difference("input tumour_masks", MASK, NEW_MASK),
        Difference("input tumour_masks:whole_tumour.nii.gz", MASK, NEW_MASK),
    )


def test_a_retry_is_compared_with_the_last_try_of_other_inputs(ledger: Ledger):
    """The same try twice explains nothing."""
    ledger.record([_try(FIRST, 8)], [FIRST])
    ledger.record([_try(SECOND, 9, State.failed)], [SECOND])
    ledger.record([_try(SECOND, 10)], [SECOND])
    answer = why(ledger, ASSET, KEY)
    assert answer.n_tries == 3
    assert answer.before is not None
    assert answer.before.inputs_hash == _try(FIRST, 8).inputs_hash


def test_an_artifact_that_is_current_again_is_explained_not_the_newest(ledger: Ledger):
    """A setting was put back."""
    ledger.record([_try(FIRST, 8)], [FIRST])
    ledger.record([_try(SECOND, 9)], [SECOND])
    ledger.make_current([_try(FIRST, 8)])
    answer = why(ledger, ASSET, KEY)
    assert (answer.recipe, answer.before) == (FIRST, None)


def test_what_the_next_run_would_do_is_told_with_what_is_not_as_made(ledger: Ledger):
    ledger.record([_try(FIRST, 8)], [FIRST])
    intended = Intended(
        Decision(Action.compute, "changed: tumour_masks"),
        (InputState("tumour_masks", State.done, NEW_MASK), InputState("dwi", State.done, "ee" * 32)),
        SECOND,
    )
    answer = why(ledger, ASSET, KEY, intended)
    assert answer.lines()[-5:] == [
        "The next run: compute. changed: tumour_masks.",
        "  code version changed: 1 -> 2",
        "  setting bin_width changed: 25.0 -> 10.0",
        "  input tumour_masks changed: aaaaaaaaaaaaaaaa -> bbbbbbbbbbbbbbbb",
        "  input dwi is new: eeeeeeeeeeeeeeee",
    ]


def test_what_was_never_made_is_explained_by_the_plan_alone(ledger: Ledger):
    intended = Intended(Decision(Action.blocked, "scans failed: truncated"), (), FIRST)
    assert why(ledger, ASSET, KEY, intended).lines() == [
        "features/radiomics of site_a.P001",
        "It was never made.",
        "The next run: blocked. scans failed: truncated.",
    ]


def test_the_answer_is_plain_json_too(ledger: Ledger):
    ledger.record([_try(FIRST, 8)], [FIRST])
    ledger.record([_try(SECOND, 9)], [SECOND])
    intended = Intended(Decision(Action.reuse, "inputs hash stands"), (), SECOND)
    answer = json.loads(json.dumps(why(ledger, ASSET, KEY, intended).as_json()))
    assert answer["tried"]["state"] == "done"
    assert answer["tried"]["made_at"] == "2026-03-01T09:30:00+00:00"
    assert answer["changed"][0] == {"what": "code version", "before": "1", "now": "2"}
    assert answer["next"] == {"action": "reuse", "reason": "inputs hash stands"}


def test_a_question_writes_nothing(ledger: Ledger):
    ledger.record([_try(FIRST, 8)], [FIRST])
    head = ledger.journal_head()
    with Ledger.open(ledger.url, read_only=True) as reading:
        why(reading, ASSET, KEY)
    assert ledger.journal_head() == head
