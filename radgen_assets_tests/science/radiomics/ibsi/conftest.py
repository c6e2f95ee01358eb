"""The phantoms of IBSI chapter 1."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def ibsi_1(shared_data: Path) -> Path:
    """The folder of phantoms and published values."""
    folder = shared_data / "radiomics_reference" / "ibsi_1"
    if not folder.is_dir():
        pytest.skip("IBSI's phantoms (radiomics_reference/ibsi_1) are not among the real data")
    return folder
