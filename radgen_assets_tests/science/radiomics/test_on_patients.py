"""The fast engine equals plain calls of pyradiomics on real tumours: all regions, all images, every value."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from radgen_assets.contracts.volumes import (
    MakerKind,
    Region,
    RegionMask,
    RegisteredVolumes,
    Sequence,
    TumourMasks,
    Volume,
)
from radgen_assets.science.radiomics import RadiomicsSettings, extract_features
from radgen_assets.science.radiomics.normalisation import normalised
from radgen_assets_tests.science.radiomics.plain_pyradiomics import agree, of_pyradiomics
from radgen_assets_tests.science.radiomics.test_extraction import values

FILES = {Sequence.t1w: "t1", Sequence.t1ce: "t1ce", Sequence.t2w: "t2", Sequence.flair: "flair"}


def read(folder: Path, sequence: Sequence) -> tuple[RegisteredVolumes, TumourMasks]:
    """One sequence of a BraTS case, and its three expert regions."""
    image = sitk.ReadImage(str(folder / f"{folder.name}_{FILES[sequence]}.nii.gz"), sitk.sitkFloat32)
    labels = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / f"{folder.name}_seg.nii.gz"))).transpose(2, 1, 0)
    volume = Volume(
        np.ascontiguousarray(sitk.GetArrayFromImage(image).transpose(2, 1, 0)),
        np.diag([*image.GetSpacing(), 1.0]),
        sequence,
    )
    regions = {Region.whole_tumour: (1, 2, 4), Region.tumour_core: (1, 4), Region.enhancing_tumour: (4,)}
    drawn = tuple(
        RegionMask(region, "expert", MakerKind.reader, True, np.isin(labels, codes))
        for region, codes in regions.items()
    )
    volumes = RegisteredVolumes(
        {sequence: volume}, sequence, {sequence: np.eye(4)}, volume.data.shape, volume.affine, True, {sequence: 2.0}
    )
    return volumes, TumourMasks(drawn, volume.affine)


def assert_equal_to_pyradiomics(folder: Path, sequence: Sequence, regions: tuple[Region, ...] = tuple(Region)) -> None:
    volumes, masks = read(folder, sequence)
    masks = replace(masks, masks=tuple(mask for mask in masks.masks if mask.region in regions))
    settings = RadiomicsSettings()
    table = extract_features(volumes, masks, settings)
    volume = volumes.by_sequence[sequence]
    image = normalised(volume.data, settings)
    for mask in masks.masks:
        if np.count_nonzero(mask.data) >= settings.minimum_voxels:
            expected = of_pyradiomics(image, mask.data, volume.spacing_mm[0])
            agree(values(table, sequence.value, mask.region.value), expected)


def test_a_patient_at_2_mm_has_pyradiomics_values(shared_data):
    assert_equal_to_pyradiomics(shared_data / "brats_18" / "Brats18_TCIA13_623_1", Sequence.t1ce, (Region.tumour_core,))


@pytest.mark.slow
@pytest.mark.parametrize("sequence", [Sequence.t2w, Sequence.flair])
def test_another_patient_at_2_mm_has_pyradiomics_values(shared_data, sequence):
    """The narrowest and the widest intensities are in test_whole_patients.py; all 22 in benchmarks/radiomics.py."""
    assert_equal_to_pyradiomics(shared_data / "brats_18" / "Brats18_CBICA_AME_1", sequence)


@pytest.mark.slow
@pytest.mark.parametrize("sequence", [Sequence.t1ce])
def test_a_patient_at_1_mm_has_pyradiomics_values(shared_data, sequence):
    assert_equal_to_pyradiomics(shared_data / "brats_case" / "Brats18_TCIA03_265_1", sequence)
