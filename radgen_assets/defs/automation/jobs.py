"""Jobs of the pass: each link's, for one range of keys or for scattered ones. All call the same functions as the UI."""

from typing import Any

import dagster as dg
from pydantic import Field

from radgen_assets.defs.automation.daemon_passes import open_pass
from radgen_assets.defs.automation.links import Link
from radgen_assets.defs.automation.partitions import COHORTS, PATIENTS
from radgen_assets.defs.catalogue import CHAINS, CHECKS, KNOWN
from radgen_assets.factories.dagster_chain import PASS_TAG, run_in_dagster, tell_checks
from radgen_assets.resources.home import Home

IN_PROCESS: dict[str, Any] = {"executor_def": dg.in_process_executor}
PARTITIONED = (Link.patients, Link.device, Link.cohorts, Link.gather)


class ScatteredConfig(dg.Config):
    """Which keys of which chain; scattered keys are no range, so they go through this job.

    chain: patients, device, cohorts or gather.
    keys: patient keys or cohorts.
    """

    chain: str
    keys: list[str]
    force: bool = False
    retry_failed: bool = False


@dg.op(description="Brings scattered keys of one chain up to date; the same function as the assets' own step.")
def bring_keys_up_to_date(context: dg.OpExecutionContext, config: ScatteredConfig) -> None:
    _bring(context, config)


@dg.job(name="scattered_keys", **IN_PROCESS)
def scattered_keys() -> None:
    """Scattered patients or cohorts of one chain."""
    bring_keys_up_to_date()


@dg.op(pool="gpu", description="As bring_keys_up_to_date, with a slot of pool gpu.")
def bring_keys_up_to_date_on_device(context: dg.OpExecutionContext, config: ScatteredConfig) -> None:
    _bring(context, config)


@dg.job(name="scattered_keys_on_device", **IN_PROCESS)
def scattered_keys_on_device() -> None:
    """Scattered patients on the device."""
    bring_keys_up_to_date_on_device()


def _bring(context: dg.OpExecutionContext, config: ScatteredConfig) -> None:
    try:
        run_in_dagster(
            context,
            config.chain,
            CHAINS[config.chain],
            KNOWN,
            tuple(config.keys),
            force=config.force,
            retry_failed=config.retry_failed,
        )
    finally:  # good keys are told although others failed
        tell_checks(context, CHECKS.get(config.chain, ()), CHAINS[config.chain])


class RegisterConfig(dg.Config):
    """Which cohorts to look at; none means all."""

    cohorts: list[str] = Field(default_factory=list)


@dg.op(description="Looks at the cohorts' folders; writes patients, files and hashes into the ledger; adds partitions.")
def look_at_sources(context: dg.OpExecutionContext, config: RegisterConfig) -> None:
    from radgen_assets.stewardship.register import register

    home = Home.open()
    pass_id = context.run.tags.get(PASS_TAG)
    with home.ledger() as ledger:
        if pass_id:
            open_pass(ledger, pass_id)
            ledger.begin_run(context.run_id, pass_id, "register")
        registration = register(home, ledger, config.cohorts or None)
        add_partitions(context.instance, home, ledger)
    context.log.info(
        f"{sum(registration.patients.values())} patients with images in {len(registration.patients)} cohorts; "
        f"{len(registration.new)} new, {len(registration.gone)} gone, {registration.hashed} files hashed"
    )
    if registration.problems:
        lines = "\n".join(f"{cohort}: {problem}" for cohort, problem in registration.problems.items())
        raise dg.Failure(f"Some cohorts could not be looked at; the others were.\n{lines}", allow_retries=False)


@dg.job(name="register", **IN_PROCESS)
def register_sources() -> None:
    """First link of a pass: what lies in the cohorts' folders."""
    look_at_sources()


def add_partitions(instance: dg.DagsterInstance, home: Home, ledger: Any) -> tuple[int, int]:
    """Add keys that Dagster does not know yet, in sorted order; returns how many patients and cohorts were added."""
    from radgen_assets.defs.automation.links import patients_with_images

    patients = _add(instance, PATIENTS, patients_with_images(ledger))
    cohorts = _add(instance, COHORTS, tuple(sorted(home.cohorts())))
    return patients, cohorts


def _add(instance: dg.DagsterInstance, partitions: dg.DynamicPartitionsDefinition, keys: tuple[str, ...]) -> int:
    name = str(partitions.name)
    known = set(instance.get_dynamic_partitions(name))
    new = [key for key in keys if key not in known]
    if new:
        instance.add_dynamic_partitions(name, new)
    return len(new)


def _selection(link: Link) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*[asset.key.split("/") for asset in CHAINS[link.value]])


def _all_partitioned() -> dg.AssetSelection:
    selection = _selection(Link.patients)
    for link in PARTITIONED:
        selection = selection | _selection(link)
    return selection


def _chain_jobs() -> list[Any]:
    """One asset job a chain with partitions (a range of keys, by Dagster's range tags), one for all without."""
    unpartitioned = dg.AssetSelection.all() - _all_partitioned()
    whole = dg.define_asset_job("unpartitioned", selection=unpartitioned, executor_def=dg.in_process_executor)
    return [whole] + [
        dg.define_asset_job(
            f"{link.value}_range",
            selection=_selection(link),
            executor_def=dg.in_process_executor,
        )
        for link in PARTITIONED
    ]


CHAIN_JOBS = _chain_jobs()
