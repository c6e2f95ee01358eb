"""Images on their way to numbers: orientation, registration, tumour masks, quality.

Public names are loaded when first asked for, so that importing the room (or its settings) costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "to_canonical": "orientation",
    "labels_to_canonical": "orientation",
    "register": "registration",
    "tumour_masks": "masks",
    "assess": "quality",
    "RegistrationSettings": "settings",
    "QualitySettings": "settings",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
