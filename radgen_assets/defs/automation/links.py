"""The links of a pass, and what each has to do now. One function plans a link; the CLI, sensors and schedules call it.

register -> home -> patients -> encoder -> device -> cohorts -> gather -> tables -> studies
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from radgen_assets.defs.catalogue import CHAINS, KNOWN
from radgen_assets.factories.chain import ChainRequest, plan_tasks, settle
from radgen_assets.factories.declaration import HOME_KEY

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home


class Link(StrEnum):
    """One link of a pass; each is one Dagster run, since a run has one partition set."""

    register = "register"
    home = "home"
    patients = "patients"
    encoder = "encoder"
    device = "device"
    cohorts = "cohorts"
    gather = "gather"
    tables = "tables"
    studies = "studies"


ORDER = tuple(Link)
PARTITION_SETS = {Link.patients: "patients", Link.device: "patients", Link.cohorts: "cohorts", Link.gather: "cohorts"}
SCOPE_TAG = "radgen/scope"


def next_link(link: Link) -> Link | None:
    """The link that follows; None after the last."""
    position = ORDER.index(link) + 1
    return ORDER[position] if position < len(ORDER) else None


@dataclass(frozen=True)
class Scope:
    """What a pass is limited to and how it decides; empty means everything.

    patients : patient keys
    cohorts, studies : names
    force : compute although an equal artifact stands
    retry_failed : try again what failed with the same inputs
    refit : fit studies again although their inputs stand (the weekly refit)
    """

    patients: tuple[str, ...] = ()
    cohorts: tuple[str, ...] = ()
    studies: tuple[str, ...] = ()
    force: bool = False
    retry_failed: bool = False
    refit: bool = False

    def as_tags(self) -> dict[str, str]:
        """The scope as run tags, so that the daemon's chain of runs keeps it."""
        listed = {name: ",".join(getattr(self, name)) for name in ("cohorts", "studies")}
        flags = {name: "true" for name in ("force", "retry_failed", "refit") if getattr(self, name)}
        return {f"{SCOPE_TAG}_{name}": value for name, value in (listed | flags).items() if value}

    @classmethod
    def from_tags(cls, tags: Mapping[str, str]) -> Scope:
        """The scope that `as_tags` wrote."""
        listed = {
            name: tuple(tags[f"{SCOPE_TAG}_{name}"].split(","))
            for name in ("cohorts", "studies")
            if f"{SCOPE_TAG}_{name}" in tags
        }
        flags = {name: f"{SCOPE_TAG}_{name}" in tags for name in ("force", "retry_failed", "refit")}
        return cls(**listed, **flags)


@dataclass(frozen=True)
class LinkPlan:
    """What one link has to do: keys of a chain, or assets without partitions. Empty means nothing."""

    link: Link
    keys: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    troubles: tuple[tuple[str, str, str], ...] = ()  # key, asset, reason: known failures that stand as they are
    reused: int = 0
    run_config: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether no run is needed."""
        return not self.keys and not self.assets

    def partitions_of(self, instance: Any) -> list[str]:
        """Keys of this link's partition set, in the order in which they were added."""
        name = PARTITION_SETS.get(self.link)
        return list(instance.get_dynamic_partitions(name)) if name else []


def plan_chain(home: Home, ledger: Ledger, link: Link, keys: Sequence[str], scope: Scope) -> LinkPlan:
    """Which keys of a chain need a run: those with something to compute, or with a state the ledger has not yet."""
    request = ChainRequest(
        chain=link.value,
        assets=CHAINS[link.value],
        known=KNOWN,
        keys=tuple(keys),
        force=scope.force,
        retry_failed=scope.retry_failed,
    )
    needed: list[str] = []
    troubles: list[tuple[str, str, str]] = []
    reused = 0
    for key, task in plan_tasks(home, ledger, request).items():
        outcomes = settle(task)
        if outcomes is None or any(each.is_new for each in outcomes):
            needed.append(key)
            continue
        reused += sum(each.record.state == "done" for each in outcomes)
        troubles += [(key, each.asset, each.record.reason) for each in outcomes if each.record.state == "failed"]
    return LinkPlan(link, keys=tuple(needed), troubles=tuple(troubles), reused=reused)


def keys_of(home: Home, ledger: Ledger, link: Link, scope: Scope) -> tuple[str, ...]:
    """The keys that a chain's link is about, inside the scope."""
    if link in (Link.patients, Link.device):
        return scope.patients or patients_with_images(ledger, scope.cohorts)
    if link is Link.home:
        return (HOME_KEY,)
    touched = {key.partition(".")[0] for key in scope.patients}
    names = sorted(home.cohorts())
    wanted = set(scope.cohorts) | touched
    return tuple(name for name in names if not wanted or name in wanted)


def patients_with_images(ledger: Ledger, cohorts: Sequence[str] = ()) -> tuple[str, ...]:
    """Keys of all present patients with images, in sorted order."""
    from radgen_assets.stewardship.register import NO_IMAGES

    return tuple(
        row.key
        for row in ledger.patients()
        if row.state == "present" and row.reason != NO_IMAGES and (not cohorts or row.cohort in cohorts)
    )


def contiguous(keys: Sequence[str], partitions: Sequence[str]) -> bool:
    """Whether `keys` are one unbroken range of `partitions`, in the order in which those were added."""
    places = {key: position for position, key in enumerate(partitions)}
    if any(key not in places for key in keys):
        return False
    positions = sorted(places[key] for key in keys)
    return bool(positions) and positions[-1] - positions[0] + 1 == len(positions)
