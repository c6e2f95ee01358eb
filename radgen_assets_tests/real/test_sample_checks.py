"""The checks of samples on public cohorts: what their READMEs count is what the checks find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.cohort import ExpressionDeclaration
from radgen_assets.formats.expression_tables import read_expression
from radgen_assets.science.expression import duplicate_samples, expression_outliers, sex_check, to_log2

pytestmark = pytest.mark.real

GENE_IDS = "gene_sets/gene_ids_2022-09-12.tsv.gz"


def read(shared_data, **declared):
    """A matrix as declared, genes in rows, symbols current."""
    declaration = ExpressionDeclaration(orientation="genes_in_rows", gene_map=GENE_IDS, **declared)
    return read_expression(declaration, shared_data, "cohort")


def arrays(shared_data, cohort):
    """An array cohort and its recorded sexes."""
    matrix = read(shared_data, file=f"{cohort}/expression_log2.tsv.gz", unit="log2", duplicate_genes="highest_mean")
    sheet = pd.read_csv(shared_data / cohort / "clinical.tsv.gz", sep="\t", index_col="Sample")
    return matrix, sheet["Gender"].map({"M": "male", "F": "female"})


@pytest.fixture(scope="module")
def lower_grade(shared_data):
    """All 529 samples of TCGA-LGG, recurrences too, as log2-CPM."""
    counts = read(
        shared_data, file="tcga_lgg_counts/counts.tsv.gz", unit="counts", gene_ids="ensembl_version",
        duplicate_genes="sum", patient_id_pattern="^(.*)$",
    )  # fmt: skip
    return to_log2(counts)


def test_528_of_528_samples_show_the_recorded_sex(lower_grade, shared_data):
    sheet = pd.read_csv(shared_data / "tcga_lgg_counts/clinical_lgg.csv.gz", index_col="bcr_patient_barcode")
    sexes = {sample: sheet["gender"].str.lower().get(sample[:12]) for sample in lower_grade.samples}
    found = sex_check(lower_grade, pd.Series(sexes, dtype="object"))
    assert (found.n_agreeing, found.n_recorded) == (528, 528)
    assert found.disagreeing == found.undecided == ()


def test_no_two_of_529_tumours_are_one_and_a_copy_is_found(lower_grade):
    assert duplicate_samples(lower_grade).pairs == ()
    rng = np.random.default_rng(1)
    copy = lower_grade.values[:, 100] + rng.normal(0, 0.1, len(lower_grade.genes))
    doubled = replace(
        lower_grade,
        values=np.column_stack([lower_grade.values, copy]),
        samples=(*lower_grade.samples, "copy"),
    )
    (pair,) = duplicate_samples(doubled).pairs
    assert (pair.first, pair.second) == (lower_grade.samples[100], "copy")


def test_few_of_529_tumours_lie_apart(lower_grade):
    assert expression_outliers(lower_grade).outliers == ("TCGA-P5-A5F6-01A", "TCGA-DU-6404-02B")


def test_the_woman_whose_array_is_a_mans_is_named(shared_data):
    found = sex_check(*arrays(shared_data, "freije_gbm"))
    assert found.disagreeing == ("GSM99546",)
    assert found.undecided == ()


def test_two_unclear_arrays_are_undecided(shared_data):
    found = sex_check(*arrays(shared_data, "phillips_gbm"))
    assert found.disagreeing == ()
    assert found.undecided == ("GSM96983", "GSM97044")


@pytest.mark.parametrize("cohort", ["freije_gbm", "phillips_gbm"])
def test_two_arrays_of_one_patient_are_alike_but_not_one(shared_data, cohort):
    """The READMEs name pairs of one patient; their arrays are two samples all the same."""
    matrix, _ = arrays(shared_data, cohort)
    assert duplicate_samples(matrix).pairs == ()


def test_without_xist_the_y_linked_genes_decide(shared_data):
    """CPTAC-3: RPS4Y1 is low in two men, whose other Y-linked genes are not; one woman shows a man's."""
    matrix = read(shared_data, file="cptac3_gbm_counts/counts.tsv.gz", unit="counts", duplicate_genes="sum")
    sheet = pd.read_csv(shared_data / "cptac3_gbm_counts/clinical.tsv", sep="\t", index_col="CaseID")
    found = sex_check(matrix, sheet["Sex"])
    assert (found.n_agreeing, found.n_recorded) == (172, 173)
    assert found.disagreeing == ("C3N-03453",)


def test_forty_of_forty_expected_counts_show_the_recorded_sex(shared_data):
    """RSEM's expected counts of 20 GBM and 20 LGG."""
    matrix = read(
        shared_data,
        file="tcga_counts_40/counts.tsv.gz",
        unit="counts",
        not_whole="round",
        gene_ids="symbol_bar_entrez",
        duplicate_genes="first",
        patient_id_pattern="^(TCGA-..-....)",
    )
    sheet = pd.read_csv(shared_data / "tcga_counts_40/samples.tsv.gz", sep="\t", index_col="patient")
    found = sex_check(matrix, sheet["gender"])
    assert (found.n_agreeing, found.n_recorded) == (40, 40)
    assert expression_outliers(matrix).outliers == ("TCGA-28-5218",)
    assert duplicate_samples(matrix).pairs == ()
