"""All images of a patient: reproducible, faulty where planned, and showing their latent variables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from radgen_assets.contracts.volumes import ANATOMICAL, Sequence
from radgen_assets.science.phantom import PhantomSettings, draw_population, patient_images, planned_faults
from radgen_assets.science.phantom.faults import UNKNOWN_LABEL, FaultKind

SETTINGS = PhantomSettings.tiny()


def _images(cohort: str, index: int, settings: PhantomSettings = SETTINGS):
    return patient_images(settings, draw_population(settings, cohort), index)


def _index_of(kind: FaultKind) -> tuple[str, int]:
    fault = next(fault for fault in planned_faults(SETTINGS) if fault.kind is kind)
    return fault.cohort, fault.index


def test_a_patient_has_four_sequences_and_a_mask_on_one_grid():
    images = _images("training_site", 1)
    assert tuple(volume.sequence for volume in images.volumes) == ANATOMICAL
    for each in images.volumes:
        assert (each.data.shape, each.data.dtype) == ((32, 32, 32), np.int16)
        np.testing.assert_array_equal(each.affine, images.masks[0].affine)
    assert set(np.unique(images.masks[0].labels)) <= {0, 1, 2, 4}


def test_equal_settings_give_equal_voxels():
    first, second = _images("second_site", 0), _images("second_site", 0)
    for one, other in zip(first.volumes, second.volumes, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_only_the_planned_patients_have_diffusion():
    assert _images("training_site", 0).diffusion is not None
    assert _images("training_site", 1).diffusion is None


def test_every_planned_fault_is_there_when_its_patients_are():
    assert {fault.kind for fault in planned_faults(SETTINGS)} == set(FaultKind)
    assert planned_faults(SETTINGS.model_copy(update={"faults": False})) == ()


def test_a_missing_sequence_is_missing():
    images = _images(*_index_of(FaultKind.missing_sequence))
    assert Sequence.t2w not in {volume.sequence for volume in images.volumes}
    assert len(images.volumes) == 3


def test_bad_masks_are_bad_in_the_planned_way():
    assert UNKNOWN_LABEL in _images(*_index_of(FaultKind.mask_unknown_label)).masks[0].labels
    off_grid = _images(*_index_of(FaultKind.mask_off_grid))
    assert off_grid.masks[0].labels.shape != off_grid.volumes[1].data.shape
    assert not _images(*_index_of(FaultKind.mask_empty)).masks[0].labels.any()


def test_a_duplicate_has_equal_voxels_under_another_name():
    fault = next(fault for fault in planned_faults(SETTINGS) if fault.kind is FaultKind.duplicate_patient)
    copy = _images(fault.cohort, fault.index)
    original = _images(fault.source_cohort, fault.source_index)
    assert fault.cohort != fault.source_cohort
    for one, other in zip(copy.volumes, original.volumes, strict=True):
        np.testing.assert_array_equal(one.data, other.data)


def test_without_faults_the_same_patients_are_sound():
    sound = SETTINGS.model_copy(update={"faults": False})
    assert len(_images("training_site", 2, sound).volumes) == 4
    assert UNKNOWN_LABEL not in _images("training_site", 5, sound).masks[0].labels


def test_unregistered_sequences_lie_where_the_motion_says():
    """Moving t2w back by the known motion brings it onto the t2w that did not move."""
    moved = _images("second_site", 0)
    still = _images("second_site", 0, SETTINGS.model_copy(update={"n_unregistered": 0}))
    one = next(volume for volume in moved.volumes if volume.sequence is Sequence.t2w)
    other = next(volume for volume in still.volumes if volume.sequence is Sequence.t2w)
    matrix = np.linalg.inv(one.affine) @ moved.motions[Sequence.t2w] @ other.affine
    back = ndimage.affine_transform(one.data.astype(float), matrix, order=1)
    before = np.corrcoef(one.data.ravel(), other.data.ravel())[0, 1]
    after = np.corrcoef(back.ravel(), other.data.ravel())[0, 1]
    assert after > 0.9
    assert after > before + 0.1


def test_unregistered_t1w_has_thick_slices_and_t1ce_stands_still():
    images = _images("second_site", 0)
    by_sequence = {volume.sequence: volume for volume in images.volumes}
    assert by_sequence[Sequence.t1w].data.shape == (32, 32, 8)
    assert by_sequence[Sequence.t1w].spacing_mm == (2.0, 2.0, 8.0)
    assert Sequence.t1ce not in images.motions


def test_two_readers_draw_two_masks_and_one_of_them_is_primary():
    images = _images("two_readers", 0)
    first, second = images.masks
    assert (first.maker, second.maker) == ("reader_a", "reader_b")
    assert (first.is_primary, second.is_primary) == (True, False)
    both = (first.labels > 0) & (second.labels > 0)
    assert 0.6 < 2 * both.sum() / ((first.labels > 0).sum() + (second.labels > 0).sum()) < 1
    assert images.vasari


@pytest.fixture(scope="module")
def measured():
    """Simple numbers of 60 whole tumours, and the latent variables behind them."""
    settings = PhantomSettings.benchmark(60, 32)
    population = draw_population(settings, "training_site")
    rows = []
    for index in range(population.n):
        images = patient_images(settings, population, index)
        tumour = images.masks[0].labels > 0
        t1ce, flair = (_normalised(images.volumes[number].data)[tumour] for number in (1, 3))
        rows.append([np.log(tumour.sum()), np.percentile(t1ce, 90), t1ce.std(), flair.mean()])
    return np.array(rows), population.latents


def _normalised(data: np.ndarray) -> np.ndarray:
    inside = data[data > 0]
    return (data - inside.mean()) / inside.std()


def _explained(features: np.ndarray, target: np.ndarray) -> float:
    design = np.column_stack([np.ones(len(target)), features])
    residual = target - design @ np.linalg.lstsq(design, target, rcond=None)[0]
    return float(1 - residual.var() / target.var())


@pytest.mark.parametrize("latent", ["image_aggressiveness", "image_wildtype"])
def test_a_few_whole_tumour_features_show_the_latent_variables(measured, latent):
    """What no feature shows, no model could recover."""
    features, latents = measured
    assert _explained(features, latents[latent].to_numpy()) > 0.7


def test_expression_latents_do_not_show_beyond_their_correlation(measured):
    """Images see half of the variance's root: r = 0.5 at most, so a quarter of the variance."""
    features, latents = measured
    assert _explained(features, latents["expression_wildtype"].to_numpy()) < 0.45
