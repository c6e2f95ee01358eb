"""Sexes of samples: the score of their genes, a row a recorded sex, those that show the other one named."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from radgen_assets.science.figures.inputs import SampleSexes
from radgen_assets.science.figures.numbers import count
from radgen_assets.science.figures.point_names import write_names
from radgen_assets.science.figures.style import (
    DEEP_BLUE,
    GREY,
    INK,
    OCHRE,
    RED,
    SMALL,
    WASH,
    blank_axes,
    house_style,
    new_figure,
    place_axes,
)

WIDTH_IN, ROW_IN = 6.8, 0.95
LEFT_IN, BELOW_IN, HEAD_IN = 1.35, 0.55, 0.62
GOLDEN = 0.6180339887498949  # multiples modulo 1 spread points evenly without a random number
ROWS = (("female", "women"), ("male", "men"), ("", "not recorded"))
LOOKS = {"female": ("o", OCHRE), "male": ("^", DEEP_BLUE), "undecided": ("D", GREY)}
MOST_NAMES = 12


def sample_sexes_figure(sexes: SampleSexes, *, x_label: str = "Score, higher = more like a man") -> Figure:
    """A point a sample: its row is the recorded sex, its marker the one that its genes show; between them undecided.

    Samples that show the other sex than the recorded one, and undecided ones, are named as far as names have room.

    Raises
    ------
    ValueError
        Without a sample, with columns of unequal length, or with a score that is not finite.
    """
    score = np.asarray(sexes.score, float)
    _check(sexes, score)
    rows = [(key, label) for key, label in ROWS if key in set(sexes.recorded)]
    row_of = {key: row for row, (key, _) in enumerate(rows)}
    place = np.array([row_of[each] for each in sexes.recorded], float) + _spread(sexes.recorded)
    height = ROW_IN * len(rows)
    with house_style():
        figure = new_figure(WIDTH_IN, BELOW_IN + height + HEAD_IN)
        text = blank_axes(figure)
        axes = place_axes(figure, LEFT_IN, BELOW_IN, WIDTH_IN - LEFT_IN - 0.2, height)
        span = float(np.ptp(score)) or 1.0
        axes.set(xlim=(score.min() - 0.06 * span, score.max() + 0.12 * span), ylim=(len(rows) - 0.5, -0.5))
        axes.set_xlabel(x_label)
        if sexes.limits is not None:
            axes.axvspan(*sexes.limits, color=WASH, zorder=0)
            for limit in sexes.limits:
                axes.axvline(limit, color=GREY, linewidth=0.8, linestyle=(0, (4, 2)), zorder=0.5)
        wrong = np.array([_is_wrong(*each) for each in zip(sexes.shown, sexes.recorded, strict=True)])
        _draw_points(axes, score, place, np.array(sexes.shown), wrong)
        labels = [f"{label}\nn = {count(list(sexes.recorded).count(key))}" for key, label in rows]
        axes.set_yticks(range(len(rows)), labels)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        named = wrong | (np.array(sexes.shown) == "undecided")
        asked = [int(each) for each in np.flatnonzero(named)][:MOST_NAMES]
        write_names(axes, sexes.samples, np.column_stack([score, place]), asked, wrong, frozenset(asked))
        _write_counts(text, BELOW_IN + height + 0.2, sexes, int(wrong.sum()))
    return figure


def _check(sexes: SampleSexes, score: NDArray[np.float64]) -> None:
    sizes = {len(sexes.samples), score.size, len(sexes.shown), len(sexes.recorded)}
    if sizes == {0} or len(sizes) > 1:
        raise ValueError(
            f"sample_sexes_figure: found columns of {sorted(sizes)} values, expected equal ones of at least one"
        )
    if not np.isfinite(score).all():
        name = sexes.samples[int(np.argmin(np.isfinite(score)))]
        raise ValueError(f"sample_sexes_figure: found no finite score of {name!r}. Leave out what was not measured.")


def _is_wrong(shown: str, recorded: str) -> bool:
    return bool(recorded) and shown not in (recorded, "undecided")


def _spread(recorded: Sequence[str]) -> NDArray[np.float64]:
    """Places within each row, so that points lie beside one another."""
    groups = np.asarray(recorded, str)
    spread = np.zeros(groups.size)
    for key in set(recorded):
        here = np.flatnonzero(groups == key)
        spread[here] = (np.arange(1, here.size + 1) * GOLDEN % 1 - 0.5) * 0.62
    return spread


def _draw_points(
    axes: Axes, score: NDArray[np.float64], place: NDArray[np.float64], shown: NDArray, wrong: NDArray[np.bool_]
) -> None:
    for kind, (marker, colour) in LOOKS.items():
        for is_wrong, edge, size, alpha in ((False, "none", 4.2, 0.55), (True, RED, 7.0, 1.0)):
            here = (shown == kind) & (wrong == is_wrong)
            axes.plot(
                score[here], place[here], linestyle="none", marker=marker, color=colour, markersize=size, alpha=alpha,
                markeredgecolor=edge, markeredgewidth=1.4 if is_wrong else 0, zorder=2 if is_wrong else 1,
            )  # fmt: skip


def _write_counts(text: Axes, y: float, sexes: SampleSexes, n_wrong: int) -> None:
    shown = list(sexes.shown)
    signs = {"female": "●", "male": "▲", "undecided": "◆"}
    words = {"female": "show a woman's genes", "male": "a man's", "undecided": "neither"}
    x = LEFT_IN
    for kind, (_, colour) in LOOKS.items():
        told = text.text(
            x, y, f"{signs[kind]} {count(shown.count(kind))} {words[kind]}", va="center", color=colour, size=SMALL,
            weight="bold",
        )  # fmt: skip
        x += 0.25 + told.get_window_extent().width / text.figure.dpi
    pairs = list(zip(shown, sexes.recorded, strict=True))
    n_shown = sum(bool(recorded) and each != "undecided" for each, recorded in pairs)
    told_wrong = f"{count(n_wrong)} of {count(n_shown)} show another sex than the recorded one"
    text.text(LEFT_IN, y + 0.22, told_wrong, va="center", color=RED if n_wrong else INK, weight="bold")
