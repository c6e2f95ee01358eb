"""raw/scans*: the images and masks of one patient as found, by reference."""

from __future__ import annotations

from pathlib import Path

from radgen_assets.contracts.sources import PatientSources
from radgen_assets.contracts.volumes import ScanManifest
from radgen_assets.factories.patient_asset import patient_asset


@patient_asset(group="raw", settings=None, code_version="1", kinds=("nifti",))
def scans(sources: PatientSources) -> ScanManifest:
    """Images and given masks of one patient: file, sequence or maker, SHA-256, shape and spacing.

    Grain: one patient. Source: the cohort's folder, which is read and never written. Nothing is copied.
    """
    from radgen_assets.formats.scan_manifest import describe_sources

    return describe_sources(sources, Path(sources.root))
