"""A phantom on disk: sources as centres hand them over, and a home whose declarations fit them."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.contracts.volumes import Sequence
from radgen_assets.formats.expression_tables import read_expression
from radgen_assets.formats.gmt import read_gmt
from radgen_assets.formats.layouts.find import find_patients
from radgen_assets.formats.nifti import read_header, read_labels, read_volume
from radgen_assets.formats.sheets import read_sheets
from radgen_assets.formats.toml_files import cohort_root, read_cohort, read_study
from radgen_assets.science.phantom import PHANTOM_COHORTS, PhantomSettings, draw_population, expression_matrix
from radgen_assets.science.phantom.faults import FaultKind
from radgen_assets.stewardship.phantom_home import PhantomManifest, write_phantom_home

SETTINGS = PhantomSettings.tiny()
WITH_IMAGES = [name for name, traits in PHANTOM_COHORTS.items() if traits.has_images]
WITH_EXPRESSION = [name for name, traits in PHANTOM_COHORTS.items() if traits.expression_unit]


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> tuple[Path, PhantomManifest]:
    folder = tmp_path_factory.mktemp("phantom")
    home = folder / "home"
    home.mkdir()
    (home / "radgen.toml").write_text("gene_sets = []   # GMT files\n")
    return home, write_phantom_home(home, folder / "sources", SETTINGS)


def _cohort(home: Path, name: str):
    path = home / "cohorts" / f"{name}.toml"
    cohort = read_cohort(path)
    return cohort, cohort_root(cohort, path)


@pytest.mark.parametrize("name", WITH_IMAGES)
def test_every_layout_finds_all_its_patients_with_scans_and_masks(written, name):
    home, manifest = written
    found = find_patients(*_cohort(home, name))
    assert tuple(found) == manifest.patients[name]
    missing = manifest.faults_of(FaultKind.missing_sequence)
    for patient, each in found.items():
        assert each.problems == ()
        assert len(each.masks) == (2 if name == "two_readers" else 1)
        anatomical = [scan for scan in each.scans if scan.sequence is not Sequence.dwi]
        assert len(anatomical) == (3 if f"{name}.{patient}" in missing else 4)


@pytest.mark.parametrize("name", list(PHANTOM_COHORTS))
def test_every_sheet_reads_back_as_the_persons_were_drawn(written, name):
    """Whatever the file format, coding and unit."""
    home, manifest = written
    cohort, root = _cohort(home, name)
    frame = read_sheets((*cohort.clinical, *cohort.molecular), root, name).frame
    truth = draw_population(SETTINGS, name).clinical.set_axis(list(manifest.patients[name]), axis=0)
    assert list(frame.index) == list(truth.index)
    np.testing.assert_allclose(frame["age_years"], truth["age_years"])
    for column in {"sex", "idh_status", "codeletion_1p19q", "mgmt_status", "scanner"} & set(frame.columns):
        pd.testing.assert_series_equal(
            frame[column].astype(object).where(frame[column].notna(), None),
            truth[column].astype(object).where(truth[column].notna(), None),
            check_names=False,
        )
    if "event" in frame.columns:
        assert frame["event"].astype(int).tolist() == truth["event"].tolist()
        np.testing.assert_allclose(frame["time_months"], truth["time_months"], atol=0.02)


def test_public_imaging_knows_times_of_the_dead_only(written):
    """As in BraTS; a survival model on it must be refused by rule, not by luck."""
    home, _ = written
    cohort, root = _cohort(home, "public_imaging")
    frame = read_sheets(cohort.clinical, root, cohort.name).frame
    dead = draw_population(SETTINGS, "public_imaging").clinical["event"] == 1
    assert cohort.times_known_for == "dead_only"
    assert frame["time_months"].notna().tolist() == dead.tolist()


@pytest.mark.parametrize("name", WITH_EXPRESSION)
def test_every_matrix_reads_back_in_its_unit(written, name):
    """Either orientation, four file formats, symbols and Ensembl ids, duplicates by the declared rule."""
    home, manifest = written
    cohort, root = _cohort(home, name)
    matrix = read_expression(cohort.expression[0], root, name)
    assert matrix.unit is PHANTOM_COHORTS[name].expression_unit
    assert sorted(matrix.samples) == sorted(manifest.patients[name])
    assert matrix.values.shape == (SETTINGS.n_genes, len(matrix.samples))
    assert set(matrix.genes) == {f"PHG{number:04d}" for number in range(1, SETTINGS.n_genes + 1)}


def test_of_two_samples_of_one_person_the_primary_tumour_is_read(written):
    home, manifest = written
    cohort, root = _cohort(home, "radiogenomics")
    matrix = read_expression(cohort.expression[0], root, cohort.name)
    patients = manifest.patients["radiogenomics"]
    truth = expression_matrix(SETTINGS, draw_population(SETTINGS, "radiogenomics"), patients)
    rows = [matrix.genes.index(gene) for gene in truth.genes]
    np.testing.assert_array_equal(matrix.values[rows][:, matrix.samples.index(patients[0])], truth.values[:, 0])


def test_units_of_expression_differ_between_cohorts():
    units = [PHANTOM_COHORTS[name].expression_unit for name in WITH_EXPRESSION]
    assert set(units) == {ExpressionUnit.counts, ExpressionUnit.fpkm, ExpressionUnit.tpm, ExpressionUnit.log2}


def test_the_study_learns_at_one_site_and_is_tested_at_the_other(written):
    home, manifest = written
    study = read_study(home / "studies" / f"{manifest.study}.toml")
    assert {role.value: cohorts for role, cohorts in study.roles.items()} == {
        "train": ("training_site",),
        "external": ("second_site",),
    }
    assert [fit.name for fit in study.fits] == ["idh_status", "overall_survival"]


def test_gene_sets_are_written_and_named_in_the_settings_of_the_home(written):
    home, manifest = written
    assert len(read_gmt(manifest.gene_sets)) == 20
    assert (home / "radgen.toml").read_text().startswith('gene_sets = ["gene_sets/phantom.gmt"]   # GMT')


def test_the_person_who_was_measured_twice_is_declared(written):
    home, _ = written
    lines = (home / "identity.csv").read_text().splitlines()
    assert lines == [
        "person,cohort,patient,source_id",
        "PHANTOM-PERSON-1,array_expression,ARR001,ARR001",
        "PHANTOM-PERSON-1,sequencing_expression,PHTM-SQ-0001,PHTM-SQ-0001",
    ]


def test_the_manifest_names_every_planted_fault(written):
    _, manifest = written
    assert manifest.faults_of(FaultKind.missing_sequence) == ("training_site.TS003",)
    assert manifest.faults_of(FaultKind.mask_unknown_label) == ("training_site.TS006",)
    assert manifest.faults_of(FaultKind.mask_off_grid) == ("second_site.S2-002",)
    assert manifest.faults_of(FaultKind.mask_empty) == ("public_imaging.BraTS-PHA-00001-000",)
    summary = json.loads((manifest.sources / "phantom.json").read_text())
    assert summary["faults"][-1] == {
        "kind": "duplicate_patient",
        "key": "public_imaging.BraTS-PHA-00002-000",
        "same_as": "two_readers.TR02",
    }


def test_the_duplicate_has_equal_voxels_on_disk(written):
    _, manifest = written
    one = manifest.sources / "public_imaging/BraTS-PHA-00002-000/BraTS-PHA-00002-000-t2f.nii.gz"
    other = manifest.sources / "two_readers/images/TR02_flair.nii.gz"
    volumes = [read_volume(path, Sequence.flair, name=path.name).data for path in (one, other)]
    np.testing.assert_array_equal(*volumes)


def test_bad_masks_stand_on_disk(written):
    _, manifest = written
    labels, _ = read_labels(manifest.sources / "second_site/S2-002/tumour.nii.gz", name="tumour.nii.gz")
    image = read_header(manifest.sources / "second_site/S2-002/T1_post.nii.gz")
    assert labels.shape != image.shape
    empty = manifest.sources / "public_imaging/BraTS-PHA-00001-000/BraTS-PHA-00001-000-seg.nii.gz"
    assert not read_labels(empty, name="seg")[0].any()


def test_motions_are_known_for_the_patients_whose_sequences_do_not_lie_on_each_other(written):
    _, manifest = written
    assert set(manifest.motions) == {"second_site.S2-001"}
    assert set(manifest.motions["second_site.S2-001"]) == {Sequence.t1w, Sequence.t2w, Sequence.flair}


def test_directions_are_written_along_the_axes_of_the_voxels(written):
    """Stored as LAS: the first axis points left, so R of a direction changes its sign."""
    home, manifest = written
    found = find_patients(*_cohort(home, "training_site"))["TS001"]
    scan = next(each for each in found.scans if each.sequence is Sequence.dwi)
    root = manifest.sources / "training_site"
    directions = np.loadtxt(root / scan.companions["bvecs"])
    b_values = np.loadtxt(root / scan.companions["bvals"])
    header = read_header(root / scan.path)
    assert directions.shape == (3, 7)
    assert header.shape == (16, 16, 16, 7)
    assert np.linalg.det(header.affine[:3, :3]) < 0
    assert b_values.tolist() == [0] + [1000] * 6
    np.testing.assert_allclose(np.linalg.norm(directions[:, 1:], axis=0), 1, atol=1e-5)


def test_writing_again_gives_equal_bytes(written, tmp_path):
    """Sources are known by their hash: writing the demo anew must not make anything new."""
    home, manifest = written
    again_home = tmp_path / "home"
    again = write_phantom_home(again_home, tmp_path / "sources", SETTINGS)
    assert _digests(again.sources) == _digests(manifest.sources)
    for folder in ("cohorts", "studies", "gene_sets"):
        assert _digests(again_home / folder) == _digests(home / folder)


def test_cohorts_without_patients_are_not_written(tmp_path):
    manifest = write_phantom_home(tmp_path / "home", tmp_path / "sources", PhantomSettings.benchmark(1, 24))
    assert set(manifest.patients) == {"training_site"}
    assert [path.name for path in (tmp_path / "home" / "cohorts").iterdir()] == ["training_site.toml"]
    study = read_study(tmp_path / "home" / "studies" / "phantom_first.toml")
    assert list(study.roles) == ["train"]


def test_gzipped_sheets_carry_no_time_of_writing(written):
    _, manifest = written
    content = (manifest.sources / "training_site" / "molecular.tsv.gz").read_bytes()
    assert content[4:8] == b"\0\0\0\0"
    assert gzip.decompress(content).startswith(b"participant_id\tIDH\t1p19q\tMGMT\n")


def _digests(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
