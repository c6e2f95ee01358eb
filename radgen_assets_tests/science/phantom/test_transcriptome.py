"""Expression: planted pathways, and each platform in its unit."""

from __future__ import annotations

import numpy as np
import pytest

from radgen_assets.contracts.errors import UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.phantom import PhantomSettings, draw_population, expression_matrix, gene_panel
from radgen_assets.science.phantom.transcriptome import PLANTED, ensembl_id

SETTINGS = PhantomSettings.demo()


def _matrix(cohort: str, n: int = 60):
    population = draw_population(SETTINGS, cohort, n=n)
    return population, expression_matrix(SETTINGS, population, tuple(f"P{index}" for index in range(n)))


def _set_means(matrix, logged: np.ndarray) -> dict[str, np.ndarray]:
    rows = {gene: row for row, gene in reversed(list(enumerate(matrix.genes)))}
    scaled = (logged - logged.mean(axis=1, keepdims=True)) / (logged.std(axis=1, keepdims=True) + 1e-9)
    return {each.name: scaled[[rows[gene] for gene in each.genes]].mean(axis=0) for each in gene_panel(SETTINGS).sets}


def test_twenty_sets_of_twenty_five_genes_share_none():
    panel = gene_panel(SETTINGS)
    genes = [gene for each in panel.sets for gene in each.genes]
    assert (len(panel.sets), len(genes), len(set(genes))) == (20, 500, 500)
    assert set(genes) <= set(panel.genes)


@pytest.mark.parametrize("cohort", ["training_site", "second_site", "array_expression", "sequencing_expression"])
def test_planted_sets_follow_their_latent_variable_on_every_platform(cohort):
    population, matrix = _matrix(cohort)
    logged = (
        matrix.values
        if matrix.unit is ExpressionUnit.log2
        else np.log2(matrix.values / matrix.values.sum(axis=0) * 1e6 + 1)
    )
    means = _set_means(matrix, logged)
    for name, (latent, sign) in PLANTED.items():
        correlation = np.corrcoef(means[name], sign * population.latents[latent])[0, 1]
        assert correlation > 0.8, name


def test_other_sets_move_on_their_own():
    """Ninety-five of a hundred correlations of 300 samples lie within 0.113 when there is nothing."""
    population, matrix = _matrix("training_site", n=300)
    means = _set_means(matrix, np.log2(matrix.values + 1))
    others = [name for name in means if name not in PLANTED]
    strongest = max(abs(np.corrcoef(means[name], population.survival_score)[0, 1]) for name in others)
    assert len(others) == 16
    assert strongest < 0.2


def test_counts_are_whole_numbers_of_about_twenty_million_reads():
    _, matrix = _matrix("training_site")
    assert matrix.unit is ExpressionUnit.counts
    np.testing.assert_array_equal(matrix.values, np.round(matrix.values))
    assert 1.5e7 < np.median(matrix.values.sum(axis=0)) < 2.7e7


def test_tpm_of_each_sample_add_up_to_a_million():
    _, matrix = _matrix("sequencing_expression")
    np.testing.assert_allclose(matrix.values.sum(axis=0), 1e6, rtol=1e-6)


def test_fpkm_do_not_add_up_to_a_million():
    _, matrix = _matrix("second_site")
    assert matrix.unit is ExpressionUnit.fpkm
    assert matrix.values.sum(axis=0).std() > 1e3


def test_arrays_report_log2_with_some_genes_twice():
    """The second probe is the dimmer one, so that the rule highest_mean has something to decide."""
    _, matrix = _matrix("array_expression")
    assert matrix.values.min() > 1
    assert matrix.values.max() < 20
    assert len(matrix.genes) - len(set(matrix.genes)) == 12
    assert matrix.values[-12:].mean() < matrix.values[:12].mean()


def test_a_sample_does_not_depend_on_the_others():
    _, few = _matrix("training_site", n=3)
    _, more = _matrix("training_site", n=5)
    np.testing.assert_array_equal(few.values, more.values[:, :3])


def test_cohorts_without_expression_are_refused():
    population = draw_population(SETTINGS, "public_imaging", n=2)
    with pytest.raises(UsedWrongly, match="cohort 'public_imaging' has no expression"):
        expression_matrix(SETTINGS, population, ("a", "b"))


def test_made_up_ensembl_ids_are_unique_and_carry_a_version():
    ids = [ensembl_id(gene) for gene in gene_panel(SETTINGS).genes]
    assert len({each.split(".")[0] for each in ids}) == len(ids)
    assert ids[0] == "ENSG99900000001.2"
