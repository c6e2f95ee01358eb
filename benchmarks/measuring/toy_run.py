"""Materialise the toy chain over many keys in one Dagster run, twice: all computed, then all reused. Prints JSON.

    RADGEN_HOME=... DAGSTER_HOME=... python toy_run.py KEYS

A program of its own, so that Dagster's switches, which it reads from the environment, hold from its first import.
"""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import dagster as dg

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from measuring.toy_chain import KNOWN, TOYS
from radgen_assets.defs.automation.partitions import PATIENTS
from radgen_assets.defs.automation.pass_driver import execute
from radgen_assets.defs.automation.requests import RANGE_END, RANGE_START
from radgen_assets.factories.dagster_chain import chain_assets
from radgen_assets.lineage.plan import Action
from radgen_assets.resources.home import Home

COHORT = "toy"


def main() -> None:
    """Two runs over all keys."""
    n = int(sys.argv[1])
    keys = [f"{COHORT}.P{number:05d}" for number in range(n)]
    job = dg.define_asset_job(
        "toy_range",
        selection=dg.AssetSelection.assets(*[asset.key.split("/") for asset in TOYS]),
        executor_def=dg.in_process_executor,
    )
    definitions = dg.Definitions(
        assets=[chain_assets("toy", TOYS, KNOWN, PATIENTS)], jobs=[job], executor=dg.in_process_executor
    )
    figures: dict[str, float] = {}
    with dg.DagsterInstance.get() as instance:
        instance.add_dynamic_partitions(str(PATIENTS.name), keys)
        for name in ("computed", "reused"):
            request = dg.RunRequest(job_name="toy_range", tags={RANGE_START: keys[0], RANGE_END: keys[-1]})
            began, processor = time.perf_counter(), time.process_time()
            with profiled(name):
                result = execute(definitions, instance, request)
            figures[f"{name}_seconds"] = time.perf_counter() - began
            figures[f"{name}_processor_seconds"] = time.process_time() - processor
            assert result.success, [str(each) for each in result.all_events if each.is_failure]
        figures["events"] = count_events(instance)
    refuse_what_is_missing(n)
    print(json.dumps(figures))


def profiled(name: str) -> AbstractContextManager[object]:
    """With TOY_PROFILE=FOLDER the main process's profile is written there."""
    folder = os.environ.get("TOY_PROFILE")
    if not folder:
        return nullcontext()
    import cProfile
    from contextlib import contextmanager

    @contextmanager
    def profile():
        profiler = cProfile.Profile()
        profiler.enable()
        try:
            yield
        finally:
            profiler.disable()
            where = "postgres" if "RADGEN_LEDGER_URL" in os.environ else "sqlite"
            profiler.dump_stats(f"{folder}/{where}_{name}.profile")

    return profile()


def count_events(instance: dg.DagsterInstance) -> int:
    """Materialisations of the last asset that Dagster can show by key."""
    last = dg.AssetKey(TOYS[-1].key.split("/"))
    return len(instance.get_materialized_partitions(last))


def refuse_what_is_missing(n: int) -> None:
    """A fast run that did not do its work is no figure: all pairs must stand in the ledger."""
    with Home.open().ledger(read_only=True) as ledger:
        for asset in TOYS:
            made = [each for each in ledger.current(asset.key).values() if each.state == "done"]
            assert len(made) == n, f"{asset.key}: {len(made)} of {n} in the ledger ({Action.compute})"


if __name__ == "__main__":
    main()
