"""Radiomic features of tumour regions.

Public names are loaded when first asked for, so that importing the room (or its settings) costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {"extract_features": "extraction", "RadiomicsSettings": "settings"}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
