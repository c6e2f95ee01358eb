"""features/deep_features*: 512 values a patient from a frozen, pinned 3-D encoder."""

from __future__ import annotations

from radgen_assets.contracts.features import Embedding
from radgen_assets.contracts.sources import PinnedEncoder
from radgen_assets.contracts.volumes import RegisteredVolumes, TumourMasks
from radgen_assets.factories.patient_asset import patient_asset
from radgen_assets.resources.device import Device
from radgen_assets.science.deep.settings import EmbeddingSettings


@patient_asset(group="features", settings=EmbeddingSettings, code_version="1", batched=True, kinds=("torch",))
def deep_features(
    registered_volumes: list[RegisteredVolumes],
    tumour_masks: list[TumourMasks],
    encoder: list[PinnedEncoder],
    settings: EmbeddingSettings,
    device: Device,
) -> list[Embedding]:
    """Embedding of the tumour's box by the pinned encoder: 512 values.

    Grain: one patient. The encoder is frozen and fixed by its checksum; it never sees another patient here.
    """
    from radgen_assets.resources.embedding import embed_patients

    return embed_patients(registered_volumes, tumour_masks, encoder[0], settings, device)
