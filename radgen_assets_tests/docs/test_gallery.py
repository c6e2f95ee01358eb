"""`make gallery` shows every figure of the house on one page, each with the call that draws it."""

from __future__ import annotations

import ast
import re

import pytest

from radgen_assets.science import figures
from scripts.draw_gallery import draw
from scripts.gallery.chapters import SECTIONS

EXAMPLES = [example for _, _, examples in SECTIONS for example in examples]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    return draw(tmp_path_factory.mktemp("gallery"))


def test_every_picture_is_there(page):
    shown = re.findall(r'<img src="([^"]+)"', page.read_text())
    assert len(shown) == len(EXAMPLES) + 1
    assert [name for name in shown if not (page.parent / name).stat().st_size] == []


def test_the_gallery_leaves_no_figure_out():
    """A figure that nobody has looked at is not done."""
    every = {name for name in figures.__all__ if name.endswith("_figure")}
    assert every - {example.call.partition("(")[0] for example in EXAMPLES} == set()


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_line_of_code_calls_a_figure_that_exists(example):
    call = ast.parse(example.call).body[0].value
    assert hasattr(figures, call.func.id)


def test_the_index_leads_to_every_figure(page):
    text = page.read_text()
    assert re.findall(r'href="#([^"]+)"', text) == re.findall(r'<h3 id="([^"]+)"', text)


def test_no_picture_is_larger_than_one_megabyte(page):
    assert [path.name for path in page.parent.glob("*.svg") if path.stat().st_size > 1_000_000] == []
