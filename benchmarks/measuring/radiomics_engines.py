"""The same features by radgen and by pyradiomics as it comes, under pyradiomics' names."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from measuring.radiomics_inputs import Patient

ALL = ("original", "wavelet", "log")
SIGMAS = (1.0, 3.0, 5.0)
CASES_OF_PYRADIOMICS = {"original": "Original", "wavelet": "Wavelet", "log": "LoG"}
Values = dict[tuple[str, str, str], float]  # sequence, region, pyradiomics' name


def by_radgen(patient: Patient, image_types: tuple[str, ...] = ALL, weighting: str = "none") -> Values:
    """As features/radiomics computes a patient; shape, which depends on the mask alone, has the sequence "mask"."""
    prepare(patient, image_types, weighting)
    return by_radgen_as_prepared()


_PREPARED: list[tuple[Any, ...]] = []


def prepare(patient: Patient, image_types: tuple[str, ...], weighting: str) -> None:
    """Input and settings for `by_radgen_as_prepared` in this process: the peers' are not timed either."""
    _PREPARED[:] = [as_radgen_takes_it(patient, image_types, weighting)]


def by_radgen_as_prepared() -> Values:
    """The features of what was prepared last."""
    from radgen_assets.science.radiomics import extract_features

    columns = extract_features(*_PREPARED[0]).columns
    names = ("sequence", "region", "image_type", "feature_class", "feature", "value")
    return {
        (str(sequence), str(region), f"{image_type}_{kind}_{feature}"): float(value)
        for sequence, region, image_type, kind, feature, value in zip(*(columns[name] for name in names), strict=True)
    }


def as_radgen_takes_it(patient: Patient, image_types: tuple[str, ...], weighting: str = "none") -> tuple[Any, ...]:
    """Volumes, masks, settings."""
    from radgen_assets.contracts.volumes import (
        MakerKind,
        Region,
        RegionMask,
        RegisteredVolumes,
        Sequence,
        TumourMasks,
        Volume,
    )
    from radgen_assets.science.radiomics import RadiomicsSettings

    k, j, i = patient.spacing_mm
    affine = np.diag([i, j, k, 1.0])
    volumes = {
        Sequence(name): Volume(data.transpose(2, 1, 0), affine, Sequence(name))
        for name, data in patient.volumes.items()
    }
    shape = next(iter(volumes.values())).data.shape
    same = {name: np.eye(4) for name in volumes}
    registered = RegisteredVolumes(volumes, next(iter(volumes)), same, shape, affine, True, dict.fromkeys(volumes, 2.0))
    masks = TumourMasks(
        tuple(
            RegionMask(Region(name), "expert", MakerKind.reader, True, mask.transpose(2, 1, 0))
            for name, mask in patient.regions.items()
        ),
        affine,
    )
    settings = RadiomicsSettings(
        image_types=image_types,
        sequences=tuple(volumes),
        normalise=patient.normalise,
        log_sigmas_mm=SIGMAS,
        weighting=weighting,
    )
    return registered, masks, settings


def by_pyradiomics(patient: Patient, image_types: tuple[str, ...] = ALL) -> Values:
    """A plain `RadiomicsFeatureExtractor`, a call for each region in each sequence, as its users write it."""
    import logging

    import radiomics
    import SimpleITK as sitk
    from radiomics import featureextractor

    radiomics.logger.setLevel(logging.CRITICAL)
    extractor = featureextractor.RadiomicsFeatureExtractor(binWidth=25.0)
    chosen = {CASES_OF_PYRADIOMICS[kind]: {"sigma": list(SIGMAS)} if kind == "log" else {} for kind in image_types}
    extractor.disableAllImageTypes()
    extractor.enableImageTypes(**chosen)
    spacing = [float(edge) for edge in reversed(patient.spacing_mm)]
    found: Values = {}
    for sequence, data in patient.volumes.items():
        image = sitk.GetImageFromArray(data)
        image.SetSpacing(spacing)
        for region, mask in patient.regions.items():
            label = sitk.GetImageFromArray(mask.astype(np.uint8))
            label.SetSpacing(spacing)
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore")
                values = extractor.execute(image, label)
            found.update(
                {
                    (sequence, region, name): float(np.real(value))
                    for name, value in values.items()
                    if "diagn" not in name
                }
            )
    return found
