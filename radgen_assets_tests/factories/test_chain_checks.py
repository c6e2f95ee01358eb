"""Checks of a chain's assets: of their code, and of the values that stand."""

from __future__ import annotations

from typing import Any

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.frames import DrawnTable, Table
from radgen_assets.defs.catalogue import KNOWN
from radgen_assets.defs.features.radiomics import radiomics
from radgen_assets.factories import dagster_chain
from radgen_assets.factories.chain_checks import ChainCheck, ValueCheck, Verdict, told
from radgen_assets.factories.dagster_chain import chain_assets
from radgen_assets.formats.kinds.pictures import png
from radgen_assets.formats.registry import kind_named
from radgen_assets.lineage.records import ArtifactRecord, InputRef, Recipe, State
from radgen_assets.resources.home import Home, make_home

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


# checks of values

COHORTS = dg.DynamicPartitionsDefinition(name="cohorts")
VALUE_CHAIN = (KNOWN["expression"], KNOWN["matrix"], KNOWN["outliers"])


def judge(found: Table) -> Verdict:
    """What the table says."""
    return Verdict(bool(found.frame["well"].all()), f"{len(found.frame)} rows", {"rows": len(found.frame)})


VALUES = ValueCheck(KNOWN["matrix"], "is_well", KNOWN["outliers"], judge)


@pytest.fixture
def home(tmp_path, monkeypatch) -> Home:
    """An empty home that steps in this process find."""
    made = make_home(tmp_path / "home")
    monkeypatch.setenv("RADGEN_HOME", str(made.root))
    return made


def record(home: Home, asset: str, cohort: str, state: State = State.done, *, made_from: str = "", **changes: Any):
    """Write an artifact's record; `made_from` is the content hash of the matrix that it read."""
    inputs = (InputRef("matrix", "artifact", f"expression/matrix|{cohort}|x", made_from),) if made_from else ()
    fields = {"recipe_hash": "r", "inputs_hash": f"{asset} {cohort} {made_from}", "inputs": inputs, **changes}
    with home.ledger() as ledger:
        ledger.record([ArtifactRecord(asset=asset, key=cohort, state=state, **fields)], [Recipe(asset, "1", "{}")])


def judged(home: Home, cohort: str, *, well: bool, made_from: str = "c1") -> None:
    """A matrix and what another asset found in it."""
    record(home, "expression/matrix", cohort, content_hash="c1", path=f"matrix/{cohort}")
    place = f"outliers/{cohort}"
    folder = home.lake.root / place
    folder.mkdir(parents=True)
    kind_named("DrawnTable").write(DrawnTable(pd.DataFrame({"well": [well]}), PICTURE), folder)
    record(home, "expression/outliers", cohort, made_from=made_from, content_hash="c2", path=place)


PICTURE = png(np.zeros((8, 200), dtype=np.uint8))


def test_values_of_every_key_are_told_in_one_result(home):
    judged(home, "a", well=True)
    judged(home, "b", well=False)
    result = told(home, VALUES)
    assert not result.passed
    assert result.severity is dg.AssetCheckSeverity.WARN
    assert result.description == "b: 1 rows a: 1 rows"
    assert (result.metadata["keys"].value, result.metadata["failed"].value, result.metadata["rows"].value) == (2, 1, 2)
    assert list(result.metadata)[-2:] == ["picture of b", "picture of a"]  # what failed comes first
    assert "data:image/png;base64," in result.metadata["picture of b"].value


def test_values_that_are_all_well_pass(home):
    judged(home, "a", well=True)
    result = told(home, VALUES)
    assert result.passed
    assert result.description == "1 looked at, nothing found."


def test_a_key_that_was_skipped_is_no_failure_and_says_why(home):
    record(home, "expression/matrix", "a", content_hash="c1")
    record(home, "expression/outliers", "a", State.skipped, reason="3 samples do not show what is usual")
    result = told(home, VALUES)
    assert result.passed
    assert "a: not asked: 3 samples do not show what is usual." in result.metadata["verdicts"].value


def test_what_could_not_be_judged_is_a_failure(home):
    record(home, "expression/matrix", "a", content_hash="c1")
    record(home, "expression/outliers", "a", State.failed, reason="out of memory")
    assert told(home, VALUES).description == "a: expression/outliers failed: out of memory"


def test_a_verdict_on_earlier_values_does_not_count(home):
    judged(home, "a", well=True, made_from="an earlier matrix")
    result = told(home, VALUES)
    assert not result.passed
    assert result.description == (
        "a: not looked at since expression/matrix was made. Materialise expression/outliers with it."
    )


def test_a_key_without_values_is_not_told(home):
    record(home, "expression/matrix", "a", State.skipped, reason="no expression")
    assert told(home, VALUES).metadata["keys"].value == 0


def test_good_keys_are_told_although_others_failed(home, monkeypatch):
    judged(home, "a", well=True)

    def fails_at_the_end(*arguments, **flags):
        raise dg.Failure("one key failed")

    monkeypatch.setattr(dagster_chain, "run_in_dagster", fails_at_the_end)
    chain = chain_assets("cohorts", VALUE_CHAIN, KNOWN, COHORTS, checks=(VALUES,))
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("cohorts", ["a"])
        result = dg.materialize([chain], instance=instance, partition_key="a", raise_on_error=False)
    assert not result.success
    assert [each.passed for each in result.get_asset_check_evaluations()] == [True]
