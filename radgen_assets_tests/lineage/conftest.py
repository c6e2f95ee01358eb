"""A ledger of its own for each test, once in SQLite and once in Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from radgen_assets.lineage.ledger import Ledger

settings.register_profile("no_clock", deadline=None)  # a busy machine is not a fault of the rule under test
settings.load_profile("no_clock")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.stack)])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a new ledger may be made."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.sqlite"
    return request.getfixturevalue("postgres_database")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """An empty ledger."""
    with Ledger.open(ledger_url) as opened:
        yield opened.create()
