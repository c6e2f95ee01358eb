"""Forest plot: hazard or odds ratios on a log scale, with their text beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from radgen_assets.contracts.results import HazardRow
from radgen_assets.science.figures.numbers import p_value, ratio_with_interval
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    RULE,
    SMALL,
    SOFT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    wrap_to_width,
)

WIDTH_IN, TEXT_IN, PLOT_IN, ROW_IN = 8.2, 2.6, 2.5, 0.33
TERM_X, LEVEL_IN = 0.05, 2.45
TICKS = (
    (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100),
    (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100),
    (0.01, 0.1, 1, 10, 100),
)  # finest first; the first that leaves at most six on the axis is taken


def forest_figure(
    rows: Sequence[HazardRow],
    *,
    ratio_name: str = "Hazard ratio",
    counts_name: str = "events",
    beside: Sequence[HazardRow] = (),
) -> Figure:
    """One line a term: name, ratio with 95 % interval as a point and as text, P, n and events.

    Intervals that leave the axis end in an arrow; a term without a ratio keeps its line and says why.

    Parameters
    ----------
    beside : rows of another plot that this one is read with; the axis holds them too, so that both are alike.

    Raises
    ------
    ValueError
        Without a row.
    """
    if not rows:
        raise ValueError("forest_figure: found no row, expected at least one")
    low, high = axis_range([*rows, *beside])
    height = ROW_IN * len(rows)
    with house_style():
        figure = new_figure(WIDTH_IN, height + 0.85)
        text = blank_axes(figure)
        axes = place_axes(figure, TEXT_IN, 0.5, PLOT_IN, height)
        axes.set(xscale="log", xlim=(low, high), ylim=(len(rows) - 0.5, -0.5))
        _dress(axes, low, high, ratio_name)
        _head(text, height + 0.5 + 0.17, ratio_name, counts_name)
        for index, row in enumerate(rows):
            y = 0.5 + height - (index + 0.5) * ROW_IN
            if index % 2 == 0:
                text.axhspan(y - ROW_IN / 2, y + ROW_IN / 2, color=RULE, alpha=0.22, linewidth=0)
            _write_row(text, y, row)
            _draw_row(axes, index, row, low, high)
    return figure


def axis_range(rows: Sequence[HazardRow]) -> tuple[float, float]:
    """Limits of the log axis: all intervals where they lie between 0.01 and 100, with 1 always inside."""
    ends = [
        end
        for row in rows
        for end in (row.ratio.value, row.ratio.low, row.ratio.high)
        if end is not None and end > 0 and math.isfinite(end)
    ]
    low = max(0.01, min([*ends, 0.5]) / 1.15)
    high = min(100.0, max([*ends, 2.0]) * 1.15)
    return low, high


def _dress(axes: Axes, low: float, high: float, ratio_name: str) -> None:
    choices = [[tick for tick in ticks if low <= tick <= high] for ticks in TICKS]
    shown = next((ticks for ticks in choices if len(ticks) <= 6), choices[-1])
    axes.set_xticks(shown, [f"{tick:g}" for tick in shown])
    axes.minorticks_off()
    axes.axvline(1, color=GREY, linewidth=0.9)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlabel(f"{ratio_name} (log scale)", color=SOFT)


def _head(text: Axes, y: float, ratio_name: str, counts_name: str) -> None:
    right = TEXT_IN + PLOT_IN
    for x, label, align in (
        (TERM_X, "Factor", "left"),
        (right + 0.15, f"{ratio_name} (95 % CI)", "left"),
        (WIDTH_IN - 0.95, "P", "right"),
        (WIDTH_IN - 0.05, f"n / {counts_name}", "right"),
    ):
        text.text(x, y, label, ha=align, va="center", size=SMALL, color=SOFT)


def _write_row(text: Axes, y: float, row: HazardRow) -> None:
    right = TEXT_IN + PLOT_IN
    lines = wrap_to_width(f"{row.term}, {row.level}" if row.level else row.term, LEVEL_IN, SMALL, max_lines=2)
    text.text(TERM_X, y, "\n".join(lines), ha="left", va="center", size=SMALL, linespacing=1.05)
    estimate = row.ratio
    if estimate.value is None:
        told = wrap_to_width(estimate.note or "not estimated", WIDTH_IN - right - 1.35, SMALL, max_lines=2)
        text.text(right + 0.15, y, "\n".join(told), va="center", size=SMALL, color=SOFT, linespacing=1.05)
    else:
        text.text(right + 0.15, y, ratio_with_interval(estimate), va="center", size=SMALL)
        text.text(WIDTH_IN - 0.95, y, p_value(estimate.p), va="center", ha="right", size=SMALL)
    text.text(WIDTH_IN - 0.05, y, f"{estimate.n} / {estimate.n_events}", va="center", ha="right", size=SMALL)


def _draw_row(axes: Axes, y: float, row: HazardRow, low: float, high: float) -> None:
    estimate = row.ratio
    if estimate.value is None:
        return
    if estimate.low is not None and estimate.high is not None:
        start, end = max(estimate.low, low), min(estimate.high, high)
        axes.plot([start, end], [y, y], color=DEEP_BLUE, linewidth=1.5)
        for value, edge, marker in ((estimate.low, low, "<"), (estimate.high, high, ">")):
            if value < low or value > high:
                axes.plot(edge, y, marker=marker, color=DEEP_BLUE, markersize=5, clip_on=False)
    if low <= estimate.value <= high:
        axes.plot(estimate.value, y, marker="s", color=DEEP_BLUE, markersize=5.5)
