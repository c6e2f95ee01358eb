"""features/radiomic_stability+: how far each feature agrees between masks of the same tumours."""

from __future__ import annotations

from typing import cast

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.frames import DrawnTable
from radgen_assets.contracts.sources import PatientArtifacts, SettingsOf, ThisCohort
from radgen_assets.factories.cohort_asset import cohort_asset
from radgen_assets.science.imaging.settings import QualitySettings
from radgen_assets.science.radiomics.stability_settings import StabilitySettings


@cohort_asset(group="features", settings=StabilitySettings, code_version="1", kinds=("parquet", "png"))
def radiomic_stability(
    cohort: ThisCohort,
    radiomics: PatientArtifacts,
    radiomics_of_other_masks: PatientArtifacts,
    quality: PatientArtifacts,
    quality_settings: SettingsOf,
    settings: StabilitySettings,
) -> DrawnTable:
    """Intraclass correlation of every feature between makers, and between a mask and its perturbations.

    Grain: comparison of masks, sequence, region, image type, feature. Pairs of masks that the overlap check finds
    wrong are left out and named in the warnings. Source: Shrout & Fleiss 1979.
    """
    from radgen_assets.formats.gathering import overlaps_of, readings_of, stability_table
    from radgen_assets.science.radiomics.stability import feature_stability, wrong_pairs
    from radgen_assets.science.radiomics.stability_picture import stability_picture

    if not radiomics_of_other_masks.pointers:
        raise MissingByRight("no tumour of this cohort has features of a second mask")
    wrong = wrong_pairs(overlaps_of(quality), cast(QualitySettings, quality_settings.values))
    found = feature_stability(readings_of(radiomics, radiomics_of_other_masks), settings, wrong=wrong)
    if not found.frame["icc"].notna().any():
        raise MissingByRight(f"no feature was measured in two masks of {settings.minimum_patients} tumours")
    return stability_table(found.frame, cohort.name, stability_picture(found, settings), found.warnings)
