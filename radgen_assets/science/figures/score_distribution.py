"""Scores by outcome: a box and every patient as a point."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure

from radgen_assets.science.figures.style import (
    GREY,
    INK,
    LOOKS,
    SMALL,
    house_style,
    new_figure,
    place_axes,
    text_width_in,
    wrap_to_width,
)

WIDTH_IN, ROW_IN, NAME_IN = 6.8, 0.72, 1.5
GOLDEN = 0.6180339887498949  # multiples modulo 1 spread points evenly without a random number


def score_distribution_figure(
    groups: Sequence[tuple[str, Sequence[float]]], *, x_label: str = "Score", threshold: float | None = None
) -> Figure:
    """One row a group: box over quartiles, whiskers to 1.5 interquartile ranges, a point a patient.

    Parameters
    ----------
    groups : (label, scores) in the order of the rows; at most three.
    threshold : score above which the model says "positive"; drawn as a line.

    Raises
    ------
    ValueError
        Without a group, with more than three, or with an empty one.
    """
    if not 1 <= len(groups) <= 3 or any(len(scores) == 0 for _, scores in groups):
        raise ValueError("score_distribution_figure: found no group or an empty one, expected one to three with scores")
    looks = [LOOKS["low_risk"], *([LOOKS["middle_risk"]] if len(groups) == 3 else []), LOOKS["high_risk"]]
    height = ROW_IN * len(groups)
    with house_style():
        figure = new_figure(WIDTH_IN, height + 0.6)
        axes = place_axes(figure, NAME_IN, 0.5, WIDTH_IN - NAME_IN - 0.25, height)
        for row, ((_, scores), look) in enumerate(zip(groups, looks, strict=False)):
            values = np.asarray(scores, float)
            spread = (np.arange(1, values.size + 1) * GOLDEN % 1 - 0.5) * 0.46
            axes.plot(
                values, row + spread, linestyle="none", marker=look.marker, color=look.colour, markersize=4, alpha=0.5,
                markeredgewidth=0,
            )  # fmt: skip
            axes.boxplot(
                values,
                positions=[row],
                orientation="horizontal",
                widths=0.5,
                showfliers=False,
                manage_ticks=False,
                medianprops={"color": INK, "linewidth": 2},
                boxprops={"color": INK, "linewidth": 0.9},
                whiskerprops={"color": INK, "linewidth": 0.9},
                capprops={"color": INK, "linewidth": 0.9},
            )
        if threshold is not None:
            axes.axvline(threshold, color=GREY, linewidth=1)
        labels = [_with_count(label, len(scores)) for label, scores in groups]
        axes.set_yticks(range(len(groups)), labels)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_ylim(len(groups) - 0.5, -0.5)
        axes.grid(axis="x")
        axes.set_xlabel(x_label)
    return figure


def _with_count(label: str, n: int) -> str:
    """The label and its count, which is never broken."""
    *lines, last = wrap_to_width(label, NAME_IN - 0.2, SMALL)
    counted = f"(n = {n})"
    fits = text_width_in(f"{last} {counted}", SMALL) <= NAME_IN - 0.2
    return "\n".join([*lines, f"{last} {counted}"] if fits else [*lines, last, counted])
