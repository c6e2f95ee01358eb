"""How a penalised model's coefficients leave zero as the penalty weakens, with the deviance that chose the penalty."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import CoefficientPaths
from radgen_assets.science.figures.placing import first_that_fit, spread_apart
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    INK,
    SERIES,
    SMALL,
    SOFT,
    house_style,
    new_figure,
    place_axes,
    shorten_middle,
    text_width_in,
)

WIDTH_IN, PATHS_IN, DEVIANCE_IN = 7.2, 2.9, 1.5
LEFT_IN, NAMES_IN, GAP_IN, HEAD_IN = 0.9, 1.75, 0.2, 0.62
NAME_PT, NAME_GAP_IN = 8.0, 0.145
PALE = "#b4bcc6"  # paths of terms that the chosen model leaves out


def coefficient_paths_figure(
    paths: CoefficientPaths,
    *,
    n_names: int = 16,
    y_label: str = "Coefficient",
    deviance_label: str = "Cross-validated deviance",
) -> Figure:
    """Paths above, deviance with one standard error below, over log lambda that falls to the right.

    The terms of the model of smallest deviance are in colour and named at their ends, largest there first; the rest
    are grey. The count of terms stands on top, both choices of the penalty are marked.

    Raises
    ------
    ValueError
        Without a penalty or when the shapes do not fit.
    """
    lambdas, coefficients = np.asarray(paths.lambdas, float), np.asarray(paths.coefficients, float)
    if not lambdas.size or coefficients.shape != (lambdas.size, len(paths.names)):
        raise ValueError(
            f"coefficient_paths_figure: found coefficients of shape {coefficients.shape}, expected "
            f"{(lambdas.size, len(paths.names))} (a row a penalty, a column a term) and at least one penalty"
        )
    x = np.log(lambdas)
    width = WIDTH_IN - LEFT_IN - NAMES_IN
    with house_style():
        figure = new_figure(WIDTH_IN, 0.55 + DEVIANCE_IN + GAP_IN + PATHS_IN + HEAD_IN)
        lower = place_axes(figure, LEFT_IN, 0.55, width, DEVIANCE_IN)
        upper = place_axes(figure, LEFT_IN, 0.55 + DEVIANCE_IN + GAP_IN, width, PATHS_IN)
        margin = (float(np.ptp(x)) or 1.0) * 0.02
        for axes in (upper, lower):
            axes.set_xlim(float(x.max()) + margin, float(x.min()) - margin)
            axes.axvline(x[paths.index_min], color=INK, linewidth=1.0)
            axes.axvline(x[paths.index_1se], color=INK, linewidth=1.0, linestyle=(0, (4, 2)))
        _draw_paths(upper, x, coefficients, paths, n_names)
        upper.set_ylabel(y_label)
        upper.tick_params(axis="x", labelbottom=False)
        _draw_deviance(lower, x, paths)
        lower.set_xlabel("log λ  (the penalty weakens to the right)")
        lower.set_ylabel("\n".join(deviance_label.rsplit(" ", 1)))
        figure.align_ylabels([upper, lower])
        counts = (coefficients != 0).sum(axis=1)
        _write_counts(upper, x, counts, width, marked=(paths.index_min, paths.index_1se))
        _mark_choices(upper, x, paths, counts)
    return figure


def _draw_paths(axes: Axes, x: NDArray, coefficients: NDArray, paths: CoefficientPaths, n_names: int) -> None:
    axes.axhline(0, color=GREY, linewidth=0.8)
    chosen = coefficients[paths.index_min]
    order = sorted(
        (int(term) for term in np.flatnonzero(chosen)), key=lambda term: (-abs(chosen[term]), paths.names[term])
    )
    named = order[:n_names]
    for term in range(coefficients.shape[1]):
        if term not in named and coefficients[:, term].any():
            axes.plot(x, coefficients[:, term], color=PALE, linewidth=0.8, zorder=1.2)
    span = float(np.ptp(coefficients)) or 1.0
    low, high = float(coefficients.min()) - 0.06 * span, float(coefficients.max()) + 0.06 * span
    axes.set_ylim(low, high)
    ends = coefficients[-1, named]
    heights = spread_apart(ends, NAME_GAP_IN / PATHS_IN * (high - low), low, high)
    right = axes.get_xlim()[1]
    across = axes.get_yaxis_transform()
    ranked = np.argsort(np.argsort(-ends, kind="stable"), kind="stable")  # neighbours at the right look unlike
    for place, term, height in zip(ranked, named, heights, strict=True):
        look = SERIES[int(place) % len(SERIES)]
        entry = max(0, int(np.flatnonzero(coefficients[:, term])[0]) - 1)
        axes.plot(x[entry:], coefficients[entry:, term], color=look.colour, linestyle=look.dash, linewidth=1.5)
        end = 1 - (right - x[-1]) / (right - axes.get_xlim()[0])
        axes.plot([end, 1.035, 1.06], [coefficients[-1, term], height, height], transform=across, color=look.colour,
                  linewidth=0.6, clip_on=False)  # fmt: skip
        told = shorten_middle(paths.names[term], NAMES_IN - 0.42, NAME_PT)
        axes.text(1.07, height, told, transform=across, va="center", size=NAME_PT, color=look.colour)


def _draw_deviance(axes: Axes, x: NDArray, paths: CoefficientPaths) -> None:
    deviance, error = np.asarray(paths.deviance, float), np.asarray(paths.deviance_std_err, float)
    axes.vlines(x, deviance - error, deviance + error, color=GREY, linewidth=0.8)
    axes.plot(x, deviance, linestyle="none", marker="o", color=DEEP_BLUE, markersize=2.8)
    axes.plot(x[paths.index_min], deviance[paths.index_min], marker="o", markersize=7, markerfacecolor="none",
              markeredgecolor=INK)  # fmt: skip
    best = deviance[paths.index_min]
    side = 1 if best <= deviance.mean() else -1  # of a concordance the largest is the best
    axes.axhline(best + side * error[paths.index_min], color=GREY, linewidth=0.8, linestyle=(0, (2, 2)))
    axes.grid(axis="y")


def _write_counts(axes: Axes, x: NDArray, counts: NDArray, width: float, marked: tuple[int, int]) -> None:
    """How many terms each penalty keeps, right above the paths, where a count has room beside others and the lines."""
    start, end = axes.get_xlim()
    inches = (x - start) / (end - start) * width
    widths = [text_width_in(str(n), SMALL) for n in counts]
    across = axes.get_xaxis_transform()
    y = 1 + 0.1 / PATHS_IN
    axes.text(-0.1 / width, y, "Terms", transform=axes.transAxes, ha="right", va="center", size=SMALL, color=SOFT)
    for index in first_that_fit(inches, widths, 0.28):
        if min(abs(inches[index] - inches[line]) for line in marked) < widths[index] / 2 + 0.05:
            continue
        axes.text(x[index], y, str(counts[index]), transform=across, ha="center", va="center", size=SMALL, color=SOFT)


def _mark_choices(axes: Axes, x: NDArray, paths: CoefficientPaths, counts: NDArray) -> None:
    """Names of both penalties on top: the stronger to the left of its line, the weaker to the right."""
    across = axes.get_xaxis_transform()
    marks = ((paths.index_1se, "λ 1se", "right", (0, (4, 2))), (paths.index_min, "λ min", "left", "-"))
    for index, name, align, dash in marks:
        terms = "term" if counts[index] == 1 else "terms"
        axes.plot([x[index], x[index]], [1.0, 1 + 0.45 / PATHS_IN], transform=across, color=INK, linewidth=1.0,
                  linestyle=dash, clip_on=False)  # fmt: skip
        told = f"{name}: {counts[index]} {terms}"
        aside = ScaledTranslation(0.06 if align == "left" else -0.06, 0, axes.figure.dpi_scale_trans)
        axes.text(x[index], 1 + 0.38 / PATHS_IN, told, transform=across + aside, ha=align, va="center", size=SMALL)
