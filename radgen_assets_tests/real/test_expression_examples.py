"""examples/expression end to end on five real cohorts: what each folder's quirks become, by the command line.

Every patient and sample is there; the two large transcriptomes have a tenth of their genes (expression_home.py).
"""

from __future__ import annotations

import re

import pandas as pd
import pytest

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.contracts.errors import UnitRefused
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.formats import registry
from radgen_assets.science.expression import fit_gene_signature, gene_signature_score
from radgen_assets_tests.real.example_home import ExampleHome
from radgen_assets_tests.real.expression_home import REFUSED, SILENCED, make_expression_home

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture(scope="module")
def example(shared_data, tmp_path_factory) -> ExampleHome:
    return make_expression_home(tmp_path_factory.mktemp("expression"), shared_data)


def matrix(example: ExampleHome, asset: str, cohort: str) -> ExpressionMatrix:
    folder = example.home.lake.path(example.record(asset, cohort))
    return registry.kind_of(ExpressionMatrix).read(folder, registry.ReadContext(root=folder))


def contrast(example: ExampleHome, study: str, name: str) -> ContrastResult:
    folder = example.home.lake.path(example.record(f"models/{study}/{name}"))
    return registry.kind_of(ContrastResult).read(folder, registry.ReadContext(root=folder))


def words(example: ExampleHome, study: str) -> str:
    """A study's page without its tags."""
    page = (example.home.reports_folder / f"{study}.html").read_text()
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def by_gene(result: ContrastResult, method: str) -> pd.DataFrame:
    return result.genes[result.genes["method"] == method].set_index("gene")


# what each folder holds, by rule


@pytest.mark.parametrize(
    ("cohort", "told"),
    [
        ("tcga_lgg_counts", "18 samples that are no primary tumour are set aside: 18 of type 02 (recurrence)"),
        ("tcga_lgg_counts", "genes x 511 patients, counts"),
        ("tcga_lgg_counts", "survival: usable, 125 deaths"),
        ("tcga_counts_40", "1004 further rows of 565 genes, 1002 of them exact copies of the first, merged by the"),
        ("tcga_counts_40", "66855 of 768720 values are rounded to the nearest whole number"),
        ("tcga_counts_40", "19218 genes x 40 patients, counts"),
        ("freije_gbm", "12453 genes x 85 patients, log2"),
        ("freije_gbm", "948 older names carry the current symbol"),
        ("phillips_gbm", "clinical: 100 patients (age_years 77, sex 100, grade 100, histology 100, tumour 100"),
        ("cptac3_gbm", "survival: not usable: times are known for the dead only"),
    ],
)
def test_adding_a_cohort_says_what_the_rules_did(example, cohort, told):
    assert told in example.printed[cohort]


def test_what_is_no_column_of_a_sheet_is_declared(example):
    """The plate is part of a barcode; that CPTAC-3's tumours are of grade 4 stands in no column at all."""
    extra = example.mart("clinical_extra")
    plates = extra[(extra["column_name"] == "plate") & extra["patient_key"].str.startswith("tcga_counts_40.")]
    diagnoses = extra[extra["column_name"] == "diagnosis"].set_index("patient_key")["value"]
    table = pd.crosstab(plates.set_index("patient_key")["value"], diagnoses)
    assert table.loc[["1849", "1850"], "glioblastoma"].tolist() == [9, 11]
    assert table.drop(index=["1849", "1850"])["glioblastoma"].sum() == table.loc[["1849", "1850"], "lower_grade"].sum()
    patients = example.mart("patients")
    assert set(patients.loc[patients["cohort"] == "cptac3_gbm", "grade"]) == {4}


def test_samples_are_not_persons(example):
    """85 and 100 samples; 20 of the 40 stand in tcga_lgg_counts as well, by their barcodes."""
    patients = example.mart("patients")
    of = patients.groupby("cohort")["person"].nunique()
    assert (of["freije_gbm"], of["phillips_gbm"], of["tcga_counts_40"]) == (81, 76, 40)
    lgg = patients[patients["cohort"] == "tcga_lgg_counts"]
    forty = patients[patients["cohort"] == "tcga_counts_40"]
    assert len(set(lgg["person"]) & set(forty["person"])) == 20


def test_pathway_activity_stands_for_all_with_expression(example):
    scores = example.mart("feature_matrix")
    scores = scores[scores["block"] == "pathway_activity"]
    patients = scores.groupby("cohort")["patient_key"].nunique().to_dict()
    assert patients == {
        "cptac3_gbm": 173,
        "freije_gbm": 85,
        "phillips_gbm": 100,
        "tcga_counts_40": 40,
        "tcga_lgg_counts": 511,
    }
    assert set(scores.groupby("patient_key").size()) == {50}


@pytest.mark.parametrize(
    ("cohort", "told"),
    [
        ("tcga_lgg_counts", ()),
        ("tcga_counts_40", ()),
        ("freije_gbm", ("GSM99546 shows another sex than the recorded one.",)),
        ("phillips_gbm", ("GSM96983, GSM97044 show neither sex clearly.",)),
        (
            "cptac3_gbm",
            ("C3N-03453 shows another sex than the recorded one.",),
        ),  # XIST is absent
    ],
)
def test_samples_whose_sex_is_another_or_unclear_are_named(example, cohort, told):
    assert example.record("expression/sex_check", cohort).warnings == told


# contrasts


def test_idh_is_compared_in_all_who_have_status_grade_and_expression(example):
    result = contrast(example, "lgg_idh", "idh")
    assert {level: n for level, _, n in result.groups} == {"mutant": 412, "wildtype": 94}
    assert result.n_persons == result.n == 506


@pytest.mark.parametrize("method", ["deseq2", "limma_voom"])
@pytest.mark.parametrize("gene", sorted(SILENCED))
def test_genes_that_hypermethylation_silences_are_lower_in_idh_mutant_tumours(example, method, gene):
    """RBP1 is the marker of the hypermethylated phenotype (Noushmehr et al. 2010)."""
    row = by_gene(contrast(example, "lgg_idh", "idh"), method).loc[gene]
    assert row["found"] == "down"
    assert row["p_adjusted"] < 1e-20


def test_two_methods_agree_on_most_genes(example):
    result = contrast(example, "lgg_idh", "idh")
    both = by_gene(result, "deseq2").join(by_gene(result, "limma_voom"), lsuffix="_deseq2", rsuffix="_voom")
    tested = both.dropna(subset=["p_adjusted_deseq2", "p_adjusted_voom"])
    assert tested["log2_fold_change_deseq2"].corr(tested["log2_fold_change_voom"]) > 0.9
    found = tested[tested["found_deseq2"].ne("") & tested["found_voom"].ne("")]
    assert len(found) > 0.7 * max((tested["found_deseq2"] != "").sum(), (tested["found_voom"] != "").sum())
    assert (found["found_deseq2"] == found["found_voom"]).mean() > 0.999  # SLC18A3: few tumours have most of its counts


def test_sites_are_asked_about_and_held_fixed(example):
    result = contrast(example, "lgg_idh", "idh_within_sites")
    (asked,) = result.sources
    assert "'idh_status' can be told apart from 'tissue_source_site' (Cramer's V 0.24)" in asked
    assert "10 of 26 levels of it, with 28 of 506 samples, hold one level of the contrast only" in asked
    assert by_gene(result, "limma_voom").loc["RBP1", "found"] == "down"


def test_the_forty_show_what_makes_a_glioblastoma(example):
    result = contrast(example, "gbm_against_lgg", "glioblastoma")
    assert (result.n, result.n_persons) == (40, 40)
    genes = by_gene(result, "deseq2")
    assert (genes.loc[["MKI67", "TOP2A", "VEGFA"], "found"] == "up").all()
    sets = result.enrichment.set_index("set")
    for name in ("HALLMARK_E2F_TARGETS", "HALLMARK_G2M_CHECKPOINT", "HALLMARK_HYPOXIA"):
        assert sets.loc[name, "normalised_enrichment"] > 1.5
        assert sets.loc[name, "p_adjusted"] < 0.01


def test_of_two_samples_of_one_person_one_is_compared(example):
    result = contrast(example, "high_grade_arrays", "grade_4")
    assert result.n == result.n_persons == 157
    assert {(level, cohort): n for level, cohort, n in result.groups} == {
        ("4", "freije_gbm"): 57,
        ("3", "freije_gbm"): 24,
        ("4", "phillips_gbm"): 55,
        ("3", "phillips_gbm"): 21,
    }
    assert not set(result.patients["patient"]) & {"freije_gbm.GSM99460", "phillips_gbm.GSM97028"}


def test_two_cohorts_of_one_array_agree(example):
    one = by_gene(contrast(example, "high_grade_arrays", "grade_4_freije"), "limma_trend")
    other = by_gene(contrast(example, "high_grade_arrays", "grade_4_phillips"), "limma_trend")
    both = one.join(other, lsuffix="_one", rsuffix="_other", how="inner")
    assert both["log2_fold_change_one"].corr(both["log2_fold_change_other"]) > 0.4
    together = by_gene(contrast(example, "high_grade_arrays", "grade_4"), "limma_trend")
    assert (together["found"] != "").sum() > 0


# what is refused


@pytest.mark.parametrize(
    ("study", "told"),
    [
        ("gbm_against_lgg_plates", "'diagnosis' cannot be told apart from 'plate' in these 40 samples"),
        ("gbm_by_cohort", "'grade' cannot be told apart from 'cohort'"),
        ("gbm_by_cohort", "'4' is cptac3_gbm, '3' is tcga_lgg_counts"),
        ("gbm_by_cohort", "platform (RNA-seq, STAR against RNA-seq, HTSeq, GENCODE v22)"),
    ],
)
def test_a_confounded_contrast_is_refused_before_it_is_run(example, study, told):
    assert study in REFUSED
    assert told in example.printed[study]


def test_a_signature_of_one_platform_is_refused_on_another_unit_and_platform(example):
    """log2 intensities and counts, and log2-CPM too, have no common zero: a score or a cut-point would mean nothing."""
    arrays = matrix(example, "expression/matrix", "freije_gbm")
    genes = dict.fromkeys(sorted(SILENCED), 1.0)
    signature = fit_gene_signature(arrays, genes, name="of_arrays", platform="Affymetrix HG-U133A")
    others = matrix(example, "expression/matrix", "phillips_gbm")
    assert len(gene_signature_score(signature, others, platform="Affymetrix HG-U133A").scores) == 100
    platform = "RNA-seq, HTSeq, GENCODE v22"
    for asset, unit in (("raw/expression", "counts"), ("expression/matrix", "log2")):
        found = rf"unit and platform: found {unit} on {platform}, expected log2 on Affymetrix HG-U133A"
        with pytest.raises(UnitRefused, match=found):
            gene_signature_score(signature, matrix(example, asset, "tcga_lgg_counts"), platform=platform)


# survival on arrays


def test_recurrences_have_no_outcome_and_are_no_second_persons(example):
    fit = example.fit("array_survival", "overall_survival")
    assert (fit.n, fit.n_persons, fit.n_events) == (81, 81, 55)
    assert {len(each.predictions.patients) for each in fit.performances if "phillips_gbm" in each.setting} == {76}
    reasons = [reason for _, reason in fit.excluded]
    assert sum("time missing" in reason for reason in reasons) == 23
    assert sum("counted once" in reason for reason in reasons) == 5
