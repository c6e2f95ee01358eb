"""Deep features: tumour crops, a frozen 3-D encoder, and its self-supervised training.

Public names are loaded when first asked for, so that importing the room (or its settings) costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "EmbeddingSettings": "settings",
    "PretrainingSettings": "settings",
    "TumourCrop": "crops",
    "tumour_crop": "crops",
    "build_encoder": "encoder",
    "embed": "encoder",
    "encoder_bytes": "encoder",
    "encoder_from_state": "encoder",
    "encoder_state": "encoder",
    "load_encoder": "encoder",
    "TrainingResult": "pretraining",
    "TrainingState": "pretraining",
    "train_encoder": "pretraining",
    "effective_rank": "collapse",
    "training_pictures": "pictures",
    "encoder_card": "card",
}
__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
