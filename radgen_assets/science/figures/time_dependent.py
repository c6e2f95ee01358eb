"""Discrimination of a risk for death by given times: a curve a time, and the area over months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from radgen_assets.science.figures.inputs import AucOverTime, TimeRoc
from radgen_assets.science.figures.kaplan_meier import month_ticks
from radgen_assets.science.figures.numbers import with_interval
from radgen_assets.science.figures.placing import first_that_fit
from radgen_assets.science.figures.roc import dress_roc
from radgen_assets.science.figures.style import (
    GREY,
    INK,
    LOOKS,
    SERIES,
    SMALL,
    SOFT,
    TEXT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    text_width_in,
)

PLOT_IN, ROW_IN = 3.3, 0.2
WIDTH_IN, HEIGHT_IN = 6.8, 2.5
KEY_COLUMNS_IN = (0.1, 0.55, 1.5, 3.95)  # sample of the line, time, area, counts (its right end)


def time_dependent_roc_figure(curves: Sequence[TimeRoc], *, cases: str = "died", controls: str = "alive") -> Figure:
    """ROC curves for death by each time; a table above states area with interval, cases and controls.

    Parameters
    ----------
    curves : at most five, in the order of the table.
    cases, controls : what the two counts are called.

    Raises
    ------
    ValueError
        Without a curve, or with more than five.
    """
    if not 1 <= len(curves) <= len(SERIES):
        raise ValueError(f"time_dependent_roc_figure: found {len(curves)} curves, expected one to {len(SERIES)}")
    table = ROW_IN * (len(curves) + 1)
    with house_style():
        figure = new_figure(PLOT_IN + 0.95, PLOT_IN + 0.78 + table)
        text = blank_axes(figure)
        axes = place_axes(figure, 0.7, 0.5, PLOT_IN, PLOT_IN)
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
        sample, time, area, counts = KEY_COLUMNS_IN
        y = PLOT_IN + 0.62 + table - ROW_IN / 2
        text.text(time, y, "By month", size=SMALL, color=SOFT, va="center")
        text.text(area, y, "AUC (95 % CI)", size=SMALL, color=SOFT, va="center")
        text.text(counts, y, f"{cases} / {controls}", size=SMALL, color=SOFT, va="center", ha="right")
        for curve, look in zip(curves, SERIES, strict=False):
            y -= ROW_IN
            drawn: dict[str, Any] = {"color": look.colour, "linestyle": look.dash, "linewidth": 1.9}
            axes.plot(curve.false_positive_rate, curve.true_positive_rate, label="curve", **drawn)
            text.plot([sample, time - 0.08], [y, y], **drawn)
            text.text(time, y, f"{curve.time_months:g}", va="center")
            text.text(area, y, with_interval(curve.auc), va="center")
            text.text(counts, y, f"{curve.n_cases} / {curve.n_controls}", va="center", ha="right")
        dress_roc(axes)
    return figure


def time_dependent_auc_figure(
    curves: Sequence[AucOverTime], *, cases: str = "Died by then", controls: str = "Alive beyond"
) -> Figure:
    """Area over months with its band above the line of chance; cases and controls of the first curve stand below.

    Raises
    ------
    ValueError
        Without a curve, or with one of no time.
    """
    if not curves or any(len(curve.time_months) == 0 for curve in curves):
        raise ValueError("time_dependent_auc_figure: found no curve or one without a time, expected at least one time")
    first = curves[0]
    rows = [
        (name, counts) for name, counts in ((cases, first.n_cases), (controls, first.n_controls)) if counts is not None
    ]
    left = max(0.7, 0.32 + max((text_width_in(name, SMALL) for name, _ in rows), default=0.0))
    below, key, width = 0.56 + ROW_IN * len(rows), ROW_IN * len(curves), WIDTH_IN - left - 0.2
    with house_style():
        figure = new_figure(WIDTH_IN, below + HEIGHT_IN + key + 0.2)
        axes = place_axes(figure, left, below, width, HEIGHT_IN)
        axes.axhline(0.5, color=GREY, linewidth=0.9)
        for curve in curves:
            _draw_area(axes, curve)
        _dress_areas(axes, curves)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.01, 1.02), borderaxespad=0, labelspacing=0.35)
        for row, (name, counts) in enumerate(rows):
            _write_counts(axes, 0.6 + row * ROW_IN, name, first.time_months, counts)
    return figure


def _draw_area(axes: Axes, curve: AucOverTime) -> None:
    look = LOOKS[curve.look]
    if curve.low is not None and curve.high is not None:
        axes.fill_between(curve.time_months, curve.low, curve.high, color=look.colour, alpha=0.13, linewidth=0)
        for limit in (curve.low, curve.high):
            axes.plot(curve.time_months, limit, color=look.colour, linestyle=look.dash, linewidth=0.6)
    many = len(curve.time_months) > 25
    axes.plot(
        curve.time_months,
        curve.auc,
        color=look.colour,
        linestyle=look.dash,
        linewidth=1.9,
        marker=None if many else look.marker,
        markersize=4.5,
        label=curve.label,
    )


def _dress_areas(axes: Axes, curves: Sequence[AucOverTime]) -> None:
    times = np.concatenate([np.asarray(curve.time_months, float) for curve in curves])
    lowest = min(float(np.min(values)) for curve in curves for values in (curve.auc, curve.low) if values is not None)
    floor = min(0.4, np.floor(lowest * 10) / 10)
    margin = max(float(np.ptp(times)) * 0.03, 0.5)
    axes.set(xlim=(times.min() - margin, times.max() + margin), ylim=(floor, 1.0))
    axes.set_xticks([tick for tick in month_ticks(times.max()) if tick >= times.min() - margin])
    axes.set_xticks(axes.get_xticks(), [f"{tick:g}" for tick in axes.get_xticks()])
    axes.set_yticks(np.arange(floor, 1.01, 0.1), [f"{tick:.1f}" for tick in np.arange(floor, 1.01, 0.1)])
    axes.set_xlabel("Months", labelpad=2)
    axes.set_ylabel("AUC")
    axes.grid(axis="y")


def _write_counts(axes: Axes, below_in: float, name: str, times: Sequence[float], counts: Sequence[int]) -> None:
    """A row of counts under the axis, each at the time that it belongs to, as many as have room."""
    width, height = (side / axes.figure.dpi for side in axes.get_window_extent().size)
    across, y = axes.get_xaxis_transform(), -below_in / height
    axes.text(-0.22 / width, y, name, transform=axes.transAxes, ha="right", va="center", color=SOFT, size=SMALL)
    start, end = axes.get_xlim()
    inches = (np.asarray(times, float) - start) / (end - start) * width
    ticks = set(axes.get_xticks())
    on_ticks = [index for index, time in enumerate(times) if time in ticks]
    every = first_that_fit(inches, [text_width_in(str(n), TEXT) for n in counts], 0.12)
    for index in on_ticks if len(on_ticks) >= 3 else every:
        told = str(counts[index])
        axes.text(times[index], y, told, transform=across, ha="center", va="center", size=TEXT - 0.5, color=INK)
