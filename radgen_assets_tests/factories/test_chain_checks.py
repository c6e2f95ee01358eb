"""Checks of the code of a chain's assets."""

from __future__ import annotations

from typing import Any

import dagster as dg

from radgen_assets.defs.catalogue import KNOWN
from radgen_assets.defs.features.radiomics import radiomics
from radgen_assets.factories import dagster_chain
from radgen_assets.factories.chain_checks import ChainCheck
from radgen_assets.factories.dagster_chain import chain_assets

PATIENTS = dg.DynamicPartitionsDefinition(name="patients")
CHAIN = (KNOWN["quality"], radiomics)


def holds() -> dg.AssetCheckResult:
    """What holds."""
    return dg.AssetCheckResult(passed=True, description="all is as it should be")


def fails() -> dg.AssetCheckResult:
    """What does not hold."""
    return dg.AssetCheckResult(passed=False, description="one is not")


def run(monkeypatch, check: ChainCheck, *selected: str, ran: list[str] | None = None) -> Any:
    """One run of a chain of two assets whose deed is replaced."""

    def deed(context, name, chosen, known, keys, **flags):
        if ran is not None:
            ran.extend(each.name for each in chosen)

    monkeypatch.setattr(dagster_chain, "run_in_dagster", deed)
    chain = chain_assets("patients", CHAIN, KNOWN, PATIENTS, checks=(check,))
    selection = dg.AssetSelection.assets(*[dg.AssetKey(each.split("/")) for each in selected])
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("patients", ["site.P1"])
        return dg.materialize([chain], selection=selection, instance=instance, partition_key="site.P1")


def test_a_check_is_shown_at_its_asset_with_what_it_asks():
    spec = ChainCheck(radiomics, "conforms", holds).spec
    assert (spec.asset_key.to_user_string(), spec.name, spec.description) == (
        "features/radiomics",
        "conforms",
        "What holds.",
    )


def test_a_run_that_makes_the_asset_tells_what_the_check_found(monkeypatch):
    result = run(monkeypatch, ChainCheck(radiomics, "conforms", holds), "imaging/quality", "features/radiomics")
    (told,) = result.get_asset_check_evaluations()
    assert (told.check_name, told.asset_key.to_user_string(), told.passed) == ("conforms", "features/radiomics", True)
    assert told.description == "all is as it should be"


def test_a_check_that_fails_is_red_and_stops_nothing(monkeypatch):
    ran: list[str] = []
    result = run(monkeypatch, ChainCheck(radiomics, "conforms", fails), "features/radiomics", ran=ran)
    assert result.success
    assert [each.passed for each in result.get_asset_check_evaluations()] == [False]
    assert ran == ["radiomics"]


def test_a_run_without_the_asset_does_not_ask(monkeypatch):
    result = run(monkeypatch, ChainCheck(radiomics, "conforms", fails), "imaging/quality")
    assert result.success
    assert result.get_asset_check_evaluations() == []
