"""The decision: when something is reused, computed, left alone, and what a change can reach."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radgen_assets.lineage.fingerprints import inputs_hash, recipe_hash
from radgen_assets.lineage.plan import Action, Decision, InputState, Snapshot, decide
from radgen_assets.lineage.records import ArtifactRecord, InputRef, Recipe, State

ASSET, KEY, HASH = "imaging/quality", "site_a.P001", "hash of these inputs"
DONE = InputState("volumes", State.done, "content")


def _record(state: State = State.done, inputs_hash: str = HASH, **changes) -> ArtifactRecord:
    return ArtifactRecord(ASSET, KEY, "recipe", inputs_hash, state, path="p" if state is State.done else "", **changes)


def _knows(*records: ArtifactRecord, stands: bool = True) -> Snapshot:
    """A ledger in which `records` were tried, the last one last."""
    return Snapshot(
        current={(ASSET, KEY): records[-1]} if records else {},
        made={(ASSET, KEY, each.inputs_hash): each for each in records},
        standing=frozenset(each.path for each in records if stands and each.state is State.done),
    )


def _decide(inputs=(DONE,), hashed: str | None = HASH, snapshot: Snapshot | None = None, **asked) -> Decision:
    return decide(ASSET, KEY, inputs, hashed, _knows() if snapshot is None else snapshot, **asked)


# -- by example ------------------------------------------------------------------------------------------------------


def test_what_was_never_made_is_computed():
    assert _decide() == Decision(Action.compute, "never made")


def test_what_stands_is_reused():
    assert _decide(snapshot=_knows(_record())) == Decision(Action.reuse, "inputs hash stands", _record())


def test_what_was_made_before_other_settings_is_reused_when_they_are_put_back():
    assert _decide(snapshot=_knows(_record(), _record(inputs_hash="later"))).action is Action.reuse


def test_files_that_do_not_stand_are_made_again():
    decision = _decide(snapshot=_knows(_record(), stands=False))
    assert decision == Decision(Action.compute, "files of p are gone or have another size", _record())


def test_a_failure_with_the_same_inputs_is_not_tried_again():
    failed = _record(State.failed, reason="truncated")
    assert _decide(snapshot=_knows(failed)) == Decision(Action.failed, "truncated", failed)


def test_a_failure_is_tried_again_when_asked_for_or_when_something_changed():
    failed = _knows(_record(State.failed, reason="truncated"))
    assert _decide(snapshot=failed, retry_failed=True).action is Action.compute
    assert _decide(hashed="another", snapshot=failed).action is Action.compute


def test_an_asset_that_found_nothing_by_right_is_not_asked_again():
    skipped = _record(State.skipped, reason="no enhancing tumour")
    assert _decide(snapshot=_knows(skipped)) == Decision(Action.skipped, "no enhancing tumour", skipped)


def test_what_was_blocked_is_computed_when_its_inputs_are_there():
    assert _decide(snapshot=_knows(_record(State.blocked))).action is Action.compute


def test_a_failed_input_blocks_and_is_named_with_its_reason():
    inputs = (DONE, InputState("masks", State.failed, None, "mask off grid"))
    assert _decide(inputs, None) == Decision(Action.blocked, "masks failed: mask off grid")


def test_the_first_failure_is_told_down_the_chain():
    inputs = (InputState("masks", State.blocked, None, "scans failed: truncated"),)
    assert _decide(inputs, None).reason == "masks blocked: scans failed: truncated"


def test_a_failed_optional_input_blocks_too():
    """Going on without it would hide the failure in a result that looks whole."""
    inputs = (DONE, InputState("dwi", State.failed, None, "no b-values", optional=True))
    assert _decide(inputs, None).action is Action.blocked


def test_an_input_missing_by_right_skips_unless_it_is_optional():
    dwi = InputState("dwi", State.skipped, None, "no dwi")
    assert _decide((DONE, dwi), None) == Decision(Action.skipped, "dwi skipped: no dwi")
    assert _decide((DONE, replace(dwi, optional=True))).action is Action.compute


def test_inputs_still_to_be_made_are_waited_for_by_name():
    inputs = (DONE, InputState("masks", None, None), InputState("dwi", None, None, optional=True))
    assert _decide(inputs, None) == Decision(Action.pending, "waits for masks, dwi")


@pytest.mark.parametrize(
    ("before", "now", "reason"),
    [
        ({"volumes": "old"}, {"volumes": "new"}, "changed: volumes"),
        ({"volumes": "a", "masks": "old"}, {"volumes": "a", "masks": "new"}, "changed: masks"),
        ({"volumes": "a"}, {"volumes": "a", "dwi": "b"}, "changed: dwi"),
        ({"volumes": "a", "dwi": "b"}, {"volumes": "a"}, "changed: dwi"),
        ({"volumes": "a"}, {"volumes": "a"}, "changed: settings or code version"),
        ({"volumes": "a", "volumes:t1.nii": "x"}, {"volumes": "a"}, "changed: settings or code version"),
    ],
)
def test_the_reason_names_what_changed(before: dict[str, str], now: dict[str, str], reason: str):
    refs = tuple(InputRef(name, "artifact", name, content) for name, content in before.items())
    snapshot = _knows(_record(inputs_hash="before", inputs=refs))
    states = tuple(InputState(name, State.done, content) for name, content in now.items())
    assert _decide(states, snapshot=snapshot).reason == reason


def test_the_reason_names_what_held_it_up_before():
    """A blocked try was made from nothing: its inputs cannot be compared."""
    snapshot = _knows(_record(State.blocked, "before", reason="masks failed: off grid"))
    assert _decide(snapshot=snapshot).reason == "no longer blocked: masks failed: off grid"


# -- by property -----------------------------------------------------------------------------------------------------

STATES = st.sampled_from([None, *State])


@st.composite
def input_states(draw) -> tuple[InputState, ...]:
    """Up to four inputs in any state; content only where done."""
    states = []
    for number in range(draw(st.integers(0, 4))):
        state = draw(STATES)
        content = draw(st.sampled_from("ab")) if state is State.done else None
        states.append(InputState(f"input_{number}", state, content, "a reason", draw(st.booleans())))
    return tuple(states)


@st.composite
def questions(draw) -> dict:
    """Any inputs, any past, any wish."""
    inputs = draw(input_states())
    records = [
        _record(draw(st.sampled_from(State)), draw(st.sampled_from([HASH, "other"])), reason="its reason")
        for _ in range(draw(st.integers(0, 3)))
    ]
    complete = all(each.state is not None for each in inputs)
    return {
        "inputs": inputs,
        "hashed": HASH if complete and draw(st.booleans()) else None,
        "snapshot": _knows(*records, stands=draw(st.booleans())),
        "force": draw(st.booleans()),
        "retry_failed": draw(st.booleans()),
    }


def _expected(inputs, hashed, snapshot, force, retry_failed) -> Action:
    """The table of DESIGN section 4, read from the top: the first row that fits holds."""
    known = snapshot.made.get((ASSET, KEY, hashed)) if hashed else None
    past = known.state if known else None
    rows = [
        (any(each.state in (State.failed, State.blocked) for each in inputs), Action.blocked),
        (any(each.state is State.skipped and not each.optional for each in inputs), Action.skipped),
        (hashed is None, Action.pending),
        (force, Action.compute),
        (past is State.done and known.path in snapshot.standing, Action.reuse),
        (past is State.failed and not retry_failed, Action.failed),
        (past is State.skipped, Action.skipped),
        (True, Action.compute),
    ]
    return next(action for holds, action in rows if holds)


@given(questions())
def test_the_first_row_of_the_table_that_fits_decides(question):
    assert _decide(**question).action is _expected(**question)


@given(questions())
def test_reuse_only_of_a_done_artifact_with_this_inputs_hash_that_stands(question):
    decision = _decide(**question)
    if decision.action is Action.reuse:
        known = question["snapshot"].made[ASSET, KEY, HASH]
        assert decision.artifact == known
        assert known.state is State.done
        assert known.path in question["snapshot"].standing
        assert not question["force"]


@given(questions())
def test_every_decision_has_a_reason(question):
    assert _decide(**question).reason


@given(questions())
def test_nothing_is_computed_unless_every_input_is_there_or_may_be_absent(question):
    if _decide(**question).action in (Action.compute, Action.reuse):
        assert all(each.state is State.done or each.optional for each in question["inputs"])


@given(questions())
def test_force_turns_every_decision_about_ready_inputs_into_compute(question):
    free = _decide(**{**question, "force": False}).action
    forced = _decide(**{**question, "force": True}).action
    ready = question["hashed"] is not None and not any(
        each.state in (State.failed, State.blocked) or (each.state is State.skipped and not each.optional)
        for each in question["inputs"]
    )
    assert forced is (Action.compute if ready else free)


@given(questions())
def test_retrying_changes_failed_into_compute_and_nothing_else(question):
    free = _decide(**{**question, "retry_failed": False}).action
    retried = _decide(**{**question, "retry_failed": True}).action
    assert retried is (Action.compute if free is Action.failed else free)


@given(questions(), st.sampled_from(State))
def test_what_other_patients_did_changes_nothing(question, state):
    snapshot = question["snapshot"]
    other = replace(_record(state), key="site_a.P002")
    crowded = Snapshot(
        {**snapshot.current, (ASSET, other.key): other},
        {**snapshot.made, (ASSET, other.key, HASH): other, ("imaging/other", KEY, HASH): _record(state)},
        snapshot.standing,
    )
    assert _decide(**{**question, "snapshot": crowded}) == _decide(**question)


# -- what a change can reach -----------------------------------------------------------------------------------------


class House:
    """A small house of assets over one patient: each makes its content from its inputs' contents and its meaning.

    `recipes` may change without `meanings` (a code version bump with equal bytes), `meanings` not without `recipes`.
    """

    def __init__(self, upstream: dict[str, list[str]]) -> None:
        self.upstream = upstream
        self.recipes = dict.fromkeys(upstream, 1)
        self.meanings = dict.fromkeys(upstream, 1)
        self.failing: set[str] = set()
        self.current: dict[tuple[str, str], ArtifactRecord] = {}
        self.made: dict[tuple[str, str, str], ArtifactRecord] = {}

    def walk(self) -> dict[str, Action]:
        """One walk down the house; what was done with each asset."""
        snapshot = Snapshot(dict(self.current), dict(self.made), frozenset(each.path for each in self.made.values()))
        actions, now = {}, {}
        for asset, names in self.upstream.items():
            inputs = tuple(InputState(n, now[n].state, now[n].content_hash or None, now[n].reason) for n in names)
            recipe = recipe_hash(Recipe(asset, str(self.recipes[asset]), "{}"))
            hashed = inputs_hash(recipe, {each.name: each.content_hash or "" for each in inputs})
            decision = decide(asset, KEY, inputs, hashed, snapshot)
            actions[asset] = decision.action
            now[asset] = (
                decision.artifact
                if decision.action is Action.reuse
                else self._try(asset, recipe, hashed, inputs, decision)
            )
            self.current[asset, KEY] = self.made[asset, KEY, hashed] = now[asset]
        return actions

    def _try(self, asset, recipe, hashed, inputs, decision) -> ArtifactRecord:
        if decision.action is not Action.compute:
            return ArtifactRecord(asset, KEY, recipe, hashed, State(decision.action), reason=decision.reason)
        if asset in self.failing:
            return ArtifactRecord(asset, KEY, recipe, hashed, State.failed, reason="broken")
        content = repr((asset, self.meanings[asset], [each.content_hash for each in inputs]))
        return ArtifactRecord(asset, KEY, recipe, hashed, State.done, content_hash=content, path=f"{asset}/{hashed}")

    def below(self, asset: str) -> set[str]:
        """Assets that are made from `asset`, directly or not."""
        found: set[str] = set()
        for name, names in self.upstream.items():
            if asset in names or found & set(names):
                found.add(name)
        return found


@st.composite
def houses(draw) -> tuple[House, str]:
    """A house of two to six assets, each made from some of those before it, and one asset of it."""
    names = [f"asset_{number}" for number in range(draw(st.integers(2, 6)))]
    upstream = {
        name: sorted(draw(st.sets(st.sampled_from(names[:number])))) if number else []
        for number, name in enumerate(names)
    }
    return House(upstream), draw(st.sampled_from(names))


@given(houses())
def test_a_second_walk_computes_nothing(drawn):
    house, _ = drawn
    assert set(house.walk().values()) == {Action.compute}
    assert set(house.walk().values()) == {Action.reuse}


@given(houses())
def test_a_changed_setting_reaches_what_is_made_from_it_and_nothing_else(drawn):
    house, asset = drawn
    house.walk()
    house.recipes[asset] = house.meanings[asset] = 2
    assert _computed(house.walk()) == {asset} | house.below(asset)


@given(houses())
def test_a_code_version_that_gives_the_same_bytes_stops_there(drawn):
    """Early cut-off: downstream depends on content, not on code."""
    house, asset = drawn
    house.walk()
    house.recipes[asset] = 2
    assert _computed(house.walk()) == {asset}


@given(houses())
def test_a_setting_that_is_put_back_computes_nothing(drawn):
    house, asset = drawn
    house.walk()
    house.recipes[asset] = house.meanings[asset] = 2
    house.walk()
    house.recipes[asset] = house.meanings[asset] = 1
    assert _computed(house.walk()) == set()


@given(houses())
def test_a_failure_blocks_what_is_made_from_it_and_nothing_else(drawn):
    house, asset = drawn
    house.failing = {asset}
    actions = house.walk()
    assert {name for name, action in actions.items() if action is Action.blocked} == house.below(asset)
    again = house.walk()
    assert again[asset] is Action.failed
    assert _computed(again) == set()


@given(houses())
def test_once_mended_by_a_new_version_only_the_failure_and_what_it_blocked_is_computed(drawn):
    house, asset = drawn
    house.failing = {asset}
    house.walk()
    house.failing, house.recipes[asset] = set(), 2
    assert _computed(house.walk()) == {asset} | house.below(asset)


def _computed(actions: dict[str, Action]) -> set[str]:
    return {name for name, action in actions.items() if action is Action.compute}
