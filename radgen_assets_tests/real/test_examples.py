"""The examples end to end on real patients: from their folders to fits and reports, by the command line."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.study import Role
from radgen_assets.contracts.volumes import Volumes
from radgen_assets.factories.study.artifacts import read_marts
from radgen_assets.formats.layouts import find_patients
from radgen_assets.formats.nifti import read_volume
from radgen_assets.formats.toml_files import cohort_root, read_cohort, read_study
from radgen_assets.science.imaging.fingerprints import voxel_fingerprints
from radgen_assets.science.learning.study.frame import assemble
from radgen_assets_tests.real.example_home import BRATS, EXAMPLES, LGG, ExampleHome, make_example_home

pytestmark = [pytest.mark.real, pytest.mark.slow]
SOURCES = ("tcga_lgg_mri", "tcga_lgg_counts", "tcga_expression", "brats_18", "gene_sets")


def _looks(shared_data: Path) -> dict[str, tuple[int, int]]:
    """Size and time of the last change of every source file."""
    return {
        path: (os.stat(path).st_size, os.stat(path).st_mtime_ns)
        for name in SOURCES
        for folder, _, files in os.walk(shared_data / name)
        for path in (os.path.join(folder, file) for file in files)
    }


@pytest.fixture(scope="module")
def before(shared_data) -> dict[str, tuple[int, int]]:
    return _looks(shared_data)


@pytest.fixture(scope="module")
def example(before, tmp_path_factory) -> ExampleHome:
    return make_example_home(tmp_path_factory.mktemp("examples"))


def test_sources_are_read_and_never_written(example, before, shared_data):
    assert _looks(shared_data) == before


def test_adding_a_cohort_says_what_is_there(example):
    printed = example.printed["cohort add tcga_lgg"]
    assert "images: 110 patients (flair 110, mask of buda 110, t1ce 100, t1w 104)" in printed
    assert "596 of 1111 rows are not this cohort's (type LGG)." in printed
    assert "known only after time zero, used when a study asks for it: radiotherapy, chemotherapy" in printed
    assert "survival: usable, 125 deaths" in printed
    assert "expression: 34897 genes x 511 patients, counts" in printed


def test_every_listed_patient_is_a_member_and_nobody_else(example):
    """The sheets hold 1,122 patients and the matrix 511: none of the others comes in by a side door."""
    patients = example.mart("patients")
    patients = patients[patients["cohort"].isin(["tcga_lgg", "brats_18"])]
    assert set(patients["patient_key"]) == {f"tcga_lgg.{each}" for each in LGG} | {f"brats_18.{each}" for each in BRATS}
    assert int(patients["has_images"].sum()) == 18
    assert int(patients["has_expression"].sum()) == 11  # TCGA-CS-6665 has none


def test_codings_units_and_missing_spellings_become_radgens(example):
    rows = example.mart("patients").set_index("patient_key")
    wildtype = rows.loc["tcga_lgg.TCGA-CS-5397"]
    assert (wildtype["idh_status"], wildtype["codeletion_1p19q"], wildtype["sex"]) == ("wildtype", "intact", "female")
    assert (wildtype["grade"], bool(wildtype["event"])) == (3, True)
    assert wildtype["time_months"] == pytest.approx(194 / 30.4375)


def test_brats_times_come_from_the_table_that_knows_the_living(example):
    endpoints = example.mart("endpoints").set_index("patient_key")
    assert bool(endpoints.loc["brats_18.Brats18_TCIA10_628_1", "usable"])
    assert endpoints.loc["brats_18.Brats18_TCIA01_201_1", "time_months"] == pytest.approx(430 / 30.4375)
    assert endpoints.loc["brats_18.Brats18_CBICA_AME_1", "reason"] == "time missing"  # BraTS knows 359 days


def test_times_of_the_dead_alone_make_no_survival_endpoint_though_nobody_declared_it(example):
    """CPTAC-3 gives days for 121 of 123 dead and none of the 50 living; leaving the living out would bias it all."""
    endpoints = example.mart("endpoints")
    cptac3 = endpoints[endpoints["cohort"] == "cptac3"]
    assert len(cptac3) == 173
    assert set(cptac3["reason"]) == {"times are known for the dead only in this cohort"}
    assert "survival: not usable: times are known for the dead only" in example.printed["cohort add cptac3"]


def test_times_without_an_event_column_make_no_survival_endpoint(example):
    """UPENN-GBM: 611 first scans of as many persons; who was alive, nothing tells."""
    endpoints = example.mart("endpoints")
    upenn = endpoints[endpoints["cohort"] == "upenn"]
    assert (len(upenn), int(upenn["usable"].sum())) == (611, 0)
    assert set(upenn["reason"]) == {"event missing", "time missing"}


def test_a_survival_study_of_the_dead_alone_is_refused_with_the_reason(example):
    study = read_study(EXAMPLES / "brats_18" / "both_first.toml")
    study = study.model_copy(update={"roles": {Role.train: ("cptac3",)}})
    with pytest.raises(UsedWrongly, match=r"usable for none of 173 patients: times are known for the dead only"):
        assemble(study, study.fits[0], read_marts(example.home), post_baseline=frozenset())


def test_brats_grade_group_is_no_who_grade(example):
    patients = example.mart("patients")
    assert patients.loc[patients["cohort"] == "brats_18", "grade"].isna().all()
    extra = example.mart("clinical_extra")
    groups = extra[extra["column_name"] == "brats_grade_group"].set_index("patient_key")["value"]
    assert groups["brats_18.Brats18_TCIA10_628_1"] == "LGG"


def test_regions_reach_the_radiomics_table_as_far_as_labels_tell(example):
    matrix = example.mart("feature_matrix")
    features = matrix[matrix["block"] == "radiomics"]
    regions = features["feature"].str.split("__").str[1]
    of_brats = features["cohort"] == "brats_18"
    assert set(regions[of_brats]) == {"whole_tumour", "tumour_core", "enhancing_tumour"}
    assert set(regions[~of_brats]) == {"whole_tumour"}
    sequences = features["feature"].str.split("__").str[0]
    assert set(sequences[~of_brats]) == {"mask", "flair", "t1w", "t1ce"}
    assert set(sequences[features["patient_key"] == "tcga_lgg.TCGA-DU-7013"]) == {"mask", "flair"}


def test_every_patient_has_an_embedding_of_flair(example):
    matrix = example.mart("feature_matrix")
    counts = matrix[matrix["block"] == "deep_features"].groupby("patient_key").size()
    assert len(counts) == 18
    assert set(counts) == {512}


def test_pathway_activity_stands_for_those_with_counts(example):
    matrix = example.mart("feature_matrix")
    scores = matrix[matrix["block"] == "pathway_activity"]
    assert scores.groupby("patient_key").size().to_dict() == {
        f"tcga_lgg.{each}": 50 for each in LGG if each != "TCGA-CS-6665"
    }


@pytest.mark.parametrize(("patient", "dice"), [("Brats18_2013_3_1", "0.14"), ("Brats18_CBICA_AME_1", "0.00")])
def test_the_networks_two_wrong_masks_are_found_by_their_overlap(example, patient, dice):
    warnings = example.record("imaging/quality", f"brats_18.{patient}").warnings
    expected = f"whole_tumour: expert and deep_brain_seg overlap with a Dice of {dice}, expected at least 0.5"
    assert any(each.startswith(expected) for each in warnings)


def test_the_networks_other_masks_are_not_called_wrong(example):
    for patient in set(BRATS) - {"Brats18_2013_3_1", "Brats18_CBICA_AME_1"}:
        warnings = example.record("imaging/quality", f"brats_18.{patient}").warnings
        assert not any("overlap with a Dice" in each for each in warnings), patient


def test_unknown_spacing_is_said_of_every_patient_whose_images_have_none(example):
    for patient in LGG:
        warnings = example.record("imaging/quality", f"tcga_lgg.{patient}").warnings
        assert any("spacing is nominal" in each for each in warnings), patient


def test_a_person_in_both_cohorts_is_one_person_and_counts_once(example):
    patients = example.mart("patients").set_index("patient_key")["person"]
    patients = patients[patients.index.str.startswith(("tcga_lgg.", "brats_18."))]
    assert patients["brats_18.Brats18_TCIA10_628_1"] == patients["tcga_lgg.TCGA-DU-A5TR"]
    assert patients.nunique() == 17  # and nobody else is taken for somebody else
    fit = example.fit("both_first", "overall_survival")
    assert (fit.n, fit.n_persons) == (14, 14)
    told = "the same person as tcga_lgg.TCGA-DU-A5TR, counted once"
    assert ("brats_18.Brats18_TCIA10_628_1", told) in fit.excluded
    report = (example.home.reports_folder / "both_first.html").read_text()
    assert "counted once" in report


def test_who_is_left_out_of_a_fit_has_a_reason(example):
    fit = example.fit("tcga_lgg_first", "idh_status")
    assert fit.n == 11
    assert [patient for patient, _ in fit.excluded] == ["tcga_lgg.TCGA-CS-6665"]
    assert "pathway_activity" in fit.excluded[0][1]


@pytest.mark.parametrize(
    ("study", "fit", "measure", "n_events"),
    [
        ("tcga_lgg_first", "idh_status", "auc", 5),
        ("tcga_lgg_first", "idh_from_images", "auc", 5),
        ("tcga_lgg_first", "overall_survival", "concordance", 7),
        ("both_first", "overall_survival", "concordance", 9),
    ],
)
def test_fits_give_estimates_with_intervals_beside_their_baseline(example, study, fit, measure, n_events):
    result = example.fit(study, fit)
    assert result.n_events == n_events
    found = {each.model: each.estimates[measure] for each in result.performances if each.setting == "cross_validated"}
    for model in ("full", "baseline"):
        estimate = found[model]
        if estimate.low is None:  # a model that kept no column orders nobody, and says so
            assert (estimate.value, bool(estimate.note)) == (0.5, True)
        else:
            assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    gain = result.comparison["cross_validated"]
    if gain.low is None:
        assert (gain.value, bool(gain.note)) == (0.0, True)
    else:
        assert math.isfinite(gain.low)
        assert gain.low <= gain.value <= gain.high


def test_reports_stand(example):
    pages = {path.stem for path in example.home.reports_folder.glob("*.html")}
    assert pages == {"tcga_lgg_first", "both_first"}


def test_undeclared_the_images_alone_do_not_tell_that_a_person_stands_in_both(shared_data):
    """Other grid, other preprocessing: no voxel is equal, so no suspicion can be raised; examples/README says so."""
    first = _fingerprints("brats_18/brats_18.toml", "Brats18_TCIA10_628_1")
    second = _fingerprints("tcga_lgg/tcga_lgg.toml", "TCGA-DU-A5TR")
    assert first
    assert second
    assert not set(first.values()) & set(second.values())


def _fingerprints(example: str, patient: str) -> dict[str, str]:
    path = EXAMPLES / example
    cohort = read_cohort(path)
    root = cohort_root(cohort, path)
    scans = find_patients(cohort, root)[patient].scans
    volumes = {scan.sequence: read_volume(root / scan.path, scan.sequence, name=str(scan.path)) for scan in scans}
    return voxel_fingerprints(Volumes(volumes, anchor=tuple(volumes)))
