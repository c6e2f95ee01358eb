"""Clustered heat map: values as colours, trees of rows and columns, strips that tell what is known of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray
from scipy.cluster.hierarchy import dendrogram, linkage

from radgen_assets.science.figures.heat_cells import draw_cells
from radgen_assets.science.figures.heat_colours import N_SHADES, VALUE_STOPS, shade_of, shades
from radgen_assets.science.figures.heat_strips import (
    StripColours,
    colours_of_strips,
    draw_legends,
    legend_height_in,
    legend_width_in,
)
from radgen_assets.science.figures.inputs import HeatMap
from radgen_assets.science.figures.style import (
    SOFT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
    text_width_in,
)

Method = Literal["average", "complete", "ward", "single"]
Metric = Literal["correlation", "euclidean", "cosine"]

MAP_WIDTH_IN, MAP_HEIGHT_IN = 3.9, 3.9  # where cells are many
TALLEST_IN = 6.0  # where this gives every row its name
LARGEST_CELL_IN = 0.25
TREE_IN, STRIP_IN, GAP_IN, EDGE_IN = 0.6, 0.14, 0.05, 0.08
NAME_PT, LEAST_NAME_PT, LONGEST_NAME_IN = 7.8, 5.5, 1.6


@dataclass(frozen=True, eq=False)
class Clustering:
    """Order of the leaves and the lines of the tree (n_lines, 4, 2): along the leaves in cells, then height 0 to 1."""

    order: NDArray[np.int64]
    lines: NDArray[np.float64]


def cluster(values: NDArray[np.float64], method: Method, metric: Metric) -> Clustering:
    """Hierarchical clustering of rows, leaves ordered so that neighbours are alike (scipy, optimal ordering)."""
    if len(values) < 3:
        return Clustering(np.arange(len(values)), np.empty((0, 4, 2)))
    tree = linkage(values, method=method, metric="euclidean" if method == "ward" else metric, optimal_ordering=True)
    drawn = dendrogram(tree, no_plot=True)
    along, height = np.asarray(drawn["icoord"]) / 10, np.asarray(drawn["dcoord"])
    lines = np.stack([along, height / (height.max() or 1.0)], axis=-1)
    return Clustering(np.asarray(drawn["leaves"], np.int64), lines)


def heat_map_figure(
    heat_map: HeatMap,
    *,
    value_label: str = "z score",
    limit: float | None = None,
    cluster_rows: bool = True,
    cluster_columns: bool = True,
    method: Method = "average",
    metric: Metric = "correlation",
    unit: tuple[str, str] = ("genes", "patients"),
) -> Figure:
    """Heat map with trees at the left and on top, strips between tree and map or beside the rows, keys at the right.

    Colours run evenly from -limit to limit, dark for low and light for high; values beyond have the last colour.

    Parameters
    ----------
    limit : by default the 98th percentile of the size of the values, rounded up.
    metric : of `cluster`; "ward" needs and takes "euclidean".
    unit : what rows and columns are, for the counts below where names have no room.

    Raises
    ------
    ValueError
        Without a value, with a value that is not finite, with names or strips of another length, and where
        correlation is asked of a row (or column) whose values are all equal.
    """
    values = np.asarray(heat_map.values, float)
    _check(heat_map, values)
    rows = _clustering(values, cluster_rows, method, metric, f"row of {unit[0]}", heat_map.row_names)
    columns = _clustering(values.T, cluster_columns, method, metric, f"column of {unit[1]}", heat_map.column_names)
    bound = limit or round_limit(float(np.percentile(np.abs(values), 98)))
    strips = colours_of_strips(heat_map.column_strips, heat_map.row_strips)
    with house_style():
        layout = _Layout(
            heat_map,
            values.shape,
            bool(len(rows.lines)),
            bool(len(columns.lines)),
            strips,
            legend_width_in(strips, value_label),
        )
        figure = new_figure(layout.width, layout.height)
        axes = place_axes(figure, layout.left, layout.bottom, layout.map_width, layout.map_height)
        shade = shade_of(values[np.ix_(rows.order, columns.order)], -bound, bound)
        draw_cells(axes, shade, shades(VALUE_STOPS, N_SHADES))
        _draw_tree(figure, layout, rows, columns)
        _draw_strips(figure, layout, strips, rows, columns)
        _write_names(blank_axes(figure), layout, heat_map, rows, columns, unit)
        top = layout.bottom + layout.map_height + layout.column_strips_in
        is_cut = (bool((values < -bound).any()), bool((values > bound).any()))
        draw_legends(blank_axes(figure), layout.legend_left, top, strips, value_label, bound, is_cut)
    return figure


def round_limit(size: float) -> float:
    """The next of 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 and 10 times a power of ten; 1 for nothing."""
    if size <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10) if step * power >= size * (1 - 1e-9))


def _check(heat_map: HeatMap, values: NDArray[np.float64]) -> None:
    expected = (len(heat_map.row_names), len(heat_map.column_names))
    if values.ndim != 2 or not values.size or values.shape != expected:
        raise ValueError(
            f"heat_map_figure: found values of shape {values.shape}, expected {expected} as there are names"
        )
    if not np.isfinite(values).all():
        n = int((~np.isfinite(values)).sum())
        raise ValueError(
            f"heat_map_figure: found {n} values that are not finite. Leave out or fill in what is missing."
        )
    for side, strips, n in (
        ("row", heat_map.row_strips, expected[0]),
        ("column", heat_map.column_strips, expected[1]),
    ):
        for strip in strips:
            if len(strip.values) != n:
                raise ValueError(
                    f"heat_map_figure: {side} strip {strip.name!r}: found {len(strip.values)}, expected {n}"
                )


def _clustering(
    values: NDArray[np.float64], asked: bool, method: Method, metric: Metric, what: str, names: Sequence[str]
) -> Clustering:
    if not asked:
        return Clustering(np.arange(len(values)), np.empty((0, 4, 2)))
    flat = np.flatnonzero(np.ptp(values, axis=1) == 0)
    if metric == "correlation" and method != "ward" and flat.size and len(values) > 2:
        name = names[int(flat[0])]
        raise ValueError(
            f"heat_map_figure: {what}: found {name!r} with all values equal, expected some that differ, since "
            "correlation has no meaning there. Leave it out, or ask for metric='euclidean'."
        )
    return cluster(values, method, metric)


class _Layout:
    """Where everything goes, in inches; cells are whole quarters of a point wide, which keeps the drawing small."""

    def __init__(
        self,
        heat_map: HeatMap,
        shape: tuple[int, int],
        row_tree: bool,
        column_tree: bool,
        strips: list[StripColours],
        legend_width: float,
    ) -> None:
        n_rows, n_columns = shape
        named = 1.12 * LEAST_NAME_PT / 72  # cells of this height have room for names
        self.cell_height = _cell(max(MAP_HEIGHT_IN / n_rows, named + 0.25 / 72 if named * n_rows < TALLEST_IN else 0.0))
        self.cell_width = _cell(MAP_WIDTH_IN / n_columns)
        self.map_width, self.map_height = self.cell_width * n_columns, self.cell_height * n_rows
        self.row_pt, self.column_pt = _name_size(self.cell_height), _name_size(self.cell_width)
        self.row_strips = [strip for strip in strips if strip.of_rows]
        self.column_strips = [strip for strip in strips if not strip.of_rows]
        heads = [text_width_in(strip.name, NAME_PT) for strip in self.column_strips]
        row_names = _longest(heat_map.row_names, self.row_pt)
        self.column_names_in = _longest(heat_map.column_names, self.column_pt)
        self.row_tree_in = TREE_IN if row_tree else 0.0
        self.column_tree_in = TREE_IN if column_tree else 0.0
        self.column_strips_in = (STRIP_IN + 0.02) * len(self.column_strips) + (GAP_IN if self.column_strips else 0)
        self.row_strips_in = (STRIP_IN + 0.02) * len(self.row_strips) + (GAP_IN if self.row_strips else 0)
        row_heads = max((text_width_in(strip.name, NAME_PT) for strip in self.row_strips), default=0.0)
        counts = 0.0 if self.row_pt and self.column_pt else 0.2
        below = max(self.column_names_in + counts, row_heads)
        self.bottom = _quarter(EDGE_IN + below + 0.06)
        self.left = _quarter(EDGE_IN + self.row_tree_in + self.row_strips_in + 0.04)
        self.beside = max([row_names + 0.08, *(head + 0.08 for head in heads), 0.1])
        self.legend_left = self.left + self.map_width + self.beside + 0.12
        self.width = self.legend_left + legend_width
        drawn = self.bottom + self.map_height + self.column_strips_in + self.column_tree_in + EDGE_IN
        legends = legend_height_in(strips)
        spare = max(0.0, legends + 0.1 - (self.bottom + self.map_height + self.column_strips_in))
        self.bottom = _quarter(self.bottom + spare)
        self.height = drawn + spare


def _quarter(inches: float) -> float:
    return round(inches * 72 * 4) / 4 / 72


def _cell(inches: float) -> float:
    return max(0.25, np.floor(min(inches, LARGEST_CELL_IN) * 72 * 4) / 4) / 72


def _name_size(cell_in: float) -> float:
    """Letters that fit into a cell, in points; 0 where they would be too small to read."""
    size = min(NAME_PT, cell_in * 72 / 1.12)
    return size if size >= LEAST_NAME_PT else 0.0


def _longest(names: Sequence[str], size: float) -> float:
    return min(LONGEST_NAME_IN, max(text_width_in(name, size) for name in names)) if size else 0.0


def _draw_tree(figure: Figure, layout: _Layout, rows: Clustering, columns: Clustering) -> None:
    look: dict[str, Any] = {"colors": SOFT, "linewidths": 0.6, "capstyle": "projecting"}
    if len(rows.lines):
        axes = place_axes(figure, EDGE_IN, layout.bottom, TREE_IN, layout.map_height)
        axes.set(xlim=(1.02, 0), ylim=(len(rows.order), 0))
        axes.add_collection(LineCollection(list(rows.lines[:, :, ::-1]), **look))
        axes.axis("off")
    if len(columns.lines):
        low = layout.bottom + layout.map_height + layout.column_strips_in
        axes = place_axes(figure, layout.left, low, layout.map_width, TREE_IN)
        axes.set(xlim=(0, len(columns.order)), ylim=(0, 1.02))
        axes.add_collection(LineCollection(list(columns.lines), **look))
        axes.axis("off")


def _draw_strips(
    figure: Figure, layout: _Layout, strips: list[StripColours], rows: Clustering, columns: Clustering
) -> None:
    text = blank_axes(figure)
    y = layout.bottom + layout.map_height + layout.column_strips_in
    x = layout.left - layout.row_strips_in
    for strip in strips:
        order = rows.order if strip.of_rows else columns.order
        if strip.of_rows:
            axes = place_axes(figure, x, layout.bottom, STRIP_IN, layout.map_height)
            draw_cells(axes, strip.shade[order][:, None], strip.colours, strip.hatched)
            text.text(
                x + STRIP_IN / 2, layout.bottom - 0.05, strip.name, rotation=90, ha="center", va="top", size=NAME_PT
            )
            x += STRIP_IN + 0.02
        else:
            y -= STRIP_IN + 0.02
            axes = place_axes(figure, layout.left, y, layout.map_width, STRIP_IN)
            draw_cells(axes, strip.shade[order][None, :], strip.colours, strip.hatched)
            text.text(layout.left + layout.map_width + 0.06, y + STRIP_IN / 2, strip.name, va="center", size=NAME_PT)


def _write_names(
    text: Axes, layout: _Layout, heat_map: HeatMap, rows: Clustering, columns: Clustering, unit: tuple[str, str]
) -> None:
    right = layout.left + layout.map_width + 0.06
    if layout.row_pt:
        for place, row in enumerate(rows.order):
            y = layout.bottom + layout.map_height - (place + 0.5) * layout.cell_height
            told = shorten_middle(heat_map.row_names[row], LONGEST_NAME_IN, layout.row_pt)
            text.text(right, y, told, va="center_baseline", size=layout.row_pt)
    if layout.column_pt:
        for place, column in enumerate(columns.order):
            x = layout.left + (place + 0.5) * layout.cell_width
            told = shorten_middle(heat_map.column_names[column], LONGEST_NAME_IN, layout.column_pt)
            text.text(x, layout.bottom - 0.05, told, rotation=90, ha="center", va="top", size=layout.column_pt)
    nameless = [
        f"{len(names)} {what}"
        for names, what, size in (
            (heat_map.row_names, unit[0], layout.row_pt),
            (heat_map.column_names, unit[1], layout.column_pt),
        )
        if not size
    ]
    if nameless:
        told = " × ".join(nameless)
        y = layout.bottom - 0.05 - layout.column_names_in - 0.12
        text.text(layout.left + layout.map_width / 2, y, told, ha="center", va="center", size=NAME_PT, color=SOFT)
