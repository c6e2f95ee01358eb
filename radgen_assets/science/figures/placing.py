"""Where labels and points go, so that no label lies on another and many points stay a small drawing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import isotonic_regression

BYTES_A_DOT, BYTES_A_MARK, MOST_BYTES = 48, 150, 900_000  # of an SVG
DOT_LENGTH_PT = 0.05  # pixels are made of lines that have a length, however short; vectors of others, too
CELL_PT = 0.25  # opaque dots nearer than this cover one another


def spread_apart(wanted: ArrayLike, gap: float, low: float = -np.inf, high: float = np.inf) -> NDArray[np.float64]:
    """Places at least `gap` apart, as near to those wanted as can be (least squares), in the same order.

    wanted : (n,)     Equal ones keep their order. Places stay within `low` to `high` while there is room.
    """
    places = np.asarray(wanted, float)
    if places.size == 0:
        return places
    order = np.argsort(places, kind="stable")
    steps = gap * np.arange(places.size)
    nearest = isotonic_regression(places[order] - steps).x
    upper = high - steps[-1]
    spread = np.empty_like(places)
    spread[order] = np.minimum(np.maximum(nearest, low), max(low, upper)) + steps
    return spread


def first_that_fit(centres: ArrayLike, widths: ArrayLike, gap: float) -> list[int]:
    """Every first, second, third, ... label from the left: the most for which none comes nearer than `gap` to the next.

    centres, widths : (n,) in one unit, the centres rising.
    """
    middle, half = np.asarray(centres, float), np.asarray(widths, float) / 2
    for stride in range(1, middle.size + 1):
        kept = np.arange(0, middle.size, stride)
        room = (middle[kept][1:] - half[kept][1:]) - (middle[kept][:-1] + half[kept][:-1])
        if (room >= gap).all():
            return [int(index) for index in kept]
    return []


def rows_that_fit(centres: Sequence[float], widths: Sequence[float], gap: float) -> list[int]:
    """The first row (0, 1, ...) in which each label has room beside those before it; for labels that must all be told.

    centres, widths : (n,) in one unit, the centres rising.
    """
    ends: list[float] = []
    rows = []
    for middle, width in zip(centres, widths, strict=True):
        row = next((row for row, end in enumerate(ends) if middle - width / 2 >= end + gap), len(ends))
        ends[row : row + 1] = [middle + width / 2]
        rows.append(row)
    return rows


def draw_dots(axes: Axes, x: ArrayLike, y: ArrayLike, *, colour: str, size: float, zorder: float = 1.0) -> int:
    """Opaque round dots as one path, without those that others cover; returns how many were drawn.

    Call it when the axes have their place and limits.

    Parameters
    ----------
    x, y : (n,) in the data's units.
    size : diameter in points.
    """
    at = np.column_stack([np.asarray(x, float), np.asarray(y, float)])
    on_page = axes.transData.transform(at) * (72 / axes.figure.dpi / CELL_PT)
    _, first = np.unique(np.round(on_page), axis=0, return_index=True)
    seen = at[np.sort(first)]
    to_page = axes.transData
    ends = to_page.inverted().transform(to_page.transform(seen) + DOT_LENGTH_PT * axes.figure.dpi / 72)
    path = Path(np.stack([seen, ends], axis=1).reshape(-1, 2), np.tile([Path.MOVETO, Path.LINETO], len(seen)))
    path.should_simplify = False  # so short lines would be dropped
    axes.add_patch(PathPatch(path, edgecolor=colour, facecolor="none", linewidth=size, capstyle="round", zorder=zorder))
    return len(seen)


def pixels_where_heavy(axes: Axes, n_dots: int, n_marks: int, below: float) -> bool:
    """Make pixels of all that is drawn below a zorder where so many points would make an SVG above one megabyte."""
    is_heavy = n_dots * BYTES_A_DOT + n_marks * BYTES_A_MARK > MOST_BYTES
    if is_heavy:
        axes.set_axisbelow(False)  # ticks and labels lie above and stay vectors
        axes.set_rasterization_zorder(below)
    return is_heavy
