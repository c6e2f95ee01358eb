"""Which files of a folder belong to which patient: BIDS, BraTS and plain names, and what is refused."""

from __future__ import annotations

import os

import pytest

from radgen_assets.contracts.errors import BadInput
from radgen_assets.formats.layouts.find import find_patients
from radgen_assets_tests.formats.volumes_for_tests import cohort, mask_table, put_images


def touch(root, *names):
    """Empty files: a layout looks at names only."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def found(root, kind="bids", **layout):
    return find_patients(cohort(layout={"kind": kind, **layout}), root)


def sequences(patient):
    return {scan.sequence.value: scan.path.as_posix() for scan in patient.scans}


def masks(patient):
    return {mask.declaration.maker: mask.path.as_posix() for mask in patient.masks}


# BIDS


def test_bids_tells_t1ce_from_t1w_by_its_ce_entity(tmp_path):
    anat = "sub-P1/anat/sub-P1"
    touch(tmp_path, f"{anat}_T1w.nii.gz", f"{anat}_ce-gadolinium_T1w.nii.gz", f"{anat}_T2w.nii", f"{anat}_FLAIR.nii.gz")
    assert sequences(found(tmp_path)["P1"]) == {
        "t1w": "sub-P1/anat/sub-P1_T1w.nii.gz",
        "t1ce": "sub-P1/anat/sub-P1_ce-gadolinium_T1w.nii.gz",
        "t2w": "sub-P1/anat/sub-P1_T2w.nii",
        "flair": "sub-P1/anat/sub-P1_FLAIR.nii.gz",
    }


def test_bids_takes_the_first_session_and_names_the_others(tmp_path):
    for session in ("ses-b", "ses-a", "ses-c"):
        touch(tmp_path, f"sub-P1/{session}/anat/sub-P1_{session}_T1w.nii.gz")
    patient = found(tmp_path)["P1"]
    assert sequences(patient) == {"t1w": "sub-P1/ses-a/anat/sub-P1_ses-a_T1w.nii.gz"}
    assert patient.problems == ("Of several sessions the first is used: ses-a; left aside: ses-b, ses-c.",)


def test_bids_takes_the_first_of_several_runs_and_names_the_others(tmp_path):
    touch(tmp_path, "sub-P1/anat/sub-P1_run-2_T1w.nii.gz", "sub-P1/anat/sub-P1_run-1_T1w.nii.gz")
    patient = found(tmp_path)["P1"]
    assert sequences(patient) == {"t1w": "sub-P1/anat/sub-P1_run-1_T1w.nii.gz"}
    assert "left aside: sub-P1/anat/sub-P1_run-2_T1w.nii.gz" in patient.problems[0]


def test_bids_gives_a_dwi_its_gradients(tmp_path):
    touch(tmp_path, *(f"sub-P1/dwi/sub-P1_dwi.{ending}" for ending in ("nii.gz", "bval", "bvec")))
    (scan,) = found(tmp_path)["P1"].scans
    assert scan.companions == {"bvals": "sub-P1/dwi/sub-P1_dwi.bval", "bvecs": "sub-P1/dwi/sub-P1_dwi.bvec"}


def test_a_dwi_without_gradients_is_said_to_be_of_no_use_for_a_tensor(tmp_path):
    touch(tmp_path, "sub-P1/dwi/sub-P1_dwi.nii.gz", "sub-P1/dwi/sub-P1_dwi.bval")
    assert "lies there without its bvecs; no tensor can be fitted" in found(tmp_path)["P1"].problems[0]


def test_a_file_in_the_folder_of_another_subject_is_left_aside_and_named(tmp_path):
    touch(tmp_path, "sub-P1/anat/sub-P1_T1w.nii.gz", "sub-P1/anat/sub-P2_FLAIR.nii.gz")
    patient = found(tmp_path)["P1"]
    assert set(sequences(patient)) == {"t1w"}
    assert patient.problems == ("sub-P1/anat/sub-P2_FLAIR.nii.gz: found subject sub-P2, expected sub-P1; left aside.",)


def test_bids_masks_without_a_pattern_lie_in_the_derivatives_of_their_maker(tmp_path):
    touch(tmp_path, "sub-P1/anat/sub-P1_T1w.nii.gz", "derivatives/reader/sub-P1/anat/sub-P1_desc-x_mask.nii.gz")
    touch(tmp_path, "derivatives/net/sub-P1/ses-a/anat/sub-P1_ses-a_dseg.nii.gz")
    patient = found(tmp_path, masks=[mask_table("reader"), mask_table("net")])["P1"]
    assert masks(patient) == {
        "reader": "derivatives/reader/sub-P1/anat/sub-P1_desc-x_mask.nii.gz",
        "net": "derivatives/net/sub-P1/ses-a/anat/sub-P1_ses-a_dseg.nii.gz",
    }


def test_masks_are_found_by_pattern_with_wildcards(tmp_path):
    touch(tmp_path, *(f"sub-{p}/anat/sub-{p}_T1w.nii.gz" for p in ("P1", "P12")))
    touch(tmp_path, *(f"derivatives/wt/sub-{p}/anat/sub-{p}_desc-wt_mask.nii.gz" for p in ("P1", "P12")))
    pattern = "derivatives/*/sub-{patient}/**/sub-{patient}_*_mask.nii.gz"
    patients = found(tmp_path, masks=[mask_table(pattern=pattern)])
    assert masks(patients["P1"]) == {"reader": "derivatives/wt/sub-P1/anat/sub-P1_desc-wt_mask.nii.gz"}
    assert masks(patients["P12"]) == {"reader": "derivatives/wt/sub-P12/anat/sub-P12_desc-wt_mask.nii.gz"}


# BraTS


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("Brats18_TCIA02_135_1", ("t1", "t1ce", "t2", "flair", "seg")),
        ("BraTS19_CBICA_AAB_1", ("t1", "t1ce", "t2", "flair", "seg")),
        ("BraTS20_Training_001", ("t1", "t1ce", "t2", "flair", "seg")),
        ("BraTS2021_00000", ("t1", "t1ce", "t2", "flair", "seg")),
        ("BraTS-GLI-00000-000", ("t1n", "t1c", "t2w", "t2f", "seg")),
        ("UPENN-GBM-00001_11", ("T1", "T1GD", "T2", "FLAIR", "seg")),
    ],
)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_brats_names_from_2017_to_2023(tmp_path, folder, names, ending):
    separator = "-" if folder.startswith("BraTS-") else "_"
    paths = [f"HGG/{folder}/{folder}{separator}{name}{ending}" for name in names]
    touch(tmp_path, *paths)
    patient = found(tmp_path, "brats", masks=[mask_table()])[folder]
    assert list(sequences(patient).values()) == paths[:4]
    assert list(sequences(patient)) == ["t1w", "t1ce", "t2w", "flair"]
    assert masks(patient) == {"reader": paths[4]}


def test_brats_names_of_2013(tmp_path):
    """As in ../shared/data/brats_case: the kind leads the name, the folder is the patient."""
    folder = "brats_2013_pat0006_1"
    names = ("Flair_subtrMeanDivStd", "T1c_subtrMeanDivStd", "OTMultiClass", "brainmask")
    touch(tmp_path, *(f"{folder}/{name}.nii.gz" for name in names))
    patient = found(tmp_path, "brats", masks=[mask_table()])[folder]
    assert set(sequences(patient)) == {"t1ce", "flair"}
    assert masks(patient) == {"reader": f"{folder}/OTMultiClass.nii.gz"}


def test_brats_names_of_the_virtual_skeleton_database(tmp_path):
    names = ("VSD.Brain.XX.O.MR_Flair.54512", "VSD.Brain.XX.O.MR_T1.54513", "VSD.Brain.XX.O.MR_T1c.54514")
    names = (*names, "VSD.Brain.XX.O.MR_T2.54515", "VSD.Brain_3more.XX.O.OT.54517")
    touch(tmp_path, *(f"HGG/pat0001_1/{name}/{name}.nii" for name in names))
    patient = found(tmp_path, "brats", masks=[mask_table()])["pat0001_1"]
    assert list(sequences(patient)) == ["t1w", "t1ce", "t2w", "flair"]
    assert masks(patient) == {"reader": f"HGG/pat0001_1/{names[4]}/{names[4]}.nii"}


def test_brats_cases_may_lie_in_one_folder(tmp_path):
    touch(tmp_path, "A_t1.nii.gz", "A_flair.nii.gz", "B_t1.nii.gz")
    assert [len(each.scans) for each in found(tmp_path, "brats").values()] == [2, 1]


def test_a_second_maker_of_brats_masks_needs_a_pattern(tmp_path):
    touch(tmp_path, "A/A_t1.nii.gz", "A/A_seg.nii.gz")
    message = r"here.toml: layout.masks.one.pattern: found nothing, expected a pattern for all but one of one, two"
    with pytest.raises(BadInput, match=message):
        found(tmp_path, "brats", masks=[mask_table("one"), mask_table("two")])


# plain


PLAIN = {"t1w": "{patient}/t1.nii.gz", "flair": "{patient}/flair*.nii.gz"}


def test_plain_names_follow_the_patterns(tmp_path):
    touch(tmp_path, "P1/t1.nii.gz", "P1/flair_3d.nii.gz", "P2/t1.nii.gz", "P2/notes.txt")
    patients = found(tmp_path, "plain", patterns=PLAIN)
    assert sequences(patients["P1"]) == {"t1w": "P1/t1.nii.gz", "flair": "P1/flair_3d.nii.gz"}
    assert sequences(patients["P2"]) == {"t1w": "P2/t1.nii.gz"}


def test_a_folder_for_each_sequence_is_no_patient_in_two_places(tmp_path):
    touch(tmp_path, "t1/P1.nii.gz", "flair/P1.nii.gz")
    patients = found(tmp_path, "plain", patterns={"t1w": "t1/{patient}.nii.gz", "flair": "flair/{patient}.nii.gz"})
    assert set(sequences(patients["P1"])) == {"t1w", "flair"}


def test_a_star_does_not_cross_folders(tmp_path):
    touch(tmp_path, "P1/t1.nii.gz", "P1/old/t1.nii.gz")
    assert list(found(tmp_path, "plain", patterns={"t1w": "{patient}/*.nii.gz"})) == ["P1"]


def test_plain_masks_need_a_pattern(tmp_path):
    touch(tmp_path, "P1/t1.nii.gz")
    with pytest.raises(BadInput, match=r"layout.masks.reader.pattern: found nothing, expected a pattern"):
        found(tmp_path, "plain", patterns=PLAIN, masks=[mask_table()])


@pytest.mark.parametrize("pattern", ["../{patient}/t1.nii.gz", "/data/{patient}.nii.gz", "a/../../{patient}.nii.gz"])
def test_a_pattern_that_leaves_the_root_is_refused(tmp_path, pattern):
    with pytest.raises(BadInput, match=r"layout.patterns.t1w: found .*, expected a pattern inside the cohort's root"):
        found(tmp_path, "plain", patterns={"t1w": pattern})


def test_a_pattern_without_a_patient_is_refused(tmp_path):
    with pytest.raises(BadInput, match=r"expected a pattern with \{patient\}"):
        found(tmp_path, "plain", patterns={"t1w": "t1.nii.gz"})


# ids, exclusions, links


def test_ids_are_mapped_by_the_stated_pattern(tmp_path):
    touch(tmp_path, "sub-site.001/anat/sub-site.001_T1w.nii.gz")
    layout = {"kind": "bids"}
    patients = find_patients(cohort(layout=layout, identity={"patient_id_pattern": r"site\.(\d+)"}), tmp_path)
    assert (patients["001"].patient, patients["001"].source_id) == ("001", "site.001")


def test_an_id_that_radgen_cannot_use_is_refused_without_a_rule(tmp_path):
    touch(tmp_path, "sub-site.001/anat/sub-site.001_T1w.nii.gz")
    message = r"images of 'site.001': found 'site.001', expected a patient id: .* Declare patient_id_pattern"
    with pytest.raises(BadInput, match=message):
        found(tmp_path)


def test_an_id_that_does_not_fit_the_pattern_is_excluded_and_says_so(tmp_path):
    """UPENN-GBM-00001_21 is a follow-up of UPENN-GBM-00001_11: a scan, not a second person."""
    touch(tmp_path, *(f"U-1_{visit}/U-1_{visit}_T1.nii.gz" for visit in (11, 21)))
    declared = cohort(layout={"kind": "brats"}, identity={"patient_id_pattern": r"(U-\d+)_11"})
    patients = find_patients(declared, tmp_path)
    assert {key: each.excluded for key, each in patients.items()} == {
        "U-1": "",
        "U-1_21": r"its id does not fit identity.patient_id_pattern '(U-\\d+)_11'",
    }


def test_two_ids_that_become_one_patient_are_refused(tmp_path):
    touch(tmp_path, *(f"U-1_{visit}/U-1_{visit}_T1.nii.gz" for visit in (11, 21)))
    declared = cohort(layout={"kind": "brats"}, identity={"patient_id_pattern": r"(U-\d+)_"})
    with pytest.raises(BadInput, match=r"patient U-1: found two places \(U-1_11 and U-1_21\), expected one"):
        find_patients(declared, tmp_path)


def test_the_same_id_in_two_folders_is_refused(tmp_path):
    touch(tmp_path, "HGG/A/A_t1.nii.gz", "LGG/A/A_t1.nii.gz")
    with pytest.raises(
        BadInput, match=r"patient A: found two places \(HGG/A and LGG/A\), expected one. Remove one, or"
    ):
        found(tmp_path, "brats")


def test_the_same_plain_id_in_two_folders_is_refused(tmp_path):
    touch(tmp_path, "x/P1/t1.nii.gz", "y/P1/t1.nii.gz")
    with pytest.raises(BadInput, match=r"patient P1: found two places \(x and y\)"):
        found(tmp_path, "plain", patterns={"t1w": "*/{patient}/t1.nii.gz"})


def test_a_pattern_with_two_groups_is_refused(tmp_path):
    touch(tmp_path, "sub-P1/anat/sub-P1_T1w.nii.gz")
    declared = cohort(layout={"kind": "bids"}, identity={"patient_id_pattern": r"(P)(\d)"})
    with pytest.raises(BadInput, match=r"identity.patient_id_pattern: found .* with 2 groups, expected exactly one"):
        find_patients(declared, tmp_path)


def test_excluded_patients_are_listed_with_their_reason(tmp_path):
    touch(tmp_path, "sub-P1/anat/sub-P1_T1w.nii.gz", "sub-P2/anat/sub-P2_T1w.nii.gz")
    patients = found(tmp_path, exclude={"P2": "moved during the scan"})
    assert {key: each.excluded for key, each in patients.items()} == {"P1": "", "P2": "moved during the scan"}


def test_a_link_that_leaves_the_root_is_refused(tmp_path):
    put_images(tmp_path / "elsewhere", "t1.nii.gz")
    root = tmp_path / "root"
    touch(root, "sub-P1/anat/sub-P1_T1w.nii.gz")
    os.symlink(tmp_path / "elsewhere" / "t1.nii.gz", root / "sub-P1/anat/sub-P1_FLAIR.nii.gz")
    with pytest.raises(
        BadInput, match=r"sub-P1/anat/sub-P1_FLAIR.nii.gz: link: found .*elsewhere.*, expected a place insi"
    ):
        found(root)


def test_a_linked_folder_outside_the_root_is_refused(tmp_path):
    touch(tmp_path / "elsewhere", "anat/sub-P2_T1w.nii.gz")
    root = tmp_path / "root"
    touch(root, "sub-P1/anat/sub-P1_T1w.nii.gz")
    os.symlink(tmp_path / "elsewhere", root / "sub-P2")
    with pytest.raises(BadInput, match=r"sub-P2: link: found .*elsewhere, expected a place inside .*root"):
        found(root)


def test_a_link_inside_the_root_is_read(tmp_path):
    """As datalad and git-annex keep their files."""
    touch(tmp_path, ".annex/x.nii.gz", "sub-P1/anat/sub-P1_T1w.nii.gz")
    os.symlink("../../.annex/x.nii.gz", tmp_path / "sub-P1/anat/sub-P1_FLAIR.nii.gz")
    assert set(sequences(found(tmp_path)["P1"])) == {"t1w", "flair"}


def test_a_folder_without_images_of_the_layout_is_refused(tmp_path):
    touch(tmp_path, "P1/scan.nii.gz")
    message = r"here.toml: layout.kind: found 1 NIfTI files, none named as it should be \(the first is P1/scan.nii.gz\)"
    with pytest.raises(BadInput, match=message):
        found(tmp_path)


def test_a_folder_of_other_formats_is_refused_by_name(tmp_path):
    touch(tmp_path, "pat1/VSD.Brain.XX.O.MR_T1.1.mha")
    with pytest.raises(BadInput, match=r"no NIfTI file, but 1 others such as .*mha.* Convert images to NIfTI"):
        found(tmp_path, "brats")


def test_a_cohort_without_a_layout_has_no_images(tmp_path):
    declared = cohort(clinical=[{"file": "x.csv", "patient_column": "ID", "columns": []}])
    assert find_patients(declared, tmp_path) == {}


@pytest.mark.real
def test_tcga_lgg_mri_is_found_whole(shared_data):
    """110 patients, 314 images; six lack T1, ten lack T1ce, all have FLAIR and a mask."""
    pattern = "derivatives/whole_tumour/sub-{patient}/anat/*_mask.nii.gz"
    patients = found(shared_data / "tcga_lgg_mri", masks=[mask_table(pattern=pattern)])
    lacking = [{"t1w", "t1ce", "flair"} - set(sequences(each)) for each in patients.values()]
    assert len(patients) == 110
    assert sum("t1w" in each for each in lacking) == 6
    assert sum("t1ce" in each for each in lacking) == 10
    assert not any("flair" in each for each in lacking)
    assert all(len(each.masks) == 1 and not each.problems for each in patients.values())


@pytest.mark.real
def test_brats_18_is_found_whole(shared_data):
    declared = [mask_table("expert"), mask_table("network", pattern="{patient}/{patient}_algorithm.nii.gz")]
    patients = found(shared_data / "brats_18", "brats", masks=declared)
    assert len(patients) == 22
    assert all(len(each.scans) == 4 and "expert" in masks(each) for each in patients.values())
    assert sorted(key for key, each in patients.items() if "network" not in masks(each)) == [
        "Brats18_2013_2_1",
        "Brats18_TCIA05_396_1",
    ]


@pytest.mark.real
def test_brats_case_finds_three_cases_of_three_ways_of_naming(shared_data):
    patients = found(shared_data / "brats_case", "brats", masks=[mask_table()])
    assert {key: len(each.scans) for key, each in patients.items()} == {
        "Brats18_TCIA03_265_1": 4,
        "TCGA-DU-7294": 4,
        "brats_2013_pat0006_1": 2,
    }
