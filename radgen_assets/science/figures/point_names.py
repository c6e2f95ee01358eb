"""Names beside points: none on another or on a point, with a line to those that had to move away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from radgen_assets.science.figures.style import INK, PAPER, SOFT, text_width_in

NAME_PT, NAME_HEIGHT_IN = 7.8, 0.125
DISTANCES_IN = (0.06, 0.12, 0.2, 0.3, 0.42, 0.56)
ANGLES = np.deg2rad([0, 30, -30, 60, -60, 90, -90, 120, -120, 150, -150, 180])
LONGEST_WITHOUT_LINE_IN = 0.09

Box = tuple[float, float, float, float]  # left, bottom, right, top in inches


def write_names(
    axes: Axes,
    names: Sequence[str],
    points: NDArray[np.float64],
    shown: Sequence[int],
    marks: NDArray[np.bool_],
    asked: frozenset[int] = frozenset(),
) -> list[int]:
    """Write the names that have room, highest point first; returns which.

    Call it when the axes have their place and limits.

    Parameters
    ----------
    points : (n, 2) in the data's units; shown : places in `points`; marks : (n,) points that names may not hide, except
        those that were `asked` for.
    """
    size = np.array([side / axes.figure.dpi for side in axes.get_window_extent().size])
    inches = axes.transAxes.inverted().transform(axes.transData.transform(points)) * size
    page = _Page(size, inches[marks])
    written = []
    for index in sorted(shown, key=lambda each: (-inches[each, 1], each)):
        box = page.place(inches[index], text_width_in(names[index], NAME_PT), may_hide=index in asked)
        if box is None:
            continue
        leader = _leader(inches[index], box)
        if np.hypot(*(leader[-1] - leader[0])) > LONGEST_WITHOUT_LINE_IN:
            ends = leader[[0, -1]] / size
            axes.plot(ends[:, 0], ends[:, 1], transform=axes.transAxes, color=SOFT, linewidth=0.5, zorder=2.4)
        axes.text(
            (box[0] + box[2]) / 2 / size[0],
            (box[1] + box[3]) / 2 / size[1],
            names[index],
            transform=axes.transAxes,
            ha="center",
            va="center",
            size=NAME_PT,
            color=INK,
            bbox={"facecolor": PAPER, "edgecolor": "none", "alpha": 0.7, "pad": 0.2},
        )
        written.append(index)
    return written


class _Page:
    """What is taken: boxes of names, and points along the lines that lead to them."""

    def __init__(self, size: NDArray[np.float64], marks: NDArray[np.float64]) -> None:
        self.size, self.marks = size, marks
        self.boxes: list[Box] = []
        self.lines = np.empty((0, 2))

    def place(self, point: NDArray[np.float64], wide: float, *, may_hide: bool) -> Box | None:
        """Take the box of least cost around a point; None where each is taken or hides a point and may not."""
        outwards = 1 if point[0] >= self.size[0] / 2 else -1
        best: tuple[float, Box] | None = None
        for away in DISTANCES_IN:
            for angle in ANGLES:
                x = point[0] + outwards * np.cos(angle) * (away + wide / 2)
                y = point[1] + np.sin(angle) * (away + NAME_HEIGHT_IN / 2)
                box = (x - wide / 2, y - NAME_HEIGHT_IN / 2, x + wide / 2, y + NAME_HEIGHT_IN / 2)
                hidden = self._hidden(point, box)
                cost = 0.0 if hidden is None else hidden + 4 * away + 0.15 * abs(angle)
                if hidden is not None and (may_hide or not hidden) and (best is None or cost < best[0]):
                    best = (cost, box)
        if best is None:
            return None
        self.boxes.append(best[1])
        self.lines = np.vstack([self.lines, _leader(point, best[1])])
        return best[1]

    def _hidden(self, point: NDArray[np.float64], box: Box) -> int | None:
        """How many points a name there would hide; None where it cannot stand."""
        if box[0] < 0.02 or box[1] < 0.02 or box[2] > self.size[0] or box[3] > self.size[1]:
            return None
        leader = _leader(point, box)
        if any(box[0] < b[2] + 0.03 and b[0] < box[2] + 0.03 and box[1] < b[3] and b[1] < box[3] for b in self.boxes):
            return None
        if _inside(self.lines, box, 0.01).any() or any(_inside(leader, b, 0.01).any() for b in self.boxes):
            return None
        return int(_inside(self.marks, box, 0.025).sum())


def _inside(points: NDArray[np.float64], box: Box, margin: float) -> NDArray[np.bool_]:
    low, high = np.array(box[:2]) - margin, np.array(box[2:]) + margin
    return np.asarray(((points > low) & (points < high)).all(axis=1), bool)


def _leader(point: NDArray[np.float64], box: Box) -> NDArray[np.float64]:
    """Points along the straight line from a point to the nearest place of a box."""
    return np.linspace(point, np.clip(point, box[:2], box[2:]), 12)
