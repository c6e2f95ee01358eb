"""Variance-stabilised values: learnt once, the same for a sample alone and in company."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from radgen_assets.contracts.errors import UnitRefused, UsedWrongly
from radgen_assets.contracts.units import ExpressionUnit
from radgen_assets.science.expression.differential.dispersion_trend import DispersionTrend
from radgen_assets.science.expression.differential.settings import StabilisingSettings
from radgen_assets.science.expression.differential.variance_stabilising import (
    apply_stabiliser,
    fit_stabiliser,
    stabilised,
    variance_stabilise,
)
from radgen_assets_tests.science.expression.differential.counts_of_r import made_counts

TRENDS = [DispersionTrend("parametric", 0.1, 3.0, 0, 1), DispersionTrend("mean", 0.1, 0.0, 0, 1)]


@pytest.mark.parametrize("trend", TRENDS)
def test_large_counts_become_their_log2(trend):
    found = stabilised(np.array([1e6, 2e6]), trend)
    np.testing.assert_allclose(found, np.log2([1e6, 2e6]), atol=1e-4)


@pytest.mark.parametrize("trend", TRENDS)
def test_the_slope_is_one_over_the_standard_deviation(trend):
    """Up to a constant: that is what stabilises the variance."""
    mean = np.geomspace(0.5, 1e4, 30)
    slope = (stabilised(mean * 1.0001, trend) - stabilised(mean * 0.9999, trend)) / (mean * 0.0002)
    deviation = np.sqrt(mean + trend.at(mean) * mean**2)
    assert np.ptp(slope * deviation) / (slope * deviation).mean() < 1e-5


def test_a_sample_has_the_same_values_alone_as_in_company():
    matrix, design = made_counts(300, 16)
    for given in (None, design):
        fit = fit_stabiliser(matrix, given)
        together = apply_stabiliser(fit, matrix)
        alone = apply_stabiliser(fit, replace(matrix, values=matrix.values[:, [3]], samples=("s03",)))
        np.testing.assert_allclose(alone.values[:, 0], together.values[:, 3], rtol=1e-12)
        assert together.unit is ExpressionUnit.log2
        np.testing.assert_array_equal(variance_stabilise(matrix, given).values, together.values)


def test_the_spread_hardly_follows_the_mean():
    matrix, _ = made_counts(2000, 30, seed=3)
    values = variance_stabilise(matrix).values
    spread, order = values.std(axis=1), np.argsort(values.mean(axis=1))
    low, high = spread[order[200:600]].mean(), spread[order[-400:]].mean()
    assert 0.7 < low / high < 1.4


def test_a_difference_between_groups_is_dispersion_unless_the_design_is_known():
    matrix, design = made_counts(300, 20, change=4.0)
    matrix.values[30:] = np.rint(matrix.values[30:] * np.where(design["group"] == "b", 3.0, 1.0))
    blind, known = fit_stabiliser(matrix), fit_stabiliser(matrix, design)
    assert blind.trend.asymptotic > known.trend.asymptotic
    assert "with group" in apply_stabiliser(known, matrix).notes[-1]


def test_what_cannot_be_learnt_from_is_refused():
    matrix, _ = made_counts(50)
    with pytest.raises(UnitRefused, match="expected counts for variance_stabilise"):
        variance_stabilise(replace(matrix, unit=ExpressionUnit.log2))
    with pytest.raises(UsedWrongly, match="found one sample"):
        variance_stabilise(replace(matrix, values=matrix.values[:, :1], samples=("s00",)))
    even = np.where(np.arange(12) % 2, 100.0, 101.0) + np.zeros((50, 1))
    with pytest.raises(UsedWrongly, match="Use log2_cpm"):
        variance_stabilise(replace(matrix, values=even))


def test_a_mean_can_stand_for_the_trend():
    matrix, _ = made_counts(100)
    fit = fit_stabiliser(matrix, settings=StabilisingSettings(trend="mean"))
    assert (fit.trend.kind, fit.trend.extra, fit.trend.note) == ("mean", 0.0, "")
