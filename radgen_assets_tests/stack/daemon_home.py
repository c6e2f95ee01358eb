"""A home of three patients that a daemon works on, and what it has done so far."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.science.phantom.settings import CohortSizes
from radgen_assets_tests.passes.small_home import SmallHome, make_small_home, small_phantom
from radgen_assets_tests.stack.served import Served

PATIENTS = ("two_readers.TR01", "two_readers.TR02", "two_readers.TR03")


def a_home(folder: Path) -> SmallHome:
    sizes = CohortSizes(**dict.fromkeys(CohortSizes.model_fields, 0) | {"two_readers": 3})
    return make_small_home(folder, small_phantom(patients=sizes), encoder=False)


def runs(ui: Served) -> list[dict[str, str]]:
    """Every run with its link, the oldest first."""
    query = "{ runsOrError { ... on Runs { results { runId status jobName tags { key value } } } } }"
    found = ui.ask(query)["runsOrError"]["results"]
    return [each | {tag["key"]: tag["value"] for tag in each["tags"]} for each in reversed(found)]


def radiomics(small: SmallHome) -> set[str]:
    with small.ledger() as ledger:
        return {key for key, record in ledger.current("features/radiomics").items() if record.state == "done"}
