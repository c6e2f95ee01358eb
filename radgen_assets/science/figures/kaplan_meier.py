"""Kaplan-Meier curves with their bands, censoring marks, numbers at risk and the log-rank P."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import SurvivalCurve
from radgen_assets.science.figures.numbers import p_phrase, plain
from radgen_assets.science.figures.style import (
    INK,
    LOOKS,
    SMALL,
    SOFT,
    TEXT,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
    text_width_in,
)

WIDTH_IN, PLOT_HEIGHT_IN, ROW_IN = 6.8, 2.9, 0.2
KEY_LINE_IN = 0.5  # a sample of the line and the room beside it
AT_RISK = "Number at risk"


def kaplan_meier_figure(
    curves: Sequence[SurvivalCurve],
    *,
    log_rank_p: float | None = None,
    y_label: str = "Alive",
    unit: str = "persons",
    last_month: float | None = None,
) -> Figure:
    """Survival curves of a few groups over months, with the numbers at risk below.

    Parameters
    ----------
    curves : one a group, in the order of the legend and of the rows at risk.
    log_rank_p : P of the log-rank test between the groups, written into the plot.
    last_month : right end of the axis; by default the longest follow-up. Curves are cut there.

    Raises
    ------
    ValueError
        Without a curve, or with a curve of no one.
    """
    if not curves or any(curve.estimate.n == 0 for curve in curves):
        raise ValueError("kaplan_meier_figure: found no curve or an empty group, expected groups with persons")
    end = last_month or max(float(curve.estimate.time_months[-1]) for curve in curves)
    ticks = month_ticks(end)
    left = max(0.75, 0.32 + max(text_width_in(text, SMALL) for text in (AT_RISK, *(curve.label for curve in curves))))
    key_height, risk_height = ROW_IN * len(curves), ROW_IN * (len(curves) + 1)
    keys = [shorten_middle(_key(curve, unit), WIDTH_IN - KEY_LINE_IN - 0.2) for curve in curves]
    key_width = KEY_LINE_IN + max(text_width_in(key) for key in keys)
    axes_width = WIDTH_IN - left - 0.2
    with house_style():
        figure = new_figure(WIDTH_IN, key_height + PLOT_HEIGHT_IN + risk_height + 0.85)
        axes = place_axes(figure, left, risk_height + 0.65, axes_width, PLOT_HEIGHT_IN)
        for curve in curves:
            _draw_curve(axes, curve, end)
        _dress(axes, end, ticks, y_label)
        if log_rank_p is not None:
            axes.text(0.985, 0.96, f"Log-rank {p_phrase(log_rank_p)}", transform=axes.transAxes, ha="right", va="top")
        axes.legend(
            [axes.lines[index] for index in _curve_lines(axes)],
            keys,
            loc="lower left",
            bbox_to_anchor=(min(0.0, 1 - key_width / axes_width), 1.01),
            borderaxespad=0,
            labelspacing=0.35,
        )
        _draw_at_risk(axes, curves, ticks)
    return figure


def month_ticks(end: float, *, at_most: int = 11) -> list[float]:
    """Ticks in whole months that a clinician counts in: every 1, 3, 6, 12, 24, ... months."""
    for step in (1, 3, 6, 12, 24, 36, 48, 60, 120):
        if end / step <= at_most - 1:
            return [float(month) for month in np.arange(0, end + 1e-9, step)]
    return [0.0, float(end)]


def _draw_curve(axes: Axes, curve: SurvivalCurve, end: float) -> None:
    look, estimate = LOOKS[curve.look], curve.estimate
    stop = min(end, float(estimate.time_months[-1]))
    inside = estimate.time_months <= stop
    time = np.concatenate([[0.0], estimate.time_months[inside], [stop]])

    def steps(values: NDArray[np.float64]) -> NDArray[np.float64]:
        kept = np.append(1.0, values[inside])
        return np.append(kept, kept[-1])

    low, high = steps(estimate.low), steps(estimate.high)
    axes.fill_between(time, low, high, step="post", color=look.colour, alpha=0.13, linewidth=0)
    for limit in (low, high):  # where two bands overlap, their edges still tell them apart
        axes.step(time, limit, where="post", color=look.colour, linestyle=look.dash, linewidth=0.5, label="limit")
    survival = steps(estimate.survival)
    axes.step(time, survival, where="post", color=look.colour, linestyle=look.dash, linewidth=1.9, label="curve")
    censored = inside & (estimate.n_censored > 0)
    axes.plot(
        estimate.time_months[censored],
        estimate.survival[censored],
        linestyle="none",
        marker="|",
        color=look.colour,
        markersize=5.5,
        label="censored",
    )


def _curve_lines(axes: Axes) -> list[int]:
    return [index for index, line in enumerate(axes.lines) if line.get_label() == "curve"]


def _key(curve: SurvivalCurve, unit: str) -> str:
    median = curve.estimate.median[0]
    deaths = "death" if curve.estimate.n_events == 1 else "deaths"
    told = "median not reached" if median is None else f"median {plain(median, 1)} months"
    return f"{curve.label}: {curve.estimate.n} {unit}, {curve.estimate.n_events} {deaths}, {told}"


def _dress(axes: Axes, end: float, ticks: list[float], y_label: str) -> None:
    axes.set_xlim(0, end * 1.01)
    axes.set_ylim(0, 1.02)
    axes.set_xticks(ticks, [f"{tick:.0f}" for tick in ticks])
    axes.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
    axes.set_xlabel("Months", labelpad=2)
    axes.set_ylabel(y_label)
    axes.grid(axis="y")


def _draw_at_risk(axes: Axes, curves: Sequence[SurvivalCurve], ticks: list[float]) -> None:
    """Rows of counts under the ticks; their labels end where the axis begins, in the colour of the curve."""
    height = axes.get_window_extent().height / axes.figure.dpi
    row = ROW_IN / height
    top = -0.56 / height
    across = axes.get_xaxis_transform()
    label_x = -0.22 / (axes.get_window_extent().width / axes.figure.dpi)
    axes.text(label_x, top, AT_RISK, transform=axes.transAxes, ha="right", va="center", color=SOFT, size=SMALL)
    for index, curve in enumerate(curves, start=1):
        y = top - index * row
        colour = LOOKS[curve.look].colour
        axes.text(label_x, y, curve.label, transform=axes.transAxes, ha="right", va="center", color=colour, size=SMALL)
        for tick, n_risk in zip(ticks, curve.estimate.at_risk(ticks), strict=True):
            axes.text(tick, y, str(n_risk), transform=across, ha="center", va="center", size=TEXT - 0.5, color=INK)
