"""Why an artifact stands as it does: the decision, its recipe and inputs, and what changed against the try before.

What an asset's inputs would be now only the factories know; whoever asks hands it over as `Intended`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from radgen_assets.contracts.errors import NotReady
from radgen_assets.lineage.ledger import Ledger
from radgen_assets.lineage.plan import Decision, InputState
from radgen_assets.lineage.records import ArtifactRecord, InputRef, Recipe, State


@dataclass(frozen=True)
class Intended:
    """What the next run would do with one (asset, key), and over which inputs it was decided."""

    decision: Decision
    inputs: tuple[InputState, ...]
    recipe: Recipe
    references: tuple[InputRef, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One thing that is not as before. None: it was not there, or is not there now."""

    what: str  # "input t1ce", "setting bin_width", "code version"
    before: str | None
    now: str | None


@dataclass(frozen=True)
class WhyAnswer:
    """The answer of `why`.

    tried : the last try, None where there was none
    recipe : what it was made by, None where the ledger was not told
    before : the last try before it that had other inputs or another recipe
    changed : what differs between `before` and `tried`
    intended : what the next run would do, as far as the question said
    pending : what differs between `tried` and what the next run would use
    """

    asset: str
    key: str
    n_tries: int
    tried: ArtifactRecord | None
    recipe: Recipe | None
    before: ArtifactRecord | None
    changed: tuple[Difference, ...]
    intended: Decision | None
    pending: tuple[Difference, ...]

    def lines(self) -> list[str]:
        """For a person: one sentence a line."""
        lines = [f"{self.asset} of {self.key}"]
        lines += ["It was never made."] if self.tried is None else _told(self.tried, self.n_tries)
        if self.recipe is not None:
            lines.append(f"Recipe: code version {self.recipe.code_version}, settings {self.recipe.settings}")
        if self.tried is not None:
            lines += [_input_line(ref) for ref in self.tried.inputs if ref.part_of is None]
        if self.before is not None:
            lines.append(f"Against the try before it ({_moment(self.before)}, {self.before.state}):")
            lines += _difference_lines(self.changed)
        if self.intended is not None:
            lines.append(f"The next run: {self.intended.action}. {_sentence(self.intended.reason)}")
            lines += [f"  {_difference_line(each)}" for each in self.pending]
        return lines

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "asset": self.asset,
            "key": self.key,
            "n_tries": self.n_tries,
            "tried": _record_as_json(self.tried),
            "recipe": None if self.recipe is None else asdict(self.recipe),
            "before": _record_as_json(self.before),
            "changed": [asdict(each) for each in self.changed],
            "next": None if self.intended is None else _decision_as_json(self.intended),
            "pending": [asdict(each) for each in self.pending],
        }


def why(ledger: Ledger, asset: str, key: str, intended: Intended | None = None) -> WhyAnswer:
    """Explain the last try for (asset, key), and what the next run would do where `intended` says so.

    Raises
    ------
    NotReady
        when the ledger knows nothing of (asset, key) and the question brings nothing either.
    """
    tries = ledger.history(asset, key)
    if not tries and intended is None:
        raise NotReady(f"The ledger knows nothing of {asset} of {key}. Make it with: radgen run")
    tried = ledger.current(asset, key).get(key)
    before = None if tried is None else _before(tries, tried)
    recipe = None if tried is None else ledger.recipe(tried.recipe_hash)
    changed: tuple[Difference, ...] = ()
    if tried is not None and before is not None:
        changed = _recipes_differ(ledger.recipe(before.recipe_hash), recipe) + _inputs_differ(
            before.inputs, {ref.name: ref.content_hash for ref in tried.inputs}
        )
    pending: tuple[Difference, ...] = ()
    if tried is not None and intended is not None:
        pending = _recipes_differ(recipe, intended.recipe) + _inputs_differ(tried.inputs, _hashes(intended))
    return WhyAnswer(
        asset=asset,
        key=key,
        n_tries=len(tries),
        tried=tried,
        recipe=recipe,
        before=before,
        changed=changed,
        intended=None if intended is None else intended.decision,
        pending=pending,
    )


def _before(tries: Sequence[ArtifactRecord], tried: ArtifactRecord) -> ArtifactRecord | None:
    """The last try before `tried` that was another thing; a retry of the same explains nothing."""
    position = max(index for index, each in enumerate(tries) if each == tried)
    others = [each for each in tries[:position] if each.inputs_hash != tried.inputs_hash]
    return others[-1] if others else None


def _hashes(intended: Intended) -> dict[str, str]:
    """Content hashes by name: of the inputs that there are, and of their parts."""
    whole = {each.name: each.content_hash for each in intended.inputs if each.content_hash is not None}
    return {ref.name: ref.content_hash for ref in intended.references} | whole


def _inputs_differ(before: Sequence[InputRef], now: dict[str, str]) -> tuple[Difference, ...]:
    """Inputs, and parts of inputs, whose bytes are not the same."""
    old = {ref.name: ref.content_hash for ref in before}
    if not any(":" in name for name in now):  # the question names no parts: nothing to hold the old ones against
        old = {name: value for name, value in old.items() if ":" not in name}
    names = [*old, *(name for name in now if name not in old)]
    return tuple(
        Difference(f"input {name}", old.get(name), now.get(name)) for name in names if old.get(name) != now.get(name)
    )


def _recipes_differ(before: Recipe | None, now: Recipe | None) -> tuple[Difference, ...]:
    """Code version and settings, one by one, that are not the same; nothing where a recipe is not known."""
    if before is None or now is None:
        return ()
    differences = []
    if before.code_version != now.code_version:
        differences.append(Difference("code version", before.code_version, now.code_version))
    old, new = json.loads(before.settings), json.loads(now.settings)
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) != new.get(name):
            differences.append(Difference(f"setting {name}", _shown(old, name), _shown(new, name)))
    return tuple(differences)


def _shown(settings: dict[str, Any], name: str) -> str | None:
    return json.dumps(settings[name], ensure_ascii=False) if name in settings else None


def _told(tried: ArtifactRecord, n_tries: int) -> list[str]:
    """What came of the last try."""
    lines = [f"Last try: {tried.state} at {_moment(tried)}, {tried.seconds:.1f} s; {n_tries} in all."]
    if tried.reason:
        lines.append(f"Reason: {tried.reason}")
    if tried.state is State.done:
        lines.append(f"Content {tried.content_hash} in {tried.path} ({len(tried.files)} files, {tried.bytes} bytes)")
    lines += [f"Warning: {warning}" for warning in tried.warnings]
    return lines


def _input_line(ref: InputRef) -> str:
    return f"Input {ref.name}: {ref.kind} {ref.reference}, content {ref.content_hash[:16]}"


def _difference_lines(differences: Sequence[Difference]) -> list[str]:
    if not differences:
        return ["  nothing that the ledger can name differs"]
    return [f"  {_difference_line(each)}" for each in differences]


def _difference_line(each: Difference) -> str:
    if each.before is None:
        return f"{each.what} is new: {_short(each.now)}"
    if each.now is None:
        return f"{each.what} is gone (was {_short(each.before)})"
    return f"{each.what} changed: {_short(each.before)} -> {_short(each.now)}"


def _short(text: str | None) -> str:
    """A hash as far as a person compares it; other values whole."""
    is_hash = text is not None and len(text) == 64 and set(text) <= set("0123456789abcdef")
    return (text or "")[:16] if is_hash else (text or "")


def _sentence(reason: str) -> str:
    return reason if reason.endswith(".") else f"{reason}."


def _moment(record: ArtifactRecord) -> str:
    return "an unknown time" if record.made_at is None else f"{record.made_at:%Y-%m-%d %H:%M} UTC"


def _record_as_json(record: ArtifactRecord | None) -> dict[str, Any] | None:
    if record is None:
        return None
    return {
        "state": str(record.state),
        "reason": record.reason,
        "content_hash": record.content_hash,
        "inputs_hash": record.inputs_hash,
        "recipe_hash": record.recipe_hash,
        "path": record.path,
        "bytes": record.bytes,
        "seconds": record.seconds,
        "warnings": list(record.warnings),
        "inputs": [asdict(ref) for ref in record.inputs],
        "run_id": record.run_id,
        "pass_id": record.pass_id,
        "made_at": None if record.made_at is None else record.made_at.isoformat(),
    }


def _decision_as_json(decision: Decision) -> dict[str, str]:
    return {"action": str(decision.action), "reason": decision.reason}
