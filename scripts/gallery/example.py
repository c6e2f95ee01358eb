"""One figure of the gallery: its heading, the call that makes it, and what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure


@dataclass(frozen=True)
class Example:
    """One figure of the gallery.

    name : of its file; call : the line of code that draws it; shows : a sentence on how to read it
    """

    name: str
    title: str
    call: str
    shows: str
    draw: Callable[[], Figure]
