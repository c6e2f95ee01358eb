"""ComBat: R's values, nothing but the fit in a new patient's value, refusals by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radgen_assets.contracts.errors import BadInput, Confounded, UnitRefused, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression import CombatSettings, apply_combat, combat_as_published, fit_combat
from radgen_assets.science.expression.batch.combat_prior import (
    BatchMoments,
    nonparametric_effects,
    parametric_effects,
)
from radgen_assets_tests.science.agreements.row import agree
from radgen_assets_tests.science.expression.batch.batches_of_r import golden, made, of, part, stored

CASES = {
    "parametric": ("combat_parametric", [], None, CombatSettings()),
    "parametric, group": ("combat_parametric_group", ["group"], None, CombatSettings()),
    "parametric, group and age": ("combat_parametric_group_age", ["group", "age"], None, CombatSettings()),
    "parametric, reference A": ("combat_parametric_reference_A", [], "A", CombatSettings()),
    "parametric, reference B, group": ("combat_parametric_reference_B_group", ["group"], "B", CombatSettings()),
    "non-parametric": ("combat_nonparametric", [], None, CombatSettings(parametric=False)),
    "non-parametric, group": ("combat_nonparametric_group", ["group"], None, CombatSettings(parametric=False)),
    "means only": ("combat_mean_only", [], None, CombatSettings(mean_only=True)),
}
ALL_SETTINGS = [
    CombatSettings(parametric=parametric, mean_only=mean_only)
    for parametric in (True, False)
    for mean_only in (True, False)
]


def corrected(matrix, samples, covariates=(), reference=None, settings=None):
    frame = samples[list(covariates)] if covariates else None
    fit = fit_combat(matrix, samples["batch"], covariates=frame, reference=reference, settings=settings)
    return apply_combat(fit, matrix, samples["batch"], covariates=frame)


@pytest.mark.parametrize("quantity", CASES)
def test_training_samples_get_the_values_of_sva(shared_reference, quantity):
    matrix, samples = golden(shared_reference)
    name, covariates, reference, chosen = CASES[quantity]
    found = corrected(matrix, samples, covariates, reference, chosen)
    agree("expression.fit_combat", quantity, *stored(shared_reference, name, found))


def test_as_published_is_svas_call(shared_reference):
    matrix, samples = golden(shared_reference)
    found = combat_as_published(matrix, samples["batch"], covariates=samples[["group"]])
    agree(
        "expression.combat_as_published",
        "parametric, group",
        *stored(shared_reference, CASES["parametric, group"][0], found),
    )
    assert found.notes[-1].startswith("As published: ComBat over all 36 samples at once")


def test_the_gene_without_variance_in_a_batch_comes_back_as_it_was_and_is_told(shared_reference):
    matrix, samples = golden(shared_reference)
    fit = fit_combat(matrix, samples["batch"])
    assert fit.unchanged == ("g399",)
    found = apply_combat(fit, matrix, samples["batch"])
    place = matrix.genes.index("g399")
    np.testing.assert_array_equal(found.values[place], matrix.values[place])
    assert "1 genes without variance in one of the batches are left as they were." in found.notes


@pytest.mark.parametrize("chosen", ALL_SETTINGS, ids=str)
def test_a_new_patient_alone_gets_the_value_that_he_gets_in_company(chosen):
    matrix, samples = made()
    training = np.arange(len(samples)) % 3 != 0
    frame = samples[["group", "age"]]
    fit = fit_combat(part(matrix, training), samples["batch"], covariates=frame, settings=chosen)
    together = apply_combat(fit, part(matrix, ~training), samples["batch"], covariates=frame)
    for place in np.flatnonzero(~training):
        alone = apply_combat(fit, part(matrix, [place]), samples["batch"], covariates=frame)
        column = together.samples.index(matrix.samples[place])
        np.testing.assert_allclose(alone.values[:, 0], together.values[:, column], rtol=1e-13)


@pytest.mark.parametrize("chosen", ALL_SETTINGS, ids=str)
def test_validation_samples_do_not_enter_the_fit(chosen):
    matrix, samples = made()
    training = np.arange(len(samples)) % 3 != 0
    fit = fit_combat(part(matrix, training), samples["batch"], settings=chosen)
    disturbed = of(np.where(training, matrix.values, 1e3))
    again = fit_combat(part(disturbed, training), samples["batch"], settings=chosen)
    np.testing.assert_array_equal(fit.shifts, again.shifts)
    np.testing.assert_array_equal(fit.variances, again.variances)
    assert set(fit.samples) == set(np.array(matrix.samples)[training])


def test_a_planted_shift_and_stretch_is_taken_away():
    rng = np.random.default_rng(1)
    truth = rng.normal(8, 1, (200, 80))
    code = np.arange(80) % 2
    batch = pd.Series(np.where(code, "far", "near"), index=[f"s{i}" for i in range(80)])
    measured = of(np.where(code, 8 + 2 * (truth - 8) + 3, truth))
    found = apply_combat(fit_combat(measured, batch, reference="near"), measured, batch)
    np.testing.assert_array_equal(found.values[:, code == 0], truth[:, code == 0])
    assert np.abs(found.values - truth)[:, code == 1].mean() < 0.2


def test_a_covariate_keeps_biology_that_differs_between_batches():
    """Nine tenths of the cases in one batch: without the covariate their difference goes with the batch."""
    rng = np.random.default_rng(2)
    case = np.arange(80) % 2 == 0
    second = np.where(rng.uniform(size=80) < 0.9, case, ~case)
    values = rng.normal(8, 1, (100, 80)) + 2 * case + np.where(second, rng.normal(0, 1, (100, 1)), 0)
    matrix = of(values)
    samples = pd.DataFrame({"batch": np.where(second, "B", "A"), "case": case}, index=matrix.samples)

    def difference(found):
        return (found.values[:, case].mean(axis=1) - found.values[:, ~case].mean(axis=1)).mean()

    assert difference(corrected(matrix, samples, ["case"])) == pytest.approx(2, abs=0.3)
    assert difference(corrected(matrix, samples)) < 1


def test_means_only_needs_no_covariate_of_a_new_patient():
    """Where spreads stay, covariates steer the fit and cancel in the value."""
    matrix, samples = made()
    chosen = CombatSettings(mean_only=True)
    fit = fit_combat(matrix, samples["batch"], covariates=samples[["group"]], settings=chosen)
    without = apply_combat(fit, matrix, samples["batch"])
    given_too = apply_combat(fit, matrix, samples["batch"], covariates=samples[["group"]])
    np.testing.assert_allclose(without.values, given_too.values, rtol=1e-12)


def test_a_batch_of_one_sample_is_corrected_by_its_mean_and_told():
    matrix, samples = made(sizes=(6, 6, 1))
    fit = fit_combat(matrix, samples["batch"])
    assert fit.mean_only
    expected = fit_combat(matrix, samples["batch"], settings=CombatSettings(mean_only=True))
    np.testing.assert_array_equal(fit.shifts, expected.shifts)
    assert any("Batch C has one sample: ComBat corrected the means only" in note for note in fit.notes)


def test_the_non_parametric_step_is_svas_sum_written_out():
    """int.eprior: for each gene the others' estimates, weighted by the likelihood of its own values."""
    rng = np.random.default_rng(3)
    values = rng.normal(rng.normal(0, 1, (30, 1)), rng.uniform(0.5, 2, (30, 1)), (30, 7))
    batch = of_values(values)
    shift, variance = nonparametric_effects(batch)
    for gene in range(30):
        others = np.arange(30) != gene
        g, d = batch.shift[others], batch.variance[others]
        squares = ((values[gene] - g[:, None]) ** 2).sum(axis=1)
        likelihood = (2 * np.pi * d) ** (-7 / 2) * np.exp(-squares / (2 * d))
        assert shift[gene] == pytest.approx((g * likelihood).sum() / likelihood.sum(), rel=1e-12)
        assert variance[gene] == pytest.approx((d * likelihood).sum() / likelihood.sum(), rel=1e-12)


def test_the_non_parametric_step_does_not_underflow_with_many_samples():
    """R divides zero by zero here."""
    rng = np.random.default_rng(4)
    shift, variance = nonparametric_effects(of_values(rng.normal(3, 1, (20, 2000))))
    assert np.isfinite(shift).all()
    assert np.isfinite(variance).all()


def test_equal_variances_in_all_genes_are_their_own_prior():
    values = np.array([[1.0, 2, 3], [11, 12, 13], [5, 6, 7]])
    _, variance = parametric_effects(of_values(values))
    np.testing.assert_allclose(variance, 1.0)


def of_values(values):
    mean = values.mean(axis=1)
    return BatchMoments(mean, mean, ((values - mean[:, None]) ** 2).sum(axis=1), values.shape[1])


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000), parametric=st.booleans())
def test_the_order_of_samples_and_the_names_of_batches_do_not_matter(seed, parametric):
    matrix, samples = made(20, seed=seed)
    chosen = CombatSettings(parametric=parametric)
    first = corrected(matrix, samples, ["group"], settings=chosen)
    order = np.random.default_rng(seed).permutation(len(samples))
    renamed = samples.assign(batch=samples["batch"].map({"A": "z", "B": "y", "C": "x"}))
    second = corrected(part(matrix, order), renamed, ["group"], settings=chosen)
    np.testing.assert_allclose(second.values, first.values[:, order], rtol=1e-10)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 1000))
def test_unit_and_zero_of_a_numeric_covariate_do_not_matter(seed):
    matrix, samples = made(20, seed=seed)
    first = corrected(matrix, samples, ["age"])
    second = corrected(matrix, samples.assign(age=samples["age"] * 365.25 - 1e4), ["age"])
    np.testing.assert_allclose(second.values, first.values, rtol=1e-8)


def test_each_subclass_is_corrected_as_if_it_were_alone():
    matrix, samples = made(sizes=(8, 8, 8))
    found = combat_as_published(matrix, samples["batch"], within=samples["group"], reference="A")
    for level in "ab":
        mine = (samples["group"] == level).to_numpy()
        alone = corrected(part(matrix, mine), samples[mine], reference="A")
        np.testing.assert_array_equal(found.values[:, mine], alone.values)
    moved = samples["group"].where(samples["batch"] != "A", "a")
    found = combat_as_published(matrix, samples["batch"], within=moved, reference="A")
    assert "group b: no sample of A; brought to the mean of its batches." in found.notes


# refusals


def test_an_unseen_batch_is_refused_by_name_with_the_way_out():
    matrix, samples = made()
    seen = (samples["batch"] != "C").to_numpy()
    fit = fit_combat(part(matrix, seen), samples["batch"])
    with pytest.raises(
        UsedWrongly, match=r"'batch': found the batch 'C', expected one that the fit saw: A, B.*reference"
    ):
        apply_combat(fit, matrix, samples["batch"])


def test_a_covariate_that_follows_from_the_batch_is_refused_naming_both():
    matrix, samples = made()
    samples["pipeline"] = np.where(samples["batch"] == "A", "old", "new")
    with pytest.raises(Confounded, match="batch 'batch' and covariate 'pipeline' cannot be told apart"):
        fit_combat(matrix, samples["batch"], covariates=samples[["group", "pipeline"]])


def test_a_missing_or_unknown_covariate_of_a_new_patient_is_refused():
    matrix, samples = made()
    fit = fit_combat(matrix, samples["batch"], covariates=samples[["group"]])
    with pytest.raises(UsedWrongly, match=r"no covariate 'group', which the fit had.*an outcome"):
        apply_combat(fit, matrix, samples["batch"])
    with pytest.raises(UsedWrongly, match="found the level 'c', expected one of a, b"):
        apply_combat(fit, matrix, samples["batch"], covariates=samples[["group"]].replace("a", "c"))


def test_what_has_no_batch_effect_to_learn_is_refused():
    matrix, samples = made()
    batch = samples["batch"]
    with pytest.raises(UsedWrongly, match=r"found one batch \('A'\) in 'batch', expected at least two"):
        fit_combat(matrix, batch.replace(["B", "C"], "A"))
    with pytest.raises(UsedWrongly, match="found the reference 'Z', expected one of A, B, C"):
        fit_combat(matrix, batch, reference="Z")
    with pytest.raises(UsedWrongly, match=r"no row for 1 of 21 samples \(first: s3\)"):
        fit_combat(matrix, batch.drop("s3"))
    with pytest.raises(UsedWrongly, match="sample s4: found no batch"):
        fit_combat(matrix, batch.where(batch.index != "s4"))
    with pytest.raises(UsedWrongly, match="found 's0' twice"):
        fit_combat(matrix, pd.concat([batch, batch[:1]]))
    with pytest.raises(BadInput, match="found 1 genes that vary in every batch, expected at least 2"):
        fit_combat(of(matrix.values[:1]), batch)
    with pytest.raises(UsedWrongly, match="'group' has a single level"):
        fit_combat(matrix, batch, covariates=samples[["group"]].replace("b", "a"))
    with pytest.raises(UsedWrongly, match="covariate 'age' has one value in all samples"):
        fit_combat(matrix, batch, covariates=samples[["age"]] * 0 + 50)


@pytest.mark.parametrize("unit", ["counts", "tpm", "fpkm", "zscore"])
def test_only_log2_values_are_corrected(unit):
    matrix, samples = made()
    other = of(matrix.values, unit=ExpressionUnit(unit))
    with pytest.raises(UnitRefused, match=f"found {unit}, expected log2 for fit_combat"):
        fit_combat(other, samples["batch"])
    with pytest.raises(UnitRefused, match="log2 for apply_combat"):
        apply_combat(fit_combat(matrix, samples["batch"]), other, samples["batch"])
    with pytest.raises(UnitRefused, match="log2 for combat_as_published"):
        combat_as_published(other, samples["batch"])


def test_missing_values_and_genes_are_refused():
    matrix, samples = made()
    fit = fit_combat(matrix, samples["batch"])
    with pytest.raises(BadInput, match="1 genes missing"):
        apply_combat(fit, of(matrix.values[1:], matrix.genes[1:]), samples["batch"])
    values = matrix.values.copy()
    values[2, 3] = np.nan
    with pytest.raises(BadInput, match="gene g2, sample s3"):
        fit_combat(of(values), samples["batch"])


def test_a_gene_that_the_covariates_explain_wholly_is_left_as_it_was():
    """Its pooled spread is zero, by which sva would divide."""
    matrix, samples = made()
    values = matrix.values.copy()
    values[5] = 4 + (samples["group"] == "b").to_numpy()
    fit = fit_combat(of(values), samples["batch"], covariates=samples[["group"]])
    assert fit.unchanged == ("g5",)
    found = apply_combat(fit, of(values), samples["batch"], covariates=samples[["group"]])
    np.testing.assert_array_equal(found.values[5], values[5])
