"""The asset graph as text: keys, dependencies, groups, owners, shapes, checks.

``python -m radgen_assets_tests.architecture.asset_graph`` writes the snapshot afresh after a wanted change.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import dagster as dg

from radgen_assets.contracts.study import Study
from radgen_assets.contracts.toml_models import parse_toml
from radgen_assets.defs.assemble import assemble
from radgen_assets.factories.study.assets import study_assets
from radgen_assets_tests.architecture.test_import_budget import STUDY

SNAPSHOT = Path(__file__).with_name("asset_graph.json")


def asset_graph() -> dict[str, Any]:
    """Every asset of a house with one small study, by key; nothing in it depends on this machine."""
    study = parse_toml(Study, STUDY, "first.toml")
    house = dg.Definitions.merge(assemble(None), dg.Definitions(assets=study_assets(study)))
    graph = house.resolve_asset_graph()
    return {key.to_user_string(): _described(graph.get(key)) for key in sorted(graph.get_all_asset_keys())}


def automation() -> dict[str, list[str]]:
    """Names of jobs, sensors and schedules."""
    house = assemble(None)
    return {
        "jobs": sorted(each.name for each in house.jobs or ()),
        "sensors": sorted(each.name for each in house.sensors or ()),
        "schedules": sorted(each.name for each in house.schedules or ()),
    }


def as_text() -> str:
    """What the snapshot file holds."""
    return json.dumps({"assets": asset_graph(), "automation": automation()}, indent=2, sort_keys=True) + "\n"


def _described(node: Any) -> dict[str, Any]:
    described = {
        "deps": sorted(key.to_user_string() for key in node.parent_keys),
        "group": node.group_name,
        "kinds": sorted(node.kinds),
        "owners": sorted(node.owners),
        "code_version": node.code_version if node.tags.get("radgen/shape") else None,  # dbt's is a hash of its SQL
        "partitions": getattr(node.partitions_def, "name", None),
        "pools": sorted(node.pools or ()),
        "shape": node.tags.get("radgen/shape"),
        "checks": sorted(each.name for each in node.check_keys),
    }
    return {name: value for name, value in described.items() if value not in (None, [])}


if __name__ == "__main__":
    SNAPSHOT.write_text(as_text())
    print(f"wrote {SNAPSHOT}")
