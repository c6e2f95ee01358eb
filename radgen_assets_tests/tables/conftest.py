"""The two small cohorts, built once for all tests that only read."""

from __future__ import annotations

import pytest

from radgen_assets.resources.warehouse import BuildResult, Warehouse
from radgen_assets_tests.tables.small_cohorts import small_cohorts, write_tables


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> tuple[Warehouse, BuildResult]:
    """A warehouse with everything in it, and what its build said."""
    folder = tmp_path_factory.mktemp("tables")
    warehouse = Warehouse(folder / "warehouse")
    warehouse.link_sources(write_tables(small_cohorts(), folder / "lake"))
    return warehouse, warehouse.build()
