"""examples/ucsf_clinical end to end: a real cohort without images, from its sheet to a report, by the command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.results import FitResult
from radgen_assets.contracts.study import Role
from radgen_assets.factories.study.artifacts import read_marts
from radgen_assets.formats.toml_files import read_study
from radgen_assets.science.learning.study.frame import assemble
from radgen_assets_tests.real.example_home import EXAMPLES, ExampleHome

pytestmark = [pytest.mark.real, pytest.mark.slow]
FOLDER = EXAMPLES / "ucsf_clinical"


def _radgen(home: Path, *words: str | Path) -> str:
    command = [str(Path(sys.executable).parent / "radgen"), *map(str, words), "--home", str(home)]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False, timeout=600)
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def made(shared_data, tmp_path_factory) -> ExampleHome:
    folder = tmp_path_factory.mktemp("ucsf")
    home, printed = folder / "home", {}
    _radgen(home, "init")
    for name in ("ucsf_pdgm", "upenn_gbm"):
        printed[name] = _radgen(home, "cohort", "add", FOLDER / f"{name}.toml")
    _radgen(home, "study", "new", FOLDER / "ucsf_survival.toml")
    printed["run"] = _radgen(home, "run")
    printed["check"] = _radgen(home, "study", "check", "ucsf_survival")
    printed["report"] = _radgen(home, "report")
    return ExampleHome(folder, printed)


@pytest.fixture(scope="module")
def all_grades(made) -> FitResult:
    return made.fit("ucsf_survival", "overall_survival")


@pytest.fixture(scope="module")
def glioblastoma(made) -> FitResult:
    return made.fit("ucsf_survival", "glioblastoma")


@pytest.fixture(scope="module")
def page(made) -> str:
    return (made.home.reports_folder / "ucsf_survival.html").read_text()


@pytest.fixture(scope="module")
def words(page) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_sheet_is_read_by_its_codings(made):
    patients = made.mart("patients")
    patients = patients[patients["cohort"] == "ucsf_pdgm"]
    assert (len(patients), patients["person"].nunique(), int(patients["event"].sum())) == (501, 501, 251)
    assert patients["idh_status"].value_counts().to_dict() == {"wildtype": 398, "mutant": 103}
    assert patients["mgmt_status"].value_counts().to_dict() == {"methylated": 302, "unmethylated": 114}
    assert patients["codeletion_1p19q"].value_counts().to_dict() == {"intact": 395, "codeleted": 9}
    assert patients["grade"].value_counts().to_dict() == {4: 402, 2: 56, 3: 43}
    assert patients["time_months"].max() == pytest.approx(4177 / 30.4375)


def test_adding_it_says_what_is_there_and_what_came_later(made):
    printed = made.printed["ucsf_pdgm"]
    assert "known only after time zero, used when a study asks for it: extent_of_resection" in printed
    assert "survival: usable, 251 deaths" in printed


def test_the_fit_of_all_grades_takes_everyone_with_a_time(all_grades):
    assert (all_grades.n, all_grades.n_persons, all_grades.n_events) == (500, 500, 250)
    assert all_grades.excluded == (("ucsf_pdgm.UCSF-PDGM-169", "time missing"),)


def test_the_fit_of_glioblastoma_says_of_everybody_else_why_not(glioblastoma, made):
    assert (glioblastoma.n, glioblastoma.n_events) == (356, 215)
    reasons = [reason for _, reason in glioblastoma.excluded]
    told = {reason: reasons.count(reason) for reason in reasons}
    assert told == {
        "grade is 2 (the fit takes 4)": 56,
        "grade is 3 (the fit takes 4)": 43,
        "idh_status is mutant (the fit takes wildtype)": 28,
        "mgmt_status missing": 17,
        "time missing": 1,
    }
    assert glioblastoma.n + len(reasons) == 501
    assert "glioblastoma: train 356; 215 deaths of 356" in made.printed["check"]


def test_hazard_ratios_are_told_by_level_and_10_years(all_grades):
    assert [(row.term, row.level) for row in all_grades.adjusted] == [
        ("age_years", "per 10 years"),
        ("sex", "female against male"),
        ("grade", "3 against 2"),
        ("grade", "4 against 2"),
        ("idh_status", "mutant against wildtype"),
    ]
    ratios = {(row.term, row.level): row.ratio for row in all_grades.adjusted}
    idh = ratios["idh_status", "mutant against wildtype"]
    assert idh.high < 1
    age = ratios["age_years", "per 10 years"]
    assert age.low > 1


@pytest.mark.parametrize("fit", ["overall_survival", "glioblastoma"])
def test_every_measure_has_its_interval_beside_the_baseline(made, fit):
    result = made.fit("ucsf_survival", fit)
    models = {each.model: each.estimates for each in result.performances if each.setting == "cross_validated"}
    times = [name for name in models["full"] if name.startswith("auc_")]
    assert len(times) == 3
    for name in ("concordance", "uno_c", "integrated_brier", *times):
        for model in ("full", "baseline"):
            estimate = models[model][name]
            assert 0 < estimate.low < estimate.value < estimate.high < 1, (name, model)
        if name != "concordance":
            gain = result.differences["cross_validated"][name]
            assert gain.low < gain.value < gain.high
    gain = result.differences["cross_validated"]["net_reclassification"]
    assert gain.low < gain.value < gain.high
    assert [row.term for row in result.proportional_hazards][-1] == "GLOBAL"


def test_folds_were_dealt_ten_times(all_grades):
    assert {repeat for _, repeat, _ in all_grades.splits} == set(range(10))


@pytest.mark.parametrize(
    "text",
    [
        "From found to analysed",
        "Table 1. Baseline characteristics",
        "Survival by group",
        "Overall survival by Grade",
        "Overall survival by IDH status",
        "Overall survival by MGMT status",
        "Number at risk",
        "Cross-validated in the training cohorts",
        "from out-of-fold predictions: nested cross-validation with 5 outer folds, dealt 10 times",
        "Concordance (Uno)",
        "AUC at 24 months",
        "Integrated Brier score",
        "Net reclassification of deaths",
        "Calibration slope",
        "Optimism: apparent minus out of fold",
        "time-dependent ROC curves",
        "Decision curves",
        "smooth calibration with its 95 % band",
        "Clinical factors together",
        "Grade 3 against 2",
        "GLOBAL",
        "36-month survival",
        "Published numbers",
        "The interval is symmetric about the hazard ratio itself",
        "MGMT status",
        "1p/19q codeletion",
        "1 patient was found but is not in the analysis.",
    ],
)
def test_the_report_holds(words, text):
    assert text in words


def test_extent_of_resection_stands_nowhere_in_the_report_as_a_baseline(words):
    assert "extent of resection" not in words.lower()


def test_a_study_that_uses_the_extent_of_resection_unasked_is_refused(made):
    study = read_study(FOLDER / "ucsf_survival.toml")
    fit = study.fits[0].model_copy(update={"kaplan_meier_by": ("extent_of_resection",)})
    with pytest.raises(UsedWrongly, match="kaplan_meier_by names extent_of_resection, known only after time zero"):
        assemble(study, fit, read_marts(made.home), post_baseline=frozenset({"extent_of_resection"}))


def test_upenns_sheet_is_refused_for_survival_with_its_reason(made):
    assert "survival: not usable: times are known for the dead only" in made.printed["upenn_gbm"]
    endpoints = made.mart("endpoints")
    upenn = endpoints[endpoints["cohort"] == "upenn_gbm"]
    assert (len(upenn), int(upenn["usable"].sum())) == (611, 0)
    study = read_study(FOLDER / "ucsf_survival.toml").model_copy(update={"roles": {Role.train: ("upenn_gbm",)}})
    fit = study.fits[0].model_copy(update={"kaplan_meier_by": (), "blocks": ("age_and_sex",)})
    with pytest.raises(UsedWrongly, match="usable for none of 611 patients: times are known for the dead only"):
        assemble(study, fit, read_marts(made.home), post_baseline=frozenset())
