"""How much of each predictor and outcome was missing before anything was done about it."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from radgen_assets.contracts.results import Missing
from radgen_assets.science.figures.numbers import count, percent
from radgen_assets.science.figures.style import (
    OCHRE,
    RULE,
    SMALL,
    SOFT,
    WASH,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
    wrap_to_width,
)

WIDTH_IN, NAME_IN, BAR_IN, ROW_IN = 8.2, 2.2, 1.7, 0.33


def missing_data_figure(rows: Sequence[Missing]) -> Figure:
    """One bar a column, most missing first, with count, share and how it was handled.

    Raises
    ------
    ValueError
        Without a row.
    """
    if not rows:
        raise ValueError("missing_data_figure: found no row, expected at least one")
    shown = sorted(rows, key=lambda row: (-row.n_missing / max(row.n, 1), row.column))
    height = ROW_IN * len(shown)
    with house_style():
        figure = new_figure(WIDTH_IN, height + 0.5)
        text = blank_axes(figure)
        axes = place_axes(figure, NAME_IN, 0.1, BAR_IN, height)
        axes.set(xlim=(0, 1), ylim=(len(shown) - 0.5, -0.5))
        axes.axis("off")
        for x, head in ((0.05, "Column"), (NAME_IN, "Share missing"), (NAME_IN + BAR_IN + 0.15, "Missing / n"),
                        (NAME_IN + BAR_IN + 1.55, "Handled by")):  # fmt: skip
            text.text(x, height + 0.27, head, size=SMALL, color=SOFT, va="center")
        for index, row in enumerate(shown):
            y = 0.1 + height - (index + 0.5) * ROW_IN
            axes.barh(index, 1, height=0.5, color=WASH, edgecolor=RULE, linewidth=0.5)
            axes.barh(index, row.n_missing / max(row.n, 1), height=0.5, color=OCHRE)
            text.text(0.05, y, shorten_middle(row.column, NAME_IN - 0.15, SMALL), size=SMALL, va="center")
            told = f"{count(row.n_missing)} / {count(row.n)}  ({percent(row.n_missing, row.n)})"
            text.text(NAME_IN + BAR_IN + 0.15, y, told, size=SMALL, va="center")
            handled = wrap_to_width(row.handled, WIDTH_IN - NAME_IN - BAR_IN - 1.6, SMALL - 0.5, max_lines=2)
            text.text(NAME_IN + BAR_IN + 1.55, y, "\n".join(handled), size=SMALL - 0.5, va="center", linespacing=1.0)
    return figure
