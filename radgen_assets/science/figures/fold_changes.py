"""Fold changes of one set of genes by two methods, one against the other, with the genes that each finds."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from radgen_assets.science.figures.inputs import FoldChanges
from radgen_assets.science.figures.numbers import count, tick_labels
from radgen_assets.science.figures.placing import draw_dots, pixels_where_heavy
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    OCHRE,
    PAPER,
    RED,
    SMALL,
    SOFT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
)

SIDE_IN, LEFT_IN, BELOW_IN, ABOVE_IN = 3.6, 0.7, 0.5, 0.76
BACKGROUND = "#c3c9d1"


def fold_changes_figure(genes: FoldChanges, *, unit: str = "genes") -> Figure:
    """Log2 fold changes of two methods on one scale; what both find, what one finds, and what none does.

    Raises
    ------
    ValueError
        Without a gene, with columns of unequal length, or with a fold change that is not finite.
    """
    first, second = np.asarray(genes.first, float), np.asarray(genes.second, float)
    by_first, by_second = np.asarray(genes.found_first, bool), np.asarray(genes.found_second, bool)
    if not first.size or len({first.size, second.size, by_first.size, by_second.size}) > 1:
        raise ValueError("fold_changes_figure: found columns of unequal length or none, expected equal ones")
    if not (np.isfinite(first).all() and np.isfinite(second).all()):
        raise ValueError("fold_changes_figure: found a fold change that is not finite. Leave out what was not tested.")
    reach = 1.08 * max(float(np.abs(first).max()), float(np.abs(second).max()), 0.5)
    with house_style():
        figure = new_figure(LEFT_IN + SIDE_IN + 0.2, BELOW_IN + SIDE_IN + ABOVE_IN)
        text = blank_axes(figure)
        axes = place_axes(figure, LEFT_IN, BELOW_IN, SIDE_IN, SIDE_IN)
        axes.set(xlim=(-reach, reach), ylim=(-reach, reach))
        axes.set(xlabel=f"log₂ fold change, {genes.names[0]}", ylabel=f"log₂ fold change, {genes.names[1]}")
        ticks = [tick for tick in MaxNLocator(5, symmetric=True).tick_values(-reach, reach) if abs(tick) <= reach]
        axes.set_xticks(ticks, tick_labels(ticks))
        axes.set_yticks(ticks, tick_labels(ticks))
        axes.plot([-reach, reach], [-reach, reach], color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=1.8)
        neither = ~by_first & ~by_second
        n_dots = draw_dots(axes, first[neither], second[neither], colour=BACKGROUND, size=2.2)
        kinds = (
            (by_first & by_second, "o", RED, "found by both"),
            (by_first & ~by_second, "v", DEEP_BLUE, f"by {genes.names[0]} only"),
            (by_second & ~by_first, "^", OCHRE, f"by {genes.names[1]} only"),
        )
        for place, (here, marker, colour, told) in enumerate(kinds):
            axes.plot(
                first[here], second[here], linestyle="none", marker=marker, color=colour, markersize=3.8,
                markeredgecolor=PAPER, markeredgewidth=0.3, zorder=1.5,
            )  # fmt: skip
            symbol = {"o": "●", "v": "▼", "^": "▲"}[marker]
            text.text(
                LEFT_IN + 0.02, BELOW_IN + SIDE_IN + 0.62 - 0.19 * place, f"{symbol} {count(int(here.sum()))} {told}",
                color=colour, ha="left", va="center", size=SMALL, weight="bold",
            )  # fmt: skip
        pixels_where_heavy(axes, n_dots, int((~neither).sum()), below=1.7)
        told = f"of {count(first.size)} {unit} that both tested"
        text.text(LEFT_IN + SIDE_IN, BELOW_IN + SIDE_IN + 0.62, told, ha="right", va="center", size=SMALL, color=SOFT)
    return figure
