"""What each link of a pass has to do now, by the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from radgen_assets.contracts.tables.registry import MARTS, STAGING
from radgen_assets.defs.automation.links import Link, LinkPlan, Scope, keys_of, plan_chain
from radgen_assets.defs.catalogue import GATHERED_TABLES, HOME_ASSETS, home_op
from radgen_assets.factories.encoder_training import encoder_is_wanted
from radgen_assets.factories.study.assets import plan_studies
from radgen_assets.factories.table_assets import tables_are_stale

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home


def plan_link(home: Home, ledger: Ledger, link: Link, scope: Scope) -> LinkPlan:
    """What `link` has to do inside `scope`; empty when everything stands."""
    if link is Link.encoder:
        return LinkPlan(link, assets=("models/encoders",) if encoder_is_wanted(home, ledger) else ())
    if link is Link.tables:
        stale = scope.force or tables_are_stale(home, ledger, GATHERED_TABLES)
        return LinkPlan(link, assets=tuple(f"tables/{name}" for name in (*STAGING, *MARTS)) if stale else ())
    if link is Link.studies:
        again = scope.refit or scope.force
        studies = plan_studies(home, ledger, scope.studies, again=again, retry_failed=scope.retry_failed)
        asked = {name: True for name, flag in (("force", again), ("retry_failed", scope.retry_failed)) if flag}
        steps = {"__".join(asset.split("/")): {"config": asked} for asset in studies.assets} if asked else {}
        return LinkPlan(
            link, assets=studies.assets, troubles=studies.troubles, run_config={"ops": steps} if steps else {}
        )
    plan = plan_chain(home, ledger, link, keys_of(home, ledger, link, scope), scope)
    if link is Link.home and plan.keys:
        flags = {"config": {"force": scope.force, "retry_failed": scope.retry_failed}}
        return LinkPlan(
            link,
            assets=tuple(asset.key for asset in HOME_ASSETS),
            troubles=plan.troubles,
            reused=plan.reused,
            run_config={"ops": {home_op(asset): flags for asset in HOME_ASSETS}},
        )
    return plan
