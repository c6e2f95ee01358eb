"""imaging/quality*: numbers and a picture that tell whether a patient's images can be used."""

from __future__ import annotations

from radgen_assets.contracts.volumes import QualityReport, RegisteredVolumes, TumourMasks
from radgen_assets.factories.patient_asset import patient_asset
from radgen_assets.science.imaging.settings import QualitySettings


@patient_asset(group="imaging", settings=QualitySettings, code_version="1", kinds=("png",))
def quality(
    registered_volumes: RegisteredVolumes, settings: QualitySettings, tumour_masks: TumourMasks | None = None
) -> QualityReport:
    """Signal-to-noise, coverage, overlap of the makers' masks, and a three-plane preview with mask outlines.

    Grain: one patient.
    """
    from radgen_assets.science.imaging.quality import assess

    return assess(registered_volumes, tumour_masks, settings)
