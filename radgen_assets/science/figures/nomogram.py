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

from radgen_assets.science.figures.placing import first_that_fit, rows_that_fit
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
    from radgen_assets.science.survival.cox.nomogram import Nomogram
    from radgen_assets.science.survival.cox.nomogram_axis import NomogramAxis

WIDTH_IN, NAME_IN, RIGHT_IN = 7.6, 1.75, 0.3
RULER_IN = WIDTH_IN - NAME_IN - RIGHT_IN
LINE_IN, LABEL_IN, TICK_IN, PAD_IN = 0.13, 0.15, 0.06, 0.11
GAP_IN = 0.08  # between two labels of one row
CLOSEST_IN = 0.03  # ticks without a label that would be nearer are left out
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
        rows = [tick.row for tick in self.ticks if tick.is_above and tick.label]
        return LINE_IN / 2 + LABEL_IN * (max(rows) + 1 if rows else 0)

    @property
    def below_in(self) -> float:
        rows = [tick.row for tick in self.ticks if not tick.is_above and tick.label]
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
        *(_factor(named.get(axis.term, axis.term), axis) for axis in nomogram.axes),
    ]
    lower = [
        _ruler("Total points", totals, per_total, fine=float(totals[1] - totals[0]) / 5),
        *(
            _numbers(
                f"{axis.time_months:g}-month {outcome}",
                [f"{100 * share:.3g} %" for share in axis.survival],
                [points * per_total for points in axis.total_points],
                n_rows=2,
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


def _factor(name: str, axis: NomogramAxis) -> _Row:
    places = [each * RULER_IN / LONGEST for each in axis.points]
    return _categories(name, axis.labels, places) if axis.kind == "category" else _numbers(name, axis.labels, places)


def _categories(name: str, labels: Sequence[str], places: Sequence[float]) -> _Row:
    """An axis whose labels all are told: in one row if they fit, else by turns below and above, else further away."""
    order = sorted(range(len(places)), key=lambda index: (places[index], index))
    at, widths = [places[index] for index in order], [text_width_in(labels[index], SMALL) for index in order]
    rows = next((rows for n in (1, 2) if (rows := _by_turns(at, widths, n))), None) or rows_that_fit(at, widths, GAP_IN)
    ticks = [
        _Tick(places[index], labels[index], bool(row % 2), row // 2) for index, row in zip(order, rows, strict=True)
    ]
    return _Row(name, min(places), max(places), tuple(ticks))


def _numbers(name: str, labels: Sequence[str], places: Sequence[float], *, n_rows: int = 1) -> _Row:
    """An axis whose labels are told as far as they have room; where it turns back, the way back is told above."""
    runs = _runs(places)
    ticks: list[_Tick] = []
    for number, run in enumerate(runs):
        order = sorted(run, key=lambda index: (places[index], index))
        at, widths = [places[index] for index in order], [text_width_in(labels[index], SMALL) for index in order]
        sides = _by_turns(at, widths, 1) or _by_turns(at, widths, n_rows) if len(runs) == 1 else []
        told = dict(enumerate(sides)) if sides else dict.fromkeys(_with_room(at, widths), number % 2)
        if len(runs) == 1 and len(told) == 1 and len(order) > 1:
            told = {0: 0, len(order) - 1: 1}  # the ends at least, one below and one above
        for place, index in enumerate(order):
            ticks.append(
                _Tick(places[index], labels[index] if place in told else "", bool(told.get(place, number % 2)), 0)
            )
    crowded = len(places) > 1 and np.ptp(places) / (len(places) - 1) < CLOSEST_IN
    kept = [tick for tick in ticks if tick.label or not crowded]
    return _Row(name, min(places), max(places), tuple(kept))


def _by_turns(places: Sequence[float], widths: Sequence[float], n_rows: int) -> list[int]:
    """The row of each label when they are dealt to `n_rows` rows by turns; empty where they then have no room."""
    fit = all(
        max(rows_that_fit(places[first::n_rows], widths[first::n_rows], GAP_IN), default=0) == 0
        for first in range(n_rows)
    )
    return [place % n_rows for place in range(len(places))] if fit else []


def _with_room(places: Sequence[float], widths: Sequence[float]) -> list[int]:
    """Labels of one row, every second or third where not all have room; where the steps are uneven, the outer first."""
    even = first_that_fit(places, widths, GAP_IN)
    kept: list[int] = []
    for index in reversed(range(len(places))):
        if not kept or places[index] + widths[index] / 2 + GAP_IN <= places[kept[-1]] - widths[kept[-1]] / 2:
            kept.append(index)
    return even if len(kept) <= len(even) + 1 else kept[::-1]


def _runs(places: Sequence[float]) -> list[list[int]]:
    """Indices of the two stretches of an axis that turns back once, else of the whole axis."""
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
        length = TICK_IN + tick.row * LABEL_IN if tick.label else TICK_IN * 0.6
        x = NAME_IN + tick.x
        axes.plot([x, x], [y, y + side * length], color=INK, linewidth=0.8)
        if not tick.label:
            continue
        axes.text(x, y + side * (LINE_IN / 2 + (tick.row + 0.5) * LABEL_IN), tick.label, ha="center", va="center",
                  size=SMALL, color=INK, bbox={"facecolor": "#fefefe", "edgecolor": "none", "pad": 0.4})  # fmt: skip
