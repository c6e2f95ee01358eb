"""Embed patients with a pinned encoder on the device; the encoder is loaded once a process."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from radgen_assets.contracts.features import Embedding
from radgen_assets.contracts.sources import PinnedEncoder
from radgen_assets.contracts.volumes import RegisteredVolumes, TumourMasks
from radgen_assets.resources.device import Device
from radgen_assets.science.deep.settings import EmbeddingSettings


def embed_patients(
    volumes: Sequence[RegisteredVolumes],
    masks: Sequence[TumourMasks],
    encoder: PinnedEncoder,
    settings: EmbeddingSettings,
    device: Device,
) -> list[Embedding]:
    """One embedding a patient, in their order; raises MissingByRight for a patient without the sequence."""
    import numpy as np

    from radgen_assets.contracts.errors import BadInput
    from radgen_assets.science.deep import embed, tumour_crop

    if settings.encoder_sha256 not in (None, encoder.sha256):
        raise BadInput(
            "encoders.toml",
            encoder.name,
            encoder.sha256,
            f"{settings.encoder_sha256} ([settings.deep_features] encoder_sha256)",
            "Pin that encoder, or correct the setting.",
        )
    crops = [tumour_crop(each, mask, settings) for each, mask in zip(volumes, masks, strict=True)]
    with device.held() as name:
        values = embed(np.stack([crop.values for crop in crops]), _loaded(encoder), name, settings.batch_size)
    return [
        Embedding(row, encoder.name, encoder.sha256, crop.sequences, crop.warnings)
        for row, crop in zip(values, crops, strict=True)
    ]


@lru_cache(maxsize=2)
def _loaded(encoder: PinnedEncoder) -> Any:
    from radgen_assets.science.deep import load_encoder

    return load_encoder(Path(encoder.file).read_bytes(), encoder.sha256, file=encoder.name)
