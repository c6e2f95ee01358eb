"""features/radiomics*: radiomic features of every region in every sequence."""

from __future__ import annotations

from radgen_assets.contracts.features import RadiomicsTable
from radgen_assets.contracts.volumes import RegisteredVolumes, TumourMasks
from radgen_assets.factories.patient_asset import patient_asset
from radgen_assets.science.radiomics.settings import RadiomicsSettings


@patient_asset(
    group="features",
    settings=RadiomicsSettings,
    code_version="2",
    kinds=("parquet",),
    also_after=("quality",),  # the picture is made, and looked at, before the features
)
def radiomics(
    registered_volumes: RegisteredVolumes, tumour_masks: TumourMasks, settings: RadiomicsSettings
) -> RadiomicsTable:
    """Shape, first-order and texture features of the primary masks, on original and filtered images.

    Grain: patient, sequence, region, image type, feature. Source: pyradiomics' definitions.
    """
    from radgen_assets.science.radiomics.extraction import extract_features

    return extract_features(registered_volumes, tumour_masks, settings)
