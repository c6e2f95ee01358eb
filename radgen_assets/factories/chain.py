"""Run a chain of assets over many keys: plan all in one go, claim what needs work, walk, record, tell.

The same function serves the UI's range runs, the pass and the command line; it knows no Dagster.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from radgen_assets.contracts.errors import BadInput
from radgen_assets.contracts.settings import Settings
from radgen_assets.factories.batches import walk_batch
from radgen_assets.factories.declaration import HOME_KEY, AssetDeclaration, Shape
from radgen_assets.factories.inputs import external_inputs
from radgen_assets.factories.walk import Outcome, WalkTask, prepare, recipe_of, settle_without_computing, walk
from radgen_assets.lineage.plan import Action, Snapshot
from radgen_assets.lineage.records import ArtifactRecord, State
from radgen_assets.resources.compute import WorkerDied

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home

CLAIM_SECONDS = 60.0
CLAIM_BATCH = 8
WAIT_SECONDS = 0.5


@dataclass(frozen=True)
class ChainRequest:
    """What is asked of a chain.

    chain : name of the chain; scope of its claims
    assets : the selected assets, upstream first
    known : every declared asset by name, to find upstreams that are not selected
    keys : patients, cohorts, or ("all",)
    """

    chain: str
    assets: tuple[AssetDeclaration, ...]
    known: Mapping[str, AssetDeclaration]
    keys: tuple[str, ...]
    force: bool = False
    retry_failed: bool = False
    run_id: str = ""
    pass_id: str = ""


@dataclass
class ChainSummary:
    """Counts by asset and action, and every pair that did not come out well."""

    counts: dict[tuple[str, Action], int] = field(default_factory=dict)
    troubles: list[Outcome] = field(default_factory=list)

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """Count outcomes; failed and blocked ones are kept."""
        for each in outcomes:
            self.counts[each.asset, each.action] = self.counts.get((each.asset, each.action), 0) + 1
            if each.record.state in (State.failed, State.blocked):
                self.troubles.append(each)

    def total(self, action: Action) -> int:
        """How many pairs ended with `action`."""
        return sum(count for (_, each), count in self.counts.items() if each is action)


Listener = Callable[[Sequence[Outcome]], None]


def run_chain(home: Home, ledger: Ledger, request: ChainRequest, listener: Listener) -> ChainSummary:
    """Bring every (asset, key) of `request` up to date; `listener` hears of outcomes after they are recorded.

    Two runs at once share the work: a key is walked by the run that holds its claim, the other waits and then finds
    it done.
    """
    run = _ChainRun(home, ledger, request, listener)
    waiting: list[str] = []
    settled: list[Outcome] = []
    for key, task in run.tasks(request.keys).items():
        outcomes = settle(task)
        if outcomes is None:
            waiting.append(key)
        else:
            settled.extend(outcomes)
    run.tell(settled)
    if waiting:
        with claiming(ledger, request.chain) as owner:
            run.walk_claimed(waiting, owner)
    return run.summary


def plan_tasks(home: Home, ledger: Ledger, request: ChainRequest) -> dict[str, WalkTask]:
    """One WalkTask a key, from one bulk read of the ledger and one look at the sources."""
    return _ChainRun(home, ledger, request, lambda outcomes: None).tasks(request.keys)


class _ChainRun:
    """One run of one chain: what it knows, and what came of it so far."""

    def __init__(self, home: Home, ledger: Ledger, request: ChainRequest, listener: Listener) -> None:
        self.home, self.ledger, self.request, self.listener = home, ledger, request, listener
        self.summary = ChainSummary()
        self.settings = {each.key: settings_for(home, each) for each in request.assets}
        self.external = external_inputs(home, ledger, request.assets, request.keys)
        self.roots = _source_roots(home, request.assets, request.keys)
        self.beside = _upstream_of(request.assets, request.known)

    def tasks(self, keys: Sequence[str]) -> dict[str, WalkTask]:
        """Tasks for `keys`, planned on what the ledger knows now."""
        request = self.request
        names = [each.key for each in (*request.assets, *self.beside)]
        snapshot = self.ledger.snapshot(names, [*keys, HOME_KEY], self.home.lake.root)
        by_key = _by_key(snapshot)
        return {
            key: WalkTask(
                key=key,
                assets=request.assets,
                settings=self.settings,
                external=self.external[key],
                upstream=self._upstream(snapshot, key),
                snapshot=by_key.get(key, Snapshot()),
                lake=self.home.lake,
                source_root=self.roots.get(key.partition(".")[0], ""),
                force=request.force,
                retry_failed=request.retry_failed,
                run_id=request.run_id,
                pass_id=request.pass_id,
            )
            for key in keys
        }

    def _upstream(self, snapshot: Snapshot, key: str) -> dict[str, tuple[type, ArtifactRecord]]:
        found = {}
        for each in self.beside:
            record = snapshot.current.get((each.key, HOME_KEY if each.shape is Shape.home else key))
            if record is not None:
                found[each.name] = (each.produces, record)
        return found

    def walk_claimed(self, keys: list[str], owner: str) -> None:
        """Walk `keys` under claims: side by side on processes, or in batches on the device.

        Keys that another run holds come last, when nothing of this run's is under way: two runs that wait for each
        other while both hold finished keys would wait for ever.
        """
        while keys:
            held: list[str] = []
            self._walk_obtained(self._claimed_tasks(keys, owner, held), owner)
            if len(held) == len(keys):
                time.sleep(WAIT_SECONDS)
            keys = held

    def _walk_obtained(self, claimed: Iterator[WalkTask], owner: str) -> None:
        if any(asset.batched for asset in self.request.assets):
            for group in _in_groups(claimed, size=max(1, self.home.workers) * 2):
                self._finish(walk_batch(group), owner)
            return
        for walked in self.home.compute().map(walk, claimed):
            outcomes = [_died(task, result) if isinstance(result, WorkerDied) else result for task, result in walked]
            self._finish([outcome for of_key in outcomes for outcome in of_key], owner)

    def _claimed_tasks(self, keys: list[str], owner: str, held: list[str]) -> Iterator[WalkTask]:
        """Claim keys a few at a time and yield their tasks, planned afresh; keys of another run go to `held`."""
        for start in range(0, len(keys), CLAIM_BATCH):
            wanted = keys[start : start + CLAIM_BATCH]
            obtained = self.ledger.claim(wanted, owner, CLAIM_SECONDS, scope=self.request.chain)
            held.extend(key for key in wanted if key not in set(obtained))
            for task in self.tasks(obtained).values():
                outcomes = settle(task)  # another run may have done it meanwhile
                if outcomes is None:
                    yield task
                else:
                    self._finish(outcomes, owner)

    def _finish(self, outcomes: Sequence[Outcome], owner: str) -> None:
        self.tell(outcomes)
        self.ledger.release(owner, sorted({each.key for each in outcomes}), scope=self.request.chain)

    def tell(self, outcomes: Sequence[Outcome]) -> None:
        """Record first, then tell: what the UI shows stands in the ledger."""
        if not outcomes:
            return
        new = [each for each in outcomes if each.is_new]
        made = [each.record for each in new if each.action is not Action.reuse]
        put_back = [each.record for each in new if each.action is Action.reuse]
        if made:
            by_key = {asset.key: asset for asset in self.request.assets}
            names = sorted({each.asset for each in made})
            self.ledger.record(made, [recipe_of(by_key[name], self.settings[name]) for name in names])
        if put_back:
            self.ledger.make_current(put_back)
        self.summary.add(outcomes)
        self.listener(outcomes)


def settle(task: WalkTask) -> list[Outcome] | None:
    """The outcomes of a key that needs no computation at all; None when something is to be computed."""
    records = dict(task.upstream)
    outcomes = []
    for asset in task.assets:
        prepared = prepare(task, asset, records)
        if prepared.decision.action is Action.compute:
            return None
        outcome = settle_without_computing(task, asset, prepared)
        records[asset.name] = (asset.produces, outcome.record)
        outcomes.append(outcome)
    return outcomes


def settings_for(home: Home, asset: AssetDeclaration) -> Settings | None:
    """The asset's settings at this home; None for an asset that has none."""
    return home.settings_of(asset.name, asset.settings_type) if asset.settings_type is not None else None


@contextmanager
def claiming(ledger: Ledger, chain: str) -> Iterator[str]:
    """Hold claims under an owner's name, with a heartbeat, and release what is left at the end."""
    from radgen_assets.lineage.claims import new_owner

    owner = new_owner()
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(CLAIM_SECONDS / 4):
            ledger.heartbeat(owner, CLAIM_SECONDS)

    thread = threading.Thread(target=beat, name=f"claims of {chain}", daemon=True)
    thread.start()
    try:
        yield owner
    finally:
        stop.set()
        thread.join()
        ledger.release(owner)


@contextmanager
def alone(ledger: Ledger, scope: str, key: str = HOME_KEY) -> Iterator[None]:
    """Wait until nobody else works on `key` of `scope`, and hold it: for work that is not walked key by key."""
    with claiming(ledger, scope) as owner:
        while not ledger.claim([key], owner, CLAIM_SECONDS, scope=scope):
            time.sleep(WAIT_SECONDS)
        yield


def _died(task: WalkTask, death: WorkerDied) -> list[Outcome]:
    """A worker that died twice on one key: its first uncomputed asset failed, the rest is blocked."""
    outcomes = []
    records = dict(task.upstream)
    for asset in task.assets:
        prepared = prepare(task, asset, records)
        if prepared.decision.action is Action.compute:
            record = ArtifactRecord(
                asset=asset.key,
                key=task.key,
                recipe_hash=prepared.recipe,
                inputs_hash=prepared.inputs_hash,
                state=State.failed,
                reason=death.reason,
                run_id=task.run_id,
                pass_id=task.pass_id,
            )
            outcome = Outcome(asset.key, task.key, Action.failed, record, is_new=True)
        else:
            outcome = settle_without_computing(task, asset, prepared)
        records[asset.name] = (asset.produces, outcome.record)
        outcomes.append(outcome)
    return outcomes


def _upstream_of(
    assets: Sequence[AssetDeclaration], known: Mapping[str, AssetDeclaration]
) -> tuple[AssetDeclaration, ...]:
    selected = {asset.name for asset in assets}
    names = {
        parameter.upstream
        for asset in assets
        for parameter in asset.parameters
        if parameter.upstream and not parameter.is_external and parameter.upstream not in selected
    }
    return tuple(known[name] for name in sorted(names))


def _by_key(snapshot: Snapshot) -> dict[str, Snapshot]:
    """The snapshot cut into one slice a key, so that a worker gets its own part only."""
    current: dict[str, dict[tuple[str, str], ArtifactRecord]] = {}
    made: dict[str, dict[tuple[str, str, str], ArtifactRecord]] = {}
    for pair, record in snapshot.current.items():
        current.setdefault(pair[1], {})[pair] = record
    for triple, record in snapshot.made.items():
        made.setdefault(triple[1], {})[triple] = record
    return {
        key: Snapshot(
            current.get(key, {}),
            made.get(key, {}),
            frozenset(each.path for each in made.get(key, {}).values() if each.path in snapshot.standing),
        )
        for key in current.keys() | made.keys()
    }


def _source_roots(home: Home, assets: Sequence[AssetDeclaration], keys: Sequence[str]) -> dict[str, str]:
    """Source folder of each cohort that the keys belong to; empty where no value is read from sources.

    A cohort whose folder is gone has none: its patients fail with that reason, the others go on.
    """
    if all(asset.shape is not Shape.patient for asset in assets):
        return {}
    roots = {}
    for name in sorted({key.partition(".")[0] for key in keys}):
        cohort = home.cohort(name)
        with suppress(BadInput):
            roots[name] = str(home.cohort_root(cohort)) if cohort.layout else ""
    return roots


def _in_groups(tasks: Iterator[WalkTask], size: int) -> Iterator[list[WalkTask]]:
    group: list[WalkTask] = []
    for task in tasks:
        group.append(task)
        if len(group) == size:
            yield group
            group = []
    if group:
        yield group
