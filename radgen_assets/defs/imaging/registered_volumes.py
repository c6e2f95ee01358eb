"""imaging/registered_volumes*: all sequences of a patient on one 1 mm grid."""

from __future__ import annotations

from radgen_assets.contracts.volumes import RegisteredVolumes, Volumes
from radgen_assets.factories.patient_asset import patient_asset
from radgen_assets.science.imaging.settings import RegistrationSettings


@patient_asset(group="imaging", settings=RegistrationSettings, code_version="1", kinds=("nifti",))
def registered_volumes(volumes: Volumes, settings: RegistrationSettings) -> RegisteredVolumes:
    """Every sequence rigidly registered to the anchor sequence and resampled once to 1 mm isotropic.

    Grain: one patient. Data that come registered are recognised and only checked.
    """
    from radgen_assets.science.imaging.registration import register

    return register(volumes, settings)
