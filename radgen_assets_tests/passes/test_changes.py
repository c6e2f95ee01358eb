"""What a pass does when something changed: exactly what depends on it, and nothing twice."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import nibabel
import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.results import FitResult
from radgen_assets.defs import catalogue
from radgen_assets.defs.automation.links import Link, Scope
from radgen_assets.factories.walk import load
from radgen_assets_tests.passes.small_home import (
    STUDY,
    SmallHome,
    copy_of,
    finished_home,
    meant,
    small_home,
)

__all__ = ["finished_home", "small_home"]
pytestmark = pytest.mark.slow

PATIENT_ASSETS = {
    "raw/scans",
    "imaging/volumes",
    "imaging/registered_volumes",
    "imaging/tumour_masks",
    "imaging/quality",
    "features/radiomics",
    "features/radiomics_of_other_masks",
    "features/deep_features",
}
FITS = {f"models/{STUDY}/idh_status", f"models/{STUDY}/overall_survival"}


def assets_of(recorded: list[tuple[str, str, str]], key: str) -> set[str]:
    """Assets recorded for one key."""
    return {asset for asset, each, _ in recorded if each == key}


def patients_in(recorded: list[tuple[str, str, str]]) -> set[str]:
    """Patient keys among what was recorded."""
    return {key for _, key, _ in recorded if "." in key}


def test_a_second_run_on_unchanged_data_computes_nothing(small_home: SmallHome):
    last, n_runs = small_home.ids(), small_home.n_runs()
    summary = small_home.run()
    assert summary.patients_computed == 0
    assert [each["did"] for each in summary.links] == [0] * 9
    assert small_home.recorded_since(last) == []
    assert small_home.n_runs() == n_runs  # no Dagster run was needed
    assert summary.is_well
    assert summary.seconds < 20  # about one second alone on two cores


def add_patient(small: SmallHome, like: str, name: str) -> str:
    """Drop a new patient of the two readers' cohort into the folder: another's images, flipped left to right."""
    root = small.sources / "two_readers"
    for path in list(root.rglob(f"{like}*.nii.gz")):
        image = nibabel.load(path)
        flipped = np.ascontiguousarray(np.asarray(image.dataobj)[::-1])
        nibabel.save(
            nibabel.Nifti1Image(flipped, image.affine, image.header), path.with_name(path.name.replace(like, name))
        )
    return f"two_readers.{name}"


def test_a_new_patient_of_a_cohort_that_no_study_uses_is_computed_and_refits_nothing(small_home: SmallHome):
    key = add_patient(small_home, "TR01", "TR77")
    last = small_home.ids()
    summary = small_home.run()
    recorded = small_home.recorded_since(last)
    assert summary.patients_computed == 1
    assert patients_in(recorded) == {key}
    assert assets_of(recorded, key) == PATIENT_ASSETS
    assert "tables/marts" in assets_of(recorded, "all")
    assert not FITS & assets_of(recorded, "all")
    assert {cohort for asset, cohort, _ in recorded if asset == "tables/gathered_radiomics"} == {"two_readers"}
    assert key in set(small_home.mart("patients")["patient_key"])


def add_study_patient(small: SmallHome, like: str, name: str) -> str:
    """A new patient of the second site: another's images flipped, its sheet's rows, its expression made 1 % higher."""
    root = small.sources / "second_site"
    shutil.copytree(root / like, root / name)
    for path in (root / name).glob("*.nii.gz"):
        image = nibabel.load(path)
        flipped = np.ascontiguousarray(np.asarray(image.dataobj)[::-1])
        nibabel.save(nibabel.Nifti1Image(flipped, image.affine, image.header), path)
    sheets = pd.read_excel(root / "patients.xlsx", sheet_name=None, dtype=str)
    with pd.ExcelWriter(root / "patients.xlsx") as book:
        for title, sheet in sheets.items():
            row = sheet[sheet["Patient"] == like].assign(Patient=name)
            pd.concat([sheet, row]).to_excel(book, sheet_name=title, index=False)
    matrix = pd.read_csv(root / "fpkm.csv.gz", index_col=0)
    matrix.loc[name] = matrix.loc[like] * 1.01
    matrix.to_csv(root / "fpkm.csv.gz")
    return f"second_site.{name}"


def test_a_new_patient_of_a_study_is_computed_alone_and_then_refits_what_it_stands_in(small_home: SmallHome):
    key = add_study_patient(small_home, "S2-002", "S2-077")
    last = small_home.ids()
    summary = small_home.run()
    recorded = small_home.recorded_since(last)
    assert summary.is_well, summary.as_json()
    assert summary.patients_computed == 1
    assert patients_in(recorded) == {key}
    assert assets_of(recorded, key) == PATIENT_ASSETS
    assert {each for _, each, _ in recorded if "." not in each} == {"second_site", "all"}
    assert assets_of(recorded, "all") == {"tables/marts", *FITS, f"reports/{STUDY}"}
    for fit in FITS:
        result = load(small_home.home.lake.path(small_home.current(fit)), FitResult, "")
        assert {each.setting for each in result.performances if key in each.predictions.patients} == {
            "external: second_site"
        }


def test_a_fit_that_cannot_be_made_waits_for_a_change_and_its_page_says_so(small_home: SmallHome):
    """Failed once, told at every pass, tried again only when something changed or somebody asks."""
    toml = small_home.home.studies_folder / f"{STUDY}.toml"
    page = small_home.home.reports_folder / f"{STUDY}.html"
    good, fit = toml.read_text(), f"models/{STUDY}/overall_survival"
    text = page.read_text()
    toml.write_text("outer_folds = 20".join(good.rsplit("outer_folds = 2", 1)))
    assert not small_home.run().is_well
    reason = small_home.current(fit).reason
    assert "fold" in reason
    assert "This page no longer stands." in page.read_text()
    last, n_runs = small_home.ids(), small_home.n_runs()
    summary = small_home.run()
    assert not summary.is_well
    assert summary.troubles == [("all", fit, reason)]
    assert (small_home.recorded_since(last), small_home.n_runs()) == ([], n_runs)
    small_home.run(Scope(retry_failed=True), links=(Link.studies,))
    assert small_home.recorded_since(last) == [(fit, "all", "failed")]
    toml.write_text(good)
    assert small_home.run().is_well
    assert page.read_text() == text


def test_a_patient_whose_images_go_and_come_back_refits_the_study_but_computes_nothing_again(small_home: SmallHome):
    """Removed data leave the tables and fits at once; artifacts of equal content stand when the data are back."""
    key, fits = "second_site.S2-002", [f"models/{STUDY}/idh_status", f"models/{STUDY}/overall_survival"]
    first = {each: small_home.current(each) for each in (*fits, f"reports/{STUDY}")}
    page = small_home.home.reports_folder / f"{STUDY}.html"
    text = page.read_text()
    hidden = _hide_images(small_home, "second_site", "S2-002")
    last = small_home.ids()
    small_home.run()
    recorded = small_home.recorded_since(last)
    assert patients_in(recorded) == set()
    assert set(fits) <= assets_of(recorded, "all")
    assert key not in small_home.patients_with("radiomics")
    assert page.read_text() != text
    shutil.move(hidden, small_home.sources / "second_site" / "S2-002")
    last = small_home.ids()
    small_home.run()
    made = {asset for asset, _, state in small_home.recorded_since(last) if state != "skipped"}
    assert made == {"tables/marts"}  # what skips itself says so again: it costs nothing
    assert key in small_home.patients_with("radiomics")
    assert {each: small_home.current(each) for each in first} == first
    assert page.read_text() == text


def _hide_images(small: SmallHome, cohort: str, patient: str) -> Path:
    folder = small.sources / cohort / patient
    return Path(shutil.move(folder, small.folder / f"hidden_{patient}"))


def test_a_changed_mask_reaches_only_what_depends_on_it(small_home: SmallHome):
    key = "second_site.S2-001"
    path = small_home.sources / "second_site" / "S2-001" / "tumour.nii.gz"
    image = nibabel.load(path)
    labels = np.asarray(image.dataobj).copy()
    labels[tuple(np.argwhere(labels > 0)[0])] = 0  # one voxel less
    nibabel.save(nibabel.Nifti1Image(labels, image.affine, image.header), path)
    last = small_home.ids()
    small_home.run()
    recorded = small_home.recorded_since(last)
    assert patients_in(recorded) == {key}
    assert assets_of(recorded, key) == PATIENT_ASSETS - {"imaging/volumes", "imaging/registered_volumes"}
    assert assets_of(recorded, "second_site") >= {"tables/gathered_radiomics", "tables/gathered_quality"}
    assert "raw/clinical" not in assets_of(recorded, "second_site")
    assert assets_of(recorded, "all") >= FITS


def test_a_changed_setting_reaches_only_what_it_can_change_and_can_be_put_back(small_home: SmallHome):
    before = small_home.home.toml.read_text()
    key = "second_site.S2-001"
    first = small_home.current("features/radiomics", key)
    small_home.home.toml.write_text(before + "bin_width = 20.0\n")
    last = small_home.ids()
    small_home.run()
    recorded = small_home.recorded_since(last)
    assert {asset for asset, each, _ in recorded if "." in each} == {
        "features/radiomics",
        "features/radiomics_of_other_masks",
    }
    assert len(patients_in(recorded)) == 21
    assert {asset for asset, each, _ in recorded if "." not in each} == {
        "tables/gathered_radiomics",
        "features/radiomic_stability",
        "tables/marts",
        *FITS,
        f"reports/{STUDY}",
    }
    assert small_home.current("features/radiomics", key).content_hash != first.content_hash
    small_home.home.toml.write_text(before)
    last = small_home.ids()
    summary = small_home.run(links=(Link.register, Link.home, Link.patients, Link.device, Link.cohorts, Link.gather))
    again = [row for row in small_home.recorded_since(last) if row[2] != "skipped"]  # what skips itself says so again
    assert again == []
    assert small_home.current("features/radiomics", key) == first
    assert summary.is_well


def test_a_new_code_version_with_equal_bytes_stops_there(small_home: SmallHome, monkeypatch: pytest.MonkeyPatch):
    raised = replace(catalogue.registered_volumes, code_version="2")
    chain = tuple(raised if each.name == raised.name else each for each in catalogue.PATIENT_CHAIN)
    monkeypatch.setitem(catalogue.CHAINS, "patients", chain)
    last = small_home.ids()
    small_home.run()
    recorded = small_home.recorded_since(last)
    assert {asset for asset, _, _ in recorded} == {"imaging/registered_volumes"}
    assert len(recorded) == 21


def test_a_removed_patient_is_gone_from_the_tables(small_home: SmallHome):
    key = "two_readers.TR02"
    for path in list((small_home.sources / "two_readers").rglob("TR02*")):
        path.unlink()
    for name in ("clinical.csv", "vasari_reader_a.csv"):
        sheet = small_home.sources / "two_readers" / name
        frame = pd.read_csv(sheet, dtype=str)
        frame[frame.iloc[:, 0] != "TR02"].to_csv(sheet, index=False)
    last = small_home.ids()
    summary = small_home.run()
    assert summary.is_well
    assert patients_in(small_home.recorded_since(last)) == set()
    for mart in ("patients", "feature_matrix", "cohort_flow"):
        assert key not in set(small_home.mart(mart)["patient_key"]), mart
    with small_home.ledger() as ledger:
        assert {row.key: row.state for row in ledger.patients("two_readers")}[key] == "gone"


def test_an_open_suspicion_blocks_the_studies_that_hold_its_patients_until_it_is_declared(small_home: SmallHome):
    keys = ("second_site.S2-003", "two_readers.TR01")
    with small_home.ledger() as ledger:
        ledger.register_fingerprints("image", {key: {"voxels_t1ce": "the same"} for key in keys})
    last = small_home.ids()
    summary = small_home.run(Scope(refit=True), links=(Link.studies,))
    (studies,) = summary.links
    told = f"1 suspicions are open: {' and '.join(keys)} share equal images but are declared as different persons."
    assert not studies["ok"]
    assert all(told in message for message in studies["messages"][:2]), studies["messages"]
    assert not FITS & assets_of(small_home.recorded_since(last), "all")
    rows = "".join(f"one person,{key.replace('.', ',')},\n" for key in keys)
    small_home.home.identity_file.write_text(f"person,cohort,patient,source_id\n{rows}")
    assert small_home.run(links=(Link.register,)).is_well
    with small_home.ledger() as ledger:
        assert ledger.suspicions() == ()


def test_a_copy_of_a_home_in_another_place_has_nothing_to_do_but_hash(
    finished_home: SmallHome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Nothing in a home names the place where it stands."""
    small = copy_of(finished_home, tmp_path / "elsewhere")
    meant(small, monkeypatch)
    last = small.ids()
    summary = small.run()
    assert (summary.patients_computed, small.recorded_since(last)) == (0, [])
