"""Decision curves: what acting on a model gains a patient at each threshold, against treating all or none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from radgen_assets.science.figures.inputs import NetBenefit
from radgen_assets.science.figures.numbers import tick_labels
from radgen_assets.science.figures.style import (
    GREY,
    INK,
    LOOKS,
    SMALL,
    SOFT,
    house_style,
    new_figure,
    place_axes,
)

WIDTH_IN, HEIGHT_IN, ROW_IN = 6.2, 3.0, 0.2
LEFT_IN, BELOW_IN = 1.3, 0.8
HARM = "Harm : benefit"


def decision_curve_figure(
    curves: Sequence[NetBenefit],
    treat_all: tuple[Sequence[float], Sequence[float]],
    *,
    x_label: str = "Threshold probability",
) -> Figure:
    """Net benefit over thresholds, with the two policies that need no model; the axis is cut a little below zero.

    Parameters
    ----------
    curves : one a model, in the order of the key.
    treat_all : thresholds and net benefit of treating everyone.
    x_label : e.g. "Threshold probability of death by 24 months". Below it stands what the threshold says of the harm
        of a needless treatment against the benefit of a right one.

    Raises
    ------
    ValueError
        Without a curve.

    Notes
    -----
    Source: Vickers & Elkin 2006.
    """
    if not curves:
        raise ValueError("decision_curve_figure: found no curve, expected at least one")
    key = ROW_IN * (len(curves) + 1)
    with house_style():
        figure = new_figure(WIDTH_IN, BELOW_IN + HEIGHT_IN + key + 0.15)
        axes = place_axes(figure, LEFT_IN, BELOW_IN, WIDTH_IN - LEFT_IN - 0.2, HEIGHT_IN)
        lines = [_draw(axes, curve) for curve in curves]
        (everyone,) = axes.plot(*treat_all, color=INK, linewidth=0.9, linestyle=(0, (8, 2, 1.5, 2)))
        no_one = axes.axhline(0, color=GREY, linewidth=1.4)
        _dress(axes, curves, treat_all, x_label)
        place: dict[str, Any] = {"borderaxespad": 0, "labelspacing": 0.35, "loc": "lower left"}
        policies = axes.legend(
            [everyone, no_one], ["Treat all", "Treat none"], ncols=2, bbox_to_anchor=(0, 1.02), **place
        )
        axes.add_artist(policies)
        above = 1.02 + ROW_IN / HEIGHT_IN
        axes.legend(lines, [curve.label for curve in curves], bbox_to_anchor=(0, above), **place)
    return figure


def _draw(axes: Axes, curve: NetBenefit) -> Line2D:
    look = LOOKS[curve.look]
    if curve.low is not None and curve.high is not None:
        axes.fill_between(curve.threshold, curve.low, curve.high, color=look.colour, alpha=0.13, linewidth=0)
        for limit in (curve.low, curve.high):
            axes.plot(curve.threshold, limit, color=look.colour, linestyle=look.dash, linewidth=0.6)
    (line,) = axes.plot(
        curve.threshold, curve.net_benefit, color=look.colour, linestyle=look.dash, linewidth=1.9, label=curve.label
    )
    return line


def _dress(
    axes: Axes, curves: Sequence[NetBenefit], treat_all: tuple[Sequence[float], Sequence[float]], x_label: str
) -> None:
    top = max(float(np.max(values)) for values in (treat_all[1], *(curve.net_benefit for curve in curves)))
    top = max(top, *(float(np.max(curve.high)) for curve in curves if curve.high is not None), 0.02) * 1.05
    start = min(float(np.min(curve.threshold)) for curve in curves)
    end = max(float(np.max(curve.threshold)) for curve in curves)
    axes.set(xlim=(start, end), ylim=(-0.12 * top, top), ylabel="Net benefit per patient")
    ticks = MaxNLocator(9, steps=[1, 2, 5, 10]).tick_values(start, end)
    shown = [tick for tick in ticks if start - 1e-9 <= tick <= end + 1e-9]
    axes.set_xticks(shown, [f"{label} %" for label in tick_labels([100 * tick for tick in shown])])
    levels = [tick for tick in MaxNLocator(6).tick_values(-0.12 * top, top) if -0.12 * top <= tick <= top]
    axes.set_yticks(levels, tick_labels(levels))
    axes.grid(axis="y")
    width = WIDTH_IN - LEFT_IN - 0.2
    label_x = -0.33 / width
    axes.text(
        label_x, -0.36 / HEIGHT_IN, HARM, transform=axes.transAxes, ha="right", va="center", size=SMALL, color=SOFT
    )
    for tick in shown:
        told = _odds(tick)
        across = axes.get_xaxis_transform()
        axes.text(tick, -0.36 / HEIGHT_IN, told, transform=across, ha="center", va="center", size=SMALL, color=SOFT)
    axes.set_xlabel(x_label, labelpad=20)


def _odds(threshold: float) -> str:
    """The harm of a needless treatment against the benefit of a right one at which both balance: 20 % is 1 : 4."""
    if threshold <= 0 or threshold >= 1:
        return ""
    ratio = (1 - threshold) / threshold
    return f"1 : {ratio:.2g}" if ratio >= 1 else f"{1 / ratio:.2g} : 1"
