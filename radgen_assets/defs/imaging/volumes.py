"""imaging/volumes*: every anatomical sequence of a patient in canonical orientation."""

from __future__ import annotations

from radgen_assets.contracts.volumes import Scans, Volumes
from radgen_assets.factories.patient_asset import patient_asset
from radgen_assets.science.imaging.fingerprints import voxel_fingerprints


@patient_asset(group="imaging", settings=None, code_version="1", facts=voxel_fingerprints, kinds=("nifti",))
def volumes(scans: Scans) -> Volumes:
    """Anatomical sequences (t1w, t1ce, t2w, flair) in RAS+ orientation on their own grids, float32.

    Grain: one patient. Truncated files, wrong dimensions, NaN and empty images stop here, by name.
    """
    from radgen_assets.formats.scan_manifest import read_volumes
    from radgen_assets.science.imaging.orientation import canonical_volumes

    return canonical_volumes(read_volumes(scans))
