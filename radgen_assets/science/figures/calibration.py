"""Calibration: predicted probability against what happened, in groups, with the count of each group."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from radgen_assets.science.figures.inputs import CalibrationCurve, CalibrationGroup, SmoothCalibration
from radgen_assets.science.figures.style import (
    GREY,
    LOOKS,
    PAPER,
    SMALL,
    SeriesLook,
    house_style,
    new_figure,
    place_axes,
)

PLOT_IN, ROW_IN = 3.3, 0.2
COUNT_GAP = 0.085  # of the axis: room for a count of three digits
Z_95 = 1.959963984540054


def groups_by_quantile(probability: Sequence[float], n_groups: int) -> list[np.ndarray]:
    """Indices of patients in groups of nearly equal size, by rising predicted probability.

    Patients of equal probability stay together, so that there may be fewer groups than asked for.
    """
    values = np.asarray(probability, float)
    order = np.argsort(values, kind="stable")
    groups: list[np.ndarray] = []
    start = 0
    for groups_left in range(n_groups, 0, -1):
        end = start + round((values.size - start) / groups_left)  # what ties took from one is shared by the rest
        while 0 < end < values.size and values[order[end]] == values[order[end - 1]]:
            end += 1
        if end > start:
            groups.append(order[start:end])
            start = end
    return groups


def binary_calibration(
    outcome: Sequence[int], probability: Sequence[float], *, n_groups: int = 5
) -> tuple[CalibrationGroup, ...]:
    """Groups of a classification: share of positives with Wilson's 95 % interval.

    outcome, probability : (n_patients,) 0/1, 0 to 1.
    Source: Wilson 1927.
    """
    truth, values = np.asarray(outcome, float), np.asarray(probability, float)
    groups = []
    for members in groups_by_quantile(probability, n_groups):
        n, positives = int(members.size), int(truth[members].sum())
        low, high = wilson_interval(positives, n)
        groups.append(CalibrationGroup(float(values[members].mean()), positives / n, low, high, n, positives))
    return tuple(groups)


def wilson_interval(positives: int, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share, z2 = positives / n, Z_95**2
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return max(0.0, float(centre - half)), min(1.0, float(centre + half))


def calibration_figure(
    curves: Sequence[CalibrationCurve], *, x_label: str = "Predicted probability", y_label: str = "Observed share"
) -> Figure:
    """Groups of each model on the line of perfect calibration, with how many patients stand behind each point.

    Raises
    ------
    ValueError
        Without a curve.
    """
    if not curves:
        raise ValueError("calibration_figure: found no curve, expected at least one")
    key = counts = ROW_IN * len(curves)
    with house_style():
        figure = new_figure(PLOT_IN + 0.95, PLOT_IN + 0.85 + key + counts)
        axes = place_axes(figure, 0.7, 0.6 + counts, PLOT_IN, PLOT_IN)
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
        for index, curve in enumerate(curves):
            _draw_curve(axes, curve, shift=(index - (len(curves) - 1) / 2) * 0.008)
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal", xlabel=x_label, ylabel=y_label)
        ticks = np.linspace(0, 1, 6)
        axes.set_xticks(ticks, [f"{tick:.1f}" for tick in ticks])
        axes.set_yticks(ticks, [f"{tick:.1f}" for tick in ticks])
        axes.grid(True)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.02), borderaxespad=0, labelspacing=0.35)
        _draw_counts(axes, curves)
    return figure


def _draw_curve(axes: Axes, curve: CalibrationCurve, shift: float) -> None:
    look = LOOKS[curve.look]
    x = np.array([group.predicted for group in curve.groups]) + shift
    y = np.array([group.observed for group in curve.groups])
    low = np.array([group.low for group in curve.groups])
    high = np.array([group.high for group in curve.groups])
    axes.vlines(x, low, high, color=look.colour, linewidth=1.1, alpha=0.75)
    n = sum(group.n for group in curve.groups)
    groups = "one group" if len(curve.groups) == 1 else f"{len(curve.groups)} groups"
    told = f"{curve.label}: {n} patients in {groups}"
    if curve.smooth is not None:
        _draw_smooth(axes, curve.smooth, look, told)
    axes.plot(
        x,
        y,
        color=look.colour,
        linestyle="none" if curve.smooth is not None else look.dash,  # groups are joined where nothing else leads
        linewidth=1.0,
        marker=look.marker,
        markersize=6,
        markeredgecolor=PAPER,
        label=None if curve.smooth is not None else told,
    )


def _draw_smooth(axes: Axes, smooth: SmoothCalibration, look: SeriesLook, told: str) -> None:
    """The curve and its band; a line of no points carries the key, since curve and points are drawn apart."""
    if smooth.low is not None and smooth.high is not None:
        axes.fill_between(smooth.predicted, smooth.low, smooth.high, color=look.colour, alpha=0.13, linewidth=0)
        for limit in (smooth.low, smooth.high):
            axes.plot(smooth.predicted, limit, color=look.colour, linestyle=look.dash, linewidth=0.6)
    axes.plot(smooth.predicted, smooth.observed, color=look.colour, linestyle=look.dash, linewidth=1.6)
    both: dict[str, Any] = {
        "color": look.colour,
        "linestyle": look.dash,
        "marker": look.marker,
        "markeredgecolor": PAPER,
    }
    axes.plot([], [], linewidth=1.6, markersize=6, label=told, **both)


def _draw_counts(axes: Axes, curves: Sequence[CalibrationCurve]) -> None:
    """Rows under the axis, one a model: the count of each group at its prediction."""
    for row, curve in enumerate(curves):
        y = -(0.66 + row * ROW_IN) / PLOT_IN
        look = LOOKS[curve.look]
        colour = look.colour
        axes.plot(-0.125, y, transform=axes.transAxes, marker=look.marker, color=colour, markersize=4.5, clip_on=False)
        axes.text(-0.05, y, "n", transform=axes.transAxes, ha="right", va="center", size=SMALL, color=colour)
        placed = -1.0
        for group in curve.groups:
            x = max(group.predicted, placed + COUNT_GAP)  # counts that would overlap are moved apart
            text = str(group.n)
            across = axes.get_xaxis_transform()
            axes.text(x, y, text, transform=across, ha="center", va="center", size=SMALL, color=colour)
            placed = x
