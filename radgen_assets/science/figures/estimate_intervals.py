"""Estimates of several models with their intervals, one under the other, beside the line of chance."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from radgen_assets.science.figures.inputs import EstimateRow
from radgen_assets.science.figures.numbers import with_interval
from radgen_assets.science.figures.style import (
    GREY,
    LOOKS,
    PAPER,
    RULE,
    SMALL,
    SOFT,
    TEXT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
)

WIDTH_IN, NAME_IN, PLOT_IN, ROW_IN, HEAD_IN, FOOT_IN = 5.5, 1.6, 2.25, 0.25, 0.29, 0.5


def estimate_intervals_figure(rows: Sequence[EstimateRow], *, x_label: str, chance: float | None = 0.5) -> Figure:
    """One line a model, grouped by setting in the order given; the value of chance is drawn and always on the axis.

    Raises
    ------
    ValueError
        When no row has a value.
    """
    ends = [e for row in rows for e in (row.estimate.value, row.estimate.low, row.estimate.high) if e is not None]
    if not ends:
        raise ValueError("estimate_intervals_figure: found no row with a value, expected at least one")
    settings = list(dict.fromkeys(row.setting for row in rows))
    height = HEAD_IN * len(settings) + ROW_IN * len(rows)
    near = [*ends, *([] if chance is None else [chance])]
    margin = (max(near) - min(near)) * 0.06 or 0.05
    with house_style():
        figure = new_figure(WIDTH_IN, height + 0.52)
        text = blank_axes(figure)
        axes = place_axes(figure, NAME_IN, FOOT_IN, PLOT_IN, height)
        axes.set(xlim=(min(near) - margin, max(near) + margin), ylim=(0, height))
        axes.set_yticks([])
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(x_label, color=SOFT)
        y = height
        for setting in settings:
            y -= HEAD_IN
            n_rows = sum(row.setting == setting for row in rows)
            _draw_grid(axes, y - ROW_IN * n_rows, y, chance)
            heading = shorten_middle(setting, WIDTH_IN - 0.1, SMALL)
            text.text(0.05, FOOT_IN + y + HEAD_IN * 0.38, heading, size=SMALL, color=SOFT, va="center")
            for row in (row for row in rows if row.setting == setting):
                y -= ROW_IN
                _tell_row(text, y + ROW_IN / 2, row)
                _draw_row(axes, y + ROW_IN / 2, row)
    return figure


def _tell_row(text: Axes, middle: float, row: EstimateRow) -> None:
    """The model's name at the left, its value with its interval at the right."""
    estimate = row.estimate
    text.text(0.2, FOOT_IN + middle, shorten_middle(row.label, NAME_IN - 0.3), size=TEXT, va="center")
    told = with_interval(estimate) if estimate.value is not None else (estimate.note or "not estimated")
    told = shorten_middle(told, WIDTH_IN - NAME_IN - PLOT_IN - 0.2)
    text.text(NAME_IN + PLOT_IN + 0.15, FOOT_IN + middle, told, size=TEXT, va="center")


def _draw_row(axes: Axes, middle: float, row: EstimateRow) -> None:
    look, estimate = LOOKS[row.look], row.estimate
    if estimate.value is None:
        return
    if estimate.low is not None and estimate.high is not None:
        axes.plot([estimate.low, estimate.high], [middle, middle], color=look.colour, linewidth=2)
    axes.plot(estimate.value, middle, marker=look.marker, color=look.colour, markersize=7, markeredgecolor=PAPER)


def _draw_grid(axes: Axes, low: float, high: float, chance: float | None) -> None:
    """Upright lines behind one setting's rows only, so that the headings between them stay clear."""
    left, right = axes.get_xlim()
    inside = [tick for tick in axes.get_xticks() if left <= tick <= right]
    axes.vlines(inside, low, high, color=RULE, linewidth=0.6, zorder=0)
    if chance is not None:
        axes.vlines(chance, low, high, color=GREY, linewidth=1.1, zorder=0)
