"""Radiomics: pyradiomics' values, for every region and sequence, and never a silent gap."""

from __future__ import annotations

import logging
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from radgen_assets.contracts.errors import BadVolume, MaskOffGrid, MissingByRight
from radgen_assets.contracts.features import RadiomicsTable
from radgen_assets.contracts.volumes import MakerKind, Region, RegionMask, Sequence, TumourMasks
from radgen_assets.science.radiomics import RadiomicsSettings, extract_features
from radgen_assets.science.radiomics.normalisation import normalised
from radgen_assets_tests.science.radiomics.plain_pyradiomics import agree, of_pyradiomics
from radgen_assets_tests.science.radiomics.small_tumours import SHAPE, ball, masks, patient

BALL = ball((15, 17, 18), 7)
QUICK = RadiomicsSettings(image_types=("original",))
DEFAULT = RadiomicsSettings()
REFERENCE = RadiomicsSettings(engine="pyradiomics")
PER_IMAGE = 18 + 24 + 16 + 16 + 14 + 5


def values(table: RadiomicsTable, sequence: str, region: str = "whole_tumour") -> dict[str, float]:
    """Values by pyradiomics' name."""
    columns = table.columns
    wanted = (columns["region"] == region) & np.isin(columns["sequence"], [sequence, "mask"])
    rows = zip(*(columns[name][wanted] for name in ("image_type", "feature_class", "feature", "value")), strict=True)
    return {f"{image_type}_{kind}_{feature}": value for image_type, kind, feature, value in rows}


@pytest.mark.parametrize("spacing_mm", [1.0, 2.0])
def test_every_value_equals_pyradiomics(spacing_mm):
    """1,130 features of one region: original, 8 wavelets and 3 Laplacians."""
    volumes = patient(Sequence.t1ce, spacing_mm=spacing_mm)
    drawn = masks({Region.whole_tumour: BALL}, spacing_mm=spacing_mm)
    found = values(extract_features(volumes, drawn, DEFAULT), "t1ce")
    agree(found, of_pyradiomics(normalised(volumes.by_sequence[Sequence.t1ce].data, DEFAULT), BALL, spacing_mm))
    assert len(found) == 14 + 12 * PER_IMAGE


def test_with_pyradiomics_engine_values_are_equal_to_the_last_bit():
    volumes = patient(Sequence.t1ce)
    found = values(extract_features(volumes, masks({Region.whole_tumour: BALL}), REFERENCE), "t1ce")
    assert found == of_pyradiomics(normalised(volumes.by_sequence[Sequence.t1ce].data, DEFAULT), BALL)


def test_a_region_inside_another_has_the_values_it_has_alone():
    """Filtering once in a common box and cropping to each region changes nothing."""
    volumes = patient(Sequence.flair)
    core = ball((13, 17, 20), 4)
    both = masks({Region.whole_tumour: BALL, Region.tumour_core: core})
    found = values(extract_features(volumes, both, REFERENCE), "flair", "tumour_core")
    assert found == of_pyradiomics(normalised(volumes.by_sequence[Sequence.flair].data, DEFAULT), core)


def test_a_region_at_the_border_of_the_volume_equals_pyradiomics():
    volumes = patient(Sequence.t2w)
    corner = np.zeros(SHAPE, dtype=bool)
    corner[:9, :8, -7:] = True
    found = values(extract_features(volumes, masks({Region.whole_tumour: corner}), DEFAULT), "t2w")
    agree(found, of_pyradiomics(normalised(volumes.by_sequence[Sequence.t2w].data, DEFAULT), corner))


def test_without_normalisation_raw_intensities_are_binned():
    volumes = patient(Sequence.t1w)
    raw = RadiomicsSettings(normalise=False)
    found = values(extract_features(volumes, masks({Region.whole_tumour: BALL}), raw), "t1w")
    agree(found, of_pyradiomics(volumes.by_sequence[Sequence.t1w].data, BALL))


def test_normalised_features_do_not_depend_on_the_unit_of_the_scanner():
    """Gain and offset of a scanner are arbitrary in MR."""
    volumes = patient(Sequence.t1w)
    volume = volumes.by_sequence[Sequence.t1w]
    scaled = replace(volume, data=np.where(volume.data != 0, volume.data * 8 + 64, 0).astype(np.float32))
    other = replace(volumes, by_sequence={Sequence.t1w: scaled})
    settings = QUICK.model_copy(update={"feature_classes": ("firstorder",)})
    first, second = (
        values(extract_features(each, masks({Region.whole_tumour: BALL}), settings), "t1w") for each in (volumes, other)
    )
    assert first["original_firstorder_Mean"] == pytest.approx(second["original_firstorder_Mean"], abs=1e-3)
    assert first["original_firstorder_Variance"] == pytest.approx(second["original_firstorder_Variance"], rel=1e-5)


def test_rows_stand_for_every_sequence_and_region_and_shape_once():
    """Shape depends on the mask alone; repeated for each sequence it would be four equal columns."""
    volumes = patient(Sequence.t1ce, Sequence.flair)
    regions = {Region.whole_tumour: BALL, Region.tumour_core: ball((15, 17, 18), 4)}
    table = extract_features(volumes, masks(regions), QUICK)
    assert {len(column) for column in table.columns.values()} == {2 * 14 + 2 * 2 * PER_IMAGE}
    assert tuple(table.columns) == RadiomicsTable.NAMES
    assert set(table.columns["sequence"][table.columns["feature_class"] == "shape"]) == {"mask"}
    assert table.columns["value"].dtype == np.float64


def test_settings_choose_sequences_and_classes():
    volumes = patient(Sequence.t1ce, Sequence.flair)
    settings = RadiomicsSettings(
        sequences=(Sequence.flair, Sequence.t2w), image_types=("original",), feature_classes=("glcm",)
    )
    table = extract_features(volumes, masks({Region.whole_tumour: BALL}), settings)
    assert set(table.columns["sequence"]) == {"flair"}
    assert set(table.columns["feature_class"]) == {"glcm"}


def test_a_region_that_is_too_small_is_left_out_with_its_size():
    few = np.zeros(SHAPE, dtype=bool)
    few[10:12, 10:12, 10:12] = True
    regions = {Region.whole_tumour: BALL, Region.enhancing_tumour: few}
    table = extract_features(patient(Sequence.t1ce), masks(regions), QUICK)
    assert set(table.columns["region"]) == {"whole_tumour"}
    assert table.warnings == (
        "enhancing_tumour of expert: 8 voxels, fewer than the 27 that texture needs; the region is left out.",
    )


def test_a_line_of_voxels_is_left_out():
    """pyradiomics refuses it too: texture needs two dimensions."""
    line = np.zeros(SHAPE, dtype=bool)
    line[10, 10, 2:36] = True
    table = extract_features(patient(Sequence.t1ce), masks({Region.whole_tumour: line}), QUICK)
    assert len(table.columns["value"]) == 0
    assert table.warnings == ("whole_tumour of expert: its 34 voxels form a line; the region is left out.",)


def test_a_value_that_is_not_finite_is_named_and_left_out():
    """A flat region has no skewness; NaN must never reach a table."""
    volumes = patient(Sequence.t1ce)
    flat = replace(volumes.by_sequence[Sequence.t1ce], data=np.full(SHAPE, 7.0, dtype=np.float32))
    table = extract_features(
        replace(volumes, by_sequence={Sequence.t1ce: flat}), masks({Region.whole_tumour: BALL}), RadiomicsSettings()
    )
    assert np.isfinite(table.columns["value"]).all()
    assert len(table.columns["value"]) + len(table.warnings) == 14 + 12 * PER_IMAGE


def test_without_a_primary_mask_the_patient_is_skipped_with_what_to_declare():
    with pytest.raises(MissingByRight, match="set primary = true for one maker"):
        extract_features(patient(Sequence.t1ce), masks({Region.whole_tumour: BALL}, primary=False), QUICK)


def test_only_the_primary_makers_masks_count():
    other = RegionMask(Region.whole_tumour, "network", MakerKind.algorithm, False, ball((20, 17, 18), 6))
    drawn = TumourMasks((*masks({Region.whole_tumour: BALL}).masks, other), np.eye(4))
    table = extract_features(patient(Sequence.t1ce), drawn, QUICK)
    assert set(table.columns["maker"]) == {"expert"}


def test_a_mask_of_another_shape_is_refused_with_its_region():
    cut = masks({Region.whole_tumour: BALL, Region.tumour_core: BALL[:, :, 1:]})
    with pytest.raises(MaskOffGrid, match=r"mask of expert: tumour_core: found shape \(34, 37, 39\), expected"):
        extract_features(patient(Sequence.t1ce), cut, QUICK)


def test_masks_that_lie_elsewhere_are_refused_with_their_regions():
    """The same array on a shifted grid would be read from healthy brain."""
    shifted = replace(masks({Region.whole_tumour: BALL}), affine=np.diag([1.0, 1.0, 2.0, 1.0]))
    with pytest.raises(MaskOffGrid, match=r"whole_tumour of expert: found .*spacing \[1.0, 1.0, 2.0\] mm"):
        extract_features(patient(Sequence.t1ce), shifted, QUICK)


def test_a_sequence_on_another_grid_is_refused_by_name():
    volumes = patient(Sequence.t1ce, Sequence.flair)
    flair = volumes.by_sequence[Sequence.flair]
    smaller = {**volumes.by_sequence, Sequence.flair: replace(flair, data=flair.data[1:])}
    with pytest.raises(MaskOffGrid, match="flair volume: grid: found shape"):
        extract_features(replace(volumes, by_sequence=smaller), masks({Region.whole_tumour: BALL}), QUICK)


def test_intensities_that_are_not_finite_are_refused_with_sequence_and_region():
    """One NaN makes NaN of a whole filtered image."""
    volumes = patient(Sequence.t1ce)
    holed = volumes.by_sequence[Sequence.t1ce].data.copy()
    holed[15, 17, 18], holed[0, 0, 0] = np.nan, np.inf
    broken = replace(volumes.by_sequence[Sequence.t1ce], data=holed)
    with pytest.raises(BadVolume, match=r"t1ce volume: intensities: found 2 that are not finite \(1 in whole_tumour\)"):
        extract_features(
            replace(volumes, by_sequence={Sequence.t1ce: broken}), masks({Region.whole_tumour: BALL}), QUICK
        )


@pytest.mark.parametrize("normalise", [True, False])
def test_what_lies_outside_the_regions_box_matters_only_to_what_reads_it(normalise: bool):
    """Without filter and normalisation the features of the original image stay as they were."""
    settings = QUICK.model_copy(update={"normalise": normalise, "image_types": ("original",)})
    volumes, regions = patient(Sequence.t1ce), masks({Region.whole_tumour: BALL})
    holed = volumes.by_sequence[Sequence.t1ce].data.copy()
    holed[0, 0, 0] = np.nan
    broken = replace(volumes.by_sequence[Sequence.t1ce], data=holed)
    spoilt = replace(volumes, by_sequence={Sequence.t1ce: broken})
    if normalise:
        with pytest.raises(BadVolume, match=r"found 1 that are not finite \(0 in whole_tumour\)"):
            extract_features(spoilt, regions, settings)
        return
    found = [values(extract_features(each, regions, settings), "t1ce") for each in (spoilt, volumes)]
    assert found[0] == found[1]
    assert len(found[0]) == PER_IMAGE + 14


def test_an_empty_region_is_left_out_by_name():
    """A tumour without enhancement is no error."""
    regions = {Region.whole_tumour: BALL, Region.enhancing_tumour: np.zeros(SHAPE, dtype=bool)}
    table = extract_features(patient(Sequence.t1ce), masks(regions), QUICK)
    assert table.warnings[0].startswith("enhancing_tumour of expert: 0 voxels")


def test_an_image_without_numbers_in_a_region_is_left_out_by_name():
    """The kurtosis of spheres in flat tissue is 0 / 0."""
    volumes = patient(Sequence.t1ce)
    flat = replace(volumes.by_sequence[Sequence.t1ce], data=np.full(SHAPE, 7.0, dtype=np.float32))
    table = extract_features(
        replace(volumes, by_sequence={Sequence.t1ce: flat}),
        masks({Region.whole_tumour: BALL}),
        RadiomicsSettings(image_types=("lbp-3D",), feature_classes=("firstorder",), normalise=False),
    )
    assert any("lbp-3D-k has intensities that are not finite in the region" in text for text in table.warnings)


def test_extraction_is_silent(capfd, caplog):
    """pyradiomics logs to the error stream by itself."""
    caplog.set_level(logging.DEBUG)
    extract_features(patient(Sequence.t1ce), masks({Region.whole_tumour: BALL}), QUICK)
    extract_features(patient(Sequence.t1ce), masks({Region.whole_tumour: BALL}), REFERENCE)
    assert capfd.readouterr() == ("", "")


def whole_patient() -> tuple[int, float]:
    """Values of a 128^3 patient, and this process's peak memory in GB: a function, so that a child can run it.

    The peak is VmHWM: getrusage's ru_maxrss survives exec, so that a child begins with the peak of its parent.
    """
    grown = {
        sequence: replace(volume, data=np.tile(volume.data, (4, 4, 4))[:128, :128, :128])
        for sequence, volume in patient(*Sequence.__members__.values()).by_sequence.items()
        if sequence is not Sequence.dwi
    }
    volumes = replace(patient(Sequence.t1ce), by_sequence=grown)
    distance = ((np.stack(np.indices((128,) * 3), axis=-1) - 64) ** 2).sum(axis=-1)
    regions = {
        Region.whole_tumour: distance < 20**2,
        Region.tumour_core: distance < 13**2,
        Region.enhancing_tumour: (distance < 13**2) & (distance > 9**2),
    }
    table = extract_features(volumes, masks(regions), RadiomicsSettings())
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return len(table.columns["value"]), int(status.split("VmHWM:")[1].split()[0]) / 1e6


@pytest.mark.slow
def test_a_patient_of_128_cubed_gives_all_values_in_little_memory():
    """Four sequences, three regions, 12 images each: 13,000 values, in a process of its own, whose peak is its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as child:
        n_values, peak_gb = child.submit(whole_patient).result()
    assert n_values == 3 * 14 + 3 * 4 * 12 * PER_IMAGE
    assert peak_gb < 1.5
