"""What differential_counts refuses, what it says of genes without a result, and what must not change one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom, norm

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.deseq import differential_counts
from radgen_assets.science.expression.differential.settings import CountTestSettings
from radgen_assets.science.expression.differential.size_factors import size_factors
from radgen_assets_tests.science.expression.differential.counts_of_r import CONTRAST, made_counts, simulated

AGAINST = ("group", "b", "a")


def status_of(result, gene):
    place = result.genes.index(gene)
    return result.status[place], result.reason[place]


def with_row(matrix, row, values):
    changed = matrix.values.copy()
    changed[row] = values
    return replace(matrix, values=changed)


def taking(matrix, genes, samples):
    return replace(
        matrix,
        values=matrix.values[np.ix_(genes, samples)],
        genes=tuple(matrix.genes[place] for place in genes),
        samples=tuple(matrix.samples[place] for place in samples),
    )


@pytest.mark.parametrize("unit", [unit for unit in ExpressionUnit if unit is not ExpressionUnit.counts])
def test_any_unit_but_counts_is_refused_by_name(unit):
    matrix, design = made_counts(30)
    with pytest.raises(UnitRefused, match=f"found {unit.value}, expected counts for differential_counts"):
        differential_counts(replace(matrix, unit=unit), design, AGAINST)


def test_fractions_are_no_counts():
    matrix, design = made_counts(30)
    matrix.values[3, 2] = 12.5
    with pytest.raises(UnitRefused, match=r"gene g0003, sample s02: found 12\.5, which is no whole number"):
        differential_counts(matrix, design, AGAINST)


@pytest.mark.parametrize("value", [-1.0, np.nan])
def test_negative_and_missing_counts_are_refused(value):
    matrix, design = made_counts(30)
    matrix.values[3, 2] = value
    with pytest.raises(BadInput, match="gene g0003, sample s02"):
        differential_counts(matrix, design, AGAINST)


def test_factors_that_cannot_be_told_apart_are_named():
    matrix, design = made_counts(30)
    design["project"] = np.where(design["group"] == "b", "TCGA", "CPTAC")
    design["age_years"] = np.arange(12.0) ** 2
    with pytest.raises(UsedWrongly, match="'group' and 'project' cannot be told apart"):
        differential_counts(matrix, design, AGAINST)


def test_a_number_that_does_not_vary_is_named():
    matrix, design = made_counts(30)
    with pytest.raises(UsedWrongly, match="'age_years' cannot be told apart"):
        differential_counts(matrix, design.assign(age_years=50.0), AGAINST)


def test_as_many_coefficients_as_samples_leave_nothing_to_estimate_from():
    matrix, design = made_counts(30, 4)
    design["site"] = ["x", "y", "x", "y"]
    design["age_years"] = [1.0, 2.0, 3.0, 5.0]
    with pytest.raises(UsedWrongly, match="4 samples for 4 coefficients"):
        differential_counts(matrix, design, AGAINST)


@pytest.mark.parametrize(
    ("contrast", "message"),
    [
        (("grade", "b", "a"), "found the factor 'grade', expected one of group, age_years"),
        (("group", "c", "a"), "found the level 'c', expected one of a, b"),
        (("group", "a", "a"), "'a' against itself"),
        (("age_years", "2", "1"), "'age_years', which is a number"),
        ("group", "'group', which is a category"),
    ],
)
def test_a_contrast_must_name_what_the_design_holds(contrast, message):
    matrix, design = made_counts(30)
    with pytest.raises(UsedWrongly, match=message):
        differential_counts(matrix, design.assign(age_years=np.arange(12.0) ** 2), contrast)


def test_samples_without_a_row_or_a_value_are_refused():
    matrix, design = made_counts(30)
    with pytest.raises(UsedWrongly, match=r"no row for 2 of 12 samples \(first: s00\)"):
        differential_counts(matrix, design.iloc[2:], AGAINST)
    design.loc["s04", "group"] = None
    with pytest.raises(UsedWrongly, match="'group' lacks 1 of 12 values"):
        differential_counts(matrix, design, AGAINST)


def test_the_reduced_design_holds_fewer_factors():
    matrix, design = made_counts(30)
    for reduced, message in ((["group"], "every factor"), (["site"], "found 'site'")):
        with pytest.raises(UsedWrongly, match=message):
            differential_counts(matrix, design, AGAINST, reduced=reduced)


def test_a_gene_without_counts_says_so():
    matrix, design = made_counts()
    result = differential_counts(with_row(matrix, 5, 0.0), design, AGAINST)
    assert status_of(result, "g0005") == ("all zero", "No sample has a count.")
    assert np.isnan(result.p[5])


def test_one_count_that_decides_a_small_group_leaves_no_p():
    """With six samples a group nothing is replaced, so the gene is set aside, with the sample's name."""
    matrix, design = made_counts()
    values = matrix.values[7].copy()
    values[9] = 1e5
    result = differential_counts(with_row(matrix, 7, values), design, AGAINST)
    status, reason = status_of(result, "g0007")
    assert status == "outlier"
    assert "The count of s09 decides" in reason
    assert np.isnan(result.p[7])
    kept = differential_counts(
        with_row(matrix, 7, values), design, AGAINST, settings=CountTestSettings(outliers_by_cooks=False)
    )
    assert status_of(kept, "g0007")[0] != "outlier"
    assert not np.isnan(kept.p[7])


def test_one_count_in_a_larger_group_is_replaced():
    matrix, design = made_counts(n=16)
    values = matrix.values[7].copy()
    values[9] = 1e6
    result = differential_counts(with_row(matrix, 7, values), design, AGAINST)
    assert result.replaced[7]
    assert result.p[7] > 1e-4
    assert result.base_mean[7] < values.mean() / 10
    alone = np.zeros(16)
    alone[9] = 1e6
    emptied = differential_counts(with_row(matrix, 7, alone), design, AGAINST)
    status, reason = status_of(emptied, "g0007")
    assert (status, emptied.p[7], emptied.log2_fold_change[7]) == ("no counts compared", 1.0, 0.0)
    assert "outlying count is replaced" in reason


def test_a_gene_silent_in_both_compared_levels_has_no_change():
    matrix, _ = made_counts(n=18)
    design = pd.DataFrame({"group": np.repeat(["a", "b", "c"], 6)}, index=list(matrix.samples))
    values = np.where(design["group"] == "c", 40.0, 0.0)
    result = differential_counts(with_row(matrix, 3, values), design, AGAINST)
    assert status_of(result, "g0003") == ("no counts compared", "No sample of the two levels has a count.")
    assert (result.p[3], result.log2_fold_change[3]) == (1.0, 0.0)


def test_filtered_genes_have_a_p_and_say_the_threshold():
    matrix, design = made_counts(1500, 20, change=2.0, smallest_mean=0.2)
    result = differential_counts(matrix, design, AGAINST)
    filtered = result.status == "filtered"
    assert filtered.any()
    assert not np.isnan(result.p[filtered]).any()
    assert np.isnan(result.p_adjusted[filtered]).all()
    assert (result.base_mean[filtered] < result.filter_threshold).all()
    assert all("independent filtering" in reason for reason in result.reason[filtered])


def test_every_gene_without_a_result_has_a_status_and_a_reason(shared_reference):
    case = simulated(shared_reference)
    frame = differential_counts(case.matrix, case.samples[["batch", "group"]], CONTRAST).to_frame()
    without = frame["p"].isna() | frame["p_adjusted"].isna()
    assert (frame["status"] != "tested").equals(without)
    assert (frame["reason"] != "").equals(without)


def test_genes_that_change_are_found_with_their_direction():
    matrix, design = made_counts(400, 20, change=3.0, seed=2)
    result = differential_counts(matrix, design, AGAINST)
    found = result.p_adjusted < 0.05
    assert found[:40].mean() > 0.9
    assert found[40:].mean() < 0.05
    assert np.median(result.log2_fold_change[:40]) == pytest.approx(3.0, abs=0.3)


def test_the_order_of_samples_and_of_genes_changes_nothing():
    matrix, design = made_counts(300, 14, change=1.0)
    rng = np.random.default_rng(1)
    genes, samples = rng.permutation(300), rng.permutation(14)
    one = differential_counts(matrix, design, AGAINST)
    other = differential_counts(taking(matrix, genes, samples), design, AGAINST)
    np.testing.assert_allclose(other.p, one.p[genes], rtol=1e-7)
    np.testing.assert_allclose(other.log2_fold_change, one.log2_fold_change[genes], atol=1e-7)


def test_the_reverse_contrast_has_the_opposite_change_and_the_same_p():
    matrix, design = made_counts(300, 14, change=1.0)
    one = differential_counts(matrix, design, AGAINST)
    other = differential_counts(matrix, design, ("group", "a", "b"))
    np.testing.assert_allclose(other.log2_fold_change, -one.log2_fold_change, atol=1e-5)
    np.testing.assert_allclose(other.p, one.p, rtol=1e-4)


def test_equal_seeds_aside_two_runs_give_the_same_bytes():
    matrix, design = made_counts(100)
    one, other = (differential_counts(matrix, design, AGAINST) for _ in range(2))
    assert one.p.tobytes() == other.p.tobytes()


def test_truth_values_are_levels():
    matrix, design = made_counts(100)
    truth = pd.DataFrame({"is_mutant": design["group"] == "b"})
    one = differential_counts(matrix, design, AGAINST)
    other = differential_counts(matrix, truth, ("is_mutant", "True", "False"))
    np.testing.assert_array_equal(one.p, other.p)


def test_a_number_gives_the_change_per_unit():
    matrix, _ = made_counts(200, 24)
    dose = np.linspace(0, 2, 24)
    matrix.values[0] = np.rint(400 * 2 ** (1.5 * dose) * np.random.default_rng(4).lognormal(0, 0.1, 24))
    design = pd.DataFrame({"dose": dose}, index=list(matrix.samples))
    result = differential_counts(matrix, design, "dose")
    assert result.log2_fold_change[0] == pytest.approx(1.5, abs=0.3)
    assert result.p_adjusted[0] < 1e-6
    per_ten = differential_counts(matrix, design.assign(dose=dose / 10), "dose")
    np.testing.assert_allclose(per_ten.log2_fold_change[:50] / 10, result.log2_fold_change[:50], atol=1e-9)


def test_a_year_of_birth_needs_no_centring():
    """R bounds coefficients at 30, which an intercept at the year 0 passes; P must not depend on the zero."""
    matrix, design = made_counts(120, 16, change=1.0)
    year = np.random.default_rng(3).integers(1930, 1999, 16).astype(float)
    one = differential_counts(matrix, design.assign(year=year), AGAINST)
    other = differential_counts(matrix, design.assign(year=year - 1960), AGAINST)
    np.testing.assert_allclose(one.p, other.p, rtol=1e-6)
    in_centuries = differential_counts(matrix, design.assign(year=year / 100), AGAINST)
    np.testing.assert_allclose(one.p, in_centuries.p, rtol=1e-6)


def test_a_site_with_a_single_sample_is_fitted_and_judged_by_the_others():
    matrix, design = made_counts(200, 16, change=2.0)
    design["site"] = ["x", "y"] * 7 + ["x", "alone"]
    values = matrix.values[7].copy()
    values[9] = 1e5
    result = differential_counts(with_row(matrix, 7, values), design, AGAINST)
    assert np.isfinite(result.log2_fold_change).all()
    assert status_of(result, "g0007")[0] == "outlier"
    assert "The count of s09" in result.reason[7]


def test_a_group_without_any_count_has_a_finite_change():
    matrix, design = made_counts()
    values = np.where(design["group"] == "b", 80.0, 0.0)
    result = differential_counts(with_row(matrix, 2, values), design, AGAINST)
    assert result.log2_fold_change[2] > 5
    assert np.isfinite(result.std_err[2])
    assert result.p[2] < 1e-6


def test_a_likelihood_ratio_over_three_levels_has_two_degrees_of_freedom():
    matrix, _ = made_counts(n=18, seed=5)
    design = pd.DataFrame({"grade": np.repeat(["2", "3", "4"], 6)}, index=list(matrix.samples))
    matrix.values[0] = np.repeat([50, 100, 400], 6) + np.arange(18)
    result = differential_counts(matrix, design, ("grade", "4", "2"), reduced=[])
    assert result.test == "likelihood ratio"
    assert result.p[0] < 1e-4
    tested = ~np.isnan(result.p)
    expected = np.exp(-np.maximum(result.statistic[tested], 0) / 2)  # chi-squared with two degrees of freedom
    np.testing.assert_allclose(result.p[tested], expected, rtol=1e-10)


def test_counts_that_vary_as_poisson_do_have_no_trend():
    rng = np.random.default_rng(0)
    matrix, design = made_counts(50)
    poisson = replace(matrix, values=rng.poisson(np.full((50, 12), 100.0)).astype(float))
    even = np.where(np.arange(12) % 2, 100.0, 101.0) + np.zeros((50, 1))
    result = differential_counts(replace(poisson, values=even), design, AGAINST)
    assert any("No gene varies more than a Poisson count" in note for note in result.notes)
    assert not np.isnan(result.p).any()


def test_a_trend_that_does_not_fall_is_replaced_by_the_mean_and_said():
    rng = np.random.default_rng(1)
    mean = np.geomspace(20, 20000, 300)
    dispersion = 0.001 * mean**0.6
    counts = rng.poisson(rng.gamma(1 / dispersion[:, None], (mean * dispersion)[:, None] * np.ones(12))).astype(float)
    matrix, design = made_counts(300)
    result = differential_counts(replace(matrix, values=counts), design, AGAINST)
    assert result.trend.kind == "mean"
    assert any("trimmed mean stands for it" in note for note in result.notes)


@pytest.mark.parametrize("n", [4, 5])
def test_two_samples_a_group_are_enough_for_a_prior(n):
    matrix, design = made_counts(400, n, seed=6)
    result = differential_counts(matrix, design, AGAINST)
    assert 0.25 <= result.trend.prior_variance < 4
    assert not np.isnan(result.p).any()


def test_size_factors_of_other_samples_are_refused():
    matrix, design = made_counts(40)
    other = size_factors(taking(matrix, range(40), range(11)))
    with pytest.raises(UsedWrongly, match="size factors of other samples"):
        differential_counts(matrix, design, AGAINST, factors=other)


def test_genes_left_to_an_optimiser_lie_nearer_to_the_maximum_than_in_r(shared_reference):
    case = simulated(shared_reference)
    found = differential_counts(case.matrix, case.samples[["batch", "group"]], CONTRAST)
    table = case.table("deseq2_batch_group")
    columns = np.column_stack([np.ones(20), case.samples["batch"] == "b2", case.samples["group"] == "GBM"]).astype(
        float
    )

    def penalised(row, coefficients):
        mean = found.size_factors.factors * 2 ** (columns @ coefficients)
        alpha = found.dispersion[row]
        fit = nbinom.logpmf(case.matrix.values[row], 1 / alpha, 1 / (1 + alpha * mean)).sum()
        return fit + norm.logpdf(coefficients, 0, 1000).sum()

    rows = np.flatnonzero(found.by_newton)
    assert len(rows) == 5
    for row in rows:
        ours = found.coefficients[row]
        theirs = ours.copy()
        theirs[[0, 2]] = table["intercept"].iloc[row], table["log2FoldChange"].iloc[row]
        assert penalised(row, ours) >= penalised(row, theirs)
        for step in np.vstack([np.eye(3), -np.eye(3)]) * 1e-3:
            assert penalised(row, ours) >= penalised(row, ours + step)
