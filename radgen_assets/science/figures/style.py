"""The look of every figure, and how a figure becomes bytes that never vary.

Colours differ in lightness and every series has its own line style or marker, so that figures can be read in grey and
by the colour-blind. matplotlib's object interface only: no pyplot, no figure outlives its caller.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from radgen_assets.science.figures.inputs import Look

INK = "#1d2733"  # text and axes
SOFT = "#566271"  # second-rank text
RULE = "#c5ccd4"  # grids, borders
PAPER = "#fefefe"  # background of boxes and markers; not pure white, so that a page can tell it from other whites
WASH = "#eef2f6"  # filled boxes, tracks
DEEP_BLUE = "#0b559f"
OCHRE = "#c0620e"
GREY = "#848d98"
TEAL = "#0f7b74"
GOLD = "#b78a06"
RED = "#a8232d"

TOKENS = {
    INK: "ink", SOFT: "soft", RULE: "rule", PAPER: "paper", WASH: "wash", DEEP_BLUE: "blue", OCHRE: "ochre",
    GREY: "grey", TEAL: "teal", GOLD: "gold", RED: "red",
}  # fmt: skip

FONT = "DejaVu Sans"  # comes with matplotlib, so that every machine lays a figure out alike
SMALL, TEXT = 8.6, 9.4  # points
SALT = "radgen"
RASTER_DPI = 300  # of what is drawn as pixels inside an SVG

_SETTINGS: Any = {  # matplotlib types the names of its settings one by one
    "font.family": [FONT],
    "font.size": TEXT,
    "text.parse_math": False,  # labels are data: a "$" in a feature's name is a "$"
    "text.color": INK,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": INK,
    "axes.labelsize": TEXT,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.major.size": 3.0,
    "ytick.major.size": 3.0,
    "legend.frameon": False,
    "legend.fontsize": TEXT,
    "legend.handlelength": 2.6,
    "lines.solid_capstyle": "butt",
    "svg.fonttype": "none",  # text stays text: searchable, read aloud, takes the page's own typeface
    "svg.hashsalt": SALT,
}


@dataclass(frozen=True)
class SeriesLook:
    """How one series is told from the others: colour and, for those who do not see it, dash and marker."""

    colour: str
    dash: str | tuple[int, tuple[float, ...]]
    marker: str


LOOKS: dict[Look, SeriesLook] = {
    "full": SeriesLook(DEEP_BLUE, "-", "o"),
    "baseline": SeriesLook(OCHRE, (0, (5, 2)), "s"),
    "centre_only": SeriesLook(GREY, (0, (1, 1.4)), "D"),
    "low_risk": SeriesLook(TEAL, (0, (1.2, 1.2)), "o"),
    "middle_risk": SeriesLook(GOLD, (0, (5, 2)), "s"),
    "high_risk": SeriesLook(RED, "-", "^"),
}


SERIES = (
    SeriesLook(DEEP_BLUE, "-", "o"),
    SeriesLook(OCHRE, (0, (5, 2)), "s"),
    SeriesLook(TEAL, (0, (1.2, 1.2)), "^"),
    SeriesLook(RED, (0, (7, 1.5, 1.2, 1.5)), "D"),
    SeriesLook(SOFT, (0, (2.6, 1)), "v"),
)  # for series without a standing of their own, in the order they are given


@contextmanager
def house_style() -> Iterator[None]:
    """Draw inside this: matplotlib's settings are ours whatever its user set, and are put back afterwards."""
    defaults: Any = {name: value for name, value in mpl.rcParamsDefault.items() if not name.startswith("backend")}
    with mpl.rc_context({**defaults, **_SETTINGS}):
        yield


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure with a canvas of its own, unknown to pyplot."""
    figure = Figure(figsize=(width_in, height_in))
    FigureCanvasAgg(figure)
    return figure


def place_axes(figure: Figure, left_in: float, bottom_in: float, width_in: float, height_in: float) -> Axes:
    """Axes at a place given in inches from the lower left corner, so that text keeps its room at any figure size."""
    total_width, total_height = figure.get_size_inches()
    return figure.add_axes(
        (left_in / total_width, bottom_in / total_height, width_in / total_width, height_in / total_height)
    )


def blank_axes(figure: Figure) -> Axes:
    """Axes over the whole figure whose data unit is an inch, for drawings and columns of text."""
    width, height = figure.get_size_inches()
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    axes.axis("off")
    return axes


@lru_cache(maxsize=4096)
def text_width_in(text: str, size: float = TEXT, weight: str = "normal") -> float:
    """Width in inches that a line of text takes."""
    properties = FontProperties(family=FONT, size=size, weight=weight)
    width, _, _ = TextToPath().get_text_width_height_descent(text or " ", properties, ismath=False)
    return float(width) / 72


def wrap_to_width(text: str, width_in: float, size: float = TEXT, max_lines: int = 3) -> list[str]:
    """Break a label into lines that fit; words longer than a line are broken, what is left over ends in an ellipsis."""
    text = " ".join(text.split())
    if not text:
        return [""]
    n_letters = max(4, int(len(text) * width_in / text_width_in(text, size)))
    while n_letters > 4:
        lines = textwrap.wrap(text, n_letters, break_on_hyphens=True) or [""]
        if all(text_width_in(line, size) <= width_in for line in lines):
            break
        n_letters -= 1
    if len(lines) <= max_lines:
        return lines
    return [*lines[: max_lines - 1], lines[max_lines - 1][:-1].rstrip() + "…"]


def shorten_middle(text: str, width_in: float, size: float = TEXT) -> str:
    """Fit a long feature name on one line by leaving out its middle, since both ends tell features apart."""
    if text_width_in(text, size) <= width_in:
        return text
    keep = len(text)
    while keep > 4:
        keep -= 1
        head = (keep + 1) // 2
        short = f"{text[:head]}…{text[len(text) - (keep - head) :]}"
        if text_width_in(short, size) <= width_in:
            return short
    return text[:3] + "…"


def to_svg(figure: Figure) -> str:
    """The figure as SVG text: equal figures give equal text (fixed salt, no date, no program name).

    The XML prologue and matplotlib's style sheet are left out, since inside a page the sheet would style the page.
    """
    buffer = io.StringIO()
    metadata: dict[str, Any] = {"Date": None, "Creator": None, "Format": None, "Type": None}
    with house_style():
        figure.savefig(buffer, format="svg", metadata=metadata, dpi=RASTER_DPI)
    text = buffer.getvalue()
    text = text[text.index("<svg") :].rstrip()
    text = re.sub(r"\s*<defs>\s*<style[^>]*>.*?</style>\s*</defs>", "", text, count=1, flags=re.DOTALL)
    return text.replace("<svg ", '<svg style="stroke-linejoin: round; stroke-linecap: butt" ', 1)


def to_png(figure: Figure, dpi: int = 150) -> bytes:
    """The figure as PNG on white; equal figures give equal bytes."""
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    return buffer.getvalue()
