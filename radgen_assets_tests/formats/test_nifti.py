"""NIfTI files: what is read, what is refused, and that writing is deterministic."""

from __future__ import annotations

import gzip
import hashlib

import nibabel
import numpy as np
import pytest

from radgen_assets.contracts.errors import BadMask, BadVolume
from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.nifti import read_header, read_labels, read_series, read_volume, write_nifti
from radgen_assets_tests.formats.volumes_for_tests import AFFINE, image


def read(path):
    return read_volume(path, Sequence.t1w, name="sub-1/t1w.nii.gz")


def save(path, array, affine=AFFINE, **codes):
    """Write with nibabel, with orientation codes as wished."""
    written = nibabel.Nifti1Image(array, affine)
    for form, code in codes.items():
        getattr(written, f"set_{form}")(*code)
    nibabel.save(written, path)
    return path


def test_what_is_written_is_read(tmp_path):
    write_nifti(tmp_path / "a.nii.gz", image(), AFFINE)
    volume = read(tmp_path / "a.nii.gz")
    assert np.array_equal(volume.data, image())
    assert np.array_equal(volume.affine, AFFINE)
    assert volume.data.dtype == np.float32
    assert volume.spacing_mm == (2.0, 2.0, 3.0)


def test_equal_voxels_give_equal_bytes_under_any_name(tmp_path):
    """Artifacts are compared by the hash of their files; a name or a time in the gzip header would break that."""
    for name in ("a.nii.gz", "b.nii.gz"):
        write_nifti(tmp_path / name, image(), AFFINE)
    digests = {hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("a.nii.gz", "b.nii.gz")}
    assert len(digests) == 1


def test_an_oblique_sheared_affine_survives_as_sform(tmp_path):
    """A qform cannot hold shear, so it is left unset there instead of lying."""
    sheared = AFFINE.copy()
    sheared[0, 1] = 0.4
    write_nifti(tmp_path / "a.nii.gz", image(), sheared)
    assert np.allclose(read_header(tmp_path / "a.nii.gz").affine, sheared, atol=1e-6)


def test_an_unpacked_file_is_read(tmp_path):
    save(tmp_path / "a.nii", image())
    assert np.array_equal(read(tmp_path / "a.nii").data, image())


def test_a_packed_file_is_known_by_its_bytes_and_not_by_its_name(tmp_path):
    save(tmp_path / "a.nii", image())
    (tmp_path / "b.nii.gz").write_bytes((tmp_path / "a.nii").read_bytes())
    assert read(tmp_path / "b.nii.gz").data.shape == (4, 5, 6)


def test_a_trailing_axis_of_length_one_is_no_fourth_dimension(tmp_path):
    save(tmp_path / "a.nii.gz", image()[..., None])
    assert read(tmp_path / "a.nii.gz").data.shape == (4, 5, 6)
    assert read_header(tmp_path / "a.nii.gz").shape == (4, 5, 6)


def test_the_header_alone_tells_shape_spacing_and_whether_units_are_known(tmp_path):
    """tcga_lgg_mri states no unit: its pixdim is nominal."""
    write_nifti(tmp_path / "known.nii.gz", image(), AFFINE)
    save(tmp_path / "unknown.nii.gz", image())
    assert read_header(tmp_path / "known.nii.gz").units_known
    unknown = read_header(tmp_path / "unknown.nii.gz")
    assert not unknown.units_known
    assert unknown.shape == (4, 5, 6)
    assert unknown.spacing_mm == (2.0, 2.0, 3.0)


def test_a_diffusion_series_is_read_with_its_fourth_axis(tmp_path):
    write_nifti(tmp_path / "dwi.nii.gz", image(shape=(4, 5, 6, 7)), AFFINE)
    assert read_header(tmp_path / "dwi.nii.gz").shape == (4, 5, 6, 7)
    data, affine = read_series(tmp_path / "dwi.nii.gz", name="dwi.nii.gz")
    assert data.shape == (4, 5, 6, 7)
    assert np.array_equal(affine, AFFINE)


def test_a_series_where_a_volume_belongs_is_refused(tmp_path):
    write_nifti(tmp_path / "a.nii.gz", image(shape=(4, 5, 6, 7)), AFFINE)
    with pytest.raises(BadVolume, match=r"sub-1/t1w.nii.gz: shape: found 4 dimensions \(4, 5, 6, 7\), expected 3\."):
        read(tmp_path / "a.nii.gz")


def test_a_volume_where_a_series_belongs_is_refused(tmp_path):
    write_nifti(tmp_path / "a.nii.gz", image(), AFFINE)
    with pytest.raises(BadVolume, match=r"found 3 dimensions .*, expected 4, the last for gradients"):
        read_series(tmp_path / "a.nii.gz", name="dwi.nii.gz")


@pytest.mark.parametrize("kept", [0.98, 0.5, 0.01])
def test_a_truncated_file_is_refused_wherever_it_was_cut(tmp_path, kept):
    """Also when only the checksum at the end is lost: part of the voxels may be wrong then."""
    write_nifti(tmp_path / "a.nii.gz", image(shape=(20, 20, 20)), AFFINE)
    content = (tmp_path / "a.nii.gz").read_bytes()
    (tmp_path / "a.nii.gz").write_bytes(content[: int(len(content) * kept)])
    message = r"sub-1/t1w.nii.gz: file: found (a truncated|no NIfTI).* Copy or download the file again"
    with pytest.raises(BadVolume, match=message):
        read(tmp_path / "a.nii.gz")


def test_a_truncated_unpacked_file_is_refused(tmp_path):
    save(tmp_path / "a.nii", image())
    (tmp_path / "a.nii").write_bytes((tmp_path / "a.nii").read_bytes()[:-40])
    with pytest.raises(BadVolume, match=r"found a truncated or damaged file"):
        read(tmp_path / "a.nii")


def test_a_flipped_bit_is_noticed_by_the_checksum(tmp_path):
    stored = gzip.compress(nibabel.Nifti1Image(image(), AFFINE).to_bytes(), compresslevel=0)
    changed = bytearray(stored)
    changed[-100] ^= 1
    (tmp_path / "a.nii.gz").write_bytes(changed)
    with pytest.raises(BadVolume, match=r"truncated or damaged file \(CRC check failed"):
        read(tmp_path / "a.nii.gz")


@pytest.mark.parametrize("content", [b"", b"not an image at all, but a text of some length"])
def test_a_file_that_is_no_nifti_is_refused(tmp_path, content):
    (tmp_path / "a.nii.gz").write_bytes(content)
    with pytest.raises(BadVolume, match=r"found no NIfTI header, expected a NIfTI file \(.nii or .nii.gz\)"):
        read(tmp_path / "a.nii.gz")


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadVolume, match=r"found nothing, expected a NIfTI file"):
        read_header(tmp_path / "a.nii.gz")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nan_and_infinity_are_refused_and_counted(tmp_path, bad):
    data = image()
    data[0, 0, :3] = bad
    write_nifti(tmp_path / "a.nii.gz", data, AFFINE)
    with pytest.raises(BadVolume, match=r"voxels: found 3 voxels that are NaN or infinite \(of 120\)"):
        read(tmp_path / "a.nii.gz")


def test_all_zeros_are_refused(tmp_path):
    write_nifti(tmp_path / "a.nii.gz", np.zeros((4, 5, 6), np.float32), AFFINE)
    with pytest.raises(BadVolume, match=r"voxels: found only zeros, expected an image. Export the image anew"):
        read(tmp_path / "a.nii.gz")


def test_one_value_everywhere_is_refused(tmp_path):
    write_nifti(tmp_path / "a.nii.gz", np.full((4, 5, 6), 7, np.int16), AFFINE)
    with pytest.raises(BadVolume, match=r"found one value everywhere"):
        read(tmp_path / "a.nii.gz")


def test_complex_voxels_are_refused(tmp_path):
    save(tmp_path / "a.nii.gz", image().astype(np.complex64))
    with pytest.raises(BadVolume, match=r"found voxels of type complex64"):
        read(tmp_path / "a.nii.gz")


def test_another_unit_of_length_is_refused(tmp_path):
    written = nibabel.Nifti1Image(image(), AFFINE)
    written.header.set_xyzt_units("meter")
    nibabel.save(written, tmp_path / "a.nii.gz")
    with pytest.raises(BadVolume, match=r"unit of length: found 'meter', expected mm"):
        read_header(tmp_path / "a.nii.gz")


def shifted(millimetres):
    moved = AFFINE.copy()
    moved[0, 3] += millimetres
    return moved


FLIPPED = np.diag([-1.0, 1, 1, 1]) @ AFFINE


@pytest.mark.parametrize(
    ("row", "sform", "qform", "answer"),
    [
        (1, (AFFINE, 1), (FLIPPED, 0), AFFINE),
        (2, (FLIPPED, 0), (AFFINE, 1), AFFINE),
        (3, (AFFINE, 1), (shifted(0.5), 1), AFFINE),
        (4, (AFFINE, 2), (shifted(7), 1), AFFINE),
    ],
)
def test_the_truth_table_of_orientations(tmp_path, row, sform, qform, answer):
    path = save(tmp_path / "a.nii.gz", image(), sform=sform, qform=qform)
    header = read_header(path)
    assert np.allclose(header.affine, answer, atol=1e-5)
    assert header.note == ("sform and qform lie up to 7.0 mm apart; sform is used" if row == 4 else "")


def test_forms_that_disagree_on_left_and_right_are_refused(tmp_path):
    path = save(tmp_path / "a.nii.gz", image(), sform=(AFFINE, 1), qform=(FLIPPED, 1))
    with pytest.raises(BadVolume, match=r"orientation: found sform LPS against qform RPS, expected one orientation"):
        read_header(path)


def test_an_image_without_orientation_is_refused(tmp_path):
    path = save(tmp_path / "a.nii.gz", image(), sform=(AFFINE, 0), qform=(AFFINE, 0))
    with pytest.raises(BadVolume, match=r"found neither sform nor qform.*left and right cannot be guessed"):
        read_header(path)


def test_an_sform_that_cannot_be_inverted_counts_as_unset(tmp_path):
    path = save(tmp_path / "a.nii.gz", image(), qform=(AFFINE, 1))
    written = nibabel.load(path)
    written.header["srow_x"] = 0
    written.header["sform_code"] = 1
    nibabel.save(nibabel.Nifti1Image(image(), None, written.header), tmp_path / "b.nii.gz")
    assert np.allclose(read_header(tmp_path / "b.nii.gz").affine, AFFINE, atol=1e-5)


def test_labels_stored_as_floats_are_read_as_integers(tmp_path):
    """brats_2013 masks are float32, and a brain mask of theirs ends at 0.99999997."""
    labels = np.zeros((4, 5, 6), np.float32)
    labels[1, 1, 1], labels[2, 2, 2] = 4, 0.9999999
    save(tmp_path / "a.nii.gz", labels)
    read_back, affine = read_labels(tmp_path / "a.nii.gz", name="seg.nii.gz")
    assert read_back.dtype == np.uint8
    assert (read_back[1, 1, 1], read_back[2, 2, 2]) == (4, 1)
    assert np.array_equal(affine, AFFINE)


def test_labels_between_integers_are_refused(tmp_path):
    save(tmp_path / "a.nii.gz", np.full((4, 5, 6), 0.5, np.float32))
    with pytest.raises(
        BadMask, match=r"seg.nii.gz: labels: found 0.5, expected integers. Use the mask before any inter"
    ):
        read_labels(tmp_path / "a.nii.gz", name="seg.nii.gz")


@pytest.mark.parametrize("value", [-1, 300])
def test_labels_that_no_mask_has_are_refused(tmp_path, value):
    labels = np.zeros((4, 5, 6), np.int16)
    labels[0, 0, 0] = value
    save(tmp_path / "a.nii.gz", labels)
    with pytest.raises(BadMask, match=rf"{value}.*expected labels from 0 to 255"):
        read_labels(tmp_path / "a.nii.gz", name="seg.nii.gz")


def test_nan_in_a_mask_is_refused(tmp_path):
    save(tmp_path / "a.nii.gz", np.full((4, 5, 6), np.nan, np.float32))
    with pytest.raises(BadVolume, match=r"found NaN or infinite voxels, expected integer labels"):
        read_labels(tmp_path / "a.nii.gz", name="seg.nii.gz")


@pytest.mark.real
def test_every_real_header_is_read_without_a_conflict(shared_data):
    paths = [
        path
        for folder in ("brats_18", "brats_case", "ucsf_pdgm_0004", "native_case")
        for path in sorted((shared_data / folder).rglob("*.nii.gz"))
    ]
    headers = [read_header(path) for path in paths]
    assert headers
    assert not [path for path, header in zip(paths, headers, strict=True) if header.note]


@pytest.mark.real
def test_real_masks_of_2013_stored_as_floats_keep_their_counts(shared_data):
    case = shared_data / "brats_case" / "brats_2013_pat0006_1"
    labels, _ = read_labels(case / "OTMultiClass.nii.gz", name="OTMultiClass")
    assert np.bincount(labels.ravel()).tolist()[1:] == [41838, 109935, 22228, 43379]
    assert read_labels(case / "brainmask.nii.gz", name="brainmask")[0].max() == 1
