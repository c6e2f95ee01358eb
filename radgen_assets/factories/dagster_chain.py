"""Chains as Dagster sees them: one subsettable multi-asset a chain, each asset with its own key, group and version.

Separate steps would stop or skip each other when one patient fails; inside one step good patients are green, bad ones
red from the failing asset on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import dagster as dg

from radgen_assets.factories.chain import ChainRequest, ChainSummary, run_chain
from radgen_assets.factories.chain_checks import AnyCheck, ValueCheck, evaluations, results, value_results
from radgen_assets.factories.column_schema import COLUMN_SCHEMA, column_schema, table_of
from radgen_assets.factories.declaration import HOME_KEY, OWNER, AssetDeclaration, Shape
from radgen_assets.factories.event_storage import kept_open
from radgen_assets.factories.events import failures_table, reporter
from radgen_assets.factories.progress import counting
from radgen_assets.lineage.plan import Action
from radgen_assets.resources.home import Home

PASS_TAG = "radgen/pass"
LINK_TAG = "radgen/link"


class ChainConfig(dg.Config):
    """Run config of every chain.

    force: compute although an equal artifact stands.
    retry_failed: try again what failed with the same inputs.
    """

    force: bool = False
    retry_failed: bool = False


def chain_assets(
    name: str,
    assets: Sequence[AssetDeclaration],
    known: Mapping[str, AssetDeclaration],
    partitions: dg.PartitionsDefinition | None,
    *,
    pool: str | None = None,
    checks: Sequence[AnyCheck] = (),
) -> dg.AssetsDefinition:
    """One subsettable multi-asset over `assets` (upstream first).

    Parameters
    ----------
    known : every declared asset by its name, for dependencies that lie outside this chain
    partitions : the partition set of the chain's keys; None for assets of the whole home
    pool : Dagster pool that the step takes a slot of
    checks : of the code and the values of these assets; a check that fails is told, and stops nothing
    """
    by_key = {asset.key: asset for asset in assets}

    @dg.multi_asset(
        name=name,
        specs=[asset_spec(asset, known) for asset in assets],
        check_specs=[check.spec for check in checks],
        can_subset=True,
        partitions_def=partitions,
        backfill_policy=dg.BackfillPolicy.single_run() if partitions else None,
        pool=pool,
    )
    def chain(context: dg.AssetExecutionContext, config: ChainConfig) -> Any:
        selected = tuple(by_key[each] for each in by_key if dg.AssetKey(each.split("/")) in context.selected_asset_keys)
        keys = tuple(context.partition_keys) if partitions else (HOME_KEY,)
        yield from results(context, checks)
        failed: dg.Failure | None = None
        try:
            run_in_dagster(context, name, selected, known, keys, force=config.force, retry_failed=config.retry_failed)
        except dg.Failure as error:  # good keys are told all the same
            failed = error
        if any(isinstance(check, ValueCheck) for check in checks):
            yield from value_results(context, Home.open(), checks)
        if failed is not None:
            raise failed

    return chain


def tell_checks(
    context: dg.OpExecutionContext, checks: Sequence[AnyCheck], selected: Sequence[AssetDeclaration]
) -> None:
    """Tell the checks of values of `selected` from a step that is no asset's own."""
    for evaluation in evaluations(Home.open(), checks, selected):
        context.instance.report_runless_asset_event(evaluation)


def asset_spec(asset: AssetDeclaration, known: Mapping[str, AssetDeclaration]) -> dg.AssetSpec:
    """An asset's face in the UI: key, group, upstreams, description, code version."""
    table = table_of(asset)
    upstream = [parameter.upstream for parameter in asset.parameters if parameter.upstream] + list(asset.also_after)
    return dg.AssetSpec(
        key=dg.AssetKey(asset.key.split("/")),
        deps=[_dependency(asset, known[each]) for each in upstream],
        description=asset.description,
        group_name=asset.group,
        skippable=True,
        code_version=asset.code_version,
        owners=[OWNER],
        kinds=set(asset.kinds),
        tags={"radgen/shape": asset.shape.value},
        metadata={COLUMN_SCHEMA: column_schema(table)} if table is not None else {},
    )


def _dependency(asset: AssetDeclaration, upstream: AssetDeclaration) -> dg.AssetDep:
    key = dg.AssetKey(upstream.key.split("/"))
    if upstream.shape is asset.shape or upstream.shape is Shape.home:
        return dg.AssetDep(key)
    return dg.AssetDep(key, partition_mapping=dg.AllPartitionMapping())


def run_in_dagster(
    context: dg.AssetExecutionContext | dg.OpExecutionContext,
    name: str,
    selected: tuple[AssetDeclaration, ...],
    known: Mapping[str, AssetDeclaration],
    keys: tuple[str, ...],
    *,
    force: bool,
    retry_failed: bool,
) -> ChainSummary:
    """Run a chain inside a Dagster step; raises Failure at the end when something failed or was blocked."""
    home = Home.open()
    run = context.run
    with home.ledger() as ledger:
        request = ChainRequest(
            chain=name,
            assets=selected,
            known=known,
            keys=keys,
            force=force,
            retry_failed=retry_failed,
            run_id=run.run_id,
            pass_id=run.tags.get(PASS_TAG, ""),
        )
        listener = reporter(context, {asset.key: asset for asset in selected}, home.lake.root)
        with kept_open(home.dagster_folder, run.run_id):
            summary = run_chain(home, ledger, request, counting(name, len(keys), listener))
    context.log.info(summary_line(name, len(keys), summary))
    if summary.troubles:
        raise failure(name, summary)
    return summary


def summary_line(name: str, n_keys: int, summary: ChainSummary) -> str:
    """One line of counts."""
    counts = ", ".join(f"{summary.total(action)} {action.value}" for action in Action if summary.total(action))
    return f"{name}: {n_keys} keys: {counts or 'nothing to do'}"


def failure(name: str, summary: ChainSummary) -> dg.Failure:
    """The failure that turns bad patients red, with the table of reasons."""
    bad = sorted({each.key for each in summary.troubles})
    first = next((each for each in summary.troubles if each.action is Action.failed), summary.troubles[0])
    return dg.Failure(
        description=f"{name}: {len(bad)} of the keys failed or were blocked. First: {first.key}, {first.asset}: "
        f"{first.record.reason}",
        metadata={"failures": failures_table(summary.troubles[:200]), "n_bad": len(bad)},
        allow_retries=False,
    )
