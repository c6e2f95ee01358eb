"""The checks of a matrix in a pass: they appear at the asset, fail, pass again, and are told when nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.frames import DrawnTable, Table
from radgen_assets.defs.automation.links import Link, Scope
from radgen_assets.factories.walk import load
from radgen_assets_tests.passes.small_home import SmallHome, make_small_home, meant, small_phantom

pytestmark = pytest.mark.slow

MATRIX = dg.AssetKey(["expression", "matrix"])
COHORT = "training_site"
LINKS = (Link.register, Link.home, Link.cohorts)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallHome:
    """One cohort with counts, to which XIST and a Y-linked gene are added as its sheet's sexes have them."""
    sizes = small_phantom().patients
    alone = sizes.model_copy(update={"second_site": 0, "two_readers": 0, "normal_tissue": 0})
    small = make_small_home(tmp_path, small_phantom(patients=alone), encoder=False)
    for study in small.home.studies_folder.glob("*.toml"):
        study.unlink()
    meant(small, monkeypatch)
    sheet = pd.read_csv(small.sources / COHORT / "clinical.csv", dtype=str)
    women = set(sheet.loc[sheet["sex"] == "F", "participant_id"])
    change_counts(small, lambda counts: with_sexes(counts, women))
    return small


def counts_file(small: SmallHome) -> Path:
    return small.sources / COHORT / "expression" / "counts.tsv.gz"


def change_counts(small: SmallHome, edit: Callable[[pd.DataFrame], pd.DataFrame]) -> None:
    path = counts_file(small)
    edit(pd.read_csv(path, sep="\t", index_col="gene")).to_csv(path, sep="\t")


def with_sexes(counts: pd.DataFrame, women: set[str]) -> pd.DataFrame:
    is_woman = [column in women for column in counts.columns]
    counts.loc["XIST"] = np.where(is_woman, 9000, 3)
    counts.loc["RPS4Y1"] = np.where(is_woman, 2, 7000)
    return counts


def told(small: SmallHome, check: str) -> dg.AssetCheckEvaluation:
    """The last evaluation of one check of expression/matrix."""
    with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
        key = dg.AssetCheckKey(MATRIX, check)
        (record,) = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        return record.event.dagster_event.asset_check_evaluation_data


def n_told(small: SmallHome, check: str) -> int:
    with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
        key = dg.AssetCheckKey(MATRIX, check)
        return len(instance.event_log_storage.get_asset_check_execution_history(key, limit=100))


def test_the_checks_pass_fail_and_pass_again(site: SmallHome):
    small = site
    assert small.run(links=LINKS).is_well
    sexes = told(small, "sexes_agree")
    assert sexes.passed
    assert sexes.metadata["agreeing"].value == 16
    assert "data:image/png;base64," in sexes.metadata[f"picture of {COHORT}"].value
    assert "16 of 16 samples show the recorded sex" in sexes.metadata["verdicts"].value
    assert told(small, "no_outliers").passed
    assert told(small, "no_duplicate_patients").passed

    good = counts_file(small).read_bytes()
    patients: list[str] = []

    def mix_up(counts: pd.DataFrame) -> pd.DataFrame:
        """A swapped pair of sex genes, a sample nearly twice, a sample of another tissue."""
        first, second, third, *_ = counts.columns
        patients.extend((first, second, third))
        rng = np.random.default_rng(1)
        counts.loc[["XIST", "RPS4Y1"], first] = counts.loc[["RPS4Y1", "XIST"], first].to_numpy()
        rows = counts.index.difference(["XIST", "RPS4Y1"])
        counts.loc[rows, second] = rng.poisson(counts.loc[rows, first])
        counts.loc[rows, third] = rng.permutation(counts.loc[rows, third].to_numpy())
        return counts

    change_counts(small, mix_up)
    summary = small.run(links=LINKS)
    assert summary.is_well  # a check stops nothing
    one, other, far = patients
    sexes, outliers, twice = (told(small, name) for name in ("sexes_agree", "no_outliers", "no_duplicate_patients"))
    assert not sexes.passed
    assert sexes.severity is dg.AssetCheckSeverity.WARN
    assert f"15 of 16 samples show the recorded sex; the other one: {one}." in sexes.description
    assert not outliers.passed
    assert far in outliers.description
    assert not twice.passed
    assert f"{one}, {other}" in twice.description
    assert "Declare them in identity.csv" in twice.description
    assert small.current("expression/sex_check", COHORT).warnings == (
        f"{one} shows another sex than the recorded one.",
    )

    declare_one_person(small, one, other)
    small.run(links=LINKS)
    assert told(small, "no_duplicate_patients").passed  # one person may have two samples
    counts_file(small).write_bytes(good)
    small.run(links=LINKS)
    assert all(told(small, name).passed for name in ("sexes_agree", "no_outliers", "no_duplicate_patients"))


def declare_one_person(small: SmallHome, *patients: str) -> None:
    path = small.home.root / "identity.csv"
    declared = pd.read_csv(path, dtype=str)
    rows = pd.DataFrame({"person": "somebody", "cohort": COHORT, "patient": patients})
    pd.concat([declared, rows]).to_csv(path, index=False)


def test_what_was_found_is_told_again_when_nothing_changed(site: SmallHome):
    """In a pass nothing runs; who asks for it in the UI gets the same answer, and nothing is computed."""
    small = site
    small.run(links=LINKS)
    last, before = small.ids(), n_told(small, "sexes_agree")
    small.run(links=LINKS)
    assert n_told(small, "sexes_agree") == before
    from radgen_assets.defs.chains import all_chain_assets

    (cohorts,) = [each for each in all_chain_assets() if each.op.name == "cohorts"]
    with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
        result = dg.materialize([cohorts], instance=instance, partition_key=COHORT)
    assert result.success
    assert n_told(small, "sexes_agree") == before + 1
    assert told(small, "sexes_agree").metadata["agreeing"].value == 16
    assert small.recorded_since(last) == []


def test_a_matrix_without_sex_genes_is_not_asked_and_says_so(site: SmallHome):
    small = site
    change_counts(small, lambda counts: counts.drop(index=["XIST", "RPS4Y1"]))
    small.run(links=LINKS)
    assert small.current("expression/sex_check", COHORT).state == "skipped"
    sexes = told(small, "sexes_agree")
    assert sexes.passed
    assert "not asked: the matrix has neither XIST nor a Y-linked gene." in sexes.metadata["verdicts"].value


def test_scattered_cohorts_are_told_too(site: SmallHome):
    small = site
    small.run(links=LINKS)
    before = n_told(small, "sexes_agree")
    from radgen_assets.defs.automation.jobs import scattered_keys

    config = {"ops": {"bring_keys_up_to_date": {"config": {"chain": "cohorts", "keys": [COHORT]}}}}
    with dg.DagsterInstance.from_config(str(small.home.dagster_folder)) as instance:
        assert scattered_keys.execute_in_process(config, instance=instance).success
    assert n_told(small, "sexes_agree") == before + 1


def test_the_catalogue_and_the_coverage_of_a_users_own_collections(site: SmallHome):
    """KEGG's and GO's sets come from a user's own GMT."""
    small = site
    genes = [f"PHG{number:04d}" for number in range(1, 31)]
    (small.home.root / "kegg.gmt").write_text("KEGG_X\thttp://x\t" + "\t".join([*genes[:12], "NOBODY"]) + "\n")
    (small.home.root / "go_cc.gmt").write_text("GO_CC_Y\tGO:1\t" + "\t".join(genes[5:8]) + "\n")
    text = small.home.toml.read_text()
    told_of = '{ file = "kegg.gmt", name = "kegg", version = "111", licence = "academic use" }'
    named = f'gene_sets = ["gene_sets/phantom.gmt", {told_of}, "go_cc.gmt"]'
    small.home.toml.write_text(text.replace('gene_sets = ["gene_sets/phantom.gmt"]', named))
    assert small.run(links=LINKS).is_well
    catalogue = load(small.home.lake.path(small.current("raw/gene_set_catalogue")), Table, "")
    assert set(catalogue.frame["collection"]) == {"phantom", "kegg", "go_cc"}
    assert "go_cc: no version and no licence is stated in radgen.toml." in catalogue.warnings
    record = small.current("expression/gene_set_coverage", COHORT)
    assert record.facts["kegg"] == "12 of 13 genes; 1 of 1 sets with at least 10"
    assert record.facts["go_cc"] == "3 of 3 genes; 0 of 1 sets with at least 10"
    last = small.ids()
    small.home.toml.write_text(small.home.toml.read_text().replace("academic use", "KEGG's"))
    small.run(links=LINKS)
    assert {asset for asset, _, _ in small.recorded_since(last)} == {
        "raw/gene_set_catalogue",
        "expression/gene_set_coverage",
    }  # what is said of a collection changes no score


@pytest.mark.parametrize("method", ["gsva", "z_score", "plage"])
def test_pathway_activity_by_a_method_that_learns_says_from_how_many(site: SmallHome, method: str):
    small = site
    small.run(links=LINKS)
    alone = small.current("expression/pathway_activity", COHORT)
    assert (alone.facts["method"], alone.facts["learnt_from_patients"]) == ("ssgsea", 0)
    with small.home.toml.open("a") as stream:
        stream.write(f'\n[settings.pathway_activity]\nmethod = "{method}"\n')
    last = small.ids()
    assert small.run(Scope(), links=LINKS).is_well
    assert {asset for asset, _, _ in small.recorded_since(last)} == {
        "expression/gene_set_coverage",  # it shares these settings
        "expression/pathway_activity",
    }
    learnt = small.current("expression/pathway_activity", COHORT)
    assert (learnt.facts["method"], learnt.facts["learnt_from_patients"]) == (method, 16)
    assert learnt.warnings[0].startswith(f"{method} learnt from all 16 patients of this matrix")


def test_the_picture_lies_beside_the_table(site: SmallHome):
    small = site
    small.run(links=LINKS)
    for name in ("sex_check", "outliers", "duplicates"):
        found = load(small.home.lake.path(small.current(f"expression/{name}", COHORT)), DrawnTable, "")
        assert len(found.frame) == 16
        assert found.picture_png.startswith(b"\x89PNG")
