"""Fixtures that every room's tests may use."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest_plugins = ["radgen_assets_tests.postgres", "radgen_assets_tests.chromium"]

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real, public data beside the repository."""
    folder = SHARED / "data"
    if not folder.is_dir():
        pytest.skip("the real data (../shared/data) are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def shared_reference() -> Path:
    """The folder of golden values from R beside the repository."""
    folder = SHARED / "reference"
    if not folder.is_dir():
        pytest.skip("the golden values from R (../shared/reference) are not beside this checkout")
    return folder
