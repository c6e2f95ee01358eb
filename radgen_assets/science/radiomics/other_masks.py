"""Features of a patient's other masks: those of other makers, and perturbations of the primary one."""

from __future__ import annotations

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.features import RadiomicsTable
from radgen_assets.contracts.volumes import RegisteredVolumes, TumourMasks
from radgen_assets.science.imaging.foreground import foreground
from radgen_assets.science.radiomics.contour_randomisation import all_as_primary, perturbed_masks
from radgen_assets.science.radiomics.extraction import extract_features
from radgen_assets.science.radiomics.settings import RadiomicsSettings
from radgen_assets.science.radiomics.stability_settings import OtherMasksSettings


def features_of_other_masks(
    volumes: RegisteredVolumes, masks: TumourMasks, radiomics: RadiomicsSettings, settings: OtherMasksSettings
) -> RadiomicsTable:
    """The features of `extract_features`, of every mask that is not primary and of perturbed primary masks.

    Parameters
    ----------
    volumes, masks : on one grid
    radiomics : RadiomicsSettings
        Those that the primary masks' features were computed with; with others, values could not be compared.
    settings : OtherMasksSettings

    Returns
    -------
    RadiomicsTable
        `maker` is the maker, or "<primary maker>#<number>" of a perturbation, whose contour grows within the
        foreground of the anchor alone.

    Raises
    ------
    MissingByRight
        When there is no other mask and no perturbation is asked for.
    MaskOffGrid, BadVolume
        As `extract_features`.
    """
    primary = [mask for mask in masks.masks if mask.is_primary]
    chosen = [mask for mask in masks.masks if not mask.is_primary and settings.other_makers]
    if primary and settings.perturbations:
        anchor = volumes.by_sequence[volumes.anchor]
        chosen += perturbed_masks(
            primary,
            anchor.spacing_mm,
            settings,
            n=settings.perturbations,
            seed=settings.seed,
            within=foreground(anchor.data),
        )
    if not chosen:
        raise MissingByRight("no mask of another maker, and no perturbation asked for (perturbations = 0)")
    return extract_features(volumes, all_as_primary(masks, chosen), radiomics)
