"""Whether an (asset, key) is reused, computed, skipped, blocked or left failed: one pure function.

The factories call it while they walk, `radgen status` and `radgen audit why` call it to tell, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from radgen_assets.lineage.records import ArtifactRecord, State


class Action(StrEnum):
    """What to do with one (asset, key)."""

    reuse = "reuse"
    compute = "compute"
    skipped = "skipped"
    blocked = "blocked"
    failed = "failed"
    pending = "pending"  # an input will be made first; it may come out equal


@dataclass(frozen=True)
class InputState:
    """What is known about one input when the decision is made.

    content_hash is None while the input is still to be made; state tells why it will never be there.
    """

    name: str
    state: State | None
    content_hash: str | None
    reason: str = ""
    optional: bool = False  # goes on without it when it is skipped
    tolerated: bool = False  # and when it failed or is not made yet, too


@dataclass(frozen=True)
class Decision:
    """The action, why, and the artifact that is reused."""

    action: Action
    reason: str
    artifact: ArtifactRecord | None = None


@dataclass(frozen=True)
class Snapshot:
    """The ledger at one moment, as far as a plan needs it.

    current : (asset, key) -> the record that `current` points to, or the last try if none is done
    made : (asset, key, inputs hash) -> the last record with that inputs hash
    standing : paths (relative to the lake) of done artifacts whose files stand with their sizes
    """

    current: Mapping[tuple[str, str], ArtifactRecord] = field(default_factory=dict)
    made: Mapping[tuple[str, str, str], ArtifactRecord] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()


def decide(
    asset: str,
    key: str,
    inputs: tuple[InputState, ...],
    inputs_hash: str | None,
    snapshot: Snapshot,
    *,
    force: bool = False,
    retry_failed: bool = False,
) -> Decision:
    """Decide one (asset, key).

    Parameters
    ----------
    inputs : states of the inputs, in the order of the function's parameters
    inputs_hash : None while any input is still to be made
    snapshot : what the ledger knew when the walk began
    force : compute although an equal artifact stands
    retry_failed : try again although the last try with the same inputs failed

    Returns
    -------
    Decision
        In the order of precedence: blocked (an input failed), skipped (an input is missing by right), pending (an
        input is still to be made), compute (force), then what the last try with the same inputs hash tells: done and
        standing, reuse; done and not standing, compute; failed, failed (or compute, when retried); skipped by the
        asset itself, skipped; blocked, compute. No such try: compute.
    """
    for each in inputs:
        if each.state in (State.failed, State.blocked) and not each.tolerated:
            return Decision(Action.blocked, f"{each.name} {each.state}: {each.reason}")
    for each in inputs:
        if each.state is State.skipped and not (each.optional or each.tolerated):
            return Decision(Action.skipped, f"{each.name} skipped: {each.reason}")
    unmade = [each.name for each in inputs if each.state is None and not each.tolerated]
    if unmade or inputs_hash is None:
        return Decision(Action.pending, f"waits for {', '.join(unmade) or 'its inputs'}")
    known = snapshot.made.get((asset, key, inputs_hash))
    if force:
        return Decision(Action.compute, "asked for by force", known)
    if known is None:
        before = snapshot.current.get((asset, key))
        return Decision(Action.compute, "never made" if before is None else _what_changed(before, inputs))
    if known.state is State.done:
        if known.path in snapshot.standing:
            return Decision(Action.reuse, "inputs hash stands", known)
        return Decision(Action.compute, f"files of {known.path} are gone or have another size", known)
    if known.state is State.failed and not retry_failed:
        return Decision(Action.failed, known.reason, known)
    if known.state is State.skipped:
        return Decision(Action.skipped, known.reason, known)
    return Decision(Action.compute, f"the last try was {known.state}", known)


def _what_changed(before: ArtifactRecord, inputs: tuple[InputState, ...]) -> str:
    """Name the inputs whose content differs from those that `before` was made from."""
    if before.state in (State.skipped, State.blocked):  # it was made from nothing that could be compared
        return f"no longer {before.state}: {before.reason}"
    old = {ref.name: ref.content_hash for ref in before.inputs if ":" not in ref.name}  # name:part is a detail
    new = {each.name: each.content_hash for each in inputs if each.content_hash is not None}
    names = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    return f"changed: {', '.join(names)}" if names else "changed: settings or code version"
