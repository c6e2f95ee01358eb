"""Explain one artifact: what the ledger knows of it, and what the next run would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from radgen_assets.audit.why import Intended, WhyAnswer, why

if TYPE_CHECKING:
    from radgen_assets.lineage.ledger import Ledger
    from radgen_assets.resources.home import Home


def explain(home: Home, asset: str, key: str) -> WhyAnswer:
    """Why (asset, key) stands as it does; raises NotReady when nothing is known of it."""
    with home.ledger(read_only=True) as ledger:
        return why(ledger, asset, key, _intended(home, ledger, asset, key))


def _intended(home: Home, ledger: Ledger, asset: str, key: str) -> Intended | None:
    """What the next run would do with an asset of a chain; None for tables, fits and reports."""
    from radgen_assets.defs.catalogue import CHAINS, KNOWN
    from radgen_assets.factories.chain import ChainRequest, plan_tasks
    from radgen_assets.factories.walk import prepare, recipe_of

    declared = KNOWN.get(asset.rpartition("/")[2])
    if declared is None or declared.key != asset:
        return None
    chain = next(name for name, assets in CHAINS.items() if declared in assets)
    request = ChainRequest(chain=chain, assets=(declared,), known=KNOWN, keys=(key,))
    task = plan_tasks(home, ledger, request)[key]
    prepared = prepare(task, declared, task.upstream)
    recipe = recipe_of(declared, task.settings[declared.key])
    return Intended(prepared.decision, prepared.states, recipe, prepared.references)
