"""Passes that Dagster's daemon drives, in the ledger: opened by their first run, closed when no link is left.

The chain of runs itself is in sensors.py; a pass of the command line keeps its own record (pass_driver.py).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import dagster as dg

from radgen_assets.contracts.errors import RadgenError
from radgen_assets.defs.automation.failure_text import failure_texts
from radgen_assets.defs.automation.links import ORDER, Link, Scope
from radgen_assets.defs.automation.plans import plan_link
from radgen_assets.defs.automation.requests import request_of, request_of_next_link
from radgen_assets.defs.catalogue import DEVICE_CHAIN, PATIENT_CHAIN
from radgen_assets.factories.dagster_chain import LINK_TAG, PASS_TAG
from radgen_assets.lineage.records import State
from radgen_assets.stewardship.reap import GRPC_TAG, PROCESS_TAG

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home

MAX_TRIES = 2
WITH_KEYS = (Link.home, Link.patients, Link.device, Link.cohorts, Link.gather)


def new_pass_id(trigger: str) -> str:
    """An id for a pass that the daemon starts: the trigger, then what makes it unique."""
    return f"{trigger}-{uuid.uuid4().hex[:12]}"


def pass_tags(pass_id: str, link: Link) -> dict[str, str]:
    """Tags that tie a run to its pass."""
    return {PASS_TAG: pass_id, LINK_TAG: link.value}


def is_of_a_pass(tags: Mapping[str, str]) -> bool:
    """Whether the daemon goes on after a run with these tags; the command line goes on after its own."""
    by_command_line = PROCESS_TAG in tags and GRPC_TAG not in tags
    return PASS_TAG in tags and LINK_TAG in tags and not by_command_line


def open_pass(ledger: Ledger, pass_id: str) -> None:
    """Write a pass down when its first run is met."""
    if pass_id not in {row.pass_id for row in ledger.passes()}:
        ledger.begin_pass(pass_id.rpartition("-")[0], pass_id=pass_id)


def go_on(home: Home, ledger: Ledger, instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.RunRequest | None:
    """Write down how a run of a pass ended, and ask for the next; None when the pass has ended, which is written too.

    A link whose run failed is followed by the next: bad patients and cohorts are left out downstream, with their
    reasons. One whose run was cut short (killed, out of memory) is tried once more, for what it left undone. After a
    run that somebody cancelled the pass ends.
    """
    pass_id, link, scope = run.tags[PASS_TAG], Link(run.tags[LINK_TAG]), Scope.from_tags(run.tags)
    open_pass(ledger, pass_id)
    if run.run_id not in {row.run_id for row in ledger.runs(pass_id)}:
        ledger.begin_run(run.run_id, pass_id, link.value)
    ended_well = run.status is dg.DagsterRunStatus.SUCCESS
    ledger.end_run(run.run_id, state="done" if ended_well else "failed")
    problem, state = "", ""
    if run.status is dg.DagsterRunStatus.CANCELED:
        problem, state = f"{link.value}: cancelled", "abandoned"
    else:
        try:
            again = None if ended_well else _again(home, ledger, instance, link, pass_id, scope)
            request = again or request_of_next_link(home, ledger, instance, link, pass_id, scope)
        except RadgenError as error:
            problem = f"after {link.value}: {error}"
        else:
            if request is not None:
                return request
    _end(home, ledger, instance, pass_id, scope, problem=problem, state=state)
    return None


def _again(
    home: Home, ledger: Ledger, instance: dg.DagsterInstance, link: Link, pass_id: str, scope: Scope
) -> dg.RunRequest | None:
    """The same link again where its run left keys undone; a key that failed is done, until something changes."""
    tries = sum(run.link == link for run in ledger.runs(pass_id))
    if link not in WITH_KEYS or tries >= MAX_TRIES:
        return None
    plan = plan_link(home, ledger, link, Scope(scope.patients, scope.cohorts, scope.studies))
    return None if plan.is_empty else request_of(plan, instance, pass_id, scope)


def _end(
    home: Home,
    ledger: Ledger,
    instance: dg.DagsterInstance,
    pass_id: str,
    scope: Scope,
    *,
    problem: str,
    state: str,
) -> None:
    summary = pass_summary(home, ledger, instance, pass_id, scope)
    if problem:
        summary["problems"] = {"pass": problem}
    well = not (summary["troubles"] or problem or summary["suspicions"]) and all(
        each["ok"] for each in summary["links"]
    )
    ledger.end_pass(pass_id, summary, state=state or ("done" if well else "failed"))


def pass_summary(
    home: Home, ledger: Ledger, instance: dg.DagsterInstance, pass_id: str, scope: Scope
) -> dict[str, Any]:
    """What a pass did, in the words of `radgen run --json`."""
    links = [_link_row(instance, row.link, row.run_id) for row in ledger.runs(pass_id)]
    patient_assets = [asset.key for asset in (*PATIENT_CHAIN, *DEVICE_CHAIN)]
    computed = {
        record.key
        for asset in patient_assets
        for record in ledger.current(asset).values()
        if record.pass_id == pass_id and record.state is State.done
    }
    return {
        "pass": pass_id,
        "links": sorted(links, key=lambda each: ORDER.index(Link(each["link"]))),
        "patients_computed": len(computed),
        "troubles": [list(each) for each in _troubles(home, ledger, scope)],
        "problems": {},
        "suspicions": [
            f"{' and '.join(each.keys)} have equal {each.kind}s but are declared as different persons"
            for each in ledger.suspicions()
        ],
        "seconds": round(sum(each["seconds"] for each in links), 2),
    }


def _link_row(instance: dg.DagsterInstance, link: str, run_id: str) -> dict[str, Any]:
    record = instance.get_run_record_by_id(run_id)
    if record is None:  # wiped meanwhile
        return {"link": link, "ok": True, "seconds": 0.0}
    seconds = (record.end_time or 0.0) - (record.start_time or record.end_time or 0.0)
    well = record.dagster_run.is_success
    messages = [] if well else _messages(instance, run_id)
    return {"link": link, "ok": well, "run": run_id, "seconds": round(seconds, 2), "messages": messages}


def _messages(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """What the failed steps of a run said."""
    entries = instance.all_logs(run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    return failure_texts(entry.get_dagster_event() for entry in entries)


def _troubles(home: Home, ledger: Ledger, scope: Scope) -> list[tuple[str, str, str]]:
    """Known failures that stand, by one look at the plan of every chain."""
    as_they_stand = Scope(scope.patients, scope.cohorts, scope.studies)
    troubles: list[tuple[str, str, str]] = []
    try:
        for link in (*WITH_KEYS, Link.studies):
            troubles += plan_link(home, ledger, link, as_they_stand).troubles
    except RadgenError as error:
        troubles.append(("all", "pass", str(error)))
    return troubles
