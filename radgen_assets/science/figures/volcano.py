"""Volcano plot: effect of every gene against its P value, the ones beyond both thresholds told apart and named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import Volcano
from radgen_assets.science.figures.numbers import count
from radgen_assets.science.figures.placing import draw_dots, pixels_where_heavy
from radgen_assets.science.figures.point_names import write_names
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    PAPER,
    RED,
    SMALL,
    SOFT,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
)

WIDTH_IN, HEIGHT_IN = 5.4, 4.0
LEFT_IN, BELOW_IN = 0.65, 0.5
BACKGROUND = "#c3c9d1"
SMALLEST_P = 1e-300


def volcano_figure(
    genes: Volcano,
    *,
    effect_label: str = "log₂ fold change",
    effect_threshold: float = 1.0,
    p_threshold: float = 0.05,
    adjusted_by: str = "Benjamini-Hochberg",
    n_names: int = 16,
    named: Sequence[str] = (),
    unit: str = "genes",
) -> Figure:
    """Effect against P; triangles point the way of those beyond both thresholds, the rest are grey dots.

    Parameters
    ----------
    effect_threshold : smallest size of an effect that counts; p_threshold : of the adjusted P.
    n_names : how many of those beyond both are named, smallest P first, as far as names have room; `named` are named
        besides, whatever they show.

    Raises
    ------
    ValueError
        Without a gene, with columns of unequal length, or with a value that cannot be drawn.
    """
    effect, p, adjusted = (np.asarray(values, float) for values in (genes.effect, genes.p, genes.p_adjusted))
    _check(genes, effect, p, adjusted)
    height = -np.log10(np.maximum(p, SMALLEST_P))
    beyond = (adjusted < p_threshold) & (np.abs(effect) > effect_threshold)
    with house_style():
        figure = new_figure(WIDTH_IN, BELOW_IN + HEIGHT_IN + 0.5)
        text = blank_axes(figure)
        axes = place_axes(figure, LEFT_IN, BELOW_IN, WIDTH_IN - LEFT_IN - 0.15, HEIGHT_IN)
        reach = max(float(np.abs(effect).max()), effect_threshold) * 1.16
        axes.set(xlim=(-reach, reach), ylim=(0, max(float(height.max()), 1.5) * 1.1))
        axes.set(xlabel=effect_label, ylabel="−log₁₀ P")
        _draw_thresholds(axes, effect_threshold, p, adjusted, p_threshold)
        n_dots = draw_dots(axes, effect[~beyond], height[~beyond], colour=BACKGROUND, size=2.2)
        for side, marker, colour in ((-1, "v", DEEP_BLUE), (1, "^", RED)):
            here = beyond & (np.sign(effect) == side)
            axes.plot(
                effect[here], height[here], linestyle="none", marker=marker, color=colour, markersize=4.2,
                markeredgecolor=PAPER, markeredgewidth=0.3, zorder=1.5,
            )  # fmt: skip
        pixels_where_heavy(axes, n_dots, int(beyond.sum()), below=1.7)
        shown = _to_name(genes, p, beyond, n_names, named)
        asked = frozenset(index for index in shown if genes.names[index] in set(named))
        write_names(axes, genes.names, np.column_stack([effect, height]), shown, beyond, asked)
        _write_counts(text, effect, beyond, unit, f"{adjusted_by} P < {p_threshold:g}, |effect| > {effect_threshold:g}")
    return figure


def _check(genes: Volcano, effect: NDArray, p: NDArray, adjusted: NDArray) -> None:
    sizes = {len(genes.names), effect.size, p.size, adjusted.size}
    if sizes == {0} or len(sizes) > 1:
        raise ValueError(
            f"volcano_figure: found columns of {sorted(sizes)} values, expected equal ones of at least one"
        )
    bad = ~(np.isfinite(effect) & (p >= 0) & (p <= 1) & (adjusted >= 0) & (adjusted <= 1))
    if bad.any():
        name = genes.names[int(np.flatnonzero(bad)[0])]
        raise ValueError(
            f"volcano_figure: {int(bad.sum())} values: found for {name!r} an effect or P that is not finite or a P "
            "outside 0 to 1. Leave out what was not tested."
        )


def _draw_thresholds(axes: Axes, effect_threshold: float, p: NDArray, adjusted: NDArray, p_threshold: float) -> None:
    dashed: dict[str, Any] = {"color": GREY, "linewidth": 0.8, "linestyle": (0, (4, 2)), "zorder": 1.8}
    for side in (-effect_threshold, effect_threshold):
        axes.axvline(side, **dashed)
    reached = p[adjusted < p_threshold]
    if reached.size:
        axes.axhline(-np.log10(max(float(reached.max()), SMALLEST_P)), **dashed)


def _to_name(genes: Volcano, p: NDArray, beyond: NDArray, n_names: int, named: Sequence[str]) -> list[int]:
    order = [int(index) for index in np.lexsort((np.asarray(genes.names, str), p)) if beyond[index]][:n_names]
    asked = set(named)
    return order + [index for index, name in enumerate(genes.names) if name in asked and index not in order]


def _write_counts(text: Axes, effect: NDArray, beyond: NDArray, unit: str, rule: str) -> None:
    lower, higher = int((beyond & (effect < 0)).sum()), int((beyond & (effect > 0)).sum())
    y = BELOW_IN + HEIGHT_IN + 0.34
    middle = LEFT_IN + (WIDTH_IN - LEFT_IN - 0.15) / 2
    for x, align, told, colour in (
        (LEFT_IN, "left", f"▼ {count(lower)} lower", DEEP_BLUE),
        (WIDTH_IN - 0.15, "right", f"{count(higher)} higher ▲", RED),
    ):
        text.text(x, y, told, ha=align, va="center", color=colour, weight="bold")
    text.text(middle, y, f"of {count(effect.size)} {unit}", ha="center", va="center")
    text.text(middle, y - 0.18, rule, ha="center", va="center", size=SMALL, color=SOFT)
