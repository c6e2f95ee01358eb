"""How alike every two samples are, with the pairs that are too alike named."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import SampleLikeness
from radgen_assets.science.figures.numbers import count, plain
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    INK,
    OCHRE,
    PAPER,
    RED,
    SMALL,
    SOFT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
)

WIDTH_IN, HEIGHT_IN, NAMES_IN = 7.2, 2.6, 2.7
LEFT_IN, BELOW_IN, HEAD_IN = 0.7, 0.5, 0.4
BINS = np.linspace(-1, 1, 101)
MOST_PAIRS, LINE_IN = 10, 0.22


def sample_likeness_figure(likeness: SampleLikeness) -> Figure:
    """A histogram of all pairs on a logarithmic scale; pairs beyond the dashed line are listed beside it.

    Pairs of one person are ochre diamonds, of two persons red triangles.

    Raises
    ------
    ValueError
        Without a pair, or with a correlation outside -1 to 1.
    """
    values = np.asarray(likeness.correlations, float)
    if values.size == 0 or not (np.abs(values) <= 1).all():
        raise ValueError("sample_likeness_figure: found no pair or a correlation outside -1 to 1, expected pairs")
    with house_style():
        figure = new_figure(WIDTH_IN, BELOW_IN + HEIGHT_IN + HEAD_IN)
        text = blank_axes(figure)
        axes = place_axes(figure, LEFT_IN, BELOW_IN, WIDTH_IN - LEFT_IN - NAMES_IN - 0.2, HEIGHT_IN)
        _draw_histogram(axes, values)
        axes.axvline(likeness.limit, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set(xlabel="Correlation of two samples", ylabel="Pairs", xlim=(min(values.min(), 0) - 0.02, 1.02))
        for _, _, correlation, one_person in likeness.pairs:
            marker, colour = _look(one_person)
            axes.plot(
                correlation, 1.0, linestyle="none", marker=marker, color=colour, markersize=6, markeredgecolor=PAPER,
                markeredgewidth=0.4, clip_on=False,
            )  # fmt: skip
        _list_pairs(text, likeness)
        top = BELOW_IN + HEIGHT_IN + 0.22
        text.text(LEFT_IN, top, f"{count(values.size)} pairs", va="center", color=INK, weight="bold")
        told = f"on {count(likeness.n_genes)} genes, each less its median"
        text.text(WIDTH_IN - NAMES_IN - 0.2, top, told, ha="right", va="center", size=SMALL, color=SOFT)
    return figure


def _draw_histogram(axes: Axes, values: NDArray[np.float64]) -> None:
    axes.set_yscale("log")
    heights, edges = np.histogram(values, BINS)
    axes.stairs(heights, edges, fill=True, color=DEEP_BLUE, alpha=0.55, baseline=0.5)
    axes.set_ylim(0.7, max(float(heights.max()), 10.0) * 1.5)
    ticks = [10.0**power for power in range(9) if 10.0**power <= axes.get_ylim()[1]]
    axes.set_yticks(ticks, [count(int(tick)) for tick in ticks])
    axes.minorticks_off()


def _look(one_person: bool) -> tuple[str, str]:
    return ("D", OCHRE) if one_person else ("^", RED)


def _list_pairs(text: Axes, likeness: SampleLikeness) -> None:
    x, y = WIDTH_IN - NAMES_IN + 0.05, BELOW_IN + HEIGHT_IN + 0.22
    n_other = sum(not pair[3] for pair in likeness.pairs)
    pairs = "pair" if n_other == 1 else "pairs"
    told = f"{count(n_other)} {pairs} of two persons too alike" if n_other else "No two persons too alike"
    text.text(x, y, told, va="center", color=RED if n_other else INK, weight="bold", size=SMALL)
    for line, (first, second, correlation, one_person) in enumerate(likeness.pairs[:MOST_PAIRS]):
        mark = "◆" if one_person else "▲"
        room = NAMES_IN - 0.75
        named = shorten_middle(f"{first} – {second}", room, SMALL)
        at = y - 0.1 - (line + 1) * LINE_IN
        text.text(x, at, f"{mark} {named}", va="center", size=SMALL, color=_look(one_person)[1])
        text.text(WIDTH_IN - 0.1, at, plain(correlation, 3), ha="right", va="center", size=SMALL)
    rest = len(likeness.pairs) - MOST_PAIRS
    if rest > 0:
        text.text(x, y - 0.1 - (MOST_PAIRS + 1) * LINE_IN, f"and {count(rest)} more", va="center", size=SMALL)
