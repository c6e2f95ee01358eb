"""Strips beside a heat map: colours of each category or number, and the keys that explain them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from radgen_assets.science.figures.heat_colours import (
    MOST_LEVELS,
    N_SHADES,
    STRIP_STOPS,
    VALUE_STOPS,
    shade_of,
    shades,
)
from radgen_assets.science.figures.inputs import Strip
from radgen_assets.science.figures.numbers import tick_labels
from radgen_assets.science.figures.style import INK, PAPER, RULE, SMALL, SOFT, shorten_middle, text_width_in

UNKNOWN = "not known"
SCALE_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
TITLE_IN, LINE_IN, BETWEEN_IN, SWATCH_IN, BAR_IN, SCALE_IN = 0.2, 0.165, 0.13, 0.14, 1.35, 1.1
KEY_PT, TEXT_IN = 7.8, 2.0


@dataclass(frozen=True, eq=False)
class StripColours:
    """A strip ready to be drawn: the shade of every row (or column), and what each shade means.

    shade : (n,) places in `colours`
    key : (label, shade) of each category and of what is not known; a number's scale has limits instead
    """

    name: str
    of_rows: bool
    shade: NDArray[np.int64]
    colours: list[str]
    hatched: frozenset[int]
    key: tuple[tuple[str, int], ...]
    limits: tuple[float, float] | None = None

    @property
    def height_in(self) -> float:
        """Room that its key takes."""
        scale = 0.36 if self.limits is not None else 0.0
        return TITLE_IN + scale + LINE_IN * len(self.key) + BETWEEN_IN


def colours_of_strips(column_strips: tuple[Strip, ...], row_strips: tuple[Strip, ...]) -> list[StripColours]:
    """Every strip with a hue of its own, columns first.

    Raises
    ------
    ValueError
        For more strips than hues, or more categories than can be told apart.
    """
    strips = [(strip, False) for strip in column_strips] + [(strip, True) for strip in row_strips]
    if len(strips) > len(STRIP_STOPS):
        raise ValueError(f"heat_map_figure: found {len(strips)} strips, expected at most {len(STRIP_STOPS)}")
    return [_colours(strip, of_rows, STRIP_STOPS[place]) for place, (strip, of_rows) in enumerate(strips)]


def _colours(strip: Strip, of_rows: bool, stops: tuple[str, ...]) -> StripColours:
    known = [value for value in strip.values if value is not None]
    missing = len(known) < len(strip.values)
    if known and not any(isinstance(value, str) for value in known):
        numbers = np.array([np.nan if value is None else float(value) for value in strip.values])
        low, high = float(np.nanmin(numbers)), float(np.nanmax(numbers))
        shade = np.where(np.isnan(numbers), N_SHADES, shade_of(np.nan_to_num(numbers, nan=low), low, high))
        unknown = ((UNKNOWN, N_SHADES),) if missing else ()
        colours = [*shades(stops[::-1], N_SHADES), PAPER]  # more is darker, as in a count
        return StripColours(strip.name, of_rows, shade, colours, frozenset({N_SHADES}), unknown, (low, high))
    levels = strip.levels or tuple(sorted({str(value) for value in known}))
    strangers = sorted({str(value) for value in known} - set(levels))
    if len(levels) > MOST_LEVELS or strangers:
        told = f"{len(levels)} categories" if not strangers else f"{strangers[0]!r}, which is none of its levels"
        raise ValueError(
            f"heat_map_figure: strip {strip.name!r}: found {told}, expected at most {MOST_LEVELS}, all listed"
        )
    places = {level: place for place, level in enumerate(levels)}
    shade = np.array([len(levels) if value is None else places[str(value)] for value in strip.values])
    key = [*places.items(), *([(UNKNOWN, len(levels))] if missing else [])]
    colours = [*shades(stops, len(levels))[::-1], PAPER]  # the first level is the palest
    return StripColours(strip.name, of_rows, shade, colours, frozenset({len(levels)}), tuple(key))


def legend_height_in(strips: list[StripColours]) -> float:
    """Room that all keys take, the scale of the values first."""
    return TITLE_IN + BAR_IN + 0.2 + sum(strip.height_in for strip in strips)


def legend_width_in(strips: list[StripColours], value_label: str) -> float:
    """Room that the widest line of the keys takes, up to where names are shortened."""
    titles = [text_width_in(name, SMALL, "bold") for name in (value_label, *(strip.name for strip in strips))]
    lines = [SWATCH_IN + 0.08 + text_width_in(label, KEY_PT) for strip in strips for label, _ in strip.key]
    scales = [SCALE_IN + 0.15 for strip in strips if strip.limits is not None]
    return min(TEXT_IN + 0.3, max([*titles, *lines, *scales, 0.7])) + 0.1


def draw_legends(
    axes: Axes,
    left: float,
    top: float,
    strips: list[StripColours],
    value_label: str,
    bound: float,
    is_cut: tuple[bool, bool],
) -> None:
    """Keys from `top` (inches) down: the scale of the values, then one a strip.

    is_cut : whether values lie below -bound and above bound; its ends say so.
    """
    _title(axes, left, top, value_label)
    y = top - TITLE_IN - BAR_IN
    for place, colour in enumerate(shades(VALUE_STOPS, N_SHADES)):
        start = BAR_IN * place / N_SHADES  # each reaches to the end under the next, so that no seam shows
        axes.add_patch(Rectangle((left, y + start), SWATCH_IN, BAR_IN - start, facecolor=colour, linewidth=0))
    axes.add_patch(Rectangle((left, y), SWATCH_IN, BAR_IN, fill=False, edgecolor=RULE, linewidth=0.5))
    labels = tick_labels([(2 * share - 1) * bound for share in SCALE_TICKS])
    labels[0], labels[-1] = f"≤ {labels[0]}" if is_cut[0] else labels[0], f"≥ {labels[-1]}" if is_cut[1] else labels[-1]
    for share, told in zip(SCALE_TICKS, labels, strict=True):
        axes.plot([left + SWATCH_IN, left + SWATCH_IN + 0.04], [y + share * BAR_IN] * 2, color=SOFT, linewidth=0.6)
        axes.text(left + SWATCH_IN + 0.08, y + share * BAR_IN, told, va="center", size=KEY_PT)
    y -= 0.2
    for strip in strips:
        y = _draw_key(axes, left, y, strip)


def _title(axes: Axes, left: float, y: float, name: str) -> None:
    axes.text(
        left, y - 0.06, shorten_middle(name, TEXT_IN + 0.2, SMALL), va="center", size=SMALL, weight="bold", color=INK
    )


def _draw_key(axes: Axes, left: float, top: float, strip: StripColours) -> float:
    _title(axes, left, top, strip.name)
    y = top - TITLE_IN
    if strip.limits is not None:
        for place, colour in enumerate(strip.colours[:N_SHADES]):
            start = SCALE_IN * place / N_SHADES
            axes.add_patch(Rectangle((left + start, y - 0.13), SCALE_IN - start, 0.13, facecolor=colour, linewidth=0))
        axes.add_patch(Rectangle((left, y - 0.13), SCALE_IN, 0.13, fill=False, edgecolor=RULE, linewidth=0.5))
        for x, value, align in ((left, strip.limits[0], "left"), (left + SCALE_IN, strip.limits[1], "right")):
            axes.text(x, y - 0.22, f"{value:.3g}", ha=align, va="center", size=KEY_PT)
        y -= 0.36
    for label, shade in strip.key:
        hatch = "//////" if shade in strip.hatched else None
        axes.add_patch(
            Rectangle((left, y - 0.13), SWATCH_IN, 0.13, facecolor=strip.colours[shade], edgecolor=SOFT, linewidth=0.4,
                      hatch=hatch)
        )  # fmt: skip
        axes.text(left + SWATCH_IN + 0.08, y - 0.065, shorten_middle(label, TEXT_IN, KEY_PT), va="center", size=KEY_PT)
        y -= LINE_IN
    return y - BETWEEN_IN
