"""Checks of a chain's assets that read none of their values: of the code that makes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from radgen_assets.factories.declaration import AssetDeclaration


@dataclass(frozen=True)
class ChainCheck:
    """One check, run once in every run of the chain that makes its asset, before the first key.

    run : gives whether it passed, a sentence, and numbers; its docstring is the check's description
    """

    asset: AssetDeclaration
    name: str
    run: Callable[[], dg.AssetCheckResult]

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """The check's face in the UI."""
        key = dg.AssetKey(self.asset.key.split("/"))
        return dg.AssetCheckSpec(self.name, asset=key, description=inspect.getdoc(self.run))


def results(context: dg.AssetExecutionContext, checks: Sequence[ChainCheck]) -> Iterator[dg.AssetCheckResult]:
    """Of those checks that this run selects."""
    for check in checks:
        if check.spec.key in context.selected_asset_check_keys:
            yield check.run()._replace(check_name=check.name, asset_key=check.spec.asset_key)
