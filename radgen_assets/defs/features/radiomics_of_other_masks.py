"""features/radiomics_of_other_masks*: the same features of other makers' masks and of perturbed ones."""

from __future__ import annotations

from typing import cast

from radgen_assets.contracts.features import RadiomicsTable
from radgen_assets.contracts.sources import SettingsOf
from radgen_assets.contracts.volumes import RegisteredVolumes, TumourMasks
from radgen_assets.factories.patient_asset import patient_asset
from radgen_assets.science.radiomics.settings import RadiomicsSettings
from radgen_assets.science.radiomics.stability_settings import OtherMasksSettings


@patient_asset(
    group="features", settings=OtherMasksSettings, code_version="1", kinds=("parquet",), also_after=("quality",)
)
def radiomics_of_other_masks(
    registered_volumes: RegisteredVolumes,
    tumour_masks: TumourMasks,
    radiomics_settings: SettingsOf,
    settings: OtherMasksSettings,
) -> RadiomicsTable:
    """Features of the masks that are not primary, and of perturbations of the primary ones, for their stability alone.

    Grain: patient, sequence, region, maker, image type, feature. Computed with the settings of features/radiomics;
    no fit reads them. Skipped where a tumour was drawn once and no perturbation is asked for.
    """
    from radgen_assets.science.radiomics.other_masks import features_of_other_masks

    same_as = cast(RadiomicsSettings, radiomics_settings.values)
    return features_of_other_masks(registered_volumes, tumour_masks, same_as, settings)
