"""Enrichment of gene sets: a row a set, how far it leans to either side, how large it is, and whether it is found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from radgen_assets.science.figures.inputs import GeneSetRow
from radgen_assets.science.figures.numbers import count, p_value, tick_labels
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    PAPER,
    RED,
    RULE,
    SMALL,
    SOFT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
)

WIDTH_IN, NAME_IN, PLOT_IN, ROW_IN, BELOW_IN = 7.6, 3.15, 2.85, 0.235, 0.72
SMALLEST_PT, LARGEST_PT = 4.0, 10.5


def gene_set_figure(
    rows: Sequence[GeneSetRow],
    *,
    directions: tuple[str, str] = ("lower", "higher"),
    threshold: float = 0.05,
    x_label: str = "Normalised enrichment",
) -> Figure:
    """Sets in the order given, from the top; filled where the adjusted P is below the threshold.

    Parameters
    ----------
    directions : what enrichment below and above 0 means, e.g. ("lower in mutant", "higher in mutant").

    Raises
    ------
    ValueError
        Without a set, or with an enrichment that is not finite.
    """
    if not rows or not all(np.isfinite(row.enrichment) for row in rows):
        raise ValueError("gene_set_figure: found no set or an enrichment that is not finite, expected finite ones")
    height = ROW_IN * len(rows)
    reach = 1.16 * max(*(abs(row.enrichment) for row in rows), 1.0)
    sizes = np.sqrt([row.n_genes for row in rows])
    largest = float(sizes.max())
    with house_style():
        figure = new_figure(WIDTH_IN, BELOW_IN + height + 0.36)
        text = blank_axes(figure)
        plot = place_axes(figure, NAME_IN, BELOW_IN, PLOT_IN, height)
        plot.set(xlim=(-reach, reach), ylim=(len(rows) - 0.5, -0.5))
        plot.set_yticks([])
        plot.spines["left"].set_visible(False)
        ticks = [tick for tick in MaxNLocator(5, symmetric=True).tick_values(-reach, reach) if abs(tick) <= reach]
        plot.set_xticks(ticks, tick_labels(ticks))
        plot.set_xlabel(x_label, size=SMALL, color=SOFT, labelpad=18)
        plot.axvline(0, color=GREY, linewidth=0.9)
        for side, align, told in ((0.0, "left", f"← {directions[0]}"), (1.0, "right", f"{directions[1]} →")):
            shown = shorten_middle(told, PLOT_IN / 2 - 0.03, SMALL - 0.6)
            plot.text(side, -0.37 / height, shown, transform=plot.transAxes, ha=align, size=SMALL - 0.6, color=SOFT)
        top = BELOW_IN + height + 0.2
        right = NAME_IN + PLOT_IN
        for x, align, told in (
            (0.05, "left", "Gene set"),
            (right + 0.72, "right", "Genes"),
            (WIDTH_IN - 0.05, "right", "Adjusted P"),
        ):
            text.text(x, top, told, ha=align, va="center", size=SMALL, color=SOFT)
        legend = f"filled: adjusted P < {threshold:g}; a larger mark is a larger set"
        text.text(NAME_IN + PLOT_IN / 2, top, legend, ha="center", va="center", size=SMALL - 1.4, color=SOFT)
        for place, row in enumerate(rows):
            y = BELOW_IN + height - (place + 0.5) * ROW_IN
            text.text(0.05, y, shorten_middle(row.name, NAME_IN - 0.2, SMALL), va="center", size=SMALL)
            text.text(right + 0.72, y, count(row.n_genes), ha="right", va="center", size=SMALL)
            told = p_value(row.p_adjusted)
            text.text(WIDTH_IN - 0.05, y, told, ha="right", va="center", size=SMALL)
            colour, marker = (RED, "^") if row.enrichment > 0 else (DEEP_BLUE, "v")
            size = SMALLEST_PT + (LARGEST_PT - SMALLEST_PT) * sizes[place] / largest
            plot.plot([0, row.enrichment], [place, place], color=RULE, linewidth=1.2, zorder=1)
            plot.plot(
                row.enrichment, place, marker=marker, markersize=size, markeredgecolor=colour,
                markerfacecolor=colour if row.p_adjusted < threshold else PAPER, markeredgewidth=1.1, zorder=2,
            )  # fmt: skip
    return figure
