"""Whole patients as features/radiomics takes them: every value is pyradiomics', whatever the intensities' range."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pytest
import radiomics
import SimpleITK as sitk
from radiomics import featureextractor

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
from radgen_assets.science.radiomics.binning import binned
from radgen_assets.science.radiomics.normalisation import normalised

FILES = {"t1": Sequence.t1w, "t1ce": Sequence.t1ce, "t2": Sequence.t2w, "flair": Sequence.flair}
LABELS = {Region.whole_tumour: (1, 2, 4), Region.tumour_core: (1, 4), Region.enhancing_tumour: (4,)}
NARROWEST, WIDEST = "Brats18_2013_11_1", "Brats18_TCIA10_637_1"  # t1ce ends at 199; t1 at 28,529
PATIENTS = (NARROWEST, WIDEST)


def read(shared_data, patient, name):
    image = sitk.ReadImage(str(shared_data / "brats_18" / patient / f"{patient}_{name}.nii.gz"))
    return sitk.GetArrayFromImage(image)


def patient_of(shared_data, patient):
    affine = np.diag([2.0, 2.0, 2.0, 1.0])
    volumes = {
        sequence: Volume(read(shared_data, patient, file).transpose(2, 1, 0).astype(np.float32), affine, sequence)
        for file, sequence in FILES.items()
    }
    seg = read(shared_data, patient, "seg").transpose(2, 1, 0)
    masks = tuple(
        RegionMask(region, "expert", MakerKind.reader, True, np.isin(seg, labels)) for region, labels in LABELS.items()
    )
    same = {sequence: np.eye(4) for sequence in volumes}
    registered = RegisteredVolumes(volumes, Sequence.t1ce, same, seg.shape, affine, True, dict.fromkeys(volumes, 2.0))
    return registered, TumourMasks(masks, affine)


def by_pyradiomics(data, mask):
    extractor = featureextractor.RadiomicsFeatureExtractor(binWidth=25.0, additionalInfo=False)
    extractor.enableImageTypes(Original={}, Wavelet={}, LoG={"sigma": [1.0, 3.0, 5.0]})
    image, label = (sitk.GetImageFromArray(each.transpose(2, 1, 0)) for each in (data, mask.astype(np.uint8)))
    for node in (image, label):
        node.SetSpacing((2.0, 2.0, 2.0))
    radiomics.logger.setLevel(logging.CRITICAL)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return {name: float(np.real(value)) for name, value in extractor.execute(image, label).items()}


@pytest.mark.real
@pytest.mark.slow
@pytest.mark.parametrize("patient", PATIENTS)
def test_every_value_of_a_patient_is_pyradiomics(shared_data, patient):
    """Four sequences, three regions, original, eight wavelet bands, three Laplacians of Gaussian."""
    volumes, masks = patient_of(shared_data, patient)
    settings = RadiomicsSettings()
    table = extract_features(volumes, masks, settings)
    names = ("sequence", "region", "image_type", "feature_class", "feature")
    keys = zip(*(table.columns[name] for name in names), strict=True)
    found = {tuple(map(str, key)): float(value) for key, value in zip(keys, table.columns["value"], strict=True)}
    n_compared = 0
    for sequence, volume in volumes.by_sequence.items():
        scaled = normalised(volume.data, settings)
        for mask in masks.masks:
            for name, expected in by_pyradiomics(scaled, mask.data).items():
                image_type, kind, feature = name.split("_")
                key = ("mask" if kind == "shape" else sequence.value, mask.region.value, image_type, kind, feature)
                tolerance = 1e-5 if feature == "MCC" else 1e-6
                assert found[key] == pytest.approx(expected, rel=tolerance, abs=1e-9), key
                n_compared += 1
    assert n_compared == 4 * 3 * (14 + 12 * 93)
    assert len(found) == 3 * 14 + 4 * 3 * 12 * 93


@pytest.mark.real
def test_one_bin_width_means_one_thing_after_normalisation_alone(shared_data):
    """Raw, bins of 25 give a few levels or hundreds, by the scale that the source happened to store."""
    raw, scaled = {}, {}
    for patient in PATIENTS:
        data = read(shared_data, patient, "t1ce").astype(np.float32)
        mask = np.isin(read(shared_data, patient, "seg"), LABELS[Region.whole_tumour])
        for levels, values in ((raw, data), (scaled, normalised(data, RadiomicsSettings()))):
            levels[patient] = len(np.unique(binned(values, mask, bin_width=25.0).levels_inside))
    assert raw[NARROWEST] < 10
    assert raw[WIDEST] > 100
    assert all(15 <= levels <= 60 for levels in scaled.values())
