"""Counts by limma-voom: what is refused, what is left out and why, and what the weights follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from scipy.stats import spearmanr

from radgen_assets.contracts.errors import BadInput, UnitRefused, UsedWrongly
from radgen_assets.contracts.expression import ExpressionMatrix
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.deseq import differential_counts
from radgen_assets.science.expression.differential.normalisation import normalisation_factors
from radgen_assets.science.expression.differential.normalised import differential_normalised
from radgen_assets.science.expression.differential.settings import ExpressedSettings, VoomSettings, VoomTestSettings
from radgen_assets.science.expression.differential.voom import differential_voom, voom
from radgen_assets_tests.science.expression.differential.counts_of_r import CONTRAST, made_counts, simulated, tcga40

AGAINST = ("group", "b", "a")


@pytest.mark.parametrize("unit", [unit for unit in ExpressionUnit if unit is not ExpressionUnit.counts])
def test_any_unit_but_counts_is_refused_by_name(unit):
    matrix, design = made_counts(30)
    for name, call in (
        ("voom", lambda m: voom(m, design)),
        ("differential_voom", lambda m: differential_voom(m, design, AGAINST)),
    ):
        with pytest.raises(UnitRefused, match=f"found {unit.value}, expected counts for {name}"):
            call(replace(matrix, unit=unit))


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_negative_missing_and_infinite_counts_are_refused(value):
    matrix, design = made_counts(30)
    matrix.values[3, 2] = value
    with pytest.raises(BadInput, match="gene g0003, sample s02"):
        differential_voom(matrix, design, AGAINST)


def test_expected_counts_are_taken_as_they_are():
    """Half a read moves a log2 count of fifty by little, so that both agree; no rule is needed."""
    matrix, design = made_counts(400, 16, change=2.0, smallest_mean=50.0)
    broken = replace(matrix, values=matrix.values + np.random.default_rng(0).uniform(-0.4, 0.4, matrix.values.shape))
    broken.values[matrix.values == 0] = 0.0
    one, other = differential_voom(matrix, design, AGAINST), differential_voom(broken, design, AGAINST)
    assert spearmanr(one.p, other.p, nan_policy="omit").statistic > 0.99


def test_genes_of_low_expression_say_how_many_samples_reach_what():
    matrix, design = made_counts(300, 20)
    matrix.values[4] = 0.0
    matrix.values[4, :3] = 500.0
    matrix.values[5] = 0.0
    found = differential_voom(matrix, design, AGAINST)
    assert found.status[4] == "low expression"
    assert "3 of 20 samples reach" in found.reason[4]
    assert "counts per million, 10 must." in found.reason[4]
    assert np.isnan([found.p[4], found.mean_expression[4], found.p_adjusted[4]]).all()
    assert "0 of 20 samples reach" in found.reason[5]
    frame = found.to_frame()
    assert (frame["status"] != "tested").equals(frame["p"].isna())
    assert (frame["reason"] != "").equals(frame["p"].isna())
    kept = found.status == "tested"
    assert (kept | (found.status == "low expression")).all()
    assert found.notes[-1].startswith("Genes: low expression")


def test_too_few_genes_or_other_factors_are_refused():
    matrix, design = made_counts(40)
    with pytest.raises(BadInput, match="0 of 40 with enough counts"):
        differential_voom(
            matrix, design, AGAINST, settings=VoomTestSettings(expressed=ExpressedSettings(least_count=1e9))
        )
    with pytest.raises(UsedWrongly, match="a single gene"):
        voom(replace(matrix, values=matrix.values[:1] + 1, genes=matrix.genes[:1]), design)
    fewer = replace(matrix, values=matrix.values[:, 1:], samples=matrix.samples[1:])
    with pytest.raises(UsedWrongly, match="factors of other samples"):
        voom(matrix, design, factors=normalisation_factors(fewer))


def test_a_design_is_refused_as_that_of_counts():
    matrix, design = made_counts(40)
    for call in (lambda d: voom(matrix, d), lambda d: differential_voom(matrix, d, AGAINST)):
        with pytest.raises(UsedWrongly, match="'group' and 'plate' cannot be told apart"):
            call(design.assign(plate=design["group"] + "1"))


def test_weights_rise_with_the_count_and_stay_flat_beyond_the_curve():
    matrix, design = made_counts(1000, 20, smallest_mean=10.0)
    found = voom(matrix, design)
    assert found.matrix.unit is ExpressionUnit.log2
    few = matrix.values.mean(axis=1) < 40
    many = matrix.values.mean(axis=1) > 1000
    assert np.median(found.weights[many]) > 2 * np.median(found.weights[few])
    curve = found.trend
    assert (np.diff(curve.curve_log2_count) > 0).all()
    assert curve.weight(np.array([-50.0]))[0] == curve.curve_root_sd[0] ** -4
    assert curve.weight(np.array([90.0]))[0] == curve.curve_root_sd[-1] ** -4
    assert len(curve.log2_count) == len(curve.root_sd) == 1000


def test_a_gene_without_any_count_keeps_out_of_the_trend():
    matrix, design = made_counts(300)
    silent = replace(matrix, values=np.vstack([matrix.values, np.zeros((1, 12))]), genes=(*matrix.genes, "silent"))
    one, other = voom(matrix, design), voom(silent, design)
    np.testing.assert_allclose(other.weights[:-1], one.weights, rtol=1e-12)
    tested = differential_normalised(other.matrix, design, AGAINST, weights=other.weights)
    assert np.isfinite(tested.p[-1])


def test_genes_that_change_are_found_with_their_direction():
    matrix, design = made_counts(600, 24, change=2.0, seed=2)
    for robust in (False, True):
        found = differential_voom(matrix, design, AGAINST, settings=VoomTestSettings(robust=robust))
        called = found.p_adjusted < 0.05
        assert called[:60].mean() > 0.8
        assert called[60:].mean() < 0.05
        assert np.nanmedian(found.log2_fold_change[:60]) == pytest.approx(2.0, abs=0.3)
        assert found.method == "limma-voom" + (", robust" if robust else "")


@given(seed=st.integers(0, 300))
@examples(max_examples=8, deadline=None, derandomize=True)
def test_the_order_of_samples_and_of_genes_changes_nothing(seed):
    matrix, design = made_counts(150, 14, seed=seed, change=1.0)
    rng = np.random.default_rng(seed)
    genes, samples = rng.permutation(150), rng.permutation(14)
    turned = ExpressionMatrix(
        matrix.values[np.ix_(genes, samples)],
        tuple(np.array(matrix.genes)[genes]),
        tuple(np.array(matrix.samples)[samples]),
        matrix.unit,
    )
    one, other = differential_voom(matrix, design, AGAINST), differential_voom(turned, design, AGAINST)
    np.testing.assert_array_equal(other.status, one.status[genes])
    np.testing.assert_allclose(other.p, one.p[genes], rtol=1e-6)


def test_a_library_read_twice_as_deep_keeps_its_values():
    """Depth enters the weights, hardly the values: log2 counts per million are relative to the library."""
    matrix, design = made_counts(400, 12, smallest_mean=50.0)
    deeper = replace(matrix, values=matrix.values.copy())
    deeper.values[:, 4] *= 2
    factors = normalisation_factors(matrix), normalisation_factors(deeper)
    np.testing.assert_allclose(factors[0].factors, factors[1].factors, rtol=0.02)
    one, other = voom(matrix, design), voom(deeper, design)
    assert np.abs(one.matrix.values[:, 4] - other.matrix.values[:, 4]).max() < 0.1
    assert (other.weights[:, 4] >= one.weights[:, 4] * 0.98).mean() > 0.9


def test_other_normalisations_can_be_asked_for():
    matrix, design = made_counts(200)
    for method in ("RLE", "upper quartile"):
        assert voom(matrix, design, settings=VoomSettings(normalisation=method)).factors.method == method


def test_agrees_with_deseq2_on_simulated_counts(shared_reference):
    case = simulated(shared_reference)
    design = case.samples[["batch", "group"]]
    one, other = differential_voom(case.matrix, design, CONTRAST), differential_counts(case.matrix, design, CONTRAST)
    both = (one.status == "tested") & (other.status == "tested")
    assert spearmanr(one.log2_fold_change[both], other.log2_fold_change[both]).statistic > 0.95


@pytest.mark.real
def test_gbm_against_lgg_agrees_with_deseq2(shared_reference, shared_data):
    """40 tumours, expected counts rounded for DESeq2; fold changes agree gene by gene, discoveries mostly."""
    case = tcga40(shared_reference, shared_data)
    one = differential_voom(case.matrix, case.samples, CONTRAST)
    other = differential_counts(case.matrix, case.samples, CONTRAST)
    both = (one.status == "tested") & ~np.isnan(other.p)
    changes = spearmanr(one.log2_fold_change[both], other.log2_fold_change[both]).statistic
    found = [result.p_adjusted < 0.05 for result in (one, other)]
    shared = (found[0] & found[1]).sum() / (found[0] | found[1]).sum()
    assert changes > 0.97
    assert shared > 0.75
    agreed = found[0] & found[1]
    assert (np.sign(one.log2_fold_change[agreed]) == np.sign(other.log2_fold_change[agreed])).all()


@pytest.mark.real
def test_plates_and_diagnosis_of_these_tumours_cannot_be_told_apart(shared_reference, shared_data):
    case = tcga40(shared_reference, shared_data)
    design = case.samples.assign(plate=[sample.split("-")[5] for sample in case.matrix.samples])
    with pytest.raises(UsedWrongly, match="'group' and 'plate' cannot be told apart"):
        differential_voom(case.matrix, design, CONTRAST)


def test_settings_refuse_what_they_do_not_know():
    with pytest.raises(ValueError, match="quantile"):
        VoomSettings(normalisation="quantile")
    with pytest.raises(ValueError, match="span"):
        VoomSettings(span=0.0)
    frame = pd.DataFrame({"group": ["a"] * 12}, index=[f"s{place:02d}" for place in range(12)])
    matrix, _ = made_counts(30)
    with pytest.raises(UsedWrongly):
        voom(matrix, frame)
