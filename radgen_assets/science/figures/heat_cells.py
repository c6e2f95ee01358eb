"""Cells of a heat map as vector shapes, one path a colour; pixels only where they are very many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from radgen_assets.science.figures.style import RULE, SOFT

MOST_BLOCKS = 9_000  # about 95 bytes each as SVG: below this a drawing stays under one megabyte


def draw_cells(
    axes: Axes, shade: NDArray[np.int64], colours: Sequence[str], hatched: frozenset[int] = frozenset()
) -> None:
    """Fill unit squares, first row on top; each path has a thin edge of its colour, else light seams show between them.

    Parameters
    ----------
    shade : (n_rows, n_columns) places in `colours`; hatched : shades that mean "not known".
    """
    n_rows, n_columns = shade.shape
    axes.set(xlim=(0, n_columns), ylim=(n_rows, 0))
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(False)
    frame = _path(np.array([[0, 0, 0, n_columns]]), n_rows)
    axes.add_patch(PathPatch(frame, fill=False, edgecolor=RULE, linewidth=0.5))
    blocks = joined(shade)
    if len(blocks) > MOST_BLOCKS:
        pixels = np.array([to_rgb(colour) for colour in colours])[shade]
        axes.imshow(pixels, extent=(0, n_columns, n_rows, 0), interpolation="none", aspect="auto", zorder=0.5)
        return
    for each in np.unique(blocks[:, 0]):
        patch = PathPatch(_path(blocks[blocks[:, 0] == each]), facecolor=colours[each], edgecolor=colours[each])
        patch.set(linewidth=0.25, zorder=0.5, clip_on=False)
        if each in hatched:
            patch.set(edgecolor=SOFT, hatch="//////", linewidth=0.0)
        axes.add_patch(patch)


def joined(shade: NDArray[np.int64]) -> NDArray[np.int64]:
    """(n_blocks, 4): shade, row, first column, column after the last, of each run of equal shades along a row."""
    starts = np.ones(shade.shape, bool)
    starts[:, 1:] = shade[:, 1:] != shade[:, :-1]
    row, first = np.nonzero(starts)
    n_columns = shade.shape[1]
    after = np.append(first[1:], 0)
    after[np.append(row[1:] != row[:-1], True)] = n_columns
    return np.column_stack([shade[row, first], row, first, after])


def _path(blocks: NDArray[np.int64], height: int = 1) -> Path:
    row, first, after = blocks[:, 1], blocks[:, 2], blocks[:, 3]
    corners = np.stack(
        [
            np.column_stack([first, row]),
            np.column_stack([after, row]),
            np.column_stack([after, row + height]),
            np.column_stack([first, row + height]),
            np.column_stack([first, row]),
        ],
        axis=1,
    ).reshape(-1, 2)
    one = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    return Path(corners.astype(float), one * len(blocks))
