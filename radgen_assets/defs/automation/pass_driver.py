"""Drive a pass from the command line: one link after another, each a Dagster run in this process.

The daemon drives the same links by sensors (sensors.py). What a link has to do is decided in links.py.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dagster as dg

from radgen_assets.defs.automation.after_links import after_link
from radgen_assets.defs.automation.failure_text import failure_texts
from radgen_assets.defs.automation.jobs import add_partitions
from radgen_assets.defs.automation.links import ORDER, Link, LinkPlan, Scope
from radgen_assets.defs.automation.plans import plan_link
from radgen_assets.defs.automation.requests import request_of
from radgen_assets.defs.settings_tables import check_settings
from radgen_assets.factories.chain import alone
from radgen_assets.factories.event_storage import kept_open
from radgen_assets.factories.progress import watched_by
from radgen_assets.resources.home import Home
from radgen_assets.stewardship.reap import PROCESS_TAG, this_process

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger

Tell = Callable[[str], None]
NOT_BY_KEY = (Link.encoder, Link.tables, Link.studies)
QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}  # the log is in Dagster's event store; the terminal is ours


@dataclass
class PassSummary:
    """What a pass did: newly done, reused, newly failed with the reason."""

    pass_id: str
    links: list[dict[str, Any]] = field(default_factory=list)
    troubles: list[tuple[str, str, str]] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    suspicions: list[str] = field(default_factory=list)
    patients: set[str] = field(default_factory=set)  # keys that a run was needed for
    seconds: float = 0.0

    @property
    def patients_computed(self) -> int:
        """How many patients something was done for, each counted once."""
        return len(self.patients)

    def add(self, troubles: Iterable[tuple[str, str, str]]) -> None:
        """Keep what failed; what only repeats a cohort's problem is told once, there."""
        self.troubles += [each for each in troubles if each[2] not in self.problems.values()]

    @property
    def is_well(self) -> bool:
        """Whether nothing failed."""
        return not (self.troubles or self.problems or self.suspicions or any(not each["ok"] for each in self.links))

    def as_json(self) -> dict[str, Any]:
        """Plain values, for the ledger and --json."""
        return {
            "pass": self.pass_id,
            "links": self.links,
            "patients_computed": self.patients_computed,
            "troubles": [list(each) for each in self.troubles],
            "problems": self.problems,
            "suspicions": self.suspicions,
            "seconds": round(self.seconds, 2),
        }


def run_pass(
    home: Home, scope: Scope, tell: Tell, *, trigger: str = "cli", links: tuple[Link, ...] = ORDER
) -> PassSummary:
    """Walk from sources to reports; says through `tell` what happens."""
    started = time.monotonic()
    check_settings(home)
    with home.ledger() as ledger, dg.DagsterInstance.from_config(str(home.dagster_folder)) as instance:
        summary = PassSummary(ledger.begin_pass(trigger))
        walk = _Pass(home, ledger, instance, scope, summary, tell)
        state = "failed"
        try:
            for link in ORDER:
                if link in links:
                    walk.link(link)
            state = "done" if summary.is_well else "failed"
        finally:
            summary.seconds = time.monotonic() - started
            ledger.end_pass(summary.pass_id, summary.as_json(), state=state)
    return summary


@dataclass
class _Pass:
    """One pass under way."""

    home: Home
    ledger: Ledger
    instance: dg.DagsterInstance
    scope: Scope
    summary: PassSummary
    tell: Tell

    @cached_property
    def definitions(self) -> dg.Definitions:
        """Loaded when a link has something to do: on unchanged data nothing is, and loading is most of the time."""
        from radgen_assets.defs.assemble import assemble

        return assemble(self.home)

    def link(self, link: Link) -> None:
        """Plan one link and run it if there is something to do."""
        if link is Link.register:
            self._register()
        elif link in NOT_BY_KEY:  # no claims by key: of two passes at once one waits, and then finds it done
            with alone(self.ledger, f"link {link.value}"):
                self._planned(link)
        else:
            self._planned(link)
        if link is Link.patients:
            self._tell_suspicions()

    def _planned(self, link: Link) -> None:
        plan = plan_link(self.home, self.ledger, link, self.scope)
        if plan.is_empty:
            self.summary.add(plan.troubles)
            self.summary.links.append({"link": link.value, "ok": True, "did": 0, "reused": plan.reused})
            self.tell(f"{link.value}: nothing to do" + (f" ({plan.reused} stand)" if plan.reused else ""))
            return
        n = len(plan.keys) or len(plan.assets)
        self.tell(f"{link.value}: {n} {'keys' if plan.keys else 'assets'} to bring up to date")
        begun = time.monotonic()
        request = request_of(plan, self.instance, self.summary.pass_id, self.scope)
        with watched_by(self.tell):
            result = execute(self.definitions, self.instance, request)
        self._note(plan, n, result, time.monotonic() - begun)
        after_link(self.home, self.ledger, link)

    def _note(self, plan: LinkPlan, n: int, result: Any, seconds: float) -> None:
        """Keep and tell what a run did, and what stands failed after it."""
        scope, link = self.scope, plan.link
        after = plan_link(self.home, self.ledger, link, Scope(scope.patients, scope.cohorts, scope.studies))
        self.summary.add(after.troubles)
        if link in (Link.patients, Link.device):
            self.summary.patients.update(plan.keys)
        failed = [] if result.success else failure_texts(result.all_events)
        self.summary.links.append(
            {
                "link": link.value,
                "ok": result.success,
                "did": n,
                "reused": plan.reused,
                "run": result.run_id,
                "seconds": round(seconds, 2),
                "messages": failed,
            }
        )
        self.ledger.begin_run(result.run_id, self.summary.pass_id, link.value)
        self.ledger.end_run(result.run_id, state="done" if result.success else "failed")
        self.tell(f"{link.value}: {'done' if result.success else 'done with trouble'} in {seconds:.1f} s")
        for message in failed:
            self.tell(f"  {message}")

    def _register(self) -> None:
        from radgen_assets.stewardship.register import register

        registration = register(self.home, self.ledger, self.scope.cohorts or None)
        add_partitions(self.instance, self.home, self.ledger)
        self.summary.problems.update(registration.problems)
        self.tell(
            f"register: {sum(registration.patients.values())} patients with images in "
            f"{len(registration.patients)} cohorts, "
            f"{len(registration.new)} new, {len(registration.gone)} gone, {registration.hashed} files hashed"
        )
        for cohort, problem in registration.problems.items():
            self.tell(f"  {cohort}: {problem}")
        well = not registration.problems
        self.summary.links.append({"link": "register", "ok": well, "did": len(registration.new), "reused": 0})

    def _tell_suspicions(self) -> None:
        for suspicion in self.ledger.suspicions():
            text = f"{' and '.join(suspicion.keys)} have equal {suspicion.kind}s but are declared as different persons"
            self.summary.suspicions.append(text)
            self.tell(f"  suspicion: {text}. Declare them in identity.csv; studies that hold them wait.")


def execute(definitions: dg.Definitions, instance: dg.DagsterInstance, request: dg.RunRequest) -> Any:
    """Run, in this process, what the daemon would launch for `request`."""
    job = definitions.resolve_job_def(str(request.job_name))
    with kept_open(Path(instance.root_directory)):  # Dagster plans a run's pairs before our step begins
        return job.execute_in_process(
            instance=instance,
            tags={**request.tags, PROCESS_TAG: this_process()},
            run_config={**request.run_config, "loggers": QUIET},
            asset_selection=request.asset_selection,
            raise_on_error=False,
        )
