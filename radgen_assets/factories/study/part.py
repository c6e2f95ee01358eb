"""What a fit and a contrast share: planned by the ledger, checked for persons, made, kept, and standing when failed.

A part says what it reads, how it is made and what is told of it; when it is made, and what is remembered, is said here.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import dagster as dg

from radgen_assets.contracts.errors import NotReady, RadgenError
from radgen_assets.contracts.settings import canonical_digest, canonical_json
from radgen_assets.contracts.study import Study
from radgen_assets.factories.study.artifacts import (
    PlannedStudyArtifact,
    RunOf,
    StudyOutcome,
    part_key,
    plan_artifact,
    record_of,
)
from radgen_assets.factories.study.page import mark_outdated
from radgen_assets.lineage.fingerprints import content_hash
from radgen_assets.lineage.plan import Action
from radgen_assets.lineage.records import FitRecord, InputRef, Recipe, State, Suspicion

if TYPE_CHECKING:
    import pandas as pd

    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home


@dataclass(frozen=True, eq=False)
class Gathered:
    """What a part reads, before anything is computed.

    inputs : with the hashes of what the part can see of them
    people : by patient key: person and role, of everyone who takes part
    data : what `make` is given
    """

    inputs: tuple[InputRef, ...]
    people: pd.DataFrame
    data: Any


@dataclass(frozen=True)
class Made:
    """What came of a part, before it is kept.

    facts : what one wants to see first; metrics : numbers for MLflow
    persons : (person, patient key, role, fold)
    pictures : file name -> SVG
    """

    value: Any
    facts: Mapping[str, Any]
    metrics: Mapping[str, float]
    persons: tuple[tuple[str, str, str, int], ...]
    pictures: Mapping[str, bytes] = field(default_factory=dict)


class StudyPart(Protocol):
    """A fit or a contrast."""

    @property
    def study(self) -> Study:
        """The study that it is a part of."""

    @property
    def name(self) -> str:
        """Its name in the study."""

    @property
    def word(self) -> str:
        """What it is: "fit" or "contrast"."""

    @property
    def told(self) -> str:
        """What it asks, in a sentence."""

    @property
    def kind(self) -> str:
        """The kind of its artifact."""

    @property
    def version(self) -> str:
        """Code version of its recipe."""

    @property
    def settings(self) -> Mapping[str, Any]:
        """What of its declaration can change the result."""

    def gather(self, home: Home, ledger: Ledger) -> Gathered:
        """Who takes part with what; raises UsedWrongly for what cannot be asked, NotReady before the tables."""

    def make(self, home: Home, data: Any) -> Made:
        """Compute it."""

    def register(self, home: Home, run_id: str, value: Any) -> Mapping[str, Any]:
        """What else is kept once it is logged; returns further facts."""


@dataclass(frozen=True)
class Standing:
    """Whether a part has something to do; `failed` is the reason of a last try that would only fail again."""

    stale: bool
    failed: str = ""


@dataclass(frozen=True, eq=False)
class _Planned:
    """The decision over a part; `gathered` is None where its data were refused, for the reason in `refusal`."""

    artifact: PlannedStudyArtifact
    gathered: Gathered | None
    refusal: str = ""


def standing_of(home: Home, ledger: Ledger, part: StudyPart, *, retry_failed: bool = False) -> Standing:
    """Stale: it was never made or its data changed. Failed: the last try on the same data failed, and nobody asks."""
    try:
        planned = _plan(home, ledger, part, retry_failed=retry_failed).artifact
    except NotReady:
        return Standing(False)  # no marts yet: the tables come first
    if planned.decision.action is Action.failed and planned.is_current:
        return Standing(False, planned.decision.reason)
    return Standing(not planned.stands)


def bring_up_to_date(
    home: Home, ledger: Ledger, part: StudyPart, *, run: RunOf, force: bool = False, retry_failed: bool = False
) -> StudyOutcome:
    """Make it unless what stands was made from the same data; the outcome tells the UI what came of it."""
    whole = _plan(home, ledger, part, force=force, retry_failed=retry_failed)
    planned, gathered = whole.artifact, whole.gathered
    if gathered is None:
        return _refused(home, ledger, part, whole, run)
    suspicions = open_suspicions(ledger, gathered.people.index)
    checks = _checks(part, suspicions)
    if suspicions:
        return StudyOutcome("", {}, checks, failure=checks[1][2])
    if planned.decision.action is Action.reuse and planned.decision.artifact is not None:
        record = planned.decision.artifact
        ledger.make_current([record])
        return StudyOutcome(record.content_hash, {"decision": "reused", **record.facts}, checks)
    if planned.decision.action is Action.failed and planned.decision.artifact is not None:
        reason = planned.decision.reason
        if not planned.is_current:  # other data were tried meanwhile
            ledger.record([record_of(planned, State.failed, run, seconds=0.0, reason=reason)], [planned.recipe])
        mark_outdated(home, part.study, _failed(part, reason))
        return StudyOutcome(
            "", {}, checks, failure=f"{reason} Nothing changed since. To try all the same: retry_failed"
        )
    started = time.perf_counter()
    try:
        made = part.make(home, gathered.data)
    except RadgenError as error:
        _keep_failure(home, ledger, part, planned, run, str(error), seconds=time.perf_counter() - started)
        return StudyOutcome("", {}, checks, failure=str(error))
    digest, metadata = _keep(home, ledger, part, planned, made, run, seconds=time.perf_counter() - started)
    return StudyOutcome(digest, metadata, checks)


def open_suspicions(ledger: Ledger, keys: Iterable[str]) -> list[Suspicion]:
    """Open suspicions that touch these patients."""
    mine = set(keys)
    return [each for each in ledger.suspicions() if mine & set(each.keys)]


def _plan(home: Home, ledger: Ledger, part: StudyPart, *, force: bool = False, retry_failed: bool = False) -> _Planned:
    """Decide; data that are refused count as inputs by their reason, so that it is told once, not tried every pass."""
    recipe = Recipe(part_key(part.study.name, part.name), part.version, canonical_json(part.settings))
    gathered, refusal = None, ""
    try:
        gathered = part.gather(home, ledger)
        inputs = gathered.inputs
    except NotReady:
        raise
    except RadgenError as error:
        refusal = str(error)
        inputs = (InputRef("refusal", "artifact", "tables", canonical_digest(refusal)),)
    return _Planned(
        plan_artifact(home, ledger, recipe, inputs, force=force, retry_failed=retry_failed), gathered, refusal
    )


def _refused(home: Home, ledger: Ledger, part: StudyPart, whole: _Planned, run: RunOf) -> StudyOutcome:
    two_roles = "two roles" in whole.refusal
    checks = (
        ("no_person_in_two_roles", not two_roles, whole.refusal),
        ("no_open_suspicion", True, "not looked at"),
    )
    stands = whole.artifact.decision.action is Action.failed and whole.artifact.is_current
    if not stands:
        _keep_failure(home, ledger, part, whole.artifact, run, whole.refusal, seconds=0.0)
    return StudyOutcome("", {}, checks, failure=whole.refusal)


def _keep_failure(
    home: Home,
    ledger: Ledger,
    part: StudyPart,
    planned: PlannedStudyArtifact,
    run: RunOf,
    reason: str,
    *,
    seconds: float,
) -> None:
    mark_outdated(home, part.study, _failed(part, reason))
    ledger.record([record_of(planned, State.failed, run, seconds=seconds, reason=reason)], [planned.recipe])


def _failed(part: StudyPart, reason: str) -> str:
    return f"{part.word.capitalize()} {part.name} failed: {reason}"


def _checks(part: StudyPart, suspicions: list[Suspicion]) -> tuple[tuple[str, bool, str], ...]:
    text = f"No patient of this {part.word} shares images or expression with another person."
    if suspicions:
        first = suspicions[0]
        text = (
            f"{len(suspicions)} suspicions are open: {' and '.join(first.keys)} share equal {first.kind}s but are "
            "declared as different persons. Declare them in identity.csv (radgen status names all)."
        )
    return (
        ("no_person_in_two_roles", True, "Every person stands in one role, and in one fold of each split."),
        ("no_open_suspicion", not suspicions, text),
    )


def _keep(
    home: Home,
    ledger: Ledger,
    part: StudyPart,
    planned: PlannedStudyArtifact,
    made: Made,
    run: RunOf,
    *,
    seconds: float,
) -> tuple[str, dict[str, Any]]:
    """Write it into the lake, MLflow and the ledger; returns its content hash and what the UI shows."""
    from radgen_assets.formats import registry
    from radgen_assets.resources.tracker import FitLog

    kind = registry.kind_named(part.kind)
    place, files = home.lake.write(
        planned.asset, "all", planned.inputs_hash, lambda folder: kind.write(made.value, folder)
    )
    digest = content_hash(files)
    folder = home.lake.root / place
    run_id = home.tracker().record_fit(
        part.study.name,
        part.name,
        planned.inputs_hash,
        FitLog(
            params=part.settings.get(part.word, part.settings),
            metrics=made.metrics,
            files={each.name: folder / each.name for each in files}
            | {f"figures/{name}": data for name, data in made.pictures.items()},
            tags={"radgen/content_hash": digest, "radgen/pass": run.pass_id, "radgen/asset": planned.asset},
        ),
    )
    facts = {**made.facts, "mlflow_run_id": run_id, **part.register(home, run_id, made.value)}
    record = record_of(
        planned,
        State.done,
        run,
        seconds=seconds,
        content_hash=digest,
        path=place,
        files=files,
        warnings=made.value.warnings,
        facts=facts,
    )
    ledger.record([record], [planned.recipe])
    ledger.record_fit(
        FitRecord(
            fit_id=f"{part.study.name}/{part.name}/{planned.inputs_hash[:16]}",
            asset=planned.asset,
            inputs_hash=planned.inputs_hash,
            content_hash=digest,
            mlflow_run_id=run_id,
            persons=made.persons,
        )
    )
    metadata: dict[str, Any] = {
        "decision": "computed",
        "because": planned.decision.reason,
        "sha256": digest,
        "mlflow_run_id": run_id,
        **{name: value for name, value in facts.items() if name != "mlflow_run_id"},
    }
    if made.value.warnings:
        metadata["warnings"] = dg.MetadataValue.md("\n".join(f"- {each}" for each in made.value.warnings))
    return digest, metadata
