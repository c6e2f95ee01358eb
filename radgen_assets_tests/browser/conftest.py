"""A served home and a browser to look at it with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from radgen_assets_tests.chromium import PATIENCE
from radgen_assets_tests.stack.served import Served, served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="session")
def ui(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Iterator[Served]:
    """`radgen ui` over a home whose training site is done and whose second cohort is not.

    The sensor on the cohort roots is off: it would do by itself what the tests do by hand.
    """
    from radgen_assets_tests.browser.prepared import prepare

    small = prepare(tmp_path_factory.mktemp("browser"))
    with served(small.home.root) as running:
        running.set_sensor("cohort_roots", running=False)
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page, as large as a person's window."""
    opened = browser.new_page(viewport={"width": 1500, "height": 1000})
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()
