"""Contrasts on phantoms: tumours against normal tissue find the planted sets; labels of a null find nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from radgen_assets.contracts.contrasts import ContrastResult
from radgen_assets.science.expression import to_log2
from radgen_assets.science.expression.contrasts.comparison import compare_groups
from radgen_assets.science.expression.contrasts.frame import ContrastFrame
from radgen_assets.science.expression.contrasts.matrices import put_together
from radgen_assets.science.expression.settings import LogSettings
from radgen_assets.science.phantom.population import draw_population
from radgen_assets.science.phantom.settings import PhantomSettings
from radgen_assets.science.phantom.transcriptome import PLANTED, expression_matrix, gene_panel
from radgen_assets_tests.science.expression.contrasts.made_up import contrast


def compared(keys: list[str], column: str, group: np.ndarray) -> ContrastFrame:
    """These patients, each a person, with nothing held fixed."""
    index = pd.Index(keys)
    people = pd.DataFrame({"person": keys, "cohort": [key.partition(".")[0] for key in keys], "role": "train"}, index)
    return ContrastFrame(people, pd.DataFrame({column: group}, index), (), (), ())


def matrix_of(settings: PhantomSettings, cohort: str):
    population = draw_population(settings, cohort)
    return population, expression_matrix(settings, population, tuple(f"P{k:02d}" for k in range(population.n)))


@pytest.fixture(scope="module")
def tumour_against_normal() -> ContrastResult:
    """30 tumours and 10 samples of normal tissue, sequenced alike."""
    settings = PhantomSettings.demo()
    parts = {
        name: to_log2(matrix_of(settings, name)[1], LogSettings())
        for name in ("sequencing_expression", "normal_tissue")
    }
    keys = [f"{name}.{sample}" for name, matrix in parts.items() for sample in matrix.samples]
    group = np.array([key.partition(".")[0] for key in keys])
    asked = contrast(
        column="cohort", level="sequencing_expression", reference="normal_tissue", methods=("limma_trend",)
    )
    whole, _ = put_together(parts, keys)
    return compare_groups(
        asked, compared(keys, "cohort", group), {"log2": whole}, {"phantom": gene_panel(settings).sets}
    )


def test_most_genes_of_planted_sets_are_found_and_few_others(tumour_against_normal):
    panel = gene_panel(PhantomSettings.demo())
    found = tumour_against_normal.genes.set_index("gene")["found"]
    planted = pd.Series(panel.set_of, index=panel.genes).between(0, len(PLANTED) - 1)
    assert (found[planted] != "").mean() > 0.7
    assert (found[~planted] != "").mean() < 0.02


def test_planted_sets_are_over_represented_and_no_other(tumour_against_normal):
    table = tumour_against_normal.over_representation
    found = set(table.loc[(table["direction"] == "either") & (table["p_adjusted"] < 0.05), "set"])
    assert found == set(PLANTED)


def test_each_planted_set_leans_to_its_side(tumour_against_normal):
    table = tumour_against_normal.enrichment.set_index("set")
    signs = {name: sign for name, (_, sign) in PLANTED.items()}
    assert {name: np.sign(table.loc[name, "normalised_enrichment"]) for name in signs} == {
        name: np.sign(sign) for name, sign in signs.items()
    }


def test_labels_that_nothing_depends_on_find_no_gene():
    settings = PhantomSettings.demo("null")
    population, matrix = matrix_of(settings, "training_site")
    keys = [f"training_site.{sample}" for sample in matrix.samples]
    whole, _ = put_together({"training_site": matrix}, keys)
    group = population.clinical["idh_status"].to_numpy()
    asked = contrast(methods=("limma_voom",), least_log2_fold_change=0.0)
    result = compare_groups(asked, compared(keys, "idh_status", group), {"counts": whole}, {})
    assert (result.genes["found"] != "").sum() == 0
