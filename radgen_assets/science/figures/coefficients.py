"""Coefficients of a final model beside how often the outer folds selected each term."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from radgen_assets.contracts.results import Coefficient
from radgen_assets.science.figures.numbers import signed
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    PAPER,
    RED,
    RULE,
    SMALL,
    SOFT,
    TEAL,
    WASH,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
)

WIDTH_IN, NAME_IN, PLOT_IN, SHARE_IN, ROW_IN, FOOT_IN = 7.6, 3.5, 2.1, 1.15, 0.35, 0.7


def strongest(coefficients: Sequence[Coefficient], at_most: int) -> tuple[Coefficient, ...]:
    """The terms of largest size that are not zero, largest first; equal sizes in the order of their names."""
    kept = [term for term in coefficients if term.value != 0]
    return tuple(sorted(kept, key=lambda term: (-abs(term.value), term.block, term.feature))[:at_most])


def coefficient_figure(
    coefficients: Sequence[Coefficient],
    *,
    directions: tuple[str, str] = ("less likely positive", "more likely positive"),
    at_most: int = 20,
) -> Figure:
    """Standardised coefficients, largest first, with the share of outer folds in which each term was selected.

    Parameters
    ----------
    directions : what a negative and what a positive coefficient mean, e.g. ("later death", "earlier death").

    Raises
    ------
    ValueError
        When no coefficient differs from zero.
    """
    shown = strongest(coefficients, at_most)
    if not shown:
        raise ValueError("coefficient_figure: found no coefficient that differs from zero, expected at least one")
    height = ROW_IN * len(shown)
    reach = max(abs(term.value) for term in shown) * 1.42
    with house_style():
        figure = new_figure(WIDTH_IN, height + 1.0)
        text = blank_axes(figure)
        plot = place_axes(figure, NAME_IN, FOOT_IN, PLOT_IN, height)
        share = place_axes(figure, NAME_IN + PLOT_IN + 0.35, FOOT_IN, SHARE_IN, height)
        _lay_axes(plot, share, reach, len(shown))
        _tell_directions(plot, directions, height)
        text.text(0.05, height + 0.85, "Term", size=SMALL, color=SOFT, va="center")
        for row, term in enumerate(shown):
            _name(text, FOOT_IN + height - (row + 0.5) * ROW_IN, term)
            _draw_value(plot, row, term, reach)
            share.barh(row, 1, height=0.42, color=WASH, edgecolor=RULE, linewidth=0.5)
            share.barh(row, term.selection_frequency, height=0.42, color=DEEP_BLUE)
    return figure


def _lay_axes(plot: Axes, share: Axes, reach: float, n_rows: int) -> None:
    plot.set(xlim=(-reach, reach), ylim=(n_rows - 0.5, -0.5))
    share.set(xlim=(0, 1), ylim=(n_rows - 0.5, -0.5))
    for axes in (plot, share):
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
    ticks = MaxNLocator(4, symmetric=True).tick_values(-reach, reach)
    plot.set_xticks([tick for tick in ticks if abs(tick) <= 0.85 * reach])
    plot.axvline(0, color=GREY, linewidth=0.9)
    plot.set_xlabel("Coefficient per SD", color=SOFT, size=SMALL, labelpad=14)
    share.set_xticks([0, 0.5, 1], ["0 %", "50 %", "100 %"])
    share.set_xlabel("Selected in", color=SOFT, size=SMALL)


def _tell_directions(plot: Axes, directions: tuple[str, str], height: float) -> None:
    """Below the axis: what lies on either side of zero."""
    for side, align, told in ((0.0, "left", f"← {directions[0]}"), (1.0, "right", f"{directions[1]} →")):
        text_there = shorten_middle(told, PLOT_IN / 2 - 0.03, SMALL - 1)
        plot.text(side, -0.33 / height, text_there, transform=plot.transAxes, ha=align, size=SMALL - 1, color=SOFT)


def _name(text: Axes, y: float, term: Coefficient) -> None:
    name = shorten_middle(term.feature, NAME_IN - 0.2, SMALL)
    text.text(0.05, y + 0.075, name, size=SMALL, va="center")
    text.text(0.05, y - 0.085, term.block, size=SMALL - 1.4, va="center", color=SOFT)


def _draw_value(plot: Axes, row: int, term: Coefficient, reach: float) -> None:
    """A line from zero, its end as a marker, and the value beyond it."""
    colour, marker, side = (RED, "^", 1) if term.value > 0 else (TEAL, "o", -1)
    plot.plot([0, term.value], [row, row], color=colour, linewidth=1.6)
    plot.plot(term.value, row, marker=marker, color=colour, markersize=6, markeredgecolor=PAPER)
    beyond, align = term.value + side * reach * 0.06, "left" if side > 0 else "right"
    plot.text(beyond, row, signed(term.value), size=SMALL - 0.5, va="center", ha=align)
