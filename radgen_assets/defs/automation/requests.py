"""From what a link has to do to the run that Dagster's daemon should launch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import dagster as dg

from radgen_assets.defs.automation.after_links import after_link
from radgen_assets.defs.automation.links import Link, LinkPlan, Scope, contiguous, next_link
from radgen_assets.defs.automation.plans import plan_link
from radgen_assets.factories.dagster_chain import LINK_TAG, PASS_TAG

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"


def request_of_next_link(
    home: Home, ledger: Ledger, instance: dg.DagsterInstance | None, after: Link, pass_id: str, scope: Scope
) -> dg.RunRequest | None:
    """The next run of a pass: links that have nothing to do are passed over; None when the pass has ended."""
    after_link(home, ledger, after)
    link = next_link(after)
    while link is not None:
        request = request_of_link(home, ledger, instance, link, pass_id, scope)
        if request is not None:
            return request
        link = next_link(link)
    return None


def request_of_link(
    home: Home, ledger: Ledger, instance: dg.DagsterInstance | None, link: Link, pass_id: str, scope: Scope
) -> dg.RunRequest | None:
    """The run of one link; None when it has nothing to do."""
    plan = plan_link(home, ledger, link, scope)
    return None if plan.is_empty else request_of(plan, instance, pass_id, scope)


def request_of(plan: LinkPlan, instance: dg.DagsterInstance | None, pass_id: str, scope: Scope) -> dg.RunRequest:
    """The run that does what `plan` says."""
    tags = {PASS_TAG: pass_id, LINK_TAG: plan.link.value} | scope.as_tags()
    if plan.assets:
        keys = [dg.AssetKey(each.split("/")) for each in plan.assets]
        return dg.RunRequest(
            job_name="unpartitioned", asset_selection=keys, tags=tags, run_config=dict(plan.run_config)
        )
    return _of_keys(plan, instance, tags, scope)


def _of_keys(plan: LinkPlan, instance: dg.DagsterInstance | None, tags: dict[str, str], scope: Scope) -> dg.RunRequest:
    flags = {"force": scope.force, "retry_failed": scope.retry_failed}
    partitions = plan.partitions_of(instance) if instance is not None else []
    if contiguous(plan.keys, partitions):
        ordered = [key for key in partitions if key in set(plan.keys)]
        return dg.RunRequest(
            job_name=f"{plan.link.value}_range",
            tags=tags | {RANGE_START: ordered[0], RANGE_END: ordered[-1]},
            run_config={"ops": {plan.link.value: {"config": flags}}},
        )
    on_device = plan.link is Link.device
    op = "bring_keys_up_to_date_on_device" if on_device else "bring_keys_up_to_date"
    config = {"chain": plan.link.value, "keys": list(plan.keys), **flags}
    return dg.RunRequest(
        job_name="scattered_keys_on_device" if on_device else "scattered_keys",
        tags=tags,
        run_config={"ops": {op: {"config": config}}},
    )
