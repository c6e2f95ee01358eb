"""Colours of heat maps and of the strips beside them: lighter is always more, so that grey prints read alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.colors import to_hex, to_rgb
from numpy.typing import NDArray

# dark blue, through grey, to pale yellow: two hues for below and above, one rising lightness for a print in grey
VALUE_STOPS = ("#0d2a5b", "#2f6399", "#7d93a8", "#b3ab9b", "#e0bb62", "#fdf0b4")
# one hue a strip, from dark to pale, so that levels differ in lightness and strips in hue
STRIP_STOPS = (
    ("#0a3a70", "#6fa3d4", "#e3eef8"),
    ("#7a3300", "#dd8f45", "#fbe8d3"),
    ("#05493f", "#56ab9b", "#dcf1ec"),
    ("#5a1039", "#c4739b", "#f8e2ec"),
    ("#3a3f45", "#959ca5", "#eceef0"),
)
MOST_LEVELS = 6
N_SHADES = 49


def shades(stops: Sequence[str], n: int) -> list[str]:
    """`n` colours from the first stop to the last, evenly apart along straight lines between the stops."""
    at = np.linspace(0, len(stops) - 1, n) if n > 1 else np.array([(len(stops) - 1) / 2])
    channels = np.array([to_rgb(stop) for stop in stops])
    places = np.arange(len(stops))
    red, green, blue = (np.interp(at, places, channels[:, channel]) for channel in range(3))
    return [to_hex((float(r), float(g), float(b))) for r, g, b in zip(red, green, blue, strict=True)]


def shade_of(values: NDArray[np.float64], low: float, high: float) -> NDArray[np.int64]:
    """Which of the `N_SHADES` each value has; values beyond the limits have the last."""
    share = (values - low) / ((high - low) or 1.0)
    return np.clip(np.rint(share * (N_SHADES - 1)), 0, N_SHADES - 1).astype(np.int64)
