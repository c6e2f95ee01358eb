"""Figures as parts of a page: ids that do not clash, colours and type of the page, a text for who does not see them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from markupsafe import Markup, escape
from matplotlib.figure import Figure

from radgen_assets.science.figures.style import FONT, TOKENS, to_svg

PIXELS_PER_POINT = 4 / 3


@dataclass(frozen=True)
class Drawing:
    """A figure ready for the page: name for anchors, SVG with a text for screen readers, caption, width in pixels."""

    name: str
    svg: Markup
    caption: str
    width: int


def drawing(figure: Figure, name: str, *, alt: str, caption: str) -> Drawing:
    """Make a figure part of the page.

    Parameters
    ----------
    name : unique on the page; letters, digits, "-" and "_".
    alt : what the figure shows, in words and numbers, for a screen reader.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", name):
        raise ValueError(f"drawing: name: found {name!r}, expected letters, digits, '-' and '_'")
    svg = _in_page(to_svg(figure), name)
    width_pt, height_pt = (float(x) for x in figure.get_size_inches() * 72)
    width, height = round(width_pt * PIXELS_PER_POINT), round(height_pt * PIXELS_PER_POINT)
    svg = re.sub(r'(<svg [^>]*?) height="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg [^>]*?) width="[^"]*"', r"\1", svg, count=1)
    head = f'<svg role="img" aria-label="{escape(alt)}" width="{width}" height="{height}" '
    return Drawing(name, Markup(svg.replace("<svg ", head, 1)), caption, width)


def _in_page(svg: str, name: str) -> str:
    """Change the tags only: what stands between them is text from outside and stays as it is."""
    return re.sub(r"<[^>]*>", lambda tag: _own_colours(_own_ids(tag.group(), name)), svg)


def _own_ids(tag: str, name: str) -> str:
    tag = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', tag)
    tag = re.sub(r"url\(#([^)]+)\)", rf"url(#{name}-\1)", tag)
    return re.sub(r'href="#([^"]+)"', rf'href="#{name}-\1"', tag)


def _own_colours(tag: str) -> str:
    """Colours and typeface of the house become variables of the page; the figure's own stay as the fallback."""
    for colour, token in TOKENS.items():
        tag = re.sub(rf": {colour}(?=[;\"])", f": var(--figure-{token}, {colour})", tag)
    return tag.replace(f"'{FONT}'", f"var(--figure-font, '{FONT}')")
