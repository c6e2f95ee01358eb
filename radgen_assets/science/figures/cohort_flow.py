"""Flow of patients from those found to those analysed, with every exclusion, its reason and its count."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from radgen_assets.science.figures.inputs import FlowStep, check_flow
from radgen_assets.science.figures.numbers import count
from radgen_assets.science.figures.style import (
    PAPER,
    RULE,
    SMALL,
    SOFT,
    TEXT,
    WASH,
    blank_axes,
    house_style,
    new_figure,
    wrap_to_width,
)

WIDTH_IN, MAIN_IN, SIDE_IN, LINE_IN, PAD_IN, GAP_IN = 7.0, 2.8, 3.4, 0.175, 0.11, 0.3


def cohort_flow_figure(steps: Sequence[FlowStep], *, unit: str = "patients") -> Figure:
    """Boxes from top to bottom; what leaves between two of them stands at the right, one line a reason.

    Raises
    ------
    ValueError
        Without a step, or when counts and reasons do not add up (see `check_flow`).
    """
    if not steps:
        raise ValueError("cohort_flow_figure: found no step, expected at least one")
    check_flow(steps)
    with house_style():
        layout = [_Box(step, unit) for step in steps]
        total = sum(box.main_height for box in layout) + sum(box.gap_above for box in layout[1:]) + 0.1
        figure = new_figure(WIDTH_IN, total)
        axes = blank_axes(figure)
        y = total - 0.05
        for index, box in enumerate(layout):
            if index:
                _arrow(axes, (MAIN_IN / 2 + 0.05, y), (MAIN_IN / 2 + 0.05, y - box.gap_above))
                if box.side_lines:
                    _draw_side(axes, box, y - box.gap_above / 2)
                y -= box.gap_above
            _draw_main(axes, box, y, last=index == len(layout) - 1)
            y -= box.main_height
    return figure


class _Box:
    """One step's lines of text and the room they take, in inches."""

    def __init__(self, step: FlowStep, unit: str) -> None:
        self.label_lines = wrap_to_width(step.label, MAIN_IN - 0.3, TEXT)
        self.count_line = f"{count(step.n)} {unit}"
        self.main_height = LINE_IN * (len(self.label_lines) + 1) + 2 * PAD_IN
        self.side_lines: list[tuple[str, str]] = []
        for reason, n in step.reasons:
            first, *rest = wrap_to_width(reason, SIDE_IN - 0.65, SMALL)
            self.side_lines += [(count(n), first), *(("", line) for line in rest)]
        self.n_left = sum(n for _, n in step.reasons)
        self.side_height = LINE_IN * (len(self.side_lines) + 1) + 2 * PAD_IN if self.side_lines else 0.0
        self.gap_above = max(GAP_IN, self.side_height + 0.16)


def _box(axes: Axes, left: float, bottom: float, width: float, height: float, fill: str) -> None:
    axes.add_patch(
        FancyBboxPatch(
            (left, bottom),
            width,
            height,
            boxstyle="round,pad=0,rounding_size=0.05",
            facecolor=fill,
            edgecolor=RULE,
            linewidth=0.9,
        )
    )


def _draw_main(axes: Axes, box: _Box, top: float, *, last: bool) -> None:
    _box(axes, 0.05, top - box.main_height, MAIN_IN, box.main_height, WASH if last else PAPER)
    middle = 0.05 + MAIN_IN / 2
    y = top - PAD_IN - LINE_IN / 2
    for line in box.label_lines:
        axes.text(middle, y, line, ha="center", va="center", size=TEXT)
        y -= LINE_IN
    axes.text(middle, y, box.count_line, ha="center", va="center", size=TEXT, weight="bold")


def _draw_side(axes: Axes, box: _Box, centre: float) -> None:
    left = WIDTH_IN - SIDE_IN - 0.05
    _arrow(axes, (MAIN_IN / 2 + 0.05, centre), (left, centre))
    top = centre + box.side_height / 2
    _box(axes, left, centre - box.side_height / 2, SIDE_IN, box.side_height, PAPER)
    y = top - PAD_IN - LINE_IN / 2
    axes.text(left + 0.47, y, f"left out: {count(box.n_left)}", va="center", size=SMALL, color=SOFT)
    for number, line in box.side_lines:
        y -= LINE_IN
        axes.text(left + 0.37, y, number, ha="right", va="center", size=SMALL, weight="bold")
        axes.text(left + 0.47, y, line, ha="left", va="center", size=SMALL)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate(
        "",
        xy=end,
        xytext=start,
        arrowprops={"arrowstyle": "-|>", "color": SOFT, "linewidth": 0.9, "shrinkA": 0, "shrinkB": 0},
    )
