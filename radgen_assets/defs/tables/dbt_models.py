"""tables/*: the dbt project's models as assets and its tests as asset checks, built in a fresh file."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import dagster as dg
from dagster_dbt import dbt_assets

from radgen_assets.contracts.tables.registry import MARTS, STAGING
from radgen_assets.defs.catalogue import GATHERED_TABLES
from radgen_assets.factories.column_schema import COLUMN_SCHEMA, ROW_COUNT, column_schema
from radgen_assets.factories.dagster_chain import PASS_TAG
from radgen_assets.factories.table_assets import gathered_inputs, record_marts
from radgen_assets.resources.home import Home
from radgen_assets.resources.warehouse_build import MANIFEST

if TYPE_CHECKING:
    from radgen_assets.resources.warehouse import BuildResult

TABLES = {**STAGING, **MARTS}


def dbt_assets_and_checks() -> list[dg.AssetsDefinition]:
    """The dbt models; empty, with a warning, where set-up has not made the manifest."""
    if not MANIFEST.is_file():
        import warnings

        warnings.warn(
            "The dbt manifest is missing, so the tables are not shown. Make it with: make setup", stacklevel=2
        )
        return []

    @dbt_assets(manifest=MANIFEST, name="dbt_models", pool="warehouse")
    def dbt_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
        yield from _build(context)

    return [dbt_models]


def _build(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Lay out the gathered tables, build what is selected, tell Dagster, write down what the marts were made from."""
    from radgen_assets.resources.warehouse import WarehouseFailed

    started = time.perf_counter()
    home = Home.open()
    warehouse = home.warehouse()
    selected = context.selected_asset_keys
    everything = selected == set(context.assets_def.keys)
    with home.ledger() as ledger:
        gathered = gathered_inputs(home, ledger, GATHERED_TABLES)
        warehouse.link_sources(gathered.files)
        failure = None
        try:
            result = warehouse.build(None if everything else sorted(key.path[-1] for key in selected))
        except WarehouseFailed as error:
            result, failure = error.result, error
        yield from _events(context, result, published=failure is None)
        if failure is not None:
            raise dg.Failure(str(failure), allow_retries=False)
        if everything:
            record_marts(
                home,
                ledger,
                gathered,
                run_id=context.run.run_id,
                pass_id=context.run.tags.get(PASS_TAG, ""),
                seconds=time.perf_counter() - started,
            )


def _events(context: dg.AssetExecutionContext, result: "BuildResult", *, published: bool) -> Iterator[Any]:
    """Models with columns, lineage and row counts (only when published), then every test as a check."""
    from radgen_assets.resources.warehouse_lineage import column_lineage

    for node in result.nodes if published else ():
        key = dg.AssetKey(list(node.asset_key))
        if key not in context.selected_asset_keys:
            continue  # the first build of a selection builds its parents, too
        lineage = {
            column: [dg.TableColumnDep(asset_key=dg.AssetKey(list(asset)), column_name=name) for asset, name in sources]
            for column, sources in column_lineage(node).items()
        }
        mart = result.marts.get(node.name)
        yield dg.MaterializeResult(
            asset_key=key,
            data_version=dg.DataVersion(mart.sha256) if mart else None,
            metadata={
                COLUMN_SCHEMA: column_schema(TABLES[node.name]),
                "dagster/column_lineage": dg.TableColumnLineage(lineage),
                ROW_COUNT: node.n_rows,
                "seconds": node.seconds,
            },
        )
    for test in result.tests:
        key = dg.AssetKey(list(test.asset_key))
        if test.status == "skipped" or dg.AssetCheckKey(key, test.name) not in context.selected_asset_check_keys:
            continue  # unit tests are no asset checks
        rows = [{name: str(value) for name, value in row.items()} for row in test.rows]
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name=test.name,
            passed=not test.failed,
            metadata={"rows": test.n_failures, "first rows": dg.MetadataValue.json(rows)},
            description=test.sentence() if test.failed else None,
        )
