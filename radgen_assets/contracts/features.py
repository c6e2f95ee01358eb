"""Feature values of one patient: radiomics rows and embeddings. No pandas here: columns are arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class RadiomicsTable:
    """Artifact of features/radiomics: tidy rows, one a feature.

    columns : sequence, region, maker, image_type, feature_class, feature (str) and value (float64), equal lengths.
    `warnings` names regions that were left out, with the reason.
    """

    columns: Mapping[str, NDArray]
    warnings: tuple[str, ...] = ()

    NAMES = ("sequence", "region", "maker", "image_type", "feature_class", "feature", "value")


@dataclass(frozen=True, eq=False)
class Embedding:
    """Artifact of features/deep_features: values (512,) float32; the encoder's weights hash to `encoder_sha256`."""

    values: NDArray[np.float32]
    encoder: str
    encoder_sha256: str
    sequences: tuple[str, ...]
    warnings: tuple[str, ...] = ()
