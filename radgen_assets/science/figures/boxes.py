"""A value in several groups: a box and every patient as a point, with the test between them and its P."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import PairTest
from radgen_assets.science.figures.numbers import p_phrase, tick_labels
from radgen_assets.science.figures.style import (
    INK,
    SERIES,
    SMALL,
    SOFT,
    TEXT,
    house_style,
    new_figure,
    place_axes,
    text_width_in,
    wrap_to_width,
)

COLUMN_IN, HEIGHT_IN, BRACKET_IN = 1.15, 2.9, 0.26
GOLDEN = 0.6180339887498949  # multiples modulo 1 spread points evenly without a random number


def box_figure(
    groups: Sequence[tuple[str, Sequence[float]]],
    *,
    y_label: str,
    test: str = "",
    p: float | None = None,
    pairs: Sequence[PairTest] = (),
    pair_test: str = "",
) -> Figure:
    """One column a group: box over quartiles, whiskers to 1.5 interquartile ranges, a point a patient.

    Parameters
    ----------
    groups : (label, values) from left to right; at most five.
    test, p : name and P of the test between all groups, e.g. "Kruskal-Wallis".
    pairs : P of pairs of groups, drawn as brackets; as they are given, so adjust them first where there are several.
    pair_test : what they are, e.g. "Wilcoxon, Holm-adjusted".

    Raises
    ------
    ValueError
        Without a group, with more than five, with an empty one, with a value that is not finite, or with a pair whose
        groups are not there.
    """
    _check(groups, pairs)
    brackets = _brackets([label for label, _ in groups], pairs)
    rows = max((row for *_, row in brackets), default=-1) + 1
    told = [line for line in (_phrase(test, p), f"Brackets: {pair_test}" if pairs and pair_test else "") if line]
    width = max(COLUMN_IN * len(groups), max((text_width_in(line, TEXT) for line in told), default=0))
    head = 0.2 * len(told) + 0.12
    labels = [wrap_to_width(label, COLUMN_IN - 0.12, SMALL) for label, _ in groups]
    below = 0.15 + 0.16 * (max(len(lines) for lines in labels) + 1)
    every = np.concatenate([np.asarray(values, float) for _, values in groups])
    span = float(np.ptp(every)) or 1.0
    low, high = float(every.min()) - 0.05 * span, float(every.max()) + 0.05 * span
    ticks = [float(tick) for tick in MaxNLocator(6).tick_values(low, high) if low <= tick <= high]
    left = 0.42 + max(text_width_in(tick, SMALL) for tick in tick_labels(ticks))
    height = HEIGHT_IN + rows * BRACKET_IN
    with house_style():
        figure = new_figure(left + width + 0.15, below + height + head)
        axes = place_axes(figure, left, below, width, height)
        for column, ((_, values), look) in enumerate(zip(groups, SERIES, strict=False)):
            _draw_group(axes, column, np.asarray(values, float), look.colour, look.marker)
        per_inch = (high - low) / HEIGHT_IN
        axes.set(xlim=(-0.5, len(groups) - 0.5), ylim=(low, high + rows * BRACKET_IN * per_inch), ylabel=y_label)
        counts = [f"n = {len(values)}" for _, values in groups]
        names = ["\n".join([*lines, n]) for lines, n in zip(labels, counts, strict=True)]
        axes.set_xticks(range(len(groups)), names)
        axes.tick_params(axis="x", length=0)
        axes.set_yticks(ticks, tick_labels(ticks))
        axes.spines["left"].set_bounds(low, high)
        axes.grid(axis="y")
        for left, right, phrase, row in brackets:
            _draw_bracket(axes, (left, right), phrase, high + (row + 0.2) * BRACKET_IN * per_inch, per_inch)
        for line, text in enumerate(told):
            y = 1 + (head - 0.13 - 0.2 * line) / height
            axes.text(
                0, y, text, transform=axes.transAxes, va="center", color=SOFT if line else INK, size=TEXT - 0.4 * line
            )
    return figure


def _check(groups: Sequence[tuple[str, Sequence[float]]], pairs: Sequence[PairTest]) -> None:
    if not 1 <= len(groups) <= len(SERIES) or any(len(values) == 0 for _, values in groups):
        raise ValueError(
            f"box_figure: found no group, an empty one or too many, expected one to {len(SERIES)} with values"
        )
    for label, values in groups:
        if not np.isfinite(np.asarray(values, float)).all():
            raise ValueError(
                f"box_figure: group {label!r}: found a value that is not finite. Leave out what is missing."
            )
    known = {label for label, _ in groups}
    for pair in pairs:
        if not {pair.first, pair.second} <= known or pair.first == pair.second:
            raise ValueError(
                f"box_figure: found a pair {pair.first!r}, {pair.second!r}, expected two of {sorted(known)}"
            )


def _phrase(test: str, p: float | None) -> str:
    return f"{test} {p_phrase(p)}".strip() if p is not None else test


def _brackets(labels: list[str], pairs: Sequence[PairTest]) -> list[tuple[int, int, str, int]]:
    """Left and right column, text and row of each bracket; short ones lie low, none touches another."""
    ends = [sorted((labels.index(pair.first), labels.index(pair.second))) for pair in pairs]
    order = sorted(range(len(pairs)), key=lambda each: (ends[each][1] - ends[each][0], ends[each][0]))
    placed: list[tuple[int, int, str, int]] = []
    for index in order:
        left, right = ends[index]
        over = [row for start, end, _, row in placed if start < right and left < end]
        placed.append((left, right, p_phrase(pairs[index].p), max(over, default=-1) + 1))
    return placed


def _draw_group(axes: Axes, column: int, values: NDArray[np.float64], colour: str, marker: str) -> None:
    spread = _spread(values)
    axes.plot(
        column + spread, values, linestyle="none", marker=marker, color=colour, markersize=3.6, alpha=0.55,
        markeredgewidth=0,
    )  # fmt: skip
    line = {"color": INK, "linewidth": 0.9}
    axes.boxplot(
        values,
        positions=[column],
        widths=0.5,
        showfliers=False,
        manage_ticks=False,
        medianprops={"color": INK, "linewidth": 2},
        boxprops=line,
        whiskerprops=line,
        capprops=line,
    )


def _spread(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sideways places: wide where many values lie near one another, so that the points show the shape."""
    order = np.argsort(values, kind="stable")
    width = (np.ptp(values) or 1.0) / 12
    near = np.searchsorted(values[order], values + width) - np.searchsorted(values[order], values - width)
    rank = np.empty(values.size)
    rank[order] = np.arange(1, values.size + 1)
    return (rank * GOLDEN % 1 - 0.5) * 0.62 * near / max(near.max(), 6)


def _draw_bracket(axes: Axes, ends: tuple[int, int], phrase: str, y: float, per_inch: float) -> None:
    left, right = ends[0] + 0.04, ends[1] - 0.04
    foot = y - 0.05 * per_inch
    axes.plot([left, left, right, right], [foot, y, y, foot], color=SOFT, linewidth=0.8)
    axes.text((left + right) / 2, y + 0.015 * per_inch, phrase, ha="center", va="bottom", size=SMALL)
