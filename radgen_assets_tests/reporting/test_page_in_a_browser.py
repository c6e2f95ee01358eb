"""The page as a browser shows it: nothing leaves the screen, nothing is fetched, every figure has a size."""

from __future__ import annotations

import pytest

from radgen_assets.reporting.page import report_page
from radgen_assets_tests.reporting.synthetic import report

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "report.html"
    path.write_text(report_page(report()), encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_a_page_fits_its_window_and_fetches_nothing(browser, page_file, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_file.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [url for url in asked if not url.startswith("data:")] == [page_file.as_uri()]
    assert said == []
    page.close()


def test_every_figure_and_picture_is_drawn(browser, page_file):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(page_file.as_uri())
    sizes = page.evaluate(
        "[...document.querySelectorAll('svg, img')].map(e => e.getBoundingClientRect()).map(r => [r.width, r.height])"
    )
    assert len(sizes) >= 18
    assert all(width > 100 and height > 40 for width, height in sizes)
    page.close()


def test_text_in_figures_is_as_light_as_the_page_is_dark(browser, page_file):
    page = browser.new_page(color_scheme="dark")
    page.goto(page_file.as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('svg text')).fill") in {
        "rgb(228, 233, 238)", "rgb(163, 175, 187)",
    }  # fmt: skip
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(17, 22, 28)"
    page.close()
