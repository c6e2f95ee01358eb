"""A plain call of pyradiomics, and what it means to agree with it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from radiomics import featureextractor

from radgen_assets.science.imaging.native_threads import one_native_thread
from radgen_assets_tests.science.radiomics.small_tumours import node

DEFAULT_IMAGES: dict[str, dict[str, Any]] = {"Original": {}, "Wavelet": {}, "LoG": {"sigma": [1.0, 3.0, 5.0]}}


def of_pyradiomics(
    image: NDArray[np.float32],
    mask: NDArray[np.bool_],
    spacing_mm: float = 1.0,
    images: dict[str, dict[str, Any]] | None = None,
    classes: tuple[str, ...] = (),
    **more: Any,
) -> dict[str, float]:
    """Values by name, of volumes (i, j, k); `more` are pyradiomics' settings."""
    extractor = featureextractor.RadiomicsFeatureExtractor(**{"binWidth": 25.0, "additionalInfo": False, **more})
    extractor.disableAllImageTypes()
    extractor.enableImageTypes(**(images or DEFAULT_IMAGES))
    if classes:
        extractor.disableAllFeatures()
        for name in classes:
            extractor.enableFeatureClassByName(name)
    with one_native_thread(), np.errstate(all="ignore"):
        found = extractor.execute(node(image, spacing_mm), node(mask.astype(np.uint8), spacing_mm))
    return {name: float(value) for name, value in found.items() if np.isfinite(float(value))}


def agree(found: dict[str, float], expected: dict[str, float]) -> None:
    """The same names, and values within 1e-6, or 1e-9 of the largest of their feature; MCC, of eigenvalues, 1e-5."""
    assert set(found) == set(expected)
    scale: dict[str, float] = {}
    for name, value in expected.items():
        feature = name.partition("_")[2]
        scale[feature] = max(scale.get(feature, 0.0), abs(value))
    apart = {}
    for name, value in expected.items():
        relative = 1e-5 if name.endswith("MCC") else 1e-6
        if abs(found[name] - value) > max(relative * abs(value), 1e-9 * scale[name.partition("_")[2]]):
            apart[name] = (found[name], value)
    assert not apart
