"""How far radiomic features agree between masks: intraclass correlations by class and image type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import StabilityGroup, StabilityPanel
from radgen_assets.science.figures.numbers import tick_labels
from radgen_assets.science.figures.style import (
    INK,
    RULE,
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

PANEL_IN, ROW_IN, GAP_IN, MOST_PANELS = 2.9, 0.2, 0.12, 4
LOWEST = -0.25  # the axis goes no lower: below it a feature is as good as noise, and is counted at the edge
GOLDEN = 0.6180339887498949  # multiples modulo 1 spread points evenly without a random number
CLASS_NAMES = {"shape": "shape", "firstorder": "first order", "shape2D": "shape in 2D"}
FAMILY_NAMES = {"log": "LoG", "lbp": "LBP", "squareroot": "square root"}


def stability_figure(panels: Sequence[StabilityPanel], *, threshold: float = 0.75) -> Figure:
    """One panel a comparison, one row a class and image family: every feature as a point, a box over quartiles.

    Parameters
    ----------
    panels : at most four, from left to right; rows are those of all panels, in the order in which they come.
    threshold : drawn as a line; features below it are counted beside each row.

    Raises
    ------
    ValueError
        Without a panel, with more than four, or with a correlation that is missing or above 1.
    """
    _check(panels)
    rows = list(dict.fromkeys((g.feature_class, g.image_family) for panel in panels for g in panel.groups))
    classes = list(dict.fromkeys(name for name, _ in rows))
    rows.sort(key=lambda row: classes.index(row[0]))
    families = list(dict.fromkeys(family for _, family in rows))
    places = _places(rows)
    left = 0.35 + max(text_width_in(_class(n), TEXT) for n in classes) + max(
        text_width_in(_family(n), SMALL) for n in families
    )  # fmt: skip
    counts = [f"{int((np.asarray(g.icc) < threshold).sum())} of {len(g.icc)}" for p in panels for g in p.groups]
    beside = 0.3 + max([text_width_in(f"below {threshold:g}", SMALL), *(text_width_in(each, SMALL) for each in counts)])
    titles = [wrap_to_width(panel.title, PANEL_IN + beside - 0.2, TEXT) for panel in panels]
    head = 0.32 + 0.17 * max(len(lines) for lines in titles) + 0.2
    height = max(places.values()) + ROW_IN / 2 + GAP_IN
    low = _lowest(panels)
    with house_style():
        figure = new_figure(left + len(panels) * (PANEL_IN + beside) + 0.05, 0.55 + height + head)
        for number, (panel, lines) in enumerate(zip(panels, titles, strict=True)):
            axes = place_axes(figure, left + number * (PANEL_IN + beside), 0.55, PANEL_IN, height)
            axes.set(xlim=(low, 1.0), ylim=(height, 0), xlabel="Intraclass correlation")
            ticks = [tick for tick in (-0.25, 0.0, 0.25, 0.5, 0.75, 1.0) if tick >= low - 1e-9]
            axes.set_xticks(ticks, tick_labels(ticks))
            axes.set_yticks([])
            axes.spines["left"].set_visible(False)
            axes.grid(axis="x")
            axes.axvline(threshold, color=INK, linewidth=0.9, linestyle=(0, (4, 2)))
            for group in panel.groups:
                look = SERIES[families.index(group.image_family) % len(SERIES)]
                y = places[group.feature_class, group.image_family]
                _draw_group(axes, np.asarray(group.icc, float), y, look.colour, threshold)
            _head(axes, panel, lines, threshold, height)
            if number == 0:
                _name_rows(axes, places, left)
    return figure


def _check(panels: Sequence[StabilityPanel]) -> None:
    if not 1 <= len(panels) <= MOST_PANELS or any(not panel.groups for panel in panels):
        raise ValueError(f"stability_figure: found {len(panels)} panels, expected one to {MOST_PANELS} with groups")
    for group in (group for panel in panels for group in panel.groups):
        values = np.asarray(group.icc, float)
        if not values.size or not np.isfinite(values).all() or values.max() > 1 + 1e-9:
            raise ValueError(
                f"stability_figure: {group.feature_class} on {group.image_family}: found no correlation, or one that "
                "is missing or above 1. Leave out what is missing."
            )


def _places(rows: list[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """Height of each row from the top in inches, with a gap between classes."""
    places: dict[tuple[str, str], float] = {}
    y, before = GAP_IN - ROW_IN / 2, None
    for row in rows:
        y += ROW_IN + (GAP_IN if before not in (None, row[0]) else 0)
        places[row] = y
        before = row[0]
    return places


def _lowest(panels: Sequence[StabilityPanel]) -> float:
    least = min(float(np.min(group.icc)) for panel in panels for group in panel.groups)
    return max(LOWEST, np.floor(min(least, 0.45) * 4) / 4)


def _draw_group(axes: Axes, values: NDArray[np.float64], y: float, colour: str, threshold: float) -> None:
    low = axes.get_xlim()[0]
    order = np.argsort(np.argsort(values, kind="stable"), kind="stable")
    spread = ((order + 1) * GOLDEN % 1 - 0.5) * ROW_IN * 0.7
    axes.plot(
        np.maximum(values, low), y + spread, linestyle="none", marker="o", color=colour, markersize=1.7,
        alpha=0.25 if values.size > 60 else 0.6, markeredgewidth=0, rasterized=values.size > 200, clip_on=False,
    )  # fmt: skip
    first, median, third = np.maximum(np.percentile(values, [25, 50, 75]), low)
    box = ROW_IN * 0.62
    edges = Rectangle((first, y - box / 2), third - first, box, facecolor="none", edgecolor=INK, linewidth=0.9)
    axes.add_patch(edges)
    axes.plot([median, median], [y - box / 2, y + box / 2], color=INK, linewidth=2.2)
    text = f"{int((values < threshold).sum())} of {values.size}"
    axes.annotate(text, (1, y), xytext=(8, 0), textcoords="offset points", va="center", size=SMALL)


def _head(axes: Axes, panel: StabilityPanel, lines: list[str], threshold: float, height: float) -> None:
    n = f"{panel.n} tumours" if panel.n != 1 else "1 tumour"
    below = axes.annotate(
        f"below {threshold:g}", (1, 0), xytext=(8, 6), textcoords="offset points", va="bottom", size=SMALL, color=SOFT
    )
    below.set_annotation_clip(False)
    axes.text(0, 1 + 0.1 / height, n, transform=axes.transAxes, va="bottom", size=SMALL, color=SOFT)
    for line, text in enumerate(reversed(lines)):
        axes.text(0, 1 + (0.27 + 0.17 * line) / height, text, transform=axes.transAxes, va="bottom", size=TEXT)


def _name_rows(axes: Axes, places: dict[tuple[str, str], float], left: float) -> None:
    """Class once, at its first row, and the image family at every row, in inches left of the panel."""
    per_inch = 1 / PANEL_IN
    named: set[str] = set()
    for (feature_class, family), y in places.items():
        where: dict[str, Any] = {"transform": axes.get_yaxis_transform(), "va": "center"}
        axes.text(-0.12 * per_inch, y, _family(family), ha="right", size=SMALL, color=SOFT, **where)
        if feature_class not in named:
            axes.text((0.06 - left) * per_inch, y, _class(feature_class), ha="left", size=TEXT, **where)
            if named:
                axes.plot([(0.06 - left) * per_inch, 1], [y - (ROW_IN + GAP_IN) / 2] * 2, color=RULE, linewidth=0.6,
                          transform=axes.get_yaxis_transform(), clip_on=False)  # fmt: skip
        named.add(feature_class)


def _class(name: str) -> str:
    return CLASS_NAMES.get(name, name.upper())


def _family(name: str) -> str:
    return FAMILY_NAMES.get(name, name)


def groups_by_class(
    feature_class: Sequence[str], image_family: Sequence[str], icc: Sequence[float]
) -> tuple[StabilityGroup, ...]:
    """Groups of the correlations that are there, in the order in which classes and families first appear."""
    found: dict[tuple[str, str], list[float]] = {}
    for name, family, value in zip(feature_class, image_family, icc, strict=True):
        if np.isfinite(value):
            found.setdefault((name, family), []).append(float(value))
    return tuple(StabilityGroup(name, family, tuple(values)) for (name, family), values in found.items())
