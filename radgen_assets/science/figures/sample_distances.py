"""Samples on their principal components and by their distance from the others, those too far away named."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import SampleDistances
from radgen_assets.science.figures.numbers import count, percent
from radgen_assets.science.figures.point_names import write_names
from radgen_assets.science.figures.style import (
    GREY,
    INK,
    PAPER,
    RED,
    SMALL,
    SOFT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
)

WIDTH_IN, SIDE_IN = 7.6, 2.95
LEFT_IN, BELOW_IN, HEAD_IN, BETWEEN_IN = 0.7, 0.5, 0.4, 0.8
DOTS = "#9aa4b0"
MOST_NAMES = 10


def sample_distances_figure(samples: SampleDistances) -> Figure:
    """Left the first two components; right the distances to neighbours in rising order, the limit dashed.

    Outliers are triangles, and are named as far as names have room.

    Raises
    ------
    ValueError
        Without a sample, with columns of unequal length, or with a value that is not finite.
    """
    points = np.column_stack([samples.first, samples.second]).astype(float)
    apart = np.asarray(samples.apart, float)
    _check(samples, points, apart)
    far = np.asarray(apart > samples.limit)
    rank = np.empty(len(apart))
    rank[np.argsort(apart, kind="stable")] = np.arange(1, len(apart) + 1)
    ranked = np.column_stack([rank, apart])
    with house_style():
        figure = new_figure(WIDTH_IN, BELOW_IN + SIDE_IN + HEAD_IN)
        text = blank_axes(figure)
        left = place_axes(figure, LEFT_IN, BELOW_IN, SIDE_IN, SIDE_IN)
        right = place_axes(figure, LEFT_IN + SIDE_IN + BETWEEN_IN, BELOW_IN, SIDE_IN, SIDE_IN)
        for axes, at in ((left, points), (right, ranked)):
            _draw(axes, at, far, samples.limit if axes is right else None)
        first, second = (percent(share, 1) for share in samples.shares)
        left.set(xlabel=f"Component 1 ({first} of the variance)", ylabel=f"Component 2 ({second})")
        right.set(xlabel="Samples, by distance", ylabel="Distance to neighbours, robust SDs")
        dashed: dict[str, Any] = {"color": GREY, "linewidth": 0.8, "linestyle": (0, (4, 2)), "zorder": 0.5}
        right.axhline(samples.limit, **dashed)
        order = np.argsort(-apart, kind="stable")
        shown = [int(each) for each in order if far[each]][:MOST_NAMES]
        for axes, at in ((left, points), (right, ranked)):
            write_names(axes, samples.samples, at, shown, far, frozenset(shown))
        told = f"▲ {count(int(far.sum()))} of {count(len(far))} samples beyond {samples.limit:g} robust SDs"
        y = BELOW_IN + SIDE_IN + 0.22
        text.text(LEFT_IN, y, told, va="center", color=RED if far.any() else INK, weight="bold")
        text.text(
            WIDTH_IN - 0.15, y, f"on {count(samples.n_genes)} genes", ha="right", va="center", size=SMALL, color=SOFT
        )
    return figure


def _check(samples: SampleDistances, points: NDArray[np.float64], apart: NDArray[np.float64]) -> None:
    sizes = {len(samples.samples), len(points), len(apart)}
    if sizes == {0} or len(sizes) > 1:
        raise ValueError(
            f"sample_distances_figure: found columns of {sorted(sizes)} values, expected equal ones of at least one"
        )
    if not (np.isfinite(points).all() and np.isfinite(apart).all()):
        raise ValueError("sample_distances_figure: found a value that is not finite. Leave out what was not measured.")


def _draw(axes: Axes, at: NDArray[np.float64], far: NDArray[np.bool_], reach: float | None) -> None:
    low, high = at.min(axis=0), at.max(axis=0)
    if reach is not None:
        high[1] = max(high[1], reach)
    margin = 0.12 * np.where(high > low, high - low, 1.0)
    axes.set(xlim=(low[0] - margin[0], high[0] + margin[0]), ylim=(low[1] - margin[1], high[1] + margin[1]))
    axes.plot(
        at[~far, 0], at[~far, 1], linestyle="none", marker="o", color=DOTS, markersize=3.6, alpha=0.7, markeredgewidth=0
    )
    axes.plot(
        at[far, 0], at[far, 1], linestyle="none", marker="^", color=RED, markersize=5.5, markeredgecolor=PAPER,
        markeredgewidth=0.4,
    )  # fmt: skip
