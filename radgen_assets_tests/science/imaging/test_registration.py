"""Registration: what came registered is only checked; what did not is moved and interpolated once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from radgen_assets.contracts.errors import MissingByRight
from radgen_assets.contracts.volumes import Sequence, Volume, Volumes
from radgen_assets.science.imaging import RegistrationSettings, register
from radgen_assets_tests.science.imaging.small_heads import ANCHORS, head, isotropic, volumes

SETTINGS = RegistrationSettings()


def rigid(degrees: tuple[float, float, float], shift_mm: tuple[float, float, float]) -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = Rotation.from_euler("xyz", degrees, degrees=True).as_matrix()
    matrix[:3, 3] = shift_mm
    return matrix


def test_registered_isotropic_data_are_returned_untouched():
    """Every interpolation blurs; data that need none get none."""
    given = volumes(Sequence.t1ce, Sequence.flair, shape=(66, 82, 66), spacing_mm=1.0)
    found = register(given, SETTINGS)
    assert found.came_registered
    for sequence, volume in given.by_sequence.items():
        assert found.by_sequence[sequence].data is volume.data
        assert np.array_equal(found.transforms[sequence], np.eye(4))
    assert found.warnings == ()


def test_registered_data_of_another_spacing_are_resampled_but_not_moved():
    found = register(volumes(Sequence.t1ce, Sequence.flair), SETTINGS)
    assert found.came_registered
    assert found.by_sequence[Sequence.flair].data.shape == (72, 88, 72)
    assert found.by_sequence[Sequence.flair].spacing_mm == pytest.approx((1.0, 1.0, 1.0))
    assert found.native_shape == (36, 44, 36)
    assert found.native_grids[Sequence.flair].shape == (36, 44, 36)


def test_linear_interpolation_keeps_the_background_zero():
    """Stripped volumes must stay recognisable as such; a spline would ring into the background."""
    found = register(volumes(Sequence.t1ce), SETTINGS).by_sequence[Sequence.t1ce].data
    assert found.min() == 0
    assert (found == 0).mean() > 0.5


def test_the_interpolation_is_a_setting():
    linear = register(volumes(Sequence.t1ce), SETTINGS).by_sequence[Sequence.t1ce].data
    cubic = register(volumes(Sequence.t1ce), RegistrationSettings(interpolation="cubic")).by_sequence[Sequence.t1ce]
    truth = head(Sequence.t1ce, shape=(72, 88, 72), spacing_mm=1.0).data
    deep = (slice(24, 48), slice(28, 60), slice(24, 48))
    assert np.abs(cubic.data - truth)[deep].mean() < np.abs(linear - truth)[deep].mean()


def test_the_anchor_is_the_first_named_sequence_that_is_there():
    found = register(volumes(Sequence.t2w, Sequence.flair), SETTINGS)
    assert found.anchor is Sequence.flair


def test_a_patient_without_any_anchor_is_skipped_with_the_reason():
    given = replace(volumes(Sequence.t2w), anchor=(Sequence.t1ce, Sequence.flair))
    with pytest.raises(MissingByRight, match="the layout names t1ce, flair; found t2w"):
        register(given, SETTINGS)


@pytest.mark.parametrize(
    ("degrees", "shift_mm"), [((4.0, -3.0, 6.0), (5.0, -4.0, 6.0)), ((1.0, 0.5, -1.0), (0.5, 1.0, -0.5))]
)
def test_a_known_rigid_motion_is_found_within_half_a_millimetre(degrees, shift_mm):
    """Mean distance over the brain, between two contrasts on two grids; a voxel is 2 mm here."""
    truth = rigid(degrees, shift_mm)
    moved = head(Sequence.flair, shape=(40, 46, 38), spacing_mm=(2.1, 2.0, 2.2), moved=truth)
    given = Volumes({Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: moved}, ANCHORS)
    found = register(given, SETTINGS)
    brain = np.argwhere(given.by_sequence[Sequence.t1ce].data > 0)
    affine = given.by_sequence[Sequence.t1ce].affine
    points = np.column_stack([brain @ affine[:3, :3].T + affine[:3, 3], np.ones(len(brain))])
    apart = np.linalg.norm(points @ (found.transforms[Sequence.flair] - truth).T, axis=1)
    assert not found.came_registered
    assert apart.mean() <= 0.5
    assert found.warnings == ()


def test_a_head_that_lost_its_frame_is_found_by_its_centre():
    """Files without the scanner's coordinates put the same head decimetres away."""
    truth = rigid((0.0, 3.0, 0.0), (120.0, -80.0, 60.0))
    moved = head(Sequence.flair)
    moved = Volume(moved.data, truth @ moved.affine, Sequence.flair)
    found = register(Volumes({Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: moved}, ANCHORS), SETTINGS)
    corner = np.array([20.0, 20.0, 20.0, 1.0])
    assert np.linalg.norm((found.transforms[Sequence.flair] - truth) @ corner) < 1.0


def test_registration_prints_nothing(capfd):
    """The optimiser below writes to the standard output; a program that reads `--json` must not see it."""
    moved = head(Sequence.flair, moved=rigid((2.0, 0.0, 0.0), (0.0, 3.0, 0.0)))
    given = Volumes({Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: moved}, ANCHORS, "no")
    register(given, RegistrationSettings(iterations=(30, 0)))
    assert capfd.readouterr().out == ""


def test_registering_twice_gives_equal_bytes():
    """The ledger compares content hashes."""
    moved = head(Sequence.flair, moved=rigid((2.0, 1.0, 0.0), (1.0, 3.0, 0.0)))
    given = Volumes({Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: moved}, ANCHORS, "no")
    first, second = register(given, SETTINGS), register(given, SETTINGS)
    assert np.array_equal(first.transforms[Sequence.flair], second.transforms[Sequence.flair])
    assert first.by_sequence[Sequence.flair].data.tobytes() == second.by_sequence[Sequence.flair].data.tobytes()


def test_data_declared_registered_are_not_moved_but_put_on_one_grid():
    given = Volumes(
        {Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: head(Sequence.flair, shape=(30, 40, 34))}, ANCHORS, "yes"
    )
    found = register(given, SETTINGS)
    assert found.came_registered
    assert np.array_equal(found.transforms[Sequence.flair], np.eye(4))
    assert found.by_sequence[Sequence.flair].data.shape == found.by_sequence[Sequence.t1ce].data.shape


def test_a_head_that_does_not_fit_is_a_warning_and_no_refusal():
    moved = head(Sequence.flair, moved=rigid((0.0, 0.0, 0.0), (0.0, 20.0, 0.0)))
    given = Volumes({Sequence.t1ce: head(Sequence.t1ce), Sequence.flair: moved}, ANCHORS, "yes")
    found = register(given, SETTINGS)
    (warning,) = [text for text in found.warnings if "overlaps" in text]
    assert warning.startswith("flair: its head overlaps that of t1ce with a Dice of 0.")


def test_other_anatomy_is_a_warning():
    """The same outline with unrelated content: only the information tells."""
    noise = np.random.default_rng(0).normal(300, 50, (66, 82, 66)).astype(np.float32)
    first = head(Sequence.t1ce, shape=(66, 82, 66), spacing_mm=1.0)
    other = Volume(np.where(first.data > 0, noise, 0).astype(np.float32), first.affine, Sequence.flair)
    found = register(Volumes({Sequence.t1ce: first, Sequence.flair: other}, ANCHORS), SETTINGS)
    assert any("flair: normalised mutual information with t1ce is 1.0" in text for text in found.warnings)


def test_the_similarity_of_true_pairs_lies_above_the_bound():
    found = isotropic(Sequence.t1ce, Sequence.flair)
    assert found.similarity[Sequence.t1ce] == pytest.approx(2.0)
    assert found.similarity[Sequence.flair] > SETTINGS.minimum_similarity


def test_native_threads_are_given_back():
    """One thread inside, what the user had outside."""
    import SimpleITK as sitk

    before = sitk.ProcessObject.GetGlobalDefaultNumberOfThreads()
    register(volumes(Sequence.t1ce), SETTINGS)
    assert sitk.ProcessObject.GetGlobalDefaultNumberOfThreads() == before
