"""imaging/tumour_masks*: the given masks of a patient as regions on the common grid."""

from __future__ import annotations

from radgen_assets.contracts.volumes import GivenMasks, RegisteredVolumes, TumourMasks
from radgen_assets.factories.patient_asset import patient_asset


@patient_asset(group="imaging", settings=None, code_version="1", kinds=("nifti",))
def tumour_masks(scans: GivenMasks, registered_volumes: RegisteredVolumes) -> TumourMasks:
    """Whole tumour, tumour core and enhancing tumour as far as each maker's labels tell, on the registered grid.

    Grain: one patient, one mask a region and maker.
    """
    from radgen_assets.formats.scan_manifest import read_masks
    from radgen_assets.science.imaging.masks import tumour_masks as regions

    return regions(read_masks(scans), registered_volumes)
