"""The asset graph is a snapshot: a change in the house shows in the diff."""

from __future__ import annotations

import json
from typing import Any

import pytest

from radgen_assets.defs.catalogue import KNOWN
from radgen_assets_tests.architecture.asset_graph import SNAPSHOT, as_text

GROUPS = {"raw", "imaging", "features", "expression", "tables", "models", "reports"}


@pytest.fixture(scope="module")
def now() -> dict[str, Any]:
    return json.loads(as_text())


def test_the_graph_is_the_one_written_down(now):
    """Wanted? Then: python -m radgen_assets_tests.architecture.asset_graph"""
    assert now == json.loads(SNAPSHOT.read_text())


def test_every_asset_stands_in_a_group_of_the_house(now):
    """The boxes of the lineage picture are the groups."""
    assert {each["group"] for each in now["assets"].values()} == GROUPS


def test_every_asset_has_an_owner(now):
    """Who is asked when it is red."""
    assert [key for key, each in now["assets"].items() if not each.get("owners")] == []


def test_every_dependency_is_an_asset_of_the_house(now):
    """A name that nobody makes would show as a grey box."""
    named = {dependency for each in now["assets"].values() for dependency in each.get("deps", ())}
    assert named - set(now["assets"]) == set()


def test_every_declared_asset_stands_in_the_graph_with_its_shape(now):
    """The catalogue is the only list of assets."""
    shapes = {key: each.get("shape") for key, each in now["assets"].items()}
    assert {each.key: each.shape.value for each in KNOWN.values()}.items() <= shapes.items()


def test_only_the_device_chain_and_the_encoder_take_the_gpu_pool(now):
    """The pool has one slot a device; anything else in it would make patients wait for each other."""
    with_pool = {key for key, each in now["assets"].items() if "gpu" in each.get("pools", ())}
    assert with_pool == {"features/deep_features", "models/encoders"}


def test_patient_assets_are_partitioned_by_patient_and_cohort_assets_by_cohort(now):
    """One key of a patient asset is one patient."""
    partitions = {each["partitions"] for each in now["assets"].values() if each.get("shape") == "patient"}
    assert partitions == {"patients"}
    partitions = {each["partitions"] for each in now["assets"].values() if each.get("shape") == "cohort"}
    assert partitions == {"cohorts"}
