"""A study of contrasts alone, pass by pass: made once, made again when its own data change, refused in a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.defs.automation.links import ORDER, Link, Scope
from radgen_assets.defs.automation.pass_driver import PassSummary, run_pass
from radgen_assets.factories.study.assets import plan_studies
from radgen_assets.factories.study.check import check_study
from radgen_assets.factories.walk import load
from radgen_assets.lineage.records import ArtifactRecord
from radgen_assets.resources.home import Home
from radgen_assets_tests.passes.expression_home import (
    PLANTED_DOWN,
    PLANTED_UP,
    SETS,
    STUDY,
    make_expression_home,
    write_cohort,
)

pytestmark = pytest.mark.slow
CONTRAST, REPORT = "models/made_up/idh", "reports/made_up"


def meant(home: Home, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("RADGEN_HOME", str(home.root))
    patch.setenv("DAGSTER_HOME", str(home.dagster_folder))
    patch.setenv("RADGEN_WORKERS", "1")


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of expression alone after its first pass; never changed."""
    folder = tmp_path_factory.mktemp("expression")
    home = make_expression_home(folder)
    write_cohort(home, "other", seed=7)
    with pytest.MonkeyPatch.context() as patch:
        meant(home, patch)
        summary = run(home)
    assert summary.is_well, summary.as_json()
    return folder


@pytest.fixture
def home(finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy that a test may change."""
    shutil.copytree(finished, tmp_path / "copy")
    copied = Home.open(tmp_path / "copy" / "home")
    meant(copied, monkeypatch)
    return copied


def run(home: Home, scope: Scope | None = None, links: tuple[Link, ...] = ORDER) -> PassSummary:
    return run_pass(home, scope or Scope(), lambda text: None, links=links)


def current(home: Home, asset: str) -> ArtifactRecord:
    with home.ledger(read_only=True) as ledger:
        return ledger.current(asset, ["all"])["all"]


def result_of(home: Home) -> ContrastResult:
    return load(home.lake.path(current(home, CONTRAST)), ContrastResult, "")


def planned(home: Home) -> tuple[tuple[str, ...], tuple[tuple[str, str, str], ...]]:
    with home.ledger(read_only=True) as ledger:
        plan = plan_studies(home, ledger)
    return plan.assets, plan.troubles


def change_study(home: Home, **lines: str) -> None:
    text = STUDY
    for before, after in lines.items():
        key = f"{before} = "
        text = "\n".join(f"{before} = {after}" if line.startswith(key) else line for line in text.splitlines())
    (home.studies_folder / "made_up.toml").write_text(text + "\n")


def test_planted_genes_and_sets_are_found_logged_and_told(finished: Path):
    home = Home.open(finished / "home")
    result, record = result_of(home), current(home, CONTRAST)
    by_first = result.genes[result.genes["method"] == "deseq2"]
    assert set(by_first.loc[by_first["found"] == "up", "gene"]) == set(SETS[PLANTED_UP])
    assert set(by_first.loc[by_first["found"] == "down", "gene"]) == set(SETS[PLANTED_DOWN])
    leaning = result.enrichment.loc[result.enrichment["p_adjusted"] < 0.05, "set"]
    assert set(leaning) == {PLANTED_UP, PLANTED_DOWN}
    assert (record.facts["deseq2_up"], record.facts["deseq2_down"], record.facts["n"]) == (20, 20, 24)
    page = (home.reports_folder / "made_up.html").read_text()
    assert "40 genes differ: 20 higher and 20 lower in mutant" in page
    whole = pd.read_csv(home.reports_folder / "made_up_tables" / "idh_genes.csv")
    assert len(whole) == 2 * 400
    with home.ledger(read_only=True) as ledger:
        (fit,) = ledger.fits(CONTRAST)
        persons = ledger.persons_of_fit(fit.fit_id)
    assert (len(persons), {each.role for each in persons}, {each.fold for each in persons}) == (24, {"train"}, {-1})
    assert fit.mlflow_run_id == record.facts["mlflow_run_id"]


def test_the_check_tells_who_is_compared_and_by_what(finished: Path):
    lines = check_study(Home.open(finished / "home"), "made_up").lines()
    assert lines[:3] == [
        "Study made_up",
        "  idh: mutant 12 against wildtype 12; held fixed: grade, site; by deseq2, limma_voom",
        "    gene sets: made (12)",
    ]
    assert any("'idh_status' can be told apart from 'site'" in line for line in lines)


def test_a_second_pass_has_nothing_to_do(home: Home):
    before = current(home, CONTRAST), current(home, REPORT)
    assert planned(home) == ((), ())
    assert run(home).is_well
    assert (current(home, CONTRAST), current(home, REPORT)) == before


def test_patients_of_another_cohort_test_nothing_anew(home: Home):
    write_cohort(home, "other", n=30, seed=9)
    before = current(home, CONTRAST)
    assert run(home).is_well
    assert current(home, CONTRAST) == before


def test_a_patient_without_a_group_is_listed_and_tests_nothing_anew(home: Home):
    """The report is written again, since it lists who is left out."""
    folder = home.root.parent / "sources" / "first"
    sheet = pd.read_csv(folder / "clinical.csv")
    sheet = pd.concat([sheet, sheet.iloc[[0]].assign(id="FIRST99", idh=None)])
    sheet.to_csv(folder / "clinical.csv", index=False)
    matrix = pd.read_csv(folder / "counts.tsv", sep="\t", index_col=0)
    matrix.assign(FIRST99=matrix["FIRST00"] + 1).to_csv(folder / "counts.tsv", sep="\t")
    before = current(home, CONTRAST), current(home, REPORT)
    assert run(home).is_well
    assert current(home, CONTRAST) == before[0]
    assert current(home, REPORT) != before[1]
    page = (home.reports_folder / "made_up.html").read_text()
    assert "first.FIRST99" in page
    assert "idh_status is unknown" in page


def test_a_changed_value_of_a_compared_patient_tests_anew(home: Home):
    path = home.root.parent / "sources" / "first" / "counts.tsv"
    matrix = pd.read_csv(path, sep="\t", index_col=0)
    matrix.iloc[100, 3] += 50
    matrix.to_csv(path, sep="\t")
    before = current(home, CONTRAST)
    assert run(home).is_well
    assert current(home, CONTRAST).inputs_hash != before.inputs_hash


def test_only_patients_that_the_contrast_asks_for_are_compared(home: Home):
    change_study(home, adjust_for='["age_years"]\nwhere = { sex = ["female"] }')
    assert run(home, links=(Link.studies,)).is_well
    result = result_of(home)
    assert 4 <= result.n < 24
    assert "sex is male (the contrast takes female)" in (home.reports_folder / "made_up.html").read_text()


def test_a_confounded_batch_is_refused_told_at_every_pass_and_not_tried_again(home: Home):
    change_study(home, batch='["plate"]')
    summary = run(home, links=(Link.studies,))
    assert not summary.is_well
    record = current(home, CONTRAST)
    assert record.state == "failed"
    assert "'idh_status' cannot be told apart from 'plate'" in record.reason
    assert "This page no longer stands." in (home.reports_folder / "made_up.html").read_text()
    assert planned(home) == ((), (("all", CONTRAST, record.reason),))
    again = run(home, links=(Link.studies,))
    assert again.troubles == [("all", CONTRAST, record.reason)]
    assert current(home, CONTRAST) == record
    change_study(home)
    assert run(home, links=(Link.studies,)).is_well
    assert "This page no longer stands." not in (home.reports_folder / "made_up.html").read_text()
