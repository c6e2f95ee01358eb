"""Where a value was cut into two groups: the statistic of every cut that was tried, over the values of both groups."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import CutpointProfile
from radgen_assets.science.figures.numbers import p_phrase
from radgen_assets.science.figures.style import (
    INK,
    LOOKS,
    SMALL,
    SOFT,
    house_style,
    new_figure,
    place_axes,
    text_width_in,
)

WIDTH_IN, PROFILE_IN, HISTOGRAM_IN = 6.2, 2.1, 1.2
LEFT_IN, GAP_IN, LINE_IN = 0.75, 0.2, 0.18
MOST_BINS = 40
MOST_MARKERS = 60  # more cuts than these make a line of their own


def cutpoint_figure(
    profile: CutpointProfile,
    *,
    x_label: str,
    y_label: str = "Standardised log-rank statistic",
    groups: tuple[str, str] = ("low", "high"),
) -> Figure:
    """The profile of the statistic above, the histogram of both groups below, one line through both at the cut.

    Parameters
    ----------
    x_label : what was cut, with its unit.
    groups : what the patients at or below, and above the cut are called.

    Raises
    ------
    ValueError
        Without a cut that was tried or without a value.
    """
    if not len(profile.cuts) or not len(profile.values):
        raise ValueError("cutpoint_figure: found no cut or no value, expected a profile and the values that were cut")
    values, cuts = np.asarray(profile.values, float), np.asarray(profile.cuts, float)
    told = [f"Cut {profile.cut:.4g}", *(f"{name}: {p_phrase(p)}" for name, p in profile.tests)]
    head = LINE_IN * len(told) + 0.1
    margin = (float(np.ptp(values)) or 1.0) * 0.03
    width, lower = WIDTH_IN - LEFT_IN - 0.2, 0.5
    with house_style():
        figure = new_figure(WIDTH_IN, lower + HISTOGRAM_IN + GAP_IN + PROFILE_IN + head)
        histogram = place_axes(figure, LEFT_IN, lower, width, HISTOGRAM_IN)
        top = place_axes(figure, LEFT_IN, lower + HISTOGRAM_IN + GAP_IN, width, PROFILE_IN)
        limits = (float(values.min()) - margin, float(values.max()) + margin)
        for axes in (histogram, top):
            axes.set_xlim(limits)
            axes.axvline(profile.cut, color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        _draw_profile(top, cuts, np.asarray(profile.statistics, float), limits, y_label)
        _draw_histogram(histogram, values, profile.cut, groups)
        histogram.set_xlabel(x_label)
        figure.align_ylabels([top, histogram])
        _write_head(top, profile.cut, told, head, width)
    return figure


def _draw_profile(axes: Axes, cuts: NDArray, statistics: NDArray, limits: tuple[float, float], y_label: str) -> None:
    many = cuts.size > MOST_MARKERS
    colour = LOOKS["full"].colour
    axes.plot(cuts, statistics, color=colour if many else SOFT, linewidth=1.0 if many else 0.8, zorder=1.5)
    if not many:
        axes.plot(cuts, statistics, linestyle="none", marker="o", color=colour, markersize=2.8)
    best = int(np.argmax(np.abs(statistics)))
    axes.plot(cuts[best], statistics[best], marker="o", markersize=7, markerfacecolor="none", markeredgecolor=INK)
    for start, end in ((limits[0], cuts[0]), (cuts[-1], limits[1])):
        axes.axvspan(start, end, facecolor="none", edgecolor="#d5dae0", hatch="////", linewidth=0, zorder=0)
    room = float(np.ptp(np.append(statistics, 0.0)))
    axes.set_ylim(min(0.0, float(statistics.min()) - 0.06 * room), max(0.0, float(statistics.max()) + 0.06 * room))
    axes.tick_params(axis="x", labelbottom=False)
    axes.set_ylabel("\n".join(y_label.rsplit(" ", 1)) if text_width_in(y_label) > PROFILE_IN else y_label)
    axes.grid(axis="y")


def _draw_histogram(axes: Axes, values: NDArray, cut: float, groups: tuple[str, str]) -> None:
    """Bins that end at the cut, so that no bar holds patients of both groups."""
    n_bins = int(np.clip(np.ceil(2 * values.size ** (1 / 2)), 6, MOST_BINS))
    width = (float(np.ptp(values)) or 1.0) / n_bins
    edges = cut + width * np.arange(np.floor((values.min() - cut) / width), np.ceil((values.max() - cut) / width) + 1)
    for name, sign, look, inside in (
        (groups[0], "≤", LOOKS["low_risk"], values <= cut),
        (groups[1], ">", LOOKS["high_risk"], values > cut),
    ):
        counts, _ = np.histogram(values[inside] - (0 if look is LOOKS["high_risk"] else width * 1e-9), edges)
        hatch = "" if look is LOOKS["high_risk"] else "////"
        axes.bar(
            edges[:-1], counts, width=width, align="edge", color=look.colour if not hatch else "#cfe5e2",
            edgecolor="#fefefe" if not hatch else look.colour, linewidth=0.6, hatch=hatch,
            label=f"{name} ({sign} {cut:.4g}), n = {int(inside.sum())}",
        )  # fmt: skip
    axes.set_ylabel("Patients")
    axes.legend(loc="upper right", fontsize=SMALL, borderaxespad=0.1)


def _write_head(axes: Axes, cut: float, told: list[str], head: float, width: float) -> None:
    """Cut and P values above the line, on the side where they have room."""
    start, end = axes.get_xlim()
    share = (cut - start) / (end - start)
    room = max(text_width_in(line) for line in told) / width
    x, align = (share, "left") if share + room <= 1 else (share, "right")
    for line, text in enumerate(told):
        y = 1 + (head - 0.1 - line * LINE_IN) / PROFILE_IN
        axes.text(x, y, text, transform=axes.transAxes, ha=align, va="center", weight="bold" if not line else "normal")
