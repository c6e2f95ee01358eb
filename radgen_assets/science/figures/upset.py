"""UpSet plot: how large the intersections of several sets are, each member counted in exactly one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from radgen_assets.science.figures.numbers import count
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    INK,
    RULE,
    SMALL,
    SOFT,
    WASH,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
    text_width_in,
)

COLUMN_IN, ROW_IN, BARS_IN, SIZE_IN = 0.34, 0.27, 1.9, 1.1
LEAST_WIDTH_IN = 5.0


def exclusive_intersections(sets: Mapping[str, Collection[str]]) -> list[tuple[tuple[str, ...], int]]:
    """Which sets, and how many members belong to these and to no other; largest first, fewer sets first."""
    belongs: dict[str, list[str]] = {}
    for name, members in sets.items():
        for member in set(members):
            belongs.setdefault(member, []).append(name)
    counts = Counter(tuple(names) for names in belongs.values())
    places = {name: place for place, name in enumerate(sets)}
    return sorted(counts.items(), key=lambda each: (-each[1], len(each[0]), [places[name] for name in each[0]]))


def upset_figure(sets: Mapping[str, Collection[str]], *, at_most: int = 20, unit: str = "genes") -> Figure:
    """Bars over a matrix of dots: a column an intersection, a row a set, the size of each set at the left.

    Parameters
    ----------
    sets : name -> members; the largest set stands on top.
    at_most : columns drawn; those left out are counted in a line below.

    Raises
    ------
    ValueError
        With fewer than two sets or without a member.
    """
    if len(sets) < 2 or not any(sets.values()):
        raise ValueError(f"upset_figure: found {len(sets)} sets, expected two or more with members")
    sizes = {name: len(set(members)) for name, members in sets.items()}
    rows = sorted(sets, key=lambda name: (-sizes[name], name))
    found = exclusive_intersections({name: sets[name] for name in rows})
    shown, left_out = found[:at_most], found[at_most:]
    name_in = min(2.2, max(0.8, *(text_width_in(name, SMALL) + 0.25 for name in rows)))
    left = SIZE_IN + 0.45 + name_in
    column = max(COLUMN_IN, text_width_in(count(shown[0][1]), SMALL) + 0.08)
    width, height = column * len(shown), ROW_IN * len(rows)
    below = 0.32 if left_out else 0.08
    with house_style():
        figure = new_figure(max(LEAST_WIDTH_IN, left + width + 0.15), below + height + BARS_IN + 0.3)
        text = blank_axes(figure)
        bars = place_axes(figure, left, below + height + 0.08, width, BARS_IN)
        matrix = place_axes(figure, left, below, width, height)
        size = place_axes(figure, 0.45, below, SIZE_IN, height)
        _draw_bars(bars, [n for _, n in shown], unit)
        _draw_matrix(matrix, rows, [names for names, _ in shown])
        _draw_sizes(size, [sizes[name] for name in rows])
        head = f"{unit.capitalize()} in each set"
        text.text(0.45 + SIZE_IN, below + height + 0.14, head, ha="right", va="center", size=SMALL, color=SOFT)
        for row, name in enumerate(rows):
            y = below + height - (row + 0.5) * ROW_IN
            told = shorten_middle(name, name_in - 0.2, SMALL)
            text.text(left - 0.1, y, told, ha="right", va="center", size=SMALL)
        if left_out:
            more = (
                f"{len(left_out)} smaller intersections with {count(sum(n for _, n in left_out))} {unit} are not drawn"
            )
            text.text(
                max(left + width, text_width_in(more, SMALL) + 0.1),
                0.1,
                more,
                ha="right",
                va="center",
                size=SMALL,
                color=SOFT,
            )
    return figure


def _draw_bars(axes: Axes, sizes: list[int], unit: str) -> None:
    axes.bar(range(len(sizes)), sizes, width=0.58, color=DEEP_BLUE)
    for column, n in enumerate(sizes):
        axes.text(column, n + max(sizes) * 0.015, count(n), ha="center", va="bottom", size=SMALL - 0.6)
    axes.set(
        xlim=(-0.5, len(sizes) - 0.5), ylim=(0, max(sizes) * 1.12), ylabel=f"{unit.capitalize()} in exactly these sets"
    )
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True, steps=[1, 2, 5, 10]))
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)


def _draw_matrix(axes: Axes, rows: list[str], columns: list[tuple[str, ...]]) -> None:
    axes.set(xlim=(-0.5, len(columns) - 0.5), ylim=(len(rows) - 0.5, -0.5))
    axes.axis("off")
    for row in range(0, len(rows), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=WASH, linewidth=0)
    for column, names in enumerate(columns):
        inside = [row for row, name in enumerate(rows) if name in names]
        outside = sorted(set(range(len(rows))) - set(inside))
        axes.plot([column] * len(outside), outside, linestyle="none", marker="o", color=RULE, markersize=5)
        axes.plot([column] * len(inside), inside, marker="o", color=INK, markersize=7, linewidth=1.8)


def _draw_sizes(axes: Axes, sizes: list[int]) -> None:
    axes.barh(range(len(sizes)), sizes, height=0.55, color=SOFT)
    for row, n in enumerate(sizes):
        axes.text(n + max(sizes) * 0.04, row, count(n), ha="right", va="center", size=SMALL - 0.6)
    axes.set(xlim=(max(sizes) * 1.42, 0), ylim=(len(sizes) - 0.5, -0.5))
    axes.axis("off")
