"""What differential_normalised refuses, what it says of genes without a result, and what must not change one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy.stats import ttest_ind

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.normalised import differential_normalised
from radgen_assets.science.expression.differential.settings import NormalisedTestSettings

AGAINST = ("group", "b", "a")
PRIORS = [NormalisedTestSettings(trend=trend, robust=robust) for trend in (False, True) for robust in (False, True)]


def made_values(n_genes=200, n=12, *, seed=0, change=0.0, prior=8.0):
    """log2 values of groups "a" and "b"; the first tenth of the genes is `change` higher in "b"."""
    rng = np.random.default_rng(seed)
    sd = np.sqrt(0.3 * prior / rng.chisquare(prior, n_genes))
    second = np.arange(n) >= n // 2
    shift = np.where(np.arange(n_genes) < n_genes // 10, change, 0.0)
    values = (
        rng.uniform(4, 12, n_genes)[:, None] + np.outer(shift, second) + sd[:, None] * rng.normal(size=(n_genes, n))
    )
    samples = tuple(f"s{place:02d}" for place in range(n))
    genes = tuple(f"g{place:04d}" for place in range(n_genes))
    design = pd.DataFrame({"group": np.where(second, "b", "a")}, index=list(samples))
    return ExpressionMatrix(values, genes, samples, ExpressionUnit.log2), design


@pytest.mark.parametrize("unit", [unit for unit in ExpressionUnit if unit is not ExpressionUnit.log2])
def test_any_unit_but_log2_is_refused_by_name(unit):
    matrix, design = made_values(20)
    with pytest.raises(UnitRefused, match=f"found {unit.value}, expected log2 for differential_normalised"):
        differential_normalised(replace(matrix, unit=unit), design, AGAINST)


def test_a_design_is_refused_as_that_of_counts():
    matrix, design = made_values(20)
    with pytest.raises(UsedWrongly, match="found the level 'c', expected one of a, b"):
        differential_normalised(matrix, design, ("group", "c", "a"))
    with pytest.raises(UsedWrongly, match="'group' and 'project' cannot be told apart"):
        differential_normalised(matrix, design.assign(project=design["group"] + "_site"), AGAINST)
    with pytest.raises(UsedWrongly, match="no row for 1 of 12 samples"):
        differential_normalised(matrix, design.iloc[1:], AGAINST)
    two = replace(matrix, values=matrix.values[:, [0, 11]], samples=("s00", "s11"))
    with pytest.raises(UsedWrongly, match="2 samples for 2 coefficients"):
        differential_normalised(two, design, AGAINST)


def test_infinite_values_and_repeated_genes_are_refused():
    matrix, design = made_values(20)
    with pytest.raises(BadInput, match="a gene twice"):
        differential_normalised(replace(matrix, genes=("g0001", *matrix.genes[1:])), design, AGAINST)
    matrix.values[4, 3] = -np.inf
    with pytest.raises(BadInput, match=r"gene g0004, sample s03: found -inf, .* add a prior count"):
        differential_normalised(matrix, design, AGAINST)


def test_genes_with_missing_values_are_set_aside_and_do_not_touch_the_others():
    matrix, design = made_values()
    holed = replace(matrix, values=matrix.values.copy())
    holed.values[7, [2, 5]] = np.nan
    found = differential_normalised(holed, design, AGAINST)
    assert (found.status[7], found.reason[7]) == (
        "missing values",
        "2 of 12 samples have no value (first: s02).",
    )
    assert np.isnan(found.p[7])
    others = np.arange(200) != 7
    genes = tuple(np.array(matrix.genes)[others])
    without = differential_normalised(replace(matrix, values=matrix.values[others], genes=genes), design, AGAINST)
    np.testing.assert_array_equal(found.p_adjusted[others], without.p_adjusted)


def test_constant_genes_have_no_p_and_say_their_value():
    matrix, design = made_values()
    matrix.values[3] = 5.25
    found = differential_normalised(matrix, design, AGAINST)
    assert (found.status[3], found.reason[3]) == ("constant", "Every sample has the value 5.25.")
    assert np.isnan([found.p[3], found.log2_fold_change[3], found.p_adjusted[3]]).all()
    assert found.notes[-1] == "Genes: constant 1, tested 199."


def test_when_no_gene_can_be_tested_the_reasons_are_counted():
    matrix, design = made_values(5)
    matrix.values[:, 2] = np.nan
    with pytest.raises(BadInput, match=r"none of 5 that can be tested \(missing values 5\)"):
        differential_normalised(matrix, design, AGAINST)


@pytest.mark.parametrize("settings", PRIORS)
def test_every_gene_without_a_p_has_a_status_and_a_reason(settings):
    matrix, design = made_values()
    matrix.values[0] = 1.0
    matrix.values[1, 0] = np.nan
    matrix.values[2, 6:] = matrix.values[2, 0]  # constant in one group alone: tested
    matrix.values[3] = np.where(design["group"] == "b", 9.0, 4.0)  # constant in both: a shrunken variance stands for it
    frame = differential_normalised(matrix, design, AGAINST, settings=settings).to_frame()
    assert list(frame.columns[:2]) == ["gene", "mean_expression"]
    without = frame["p"].isna()
    assert list(frame.index[without]) == [0, 1]
    assert (frame["status"] != "tested").equals(without)
    assert (frame["reason"] != "").equals(without)
    assert frame["p"][3] < 1e-4


def test_one_gene_alone_gets_students_t():
    matrix, design = made_values(30, change=1.0)
    one = replace(matrix, values=matrix.values[:1], genes=matrix.genes[:1])
    found = differential_normalised(one, design, AGAINST)
    b, a = matrix.values[0, 6:], matrix.values[0, :6]
    expected = ttest_ind(b, a)
    assert found.statistic[0] == pytest.approx(expected.statistic)
    assert found.p[0] == pytest.approx(expected.pvalue)
    assert "not moderated" in found.notes[0]


def test_two_genes_are_enough_for_every_prior():
    matrix, design = made_values(2)
    for settings in PRIORS:
        assert np.isfinite(differential_normalised(matrix, design, AGAINST, settings=settings).p).all()


def test_genes_that_change_are_found_with_their_direction():
    matrix, design = made_values(400, 20, change=2.0, seed=3)
    found = differential_normalised(matrix, design, AGAINST)
    called = found.p_adjusted < 0.05
    assert called[:40].mean() > 0.9
    assert called[40:].mean() < 0.05
    assert np.median(found.log2_fold_change[:40]) == pytest.approx(2.0, abs=0.2)
    assert (found.log_odds[:40] > 0).mean() > 0.8


def test_equal_variances_are_pooled_wholly():
    matrix, design = made_values(300, prior=1e9, seed=5)
    halves = matrix.values.reshape(300, 2, 6)
    centred = (halves - halves.mean(axis=2, keepdims=True)).reshape(300, 12)
    equal = matrix.values - centred + centred / np.linalg.norm(centred, axis=1, keepdims=True)
    for settings in PRIORS:
        found = differential_normalised(replace(matrix, values=equal), design, AGAINST, settings=settings)
        assert np.isinf(found.prior_degrees).all()
        np.testing.assert_allclose(found.std_err, found.prior_sd * np.sqrt(2 / 6), rtol=1e-12)
        assert np.isfinite(found.p).all()
        assert "no more than by chance" in found.notes[0]


def test_a_gene_of_outlying_variance_is_shrunken_less_when_robust():
    matrix, design = made_values(500, 12, prior=60.0, seed=2)
    matrix.values[9] += 12 * np.random.default_rng(8).normal(size=12)
    plain = differential_normalised(matrix, design, AGAINST)
    robust = differential_normalised(matrix, design, AGAINST, settings=NormalisedTestSettings(robust=True))
    assert robust.prior_degrees[9] < 1 < plain.prior_degrees[9]
    others = np.arange(500) != 9
    assert np.median(robust.prior_degrees[others]) > 2 * plain.prior_degrees[0]
    assert robust.std_err[9] > plain.std_err[9]
    assert robust.method == "limma, robust"
    assert robust.notes[0].endswith(" Genes of outlying variance, shrunken less: 1.")


def test_the_trend_follows_the_mean():
    matrix, design = made_values(600, 14, prior=30.0)
    level = matrix.values.mean(axis=1, keepdims=True)
    noise = (matrix.values - level) * 2 ** ((8 - level) / 2)
    found = differential_normalised(
        replace(matrix, values=level + noise), design, AGAINST, settings=NormalisedTestSettings(trend=True)
    )
    low, high = found.mean_expression < 5, found.mean_expression > 11
    assert found.prior_sd[low].mean() > 4 * found.prior_sd[high].mean()
    assert found.method == "limma-trend"


def test_weights_are_those_of_weighted_least_squares():
    matrix, design = made_values(10, seed=4)
    rng = np.random.default_rng(1)
    design = design.assign(age_years=rng.normal(55, 10, 12), site=list("xyz") * 4)
    weights = rng.uniform(0.2, 5, (10, 12))
    found = differential_normalised(matrix, design, AGAINST, weights=weights)
    columns = np.column_stack(
        [np.ones(12), design["group"] == "b", design["age_years"], design["site"] == "y", design["site"] == "z"]
    ).astype(float)
    for gene in range(10):
        root = np.sqrt(weights[gene])
        solved, squares, *_ = np.linalg.lstsq(columns * root[:, None], matrix.values[gene] * root, rcond=None)
        assert found.log2_fold_change[gene] == pytest.approx(solved[1], rel=1e-9)
        assert found.residual_sd[gene] == pytest.approx(np.sqrt(squares[0] / 7), rel=1e-9)
        assert found.coefficients[gene, 2] == pytest.approx(solved[2], rel=1e-8)


def test_weights_of_samples_are_the_same_for_every_gene():
    matrix, design = made_values(40, seed=4)
    weights = np.random.default_rng(2).uniform(0.5, 2, 12)
    one = differential_normalised(matrix, design, AGAINST, weights=weights)
    other = differential_normalised(matrix, design, AGAINST, weights=np.tile(weights, (40, 1)))
    np.testing.assert_allclose(one.p, other.p, rtol=1e-10)


@pytest.mark.parametrize(
    ("weights", "error", "message"),
    [
        (np.ones(5), UsedWrongly, r"found the shape \(5,\), expected \(20, 12\) or \(12,\)"),
        (np.zeros(12), BadInput, "expected finite numbers > 0"),
        (np.full((20, 12), np.nan), BadInput, "expected finite numbers > 0"),
    ],
)
def test_weights_must_fit(weights, error, message):
    matrix, design = made_values(20)
    with pytest.raises(error, match=message):
        differential_normalised(matrix, design, AGAINST, weights=weights)


def test_three_levels_compare_the_two_that_are_named():
    matrix, _ = made_values(100, 18)
    design = pd.DataFrame({"group": np.repeat(["a", "b", "c"], 6)}, index=list(matrix.samples))
    found = differential_normalised(matrix, design, ("group", "c", "b"))
    np.testing.assert_allclose(
        found.log2_fold_change, matrix.values[:, 12:].mean(axis=1) - matrix.values[:, 6:12].mean(axis=1), atol=1e-12
    )


def test_a_number_gives_the_change_per_unit():
    matrix, design = made_values(50)
    dose = np.linspace(2000, 2011, 12)
    found = differential_normalised(matrix, design.assign(year=dose)[["year"]], "year")
    slope = np.polyfit(dose - dose.mean(), matrix.values[0], 1)[0]
    assert found.log2_fold_change[0] == pytest.approx(slope, rel=1e-9)
    assert found.names == ("Intercept", "year")


@given(seed=st.integers(0, 500), settings=st.sampled_from(PRIORS))
@examples(max_examples=20, deadline=None, derandomize=True)
def test_the_order_of_samples_and_of_genes_changes_nothing(seed, settings):
    matrix, design = made_values(60, 14, seed=seed, change=1.0)
    rng = np.random.default_rng(seed)
    genes, samples = rng.permutation(60), rng.permutation(14)
    turned = ExpressionMatrix(
        matrix.values[np.ix_(genes, samples)],
        tuple(np.array(matrix.genes)[genes]),
        tuple(np.array(matrix.samples)[samples]),
        matrix.unit,
    )
    one = differential_normalised(matrix, design, AGAINST, settings=settings)
    other = differential_normalised(turned, design, AGAINST, settings=settings)
    np.testing.assert_allclose(other.p, one.p[genes], rtol=1e-8)
    np.testing.assert_allclose(other.log_odds, one.log_odds[genes], rtol=1e-6, atol=1e-8)


@given(seed=st.integers(0, 500), robust=st.booleans())
@examples(max_examples=20, deadline=None, derandomize=True)
def test_shifted_genes_keep_their_tests_and_scaled_values_their_t(seed, robust):
    matrix, design = made_values(60, seed=seed, change=1.0)
    settings = NormalisedTestSettings(robust=robust)
    one = differential_normalised(matrix, design, AGAINST, settings=settings)
    shift = np.random.default_rng(seed).normal(0, 3, (60, 1))
    other = differential_normalised(
        replace(matrix, values=3 * matrix.values + shift), design, AGAINST, settings=settings
    )
    np.testing.assert_allclose(other.statistic, one.statistic, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(other.std_err, 3 * one.std_err, rtol=1e-7)
    np.testing.assert_allclose(other.mean_expression, 3 * one.mean_expression + shift[:, 0], rtol=1e-9)


@given(seed=st.integers(0, 500), settings=st.sampled_from(PRIORS))
@examples(max_examples=20, deadline=None, derandomize=True)
def test_the_reverse_contrast_has_the_opposite_change_and_the_same_p(seed, settings):
    matrix, design = made_values(60, seed=seed)
    one = differential_normalised(matrix, design, AGAINST, settings=settings)
    other = differential_normalised(matrix, design, ("group", "a", "b"), settings=settings)
    np.testing.assert_allclose(other.log2_fold_change, -one.log2_fold_change, atol=1e-12)
    np.testing.assert_allclose(other.p, one.p, rtol=1e-9)
    np.testing.assert_allclose([other.low, other.high], [-one.high, -one.low], atol=1e-9)


def test_two_runs_give_the_same_bytes():
    matrix, design = made_values()
    one, other = (differential_normalised(matrix, design, AGAINST) for _ in range(2))
    assert one.p.tobytes() == other.p.tobytes()


@pytest.mark.real
def test_men_and_women_differ_in_genes_of_the_sex_chromosomes(shared_data):
    """Tumours on arrays (Freije): the five surest genes are XIST and Y-linked, each with the sign it must have."""
    table = pd.read_csv(shared_data / "freije_gbm" / "expression_log2.tsv.gz", sep="\t", index_col=0)
    clinical = pd.read_csv(shared_data / "freije_gbm" / "clinical.tsv.gz", sep="\t", index_col=0)
    design = clinical[["Gender"]].dropna().loc[lambda frame: frame.index.isin(table.columns)]
    table = table[~table.index.duplicated()][list(design.index)]
    matrix = ExpressionMatrix(table.to_numpy(dtype=float), tuple(table.index), tuple(table), ExpressionUnit.log2)
    for settings in PRIORS:
        frame = differential_normalised(matrix, design, ("Gender", "M", "F"), settings=settings).to_frame()
        first = frame.sort_values("p").head(5).set_index("gene")["log2_fold_change"]
        assert set(first.index) <= {"XIST", "RPS4Y1", "DDX3Y", "KDM5D", "USP9Y", "EIF1AY", "UTY", "ZFY", "TXLNGY"}
        assert first["XIST"] < -1
        assert (first.drop("XIST") > 0.5).all()
