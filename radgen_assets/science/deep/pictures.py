"""Pictures of a training for MLflow: its curves, and pairs of views as the encoder saw them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from radgen_assets.science.deep.settings import PretrainingSettings
from radgen_assets.science.deep.views import random_views

_WINDOW = (-2.5, 2.5)  # grey values, in standard deviations of the brain


def training_pictures(
    crops: NDArray[np.float32], metrics: Mapping[str, Sequence[float]], settings: PretrainingSettings
) -> dict[str, bytes]:
    """File name -> PNG: "training.png" and "views.png". Equal input gives equal bytes.

    Parameters
    ----------
    crops : (n, c, i, j, k) float32
        The first four are shown, without names.
    metrics : name -> one value an epoch
        As in `TrainingResult` or `TrainingState.facts`.
    """
    return {"training.png": _curves(metrics, len(crops), settings), "views.png": _views(crops[:4], settings)}


def _curves(metrics: Mapping[str, Sequence[float]], n_crops: int, settings: PretrainingSettings) -> bytes:
    figure = Figure(figsize=(9, 2.8), layout="constrained", dpi=110)
    axes = figure.subplots(1, 3)
    _curve(axes[0], metrics["loss"], "Loss (lower is better)")
    _mark_chance(axes[0], math.log(2 * math.ceil(n_crops / math.ceil(n_crops / settings.batch_size)) - 1))
    _curve(axes[1], metrics["paired_view_accuracy"], f"Share of {n_crops} views that find their partner")
    _mark_chance(axes[1], 1 / n_crops)
    _curve(axes[2], metrics["effective_rank"], f"Effective rank (at most {min(n_crops - 1, 512)})")
    return _png(figure)


def _curve(axis: Axes, values: Sequence[float], title: str) -> None:
    axis.plot(range(1, len(values) + 1), values, marker="o", markersize=3, color="#1f5fa8")
    axis.set_title(title, fontsize=9, loc="left")
    axis.set_xlabel("Epoch", fontsize=8)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.tick_params(labelsize=8)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_ylim(bottom=0)


def _mark_chance(axis: Axes, value: float) -> None:
    """A dashed line at what a network that knows nothing gets."""
    axis.set_ylim(top=max(axis.get_ylim()[1], 1.15 * value))
    axis.axhline(value, color="0.6", linestyle="--", linewidth=1)
    axis.annotate("by chance", (1, value), xytext=(0, 3), textcoords="offset points", color="0.4", fontsize=8)


def _views(crops: NDArray[np.float32], settings: PretrainingSettings) -> bytes:
    """A column a patient: the middle axial slice of the crop and of two views."""
    generator = torch.Generator().manual_seed(settings.seed)
    tensor = torch.from_numpy(np.ascontiguousarray(crops))
    rows = [crops, *(random_views(tensor, settings, generator).numpy() for _ in range(2))]
    figure = Figure(figsize=(1.7 * len(crops) + 0.6, 5.4), layout="constrained", dpi=110)
    grid = figure.subplots(len(rows), len(crops), squeeze=False)
    for axes, row, name in zip(grid, rows, ("crop", "one view", "another view"), strict=True):
        axes[0].set_ylabel(name, fontsize=9)
        for axis, volume in zip(axes, row, strict=True):
            middle = volume[0, :, :, volume.shape[3] // 2]
            axis.imshow(middle.T, origin="lower", cmap="gray", vmin=_WINDOW[0], vmax=_WINDOW[1])
            axis.set_xticks([])
            axis.set_yticks([])
    return _png(figure)


def _png(figure: Figure) -> bytes:
    stream = BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})  # else it names matplotlib's release
    return stream.getvalue()
