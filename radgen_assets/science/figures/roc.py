"""Receiver operating characteristics of one or more models, each with its area and 95 % interval in the key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from radgen_assets.contracts.results import Estimate
from radgen_assets.science.figures.inputs import Look, RocCurve
from radgen_assets.science.figures.numbers import with_interval
from radgen_assets.science.figures.style import GREY, LOOKS, house_style, new_figure, place_axes

PLOT_IN, ROW_IN = 3.3, 0.2


def roc_curve(label: str, outcome: Sequence[int], score: Sequence[float], auc: Estimate, look: Look) -> RocCurve:
    """Corner points of a model's curve; equal scores make one slanted step, so that ties gain nothing.

    outcome, score : (n_patients,) 0/1, float     Higher score = more likely positive.

    Raises
    ------
    ValueError
        When one of the two classes is absent.
    """
    truth, value = np.asarray(outcome, bool), np.asarray(score, float)
    if truth.all() or not truth.any():
        raise ValueError("roc_curve: found one class, expected positives and negatives")
    order = np.argsort(-value, kind="stable")
    last_of_tie = np.append(np.flatnonzero(np.diff(value[order])), value.size - 1)
    true_positives = np.cumsum(truth[order])[last_of_tie]
    false_positives = np.cumsum(~truth[order])[last_of_tie]
    return RocCurve(
        label=label,
        false_positive_rate=tuple(float(x) for x in np.append(0, false_positives / (~truth).sum())),
        true_positive_rate=tuple(float(x) for x in np.append(0, true_positives / truth.sum())),
        auc=auc,
        look=look,
    )


def roc_figure(curves: Sequence[RocCurve]) -> Figure:
    """ROC curves over the line of chance, with their bands where given; the key states each area with its interval.

    Raises
    ------
    ValueError
        Without a curve.
    """
    if not curves:
        raise ValueError("roc_figure: found no curve, expected at least one")
    key = ROW_IN * len(curves)
    with house_style():
        figure = new_figure(PLOT_IN + 0.95, PLOT_IN + 0.75 + key)
        axes = place_axes(figure, 0.7, 0.5, PLOT_IN, PLOT_IN)
        axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8)
        for curve in curves:
            look = LOOKS[curve.look]
            if curve.band is not None:
                at, low, high = curve.band.false_positive_rate, curve.band.low, curve.band.high
                axes.fill_between(at, low, high, color=look.colour, alpha=0.13, linewidth=0)
                for limit in (low, high):  # where two bands overlap, their edges still tell them apart
                    axes.plot(at, limit, color=look.colour, linestyle=look.dash, linewidth=0.6)
            axes.plot(
                curve.false_positive_rate,
                curve.true_positive_rate,
                color=look.colour,
                linestyle=look.dash,
                linewidth=1.9,
                label=f"{curve.label}: AUC {with_interval(curve.auc)}",
            )
        dress_roc(axes)
        axes.legend(loc="lower left", bbox_to_anchor=(-0.02, 1.02), borderaxespad=0, labelspacing=0.35)
    return figure


def dress_roc(axes: Axes) -> None:
    """Axes, ticks and grid that every receiver operating characteristic has."""
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    axes.set(xlabel="1 − specificity", ylabel="Sensitivity")
    ticks = np.linspace(0, 1, 6)
    axes.set_xticks(ticks, [f"{tick:.1f}" for tick in ticks])
    axes.set_yticks(ticks, [f"{tick:.1f}" for tick in ticks])
    axes.grid(True)
