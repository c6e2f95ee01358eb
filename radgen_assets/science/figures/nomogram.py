"""A nomogram as it is read with a ruler: points for each factor, their total, and the survival that goes with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from radgen_assets.science.figures.placing import rows_that_fit
from radgen_assets.science.figures.style import (
    INK,
    RULE,
    SMALL,
    SOFT,
    TEXT,
    blank_axes,
    house_style,
    new_figure,
    text_width_in,
    wrap_to_width,
)

if TYPE_CHECKING:
    from radgen_assets.science.survival.nomogram import Nomogram

WIDTH_IN, NAME_IN, RIGHT_IN = 7.6, 1.75, 0.3
RULER_IN = WIDTH_IN - NAME_IN - RIGHT_IN
LINE_IN, LABEL_IN, TICK_IN, PAD_IN = 0.13, 0.15, 0.06, 0.11
GAP_IN = 0.08  # between two labels of one row
LONGEST = 100.0  # points of the ruler on top


@dataclass(frozen=True)
class _Tick:
    x: float  # inches from the ruler's start
    label: str
    is_above: bool
    row: int  # 0 nearest to the line


@dataclass(frozen=True)
class _Row:
    """One axis of the drawing: its name, where its line runs, and its ticks."""

    name: str
    start: float
    end: float
    ticks: tuple[_Tick, ...]
    fine: tuple[float, ...] = ()  # ticks without a label
    is_strong: bool = False

    @property
    def above_in(self) -> float:
        rows = [tick.row for tick in self.ticks if tick.is_above]
        return LINE_IN / 2 + LABEL_IN * (max(rows) + 1 if rows else 0)

    @property
    def below_in(self) -> float:
        rows = [tick.row for tick in self.ticks if not tick.is_above]
        return LINE_IN / 2 + LABEL_IN * (max(rows) + 1 if rows else 0)


def nomogram_figure(nomogram: Nomogram, *, names: dict[str, str] | None = None, outcome: str = "survival") -> Figure:
    """Points on top, a line a factor, total points, and survival at each time below.

    Parameters
    ----------
    names : what a factor is called in the drawing, with its unit, e.g. {"age": "Age (years)"}.
    outcome : what is read at the bottom: "24-month <outcome>".

    Raises
    ------
    ValueError
        Without a factor or without a time.
    """
    if not nomogram.axes or not nomogram.survival_axes:
        raise ValueError("nomogram_figure: found no factor or no time, expected at least one of each")
    named = names or {}
    ticks = MaxNLocator(10, steps=[1, 2, 2.5, 5, 10]).tick_values(0, nomogram.largest_total)
    totals = np.asarray(ticks, float)
    per_total = RULER_IN / float(totals[-1])
    upper = [
        _ruler("Points", np.arange(0, LONGEST + 1, 10), RULER_IN / LONGEST, fine=2),
        *(_factor(named.get(axis.term, axis.term), axis.labels, axis.points) for axis in nomogram.axes),
    ]
    lower = [
        _ruler("Total points", totals, per_total, fine=float(totals[1] - totals[0]) / 5),
        *(
            _scale(
                f"{axis.time_months:g}-month {outcome}",
                [f"{100 * share:.3g} %" for share in axis.survival],
                [points * per_total for points in axis.total_points],
            )
            for axis in nomogram.survival_axes
        ),
    ]
    height = sum(row.above_in + row.below_in + PAD_IN for row in (*upper, *lower)) + 0.35
    with house_style():
        figure = new_figure(WIDTH_IN, height)
        axes = blank_axes(figure)
        y = _draw_rows(axes, upper, height - 0.08, np.arange(0, LONGEST + 1, 10) * RULER_IN / LONGEST)
        _draw_rows(axes, lower, y - 0.15, totals * per_total)
    return figure


def _ruler(name: str, ticks: NDArray[np.float64], per_unit: float, fine: float) -> _Row:
    labels = [f"{tick:g}" for tick in ticks]
    marks = tuple(_Tick(float(tick * per_unit), text, True, 0) for tick, text in zip(ticks, labels, strict=True))
    between = tuple(float(each * per_unit) for each in np.arange(0, ticks[-1] + fine / 2, fine))
    return _Row(name, 0.0, float(ticks[-1] * per_unit), marks, between, is_strong=True)


def _factor(name: str, labels: Sequence[str], points: Sequence[float]) -> _Row:
    return _scale(name, labels, [each * RULER_IN / LONGEST for each in points])


def _scale(name: str, labels: Sequence[str], places: Sequence[float]) -> _Row:
    """An axis whose labels all are told; where it turns back, the way back is written above the line.

    Labels that have no room in one row are written above and below the line by turns, then further away.
    """
    runs = _runs(places)
    ticks: list[_Tick] = []
    for number, run in enumerate(runs):
        order = sorted(run, key=lambda index: (places[index], index))
        at = [places[index] for index in order]
        rows = _rows(at, [text_width_in(labels[index], SMALL) for index in order])
        for index, row in zip(order, rows, strict=True):
            is_above, level = (bool(number % 2), row) if len(runs) > 1 else (bool(row % 2), row // 2)
            ticks.append(_Tick(places[index], labels[index], is_above, level))
    return _Row(name, min(places), max(places), tuple(ticks))


def _rows(places: Sequence[float], widths: Sequence[float]) -> list[int]:
    """One row if all labels fit, else strictly by turns in two, else wherever each fits first."""
    for n_rows in (1, 2):
        turns = [place % n_rows for place in range(len(places))]
        if all(
            max(rows_that_fit(places[first::n_rows], widths[first::n_rows], GAP_IN), default=0) == 0
            for first in range(n_rows)
        ):
            return turns
    return rows_that_fit(places, widths, GAP_IN)


def _runs(places: Sequence[float]) -> list[list[int]]:
    """Indices of the stretches in which an axis keeps its direction; levels of a factor, in any order, are one."""
    steps = np.sign(np.diff(places))
    turns = np.flatnonzero(steps[1:] * steps[:-1] < 0) + 1
    if turns.size != 1:  # more turns than one: the order says nothing
        return [list(range(len(places)))]
    return [list(range(turns[0] + 1)), list(range(turns[0] + 1, len(places)))]


def _draw_rows(axes: Axes, rows: Sequence[_Row], top: float, guides: NDArray[np.float64]) -> float:
    """Draw the axes from `top` down, with faint guides behind all; returns where the last one ends."""
    total = sum(row.above_in + row.below_in + PAD_IN for row in rows)
    axes.vlines(NAME_IN + guides, top - total + PAD_IN, top - rows[0].above_in, color=RULE, linewidth=0.5, zorder=0.5)
    y = top
    for row in rows:
        y -= row.above_in
        _draw_row(axes, row, y)
        y -= row.below_in + PAD_IN
    return y


def _draw_row(axes: Axes, row: _Row, y: float) -> None:
    lines = wrap_to_width(row.name, NAME_IN - 0.2, TEXT, max_lines=2)
    axes.text(0.05, y, "\n".join(lines), va="center", weight="bold" if row.is_strong else "normal", linespacing=1.05)
    axes.plot([NAME_IN + row.start, NAME_IN + row.end], [y, y], color=INK, linewidth=1.3 if row.is_strong else 1.0)
    axes.vlines([NAME_IN + x for x in row.fine], y, y + TICK_IN * 0.55, color=SOFT, linewidth=0.5)
    for tick in row.ticks:
        side = 1 if tick.is_above else -1
        x, foot = NAME_IN + tick.x, y + side * (TICK_IN + tick.row * LABEL_IN)
        axes.plot([x, x], [y, foot], color=INK, linewidth=0.8)
        axes.text(x, y + side * (LINE_IN / 2 + (tick.row + 0.5) * LABEL_IN), tick.label, ha="center", va="center",
                  size=SMALL, color=INK, bbox={"facecolor": "#fefefe", "edgecolor": "none", "pad": 0.4})  # fmt: skip
